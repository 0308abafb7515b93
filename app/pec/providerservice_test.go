package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestWhatTheNextFileAsksOfServices tells, case by case, what is due for the
// products of a mailbox.
func TestWhatTheNextFileAsksOfServices(t *testing.T) {
	asked := func(id int64, product string, quantity int, s RequestState) Request {
		return Request{ID: id, MailboxID: 7, Operation: AskService, Kind: "standard", Product: product, Quantity: quantity, State: s}
	}
	runs := func(product string, quantity int) ProviderService {
		return ProviderService{Product: product, Name: product, Quantity: quantity}
	}
	both := []ProviderService{runs("archive_gb", 5), runs("extra_users", 2)}
	five := both[:1]
	none := []ProviderService{runs("archive_gb", 0)}
	for _, c := range []struct {
		name     string
		status   MailboxStatus
		services []ProviderService
		requests []Request
		want     string // product, total, reference
	}{
		{"nothing bought", MailboxActive, nil, nil, ""},
		{"5 GB of archive bought", MailboxActive, five, nil, "archive_gb 5 R000000"},
		{"archive and users bought", MailboxActive, both, nil, "archive_gb 5 R000000, extra_users 2 R000000"},
		{"on a suspended mailbox", MailboxSuspended, five, nil, "archive_gb 5 R000000"},
		{"asked for", MailboxActive, five, []Request{asked(4, "archive_gb", 5, RequestSent)}, ""},
		{"one of two asked for", MailboxActive, both, []Request{asked(4, "archive_gb", 5, RequestSent)}, "extra_users 2 R000000"},
		{"renewed as it was", MailboxActive, five, []Request{asked(4, "archive_gb", 5, RequestDone)}, ""},
		{"lowered from 8", MailboxActive, five, []Request{asked(4, "archive_gb", 8, RequestDone)}, "archive_gb 5 R000000"},
		{"lowered from 8 before the answer came", MailboxActive, five, []Request{asked(4, "archive_gb", 8, RequestSent)}, "archive_gb 5 R000000"},
		{"ended", MailboxActive, none, []Request{asked(4, "archive_gb", 5, RequestDone)}, "archive_gb 0 R000000"},
		{"ended, and told", MailboxActive, none, []Request{asked(4, "archive_gb", 5, RequestDone), asked(5, "archive_gb", 0, RequestSent)}, ""},
		{"ended and bought again", MailboxActive, five, []Request{asked(4, "archive_gb", 5, RequestDone), asked(5, "archive_gb", 0, RequestDone)}, "archive_gb 5 R000000"},
		{"bought and ended between two files", MailboxActive, none, nil, ""},
		{"from now on bought at the provider", MailboxActive, []ProviderService{{Product: "archive_gb", Elsewhere: true}}, []Request{asked(4, "archive_gb", 5, RequestDone)}, ""},
		{"ran before the program asked", MailboxActive, five, []Request{asked(4, "archive_gb", 5, RequestDone)}, ""},
		{"the answer lost", MailboxActive, five, []Request{asked(4, "archive_gb", 5, RequestUnknown)}, "archive_gb 5 R000004"},
		{"the answer lost, and lowered since", MailboxActive, five, []Request{asked(4, "archive_gb", 8, RequestUnknown)}, "archive_gb 5 R000000"},
		{"refused", MailboxActive, five, []Request{asked(4, "archive_gb", 5, RequestRejected)}, ""},
		{"refused, and more bought", MailboxActive, five, []Request{asked(4, "archive_gb", 3, RequestRejected)}, "archive_gb 5 R000000"},
		{"refused, and ended", MailboxActive, none, []Request{asked(4, "archive_gb", 5, RequestRejected)}, ""},
		{"refused, to be asked again", MailboxActive, five, []Request{asked(4, "archive_gb", 5, RequestDropped)}, "archive_gb 5 R000000"},
		{"another product was refused", MailboxActive, both, []Request{asked(4, "archive_gb", 5, RequestRejected)}, "extra_users 2 R000000"},
		{"the mailbox is not active yet", MailboxSent, five, nil, ""},
		{"closed, and that told: it ends with it", MailboxClosed, none, []Request{asked(4, "archive_gb", 5, RequestDone), {ID: 5, Operation: AskClose, State: RequestSent}}, ""},
	} {
		m := ProviderMailbox{Mailbox: Mailbox{ID: 7, Kind: "standard", Status: c.status, ActivatedOn: Day("2017-10-12")}, Holder: Member{Status: MemberActive}, Services: c.services, Requests: c.requests}
		var got []string
		asks, why := m.Due()
		for _, r := range asks {
			if r.Operation != AskService || r.MailboxID != 7 {
				t.Errorf("%s: asks %+v", c.name, r)
			}
			got = append(got, fmt.Sprintf("%s %d %s", r.Product, r.Quantity, r.Reference()))
		}
		if strings.Join(got, ", ") != c.want || why != "" {
			t.Errorf("%s: asks %q, want %q", c.name, got, c.want)
		}
	}
}

// A closing takes the place of all whose answer was lost; a total only of what is
// for the same product.
func TestLostAnswersThatNoLongerMatter(t *testing.T) {
	m := ProviderMailbox{Requests: []Request{
		{ID: 1, Operation: AskSpace, State: RequestUnknown}, {ID: 2, Operation: AskService, Product: "archive_gb", State: RequestUnknown},
		{ID: 3, Operation: AskService, Product: "extra_users", State: RequestUnknown}, {ID: 4, Operation: AskService, Product: "archive_gb", State: RequestSent},
		{ID: 5, Operation: AskClose, State: RequestUnknown},
	}}
	for name, c := range map[string]struct {
		sent Request
		want []int64
	}{
		"another total of archive": {Request{Operation: AskService, Product: "archive_gb"}, []int64{2}},
		"another total of space":   {Request{Operation: AskSpace}, []int64{1}},
		"the closing, again":       {Request{ID: 5, Operation: AskClose}, []int64{1, 2, 3}},
	} {
		var got []int64
		for _, r := range m.Lost(c.sent) {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: lost are %v, want %v", name, got, c.want)
		}
	}
}

// TestOldLayoutsTellServicesInTheOperation: the file of a layout from before
// services were asked for has the columns that it had; what they cannot say
// stands in the operation.
func TestOldLayoutsTellServicesInTheOperation(t *testing.T) {
	ask := Ask{
		Request: Request{ID: 12, Operation: AskService, Kind: "standard", Product: "archive_gb", Quantity: 10, DueOn: Day("2018-02-01")},
		Mailbox: Mailbox{Address: "a@pec.example"}, Holder: Member{Name: "Ada", Surname: "Neri", TaxCode: "NREDAA80A41H501P", Email: "ada@posta.example"},
		KindName: "Standard", BaseGB: 1, Years: 1, Product: Product{Code: "archive_gb", Name: "Archivio", Unit: "GB"},
	}
	ending := ask
	ending.Quantity = 0
	users := ask
	users.Request.Product, users.Quantity, users.Product = "extra_users", 3, Product{Code: "extra_users", Name: "Multiutente", Unit: "utente"}
	space := Ask{Request: Request{ID: 13, Operation: AskSpace, Kind: "standard", ExtraGB: 2}, Mailbox: ask.Mailbox, Holder: ask.Holder, KindName: "Standard", BaseGB: 1, Years: 1}
	with := func(fields ...FileField) FileLayout {
		l := DefaultFileLayout()
		for _, f := range fields {
			l.Columns = append(l.Columns, FileColumn{f, string(f)})
		}
		return l
	}
	for name, c := range map[string]struct {
		layout FileLayout
		ask    Ask
		want   string
	}{
		"archive, as ever":               {with(), ask, "servizio: Archivio, in tutto 10 GB|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard|||R000012"},
		"archive that ended":             {with(), ending, "servizio: Archivio, da togliere|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard|||R000012"},
		"users":                          {with(), users, "servizio: Multiutente, in tutto 3|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard|||R000012"},
		"space has what it had":          {with(), space, "spazio|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard||3|R000013"},
		"with columns of its own":        {with(FileService, FileProduct, FileQuantity), ask, "servizio|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard|||R000012|Archivio|archive_gb|10"},
		"by its code, and ended":         {with(FileProduct, FileQuantity), ending, "servizio|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard|||R000012|archive_gb|0"},
		"columns that do not tell which": {with(FileQuantity), ask, "servizio: Archivio, in tutto 10 GB|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard|||R000012|10"},
		"space in the new columns":       {with(FileService, FileQuantity), space, "spazio|a@pec.example|Ada|Neri|NREDAA80A41H501P|ada@posta.example|Standard||3|R000013||"},
	} {
		if err := c.layout.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var cells []string
		for _, cell := range c.layout.Row(c.ask) {
			cells = append(cells, fmt.Sprint(cell))
		}
		if got := strings.Join(cells, "|"); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", name, got, c.want)
		}
	}
}

// TestWhereAServiceIsAtTheProvider: two purchases of archive, 2 GB on 12/10/2017
// and 1 GB on 10/01/2018.
func TestWhereAServiceIsAtTheProvider(t *testing.T) {
	first := Service{ID: 1, MailboxID: 7, Product: "archive_gb", Quantity: 2, StartedOn: Day("2017-10-12"), Source: SoldByOrdine}
	second := Service{ID: 2, MailboxID: 7, Product: "archive_gb", Quantity: 1, StartedOn: Day("2018-01-10"), Source: SoldByOrdine}
	theirs := Service{ID: 3, MailboxID: 7, Product: "archive_gb", Quantity: 4, StartedOn: Day("2016-01-10"), Source: SoldByProvider}
	space := Service{ID: 4, MailboxID: 7, Product: InboxGB, Quantity: 1, StartedOn: Day("2018-01-10"), Source: SoldByOrdine}
	archive := func(id int64, quantity int, s RequestState, on string) Request {
		r := Request{ID: id, Operation: AskService, Product: "archive_gb", Quantity: quantity, State: s}
		switch {
		case s == RequestSent || s == RequestUnknown:
			r.SentOn = Day(on)
		case on != "":
			r.AnsweredOn = Day(on)
		}
		return r
	}
	more := archive(2, 3, RequestDone, "2018-01-12")
	more.DueOn = Day("2018-01-10")
	no := archive(2, 3, RequestRejected, "2018-01-20")
	no.Reason = "contratto scaduto."
	const (
		due    = "acquistato, in attivazione presso il gestore"
		active = "attivo presso il gestore dal "
	)
	for _, c := range []struct {
		name     string
		services []Service
		requests []Request
		want     string // of each service
	}{
		{"just bought", []Service{first}, nil, due},
		{"asked for", []Service{first}, []Request{archive(1, 2, RequestSent, "2017-10-13")}, due + ": chiesto il 13/10/2017"},
		{"the answer lost: to be asked again", []Service{first}, []Request{archive(1, 2, RequestUnknown, "2017-10-13")}, due},
		{"active", []Service{first}, []Request{archive(1, 2, RequestDone, "2017-10-16")}, active + "16/10/2017"},
		{"more bought", []Service{first, second}, []Request{archive(1, 2, RequestDone, "2017-10-16")}, active + "16/10/2017; " + due},
		{"more bought and asked for", []Service{first, second}, []Request{archive(1, 2, RequestDone, "2017-10-16"), archive(2, 3, RequestSent, "2018-01-11")}, active + "16/10/2017; " + due + ": chiesto il 11/01/2018"},
		{"more bought and active", []Service{first, second}, []Request{archive(1, 2, RequestDone, "2017-10-16"), archive(2, 3, RequestDone, "2018-01-12")}, active + "16/10/2017; " + active + "12/01/2018"},
		{"more bought and refused", []Service{first, second}, []Request{archive(1, 2, RequestDone, "2017-10-16"), no}, active + "16/10/2017; respinto dal gestore: contratto scaduto"},
		{"refused, to be asked again", []Service{first, second}, []Request{archive(1, 2, RequestDone, "2017-10-16"), archive(2, 3, RequestDropped, "2018-01-20")}, active + "16/10/2017; " + due},
		{"both asked for at once and refused without a word", []Service{first, second}, []Request{archive(2, 3, RequestRejected, "2018-01-20")}, "respinto dal gestore, che non ha detto perché; respinto dal gestore, che non ha detto perché"},
		{"lowered, not told yet", []Service{second}, []Request{archive(2, 3, RequestDone, "2018-01-12")}, active + "12/01/2018"},
		{"in the place of one that ended", []Service{second}, []Request{archive(1, 2, RequestDone, "2017-10-16")}, active + "10/01/2018"},
		{"left alone by the one that was there before it", []Service{second}, []Request{archive(1, 2, RequestDone, "2017-10-16"), more}, active + "12/01/2018"},
		{"there, gone for a while, there again", []Service{first}, []Request{archive(1, 2, RequestDone, "2017-10-16"), archive(2, 0, RequestDone, "2017-11-16"), archive(3, 2, RequestDone, "2017-12-16")}, active + "16/12/2017"},
		{"it ran before the program asked", []Service{first}, []Request{archive(1, 2, RequestDone, "")}, ""},
		{"it ran before the program asked, and more is bought", []Service{first, second}, []Request{archive(1, 2, RequestDone, "")}, "; " + due},
		{"bought at the provider", []Service{theirs}, nil, ""},
		{"bought at the provider, and here", []Service{theirs, first}, []Request{archive(1, 2, RequestDone, "2017-10-16")}, "; " + active + "16/10/2017"},
		{"space", []Service{space}, []Request{{ID: 1, Operation: AskSpace, Kind: "standard", ExtraGB: 1, State: RequestSent, SentOn: Day("2018-01-11")}}, due + ": chiesto il 11/01/2018"},
	} {
		m := ProviderMailbox{Mailbox: Mailbox{ID: 7, Kind: "standard", Status: MailboxActive}, Requests: c.requests}
		for _, s := range c.services {
			if s.Product == InboxGB {
				m.ExtraGB += s.Quantity
			}
		}
		var got []string
		for _, s := range c.services {
			got = append(got, m.AtProvider(c.services, s.ID).Italian())
		}
		if said := strings.Join(got, "; "); said != c.want {
			t.Errorf("%s:\n%q, want\n%q", c.name, said, c.want)
		}
	}
	listed := ProviderMailbox{Mailbox: Mailbox{ID: 7, Kind: "standard", Status: MailboxActive}, ExtraGB: 1, ListedGB: 1}
	if got := listed.AtProvider([]Service{space}, 4); got != (AtProvider{State: ProvisionActive, On: Day("2018-01-10")}) {
		t.Errorf("space that the provider's list told of is %+v", got)
	}
}

// providerPlay is a mailbox whose services begin, shrink and end while a provider
// takes totals in, refuses them or does not answer.
type providerPlay struct {
	t   *rapid.T
	m   ProviderMailbox
	all []Service
	has map[string]int // what the provider has switched on
	day Date
	ids int64
}

var playedProducts = []string{"archive_gb", "extra_users"}

func (p *providerPlay) count() {
	p.m.Services = nil
	for _, product := range playedProducts {
		s := ProviderService{Product: product, Name: product, SinceOn: p.day}
		for _, one := range p.all {
			if one.Product == product {
				s.Quantity += one.Quantity
			}
		}
		p.m.Services = append(p.m.Services, s)
	}
}

// send makes the next file: what is due is sent, what is lost is dropped.
func (p *providerPlay) send() (n int) {
	asks, _ := p.m.Due()
	for _, r := range asks {
		for _, lost := range p.m.Lost(r) {
			p.set(lost.ID, func(x *Request) { x.State = RequestDropped })
		}
		n++
		if r.ID != 0 {
			p.set(r.ID, func(x *Request) { x.State, x.SentOn = RequestSent, p.day })
			continue
		}
		p.ids++
		r.ID, r.State, r.SentOn = p.ids, RequestSent, p.day
		p.m.Requests = append(p.m.Requests, r)
	}
	if again, _ := p.m.Due(); again != nil {
		p.t.Fatalf("after a file %+v is still due", again)
	}
	return n
}

func (p *providerPlay) set(id int64, change func(*Request)) {
	for i := range p.m.Requests {
		if p.m.Requests[i].ID == id {
			change(&p.m.Requests[i])
		}
	}
}

// answer takes the provider's word for the oldest request that it has.
func (p *providerPlay) answer(done bool) bool {
	i := slices.IndexFunc(p.m.Requests, func(r Request) bool { return r.State == RequestSent })
	if i < 0 {
		return false
	}
	r := &p.m.Requests[i]
	r.State, r.AnsweredOn = RequestRejected, p.day
	if done {
		r.State = RequestDone
		p.has[r.Product] = r.Quantity
	}
	return true
}

func (p *providerPlay) again() {
	for i := range p.m.Requests {
		if p.m.Requests[i].State == RequestRejected {
			p.m.Requests[i].State = RequestDropped
		}
	}
}

// TestProviderComesToHaveWhatIsOwed plays any sequence of purchases, reductions,
// endings, files, answers, refusals and lost answers. What is said to be active
// never passes what the provider has; once everything is sent and answered it has
// just what runs, and every service is said to be active.
func TestProviderComesToHaveWhatIsOwed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := &providerPlay{t: rt, has: map[string]int{}, day: Day("2017-10-12")}
		p.m.Mailbox = Mailbox{ID: 7, Kind: "standard", Status: MailboxActive, ActivatedOn: p.day}
		var bought int64
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			p.day = p.day.AddDays(1)
			switch rapid.SampledFrom([]string{"buy", "buy", "end", "lower", "send", "done", "refused", "lost", "again"}).Draw(rt, "step") {
			case "buy":
				bought++
				p.all = append(p.all, Service{ID: bought, MailboxID: 7, Product: rapid.SampledFrom(playedProducts).Draw(rt, "product"), Quantity: rapid.IntRange(1, 3).Draw(rt, "quantity"), StartedOn: p.day, Source: SoldByOrdine})
			case "end":
				if n := len(p.all); n > 0 {
					i := rapid.IntRange(0, n-1).Draw(rt, "which")
					p.all = slices.Delete(p.all, i, i+1)
				}
			case "lower":
				for i := range p.all {
					p.all[i].Quantity = max(1, p.all[i].Quantity-1)
				}
			case "send":
				p.send()
			case "done":
				p.answer(true)
			case "refused":
				p.answer(false)
			case "lost":
				for i := range p.m.Requests {
					if p.m.Requests[i].State == RequestSent {
						p.m.Requests[i].State = RequestUnknown
					}
				}
			case "again":
				p.again()
			}
			p.count()
			active := map[string]int{}
			for _, s := range p.all {
				at := p.m.AtProvider(p.all, s.ID)
				if at.State == ProvisionActive {
					active[s.Product] += s.Quantity
				}
				if at.State == ProvisionActive && (at.On.Before(s.StartedOn) || at.On.After(p.day)) {
					rt.Fatalf("on %s service %d of %s is active since %s", p.day, s.ID, s.StartedOn, at.On)
				}
			}
			for product, n := range active {
				if n > p.has[product] {
					rt.Fatalf("%d of %s are said to be active, the provider has %d", n, product, p.has[product])
				}
			}
		}
		for range 3 { // refused ones may have hidden what is due behind them
			p.again()
			p.send()
			for p.answer(true) {
			}
		}
		p.count()
		for _, s := range p.m.Services {
			if p.has[s.Product] != s.Quantity {
				rt.Fatalf("of %s the provider has %d, %d run: %+v", s.Product, p.has[s.Product], s.Quantity, p.m.Requests)
			}
		}
		for _, s := range p.all {
			if at := p.m.AtProvider(p.all, s.ID); at.State != ProvisionActive {
				rt.Fatalf("service %d is %q", s.ID, at.State)
			}
		}
	})
}

// TestNotGivenIsWhatTheProviderNeverHad: of 2 users paid for 2017 and 2018, told
// by what the provider had of them.
func TestNotGivenIsWhatTheProviderNeverHad(t *testing.T) {
	services := []Service{{ID: 1, Product: "user", Quantity: 1, StartedOn: Day("2016-10-12"), Source: SoldByOrdine}, {ID: 2, Product: "user", Quantity: 2, StartedOn: Day("2017-01-10"), Source: SoldByOrdine}}
	lines := []PaidLine{{ID: 10, From: Day("2017-01-10"), To: Day("2017-10-12")}, {ID: 11, From: Day("2017-10-12"), To: Day("2018-10-12")}}
	done := func(total int, on string) Request {
		return Request{Operation: AskService, Product: "user", Quantity: total, State: RequestDone, DueOn: Day("2016-10-12"), AnsweredOn: Day(on)}
	}
	for _, row := range []struct {
		name     string
		requests []Request
		want     []int64
	}{
		{"it was never asked", nil, []int64{10, 11}},
		{"the first alone is there", []Request{done(1, "2016-10-14")}, []int64{10, 11}},
		{"it was there for a while in 2017", []Request{done(3, "2017-02-01"), done(1, "2017-03-01")}, []int64{11}},
		{"it was taken off on the day of the renewal", []Request{done(3, "2017-02-01"), done(1, "2017-10-12")}, []int64{11}},
		{"it was taken off in the second year", []Request{done(3, "2017-02-01"), done(1, "2017-10-13")}, nil},
		{"it came on the day of the renewal", []Request{done(1, "2016-10-14"), done(3, "2017-10-12")}, []int64{10}},
		{"it was there before the first line", []Request{done(3, "2016-12-01"), done(1, "2017-01-10")}, []int64{10, 11}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []int64
			for _, l := range (ProviderMailbox{Requests: row.requests}).NotGiven(services, 2, lines) {
				got = append(got, l.ID)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("not given are %v, want %v", got, row.want)
			}
		})
	}
}
