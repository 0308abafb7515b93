package pec

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhatTheNextFileAsks tells, case by case, what is due for a mailbox.
func TestWhatTheNextFileAsks(t *testing.T) {
	asked := func(id int64, o Operation, s RequestState, extra int) Request {
		return Request{ID: id, MailboxID: 7, Operation: o, Kind: "standard", ExtraGB: extra, State: s}
	}
	cases := []struct {
		name     string
		status   MailboxStatus
		extra    int
		listed   int
		requests []Request
		want     string // operation, total extra, reference; "" for nothing
	}{
		{"a mailbox requested", MailboxRequested, 0, 0, nil, "activate 0 R000000"},
		{"asked again after it was rejected", MailboxRequested, 0, 0, []Request{asked(3, AskActivate, RequestRejected, 0)}, "activate 0 R000000"},
		{"sent, the answer awaited", MailboxSent, 0, 0, []Request{asked(3, AskActivate, RequestSent, 0)}, ""},
		{"sent, the answer lost", MailboxSent, 0, 0, []Request{asked(3, AskActivate, RequestUnknown, 0)}, "activate 0 R000003"},
		{"rejected", MailboxRejected, 0, 0, []Request{asked(3, AskActivate, RequestRejected, 0)}, ""},
		{"active, without extra space", MailboxActive, 0, 0, []Request{asked(3, AskActivate, RequestDone, 0)}, ""},
		{"2 GB bought", MailboxActive, 2, 0, []Request{asked(3, AskActivate, RequestDone, 0)}, "space 2 R000000"},
		{"2 GB bought on a suspended mailbox", MailboxSuspended, 2, 0, nil, "space 2 R000000"},
		{"2 GB bought and told", MailboxActive, 2, 0, []Request{asked(4, AskSpace, RequestSent, 2)}, ""},
		{"2 GB told, 1 ended", MailboxActive, 1, 0, []Request{asked(4, AskSpace, RequestDone, 2)}, "space 1 R000000"},
		{"2 GB told and not answered, 1 ended", MailboxActive, 1, 0, []Request{asked(4, AskSpace, RequestSent, 2)}, "space 1 R000000"},
		{"2 GB told, the answer lost", MailboxActive, 2, 0, []Request{asked(4, AskSpace, RequestUnknown, 2)}, "space 2 R000004"},
		{"2 GB told, the answer lost, 1 ended", MailboxActive, 1, 0, []Request{asked(4, AskSpace, RequestUnknown, 2)}, "space 1 R000000"},
		{"2 GB refused", MailboxActive, 2, 0, []Request{asked(4, AskSpace, RequestRejected, 2)}, ""},
		{"2 GB refused, a third bought", MailboxActive, 3, 0, []Request{asked(4, AskSpace, RequestRejected, 2)}, "space 3 R000000"},
		{"2 GB refused, and ended", MailboxActive, 0, 0, []Request{asked(4, AskSpace, RequestRejected, 2)}, ""},
		{"2 GB refused, to be asked again", MailboxActive, 2, 0, []Request{asked(4, AskSpace, RequestDropped, 2)}, "space 2 R000000"},
		{"1 GB bought and ended between two files", MailboxActive, 0, 0, nil, ""},
		{"3 GB that the provider's list told of", MailboxActive, 3, 3, nil, ""},
		{"3 GB of the provider's list, all ended", MailboxActive, 0, 3, nil, "space 0 R000000"},
		{"closed", MailboxClosed, 0, 0, []Request{asked(3, AskActivate, RequestDone, 0)}, "close 0 R000000"},
		{"closed and told", MailboxClosed, 0, 0, []Request{asked(5, AskClose, RequestSent, 0)}, ""},
		{"closed, the answer lost", MailboxClosed, 0, 0, []Request{asked(5, AskClose, RequestUnknown, 0)}, "close 0 R000005"},
		{"closed, and that refused", MailboxClosed, 0, 0, []Request{asked(5, AskClose, RequestRejected, 0)}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := ProviderMailbox{Mailbox: Mailbox{ID: 7, Kind: "standard", Status: c.status}, Holder: Member{Status: MemberActive}, ExtraGB: c.extra, ListedGB: c.listed, Requests: c.requests}
			if c.status.Running() || c.status == MailboxClosed {
				m.Mailbox.ActivatedOn = Day("2017-10-12")
			}
			var got []string
			asks, why := m.Due()
			for _, r := range asks {
				got = append(got, fmt.Sprintf("%s %d %s", r.Operation, r.ExtraGB, r.Reference()))
			}
			if strings.Join(got, ", ") != c.want || why != "" {
				t.Errorf("asks %q, want %q", got, c.want)
			}
		})
	}
}

func TestMailboxOfSomebodyWhoLeftIsNotAskedFor(t *testing.T) {
	m := ProviderMailbox{Mailbox: Mailbox{Status: MailboxRequested}, Holder: Member{Status: MemberDeceased}}
	if asks, why := m.Due(); len(asks) != 1 || !strings.Contains(why, "deceduto") {
		t.Errorf("due %v, because %q", asks, why)
	}
	if asks, _ := (ProviderMailbox{Mailbox: Mailbox{Status: MailboxClosed, ClosedOn: Day("2018-01-01")}}).Due(); asks != nil {
		t.Error("a mailbox that the provider never had is to be closed there")
	}
}

func TestAddressThatAnOperatorChose(t *testing.T) {
	domains := []string{"pec.ordine.example", "ingegneri.example"}
	for _, c := range []struct{ typed, want, refused string }{
		{" Mario.Rossi2@PEC.ordine.example ", "mario.rossi2@pec.ordine.example", ""},
		{"studio_rossi-bianchi@ingegneri.example", "studio_rossi-bianchi@ingegneri.example", ""},
		{strings.Repeat("a", 64) + "@ingegneri.example", strings.Repeat("a", 64) + "@ingegneri.example", ""},
		{strings.Repeat("a", 65) + "@ingegneri.example", "", "address_invalid"},
		{"mario.rossi", "", "address_invalid"},
		{"@pec.ordine.example", "", "address_invalid"},
		{"mario..rossi@pec.ordine.example", "", "address_invalid"},
		{".rossi@pec.ordine.example", "", "address_invalid"},
		{"mario rossi@pec.ordine.example", "", "address_invalid"},
		{"niccolò@pec.ordine.example", "", "address_invalid"},
		{"mario@rossi@pec.ordine.example", "", "domain_unknown"},
		{"mario.rossi@pec.altrove.example", "", "domain_unknown"},
	} {
		got, err := CheckAddress(c.typed, domains)
		code := ""
		if p := AsProblem(err); p != nil {
			code = p.Code
		}
		if got != c.want || code != c.refused {
			t.Errorf("%q is %q, refused %q; want %q, %q", c.typed, got, code, c.want, c.refused)
		}
	}
}

func TestFileThatNoProviderUnderstandsIsRefused(t *testing.T) {
	whole := DefaultFileLayout()
	if err := whole.Check(); err != nil {
		t.Errorf("the default: %v", err)
	}
	for name, change := range map[string]func(*FileLayout){
		"format_unknown":    func(l *FileLayout) { l.Format = "pdf" },
		"delimiter_unknown": func(l *FileLayout) { l.Delimiter = "a" },
		"columns_missing":   func(l *FileLayout) { l.Columns = l.Columns[2:] },
		"title_invalid":     func(l *FileLayout) { l.Columns[3].Title = " " },
		"title_twice":       func(l *FileLayout) { l.Columns[3].Title = "NOME" },
		"field_twice":       func(l *FileLayout) { l.Columns[3].Field = FileName },
		"field_unknown":     func(l *FileLayout) { l.Columns[3].Field = "shoe_size" },
	} {
		l := DefaultFileLayout()
		change(&l)
		if p := AsProblem(l.Check()); p == nil || p.Code != name {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// A change of kind is told as a change of space is: against the kind of the
// last change told or, before any, the one the mailbox began with.
func TestKindThatChangedIsAsked(t *testing.T) {
	space := func(kind string, state RequestState) Request {
		return Request{ID: 4, MailboxID: 7, Operation: AskSpace, Kind: kind, State: state}
	}
	activated := Request{ID: 3, MailboxID: 7, Operation: AskActivate, Kind: "standard", State: RequestDone}
	for name, c := range map[string]struct {
		first, kind string
		requests    []Request
		due         bool
	}{
		"the one it was activated with":             {"standard", "standard", []Request{activated}, false},
		"another than it was activated with":        {"standard", "pro", []Request{activated}, true},
		"another than the one activated by hand":    {"standard", "pro", nil, true},
		"told":                                      {"standard", "pro", []Request{activated, space("pro", RequestSent)}, false},
		"refused":                                   {"standard", "pro", []Request{activated, space("pro", RequestRejected)}, false},
		"refused, and back to the first":            {"standard", "standard", []Request{activated, space("pro", RequestRejected)}, false},
		"told and done, back to the first":          {"standard", "standard", []Request{activated, space("pro", RequestDone)}, true},
		"requested as one, listed as another":       {"pro", "pro", []Request{activated}, false},
		"of before the program kept kinds of terms": {"", "pro", nil, false},
	} {
		m := ProviderMailbox{Mailbox: Mailbox{ID: 7, Kind: c.kind, Status: MailboxActive, ActivatedOn: Day("2017-10-12")}, Holder: Member{Status: MemberActive}, FirstKind: c.first, Requests: c.requests}
		asks, why := m.Due()
		if (len(asks) == 1) != c.due || why != "" || c.due && (asks[0].Operation != AskSpace || asks[0].Kind != c.kind) {
			t.Errorf("%s: due %+v, %q", name, asks, why)
		}
	}
}
