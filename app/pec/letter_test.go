package pec

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// TestALetterIsMadeAgain: of a mailbox from 12/10/2017 to 12/10/2018 on 01/08/2018.
func TestALetterIsMadeAgain(t *testing.T) {
	box := Mailbox{ID: 1, ActivatedOn: Day("2016-10-12"), ExpiresOn: Day("2018-10-12"), TermYears: 1}
	for _, c := range []struct {
		what string
		kind MessageKind
		made string
		want bool
	}{
		{"an activation long ago", LetterActivation, "2016-10-20", true},
		{"a closing long ago", LetterClosing, "2016-10-20", true},
		{"a notice of this expiry", LetterNotice, "2017-10-12", true},
		{"a notice of the expiry before", LetterNotice, "2017-10-11", false},
		{"a formal notice whose 30 days end today", LetterDiffida, "2018-07-02", true},
		{"a formal notice whose 30 days are over", LetterDiffida, "2018-07-01", false},
	} {
		if got := (LetterCase{Kind: c.kind, On: Day("2018-08-01"), Mailbox: box}).Repeats(Day(c.made)); got != c.want {
			t.Errorf("%s is %v, want %v", c.what, got, c.want)
		}
	}
}

func TestEveryLetterCanBeWritten(t *testing.T) {
	for _, f := range LetterForms {
		l, err := f.Write(f.Text, f.Samples())
		if err != nil || strings.Contains(l.Text+l.Subject, "{{") || !f.Kind.IsLetter() {
			t.Errorf("%s: %v %s", f.Kind, err, l.Text)
		}
		if known, ok := FormOf(f.Kind); !ok || known.Title != f.Title {
			t.Errorf("%s is not found", f.Kind)
		}
	}
	if MessageNotice.IsLetter() {
		t.Error("an e-mail is a letter")
	}
}

func TestWhoIsWrittenALetter(t *testing.T) {
	running := Mailbox{ID: 1, Address: "a@pec.example", Status: MailboxActive, ExpiresOn: Day("2018-10-12")}
	closed := Mailbox{ID: 1, Status: MailboxClosed, ClosedOn: Day("2018-06-01")}
	asked := Mailbox{ID: 1, Address: "a@pec.example", Status: MailboxSent}
	in, out, dead := Member{Status: MemberActive}, Member{Status: MemberCancelled}, Member{Status: MemberDeceased}
	for told, c := range map[string]struct {
		LetterCase
		want string
	}{
		"activation of a running mailbox":         {LetterCase{Kind: LetterActivation, Member: in, Mailbox: running}, ""},
		"activation of a leaver's":                {LetterCase{Kind: LetterActivation, Member: out, Mailbox: running}, ""},
		"activation of a dead holder's":           {LetterCase{Kind: LetterActivation, Member: dead, Mailbox: running}, "È deceduto: agli eredi si scrive la lettera di chiusura."},
		"activation of a closed one":              {LetterCase{Kind: LetterActivation, Member: in, Mailbox: closed}, "La casella è chiusa dal 01/06/2018."},
		"activation of one still asked for":       {LetterCase{Kind: LetterActivation, Member: in, Mailbox: asked}, "La casella è inviata al gestore: la lettera si prepara dopo l’attivazione."},
		"activation without a mailbox":            {LetterCase{Kind: LetterActivation, Member: in}, "Non ha una casella."},
		"notice the day before E":                 {LetterCase{Kind: LetterNotice, On: Day("2018-10-11"), Member: in, Mailbox: running}, ""},
		"notice on E":                             {LetterCase{Kind: LetterNotice, On: Day("2018-10-12"), Member: in, Mailbox: running}, ""},
		"notice after E":                          {LetterCase{Kind: LetterNotice, On: Day("2018-10-13"), Member: in, Mailbox: running}, "La scadenza del 12/10/2018 è passata: il rinnovo si registra questa notte."},
		"notice to a leaver":                      {LetterCase{Kind: LetterNotice, On: Day("2018-10-01"), Member: out, Mailbox: running}, "Non è più nell’albo: gli avvisi sono finiti, si scrive la lettera di chiusura."},
		"notice about one still asked for":        {LetterCase{Kind: LetterNotice, Member: in, Mailbox: asked}, "La casella è inviata al gestore: non ha ancora una scadenza."},
		"closing of a closed one":                 {LetterCase{Kind: LetterClosing, Member: in, Mailbox: closed}, ""},
		"closing of a leaver's that closes":       {LetterCase{Kind: LetterClosing, Member: dead, Mailbox: running, ClosesOn: Day("2018-08-01")}, ""},
		"closing of one that goes on":             {LetterCase{Kind: LetterClosing, Member: in, Mailbox: running}, "La casella non è chiusa e non si chiude per l’uscita dall’albo."},
		"closing of one that never was":           {LetterCase{Kind: LetterClosing, Member: in, Mailbox: asked}, "La casella è inviata al gestore: non è mai stata attiva."},
		"formal notice to who has nothing":        {LetterCase{Kind: LetterDiffida, Member: in}, ""},
		"formal notice to whose mailbox closed":   {LetterCase{Kind: LetterDiffida, Member: in, Mailbox: closed}, ""},
		"formal notice to who has a PEC":          {LetterCase{Kind: LetterDiffida, Member: in, Domicile: "io@pec.example"}, "Ha già un domicilio digitale: io@pec.example."},
		"formal notice while another is open":     {LetterCase{Kind: LetterDiffida, Member: in, Open: "3/2018"}, "La diffida n. 3/2018 è ancora aperta."},
		"formal notice while a mailbox is coming": {LetterCase{Kind: LetterDiffida, Member: in, Mailbox: asked}, "La casella a@pec.example è già inviata al gestore: aspetti l’attivazione."},
		"formal notice to a leaver":               {LetterCase{Kind: LetterDiffida, Member: out}, "Non è nell’albo: l’obbligo è di chi ne fa parte."},
	} {
		if got := c.Refuses(); got != c.want {
			t.Errorf("%s: %q, want %q", told, got, c.want)
		}
	}
}

// activation is a standard mailbox at the Ordine's expense, extra space at 2,50 €
// a GB, VAT 22 %, at most 5 GB.
func activation() ActivationFacts {
	limit := 5
	return ActivationFacts{
		Member: Member{Status: MemberActive, Sex: "F"}, Holder: "Elena Morandi", Renews: true,
		Kind:    Kind{Code: "standard", Name: "Standard", BaseInboxGB: 1, MaxInboxGB: &limit, YearlyPrice: 500, PaidBy: PaidByOrdine, Terms: []int{1}},
		Mailbox: Mailbox{Address: "elena.morandi@pec.ordine.example", ActivatedOn: Day("2017-10-12"), ExpiresOn: Day("2018-10-12"), TermYears: 1, AutoRenew: true},
		Agreement: Agreement{ID: 1, Provider: "Gestore PEC S.p.A.", VATRate: decimal.New(22, 0), SoldBy: SoldByOrdine,
			Products: []Product{{Code: InboxGB, Name: "Spazio in più", Unit: "GB", YearlyPrice: 250, Kinds: []string{"standard"}}}},
	}
}

// A GB costs 2,50 € and 0,55 € of VAT, a mailbox that the member pays 20,00 € and
// 4,40 €.
func TestTheActivationLetterTellsWhoPaysWhat(t *testing.T) {
	for told, c := range map[string]struct {
		change func(*ActivationFacts)
		want   []string
	}{
		"paid by the Ordine": {func(*ActivationFacts) {}, []string{"Spazio: 1 GB", "con scadenza il 12/10/2018", "La casella è a carico dell’Ordine.",
			"Il 12/10/2018 si rinnova tacitamente, e così di anno in anno, finché Lei è iscritta all’albo: non deve fare nulla e non paga nulla.",
			"è a Suo carico: 2,50 € più IVA al 22 % (3,05 € in tutto) per ogni GB all’anno, fino a 5 GB in tutto. Si acquista nell’area riservata", "il gestore, Gestore PEC S.p.A., con"}},
		"2 GB more for 2 years": {func(a *ActivationFacts) { a.ExtraGB, a.Mailbox.TermYears = 2, 2 }, []string{"Spazio: 3 GB: 1 GB della casella e 2 GB in più", "e così di 2 anni in 2 anni"}},
		"paid by the member, sold by the provider": {func(a *ActivationFacts) {
			a.Renews, a.Kind.PaidBy, a.Kind.YearlyPrice, a.Agreement.SoldBy = false, PaidByMember, 2000, SoldByProvider
		}, []string{"La casella è a Suo carico: 20,00 € più IVA al 22 % (24,40 € in tutto) all’anno.", "si rinnova solo se prima è stato pagato il rinnovo; altrimenti si chiude.", "Si acquista presso il gestore."}},
		"already paid":         {func(a *ActivationFacts) { a.Paid = true }, []string{"La casella è già pagata da Lei fino al 12/10/2018.", "si rinnova tacitamente a carico dell’Ordine, finché"}},
		"another kind ahead":   {func(a *ActivationFacts) { a.Ahead = "Pro" }, []string{"Il 12/10/2018 passa alla tipologia Pro e si rinnova tacitamente"}},
		"automatic off":        {func(a *ActivationFacts) { a.Renews, a.Mailbox.AutoRenew = false, false }, []string{"La casella è a carico dell’Ordine fino al 12/10/2018. Il rinnovo automatico è spento: il 12/10/2018 si chiude, se prima non è pagato un ordine di rinnovo, a Suo carico."}},
		"a leaver's":           {func(a *ActivationFacts) { a.ClosesOn = Day("2018-03-01") }, []string{"Poiché Lei non risulta più iscritta all’albo, la casella si chiude il 01/03/2018: salvi prima una copia"}},
		"without an agreement": {func(a *ActivationFacts) { a.Agreement = Agreement{} }, []string{"presso il gestore, con l’indirizzo"}},
	} {
		a := activation()
		c.change(&a)
		form, _ := FormOf(LetterActivation)
		l, err := form.Write(form.Text, a.Values())
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(l.Text, "\u00a0", " ")
		for _, words := range c.want {
			if !strings.Contains(text, words) {
				t.Errorf("%s: it does not say %q:\n%s", told, words, text)
			}
		}
	}
}

func TestTheClosingLetterTellsOfMessagesAndCredit(t *testing.T) {
	box := Mailbox{ID: 1, Address: "elena.morandi@pec.ordine.example", Status: MailboxClosed, ClosedOn: Day("2018-10-12"), CloseReason: CloseNotRenewed}
	left := ClosingFacts{Member: Member{Status: MemberCancelled}, Holder: "Elena Morandi", Mailbox: box, Credit: 305, Agreement: Agreement{Provider: "Gestore PEC"}}
	left.Mailbox.CloseReason = CloseLeaver
	stays := left
	stays.Member.Status, stays.Mailbox = MemberActive, box
	heirs := left
	heirs.Member.Status, heirs.ClosesOn = MemberDeceased, Day("2018-12-01")
	nothing := left
	nothing.Credit = 0
	owes := left
	owes.Credit, owes.Claim = 0, 200
	for told, c := range map[string]struct {
		facts     ClosingFacts
		says, not []string
	}{
		"a leaver":               {left, []string{"Gentile Elena Morandi,", "è stata chiusa il 12/10/2018: titolare non più iscritto all’albo.", "chiesta subito al gestore, Gestore PEC,", "restano 3,05 €: non scadono, e può chiederne il rimborso"}, []string{"deve avere un domicilio"}},
		"who is on the register": {stays, []string{"rinnovo non pagato o non richiesto.", "può usarli per un’altra casella o chiederne il rimborso", "Chi è nell’albo deve avere un domicilio digitale"}, nil},
		"heirs":                  {heirs, []string{"Gentili eredi di Elena Morandi,", "si chiude il 01/12/2018: titolare non più iscritto all’albo.", "si rimborsano agli eredi"}, []string{"Suo", "Salvi"}},
		"nothing left":           {nothing, nil, []string{"restano", "\n\n\n"}},
		"something owed":         {owes, []string{"Risultano ancora da versare all’Ordine 2,00 €."}, []string{"restano"}},
	} {
		form, _ := FormOf(LetterClosing)
		l, err := form.Write(form.Text, c.facts.Values())
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(l.Text, "\u00a0", " ")
		for _, words := range c.says {
			if !strings.Contains(text, words) {
				t.Errorf("%s: it does not say %q:\n%s", told, words, text)
			}
		}
		for _, words := range c.not {
			if strings.Contains(text, words) {
				t.Errorf("%s: it says %q:\n%s", told, words, text)
			}
		}
	}
}

func TestTheFormalNoticeNamesTheLaw(t *testing.T) {
	form, _ := FormOf(LetterDiffida)
	l, err := form.Write(form.Text, DiffidaValues(MemberDomicile{Member: Member{Sex: "M", RegistrationNumber: "A7"}, Fault: DomicileNever}, "Ugo Belli", "Ordine"))
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"iscritto all’albo al n. A7", "art. 16, comma 7,", "comma 7-bis", "29 novembre 2008, n. 185", "art. 37 del decreto-legge 16 luglio 2020, n. 76", "entro 30 giorni dal ricevimento", "sospensione dall’albo fino alla comunicazione"} {
		if !strings.Contains(l.Text, words) {
			t.Errorf("it does not say %q:\n%s", words, l.Text)
		}
	}
	if v := DiffidaValues(MemberDomicile{Member: Member{Sex: "F"}, Fault: DomicileExpired, At: "ada@pec.example"}, "Ada Neri", "Ordine"); v["iscrizione"] != "iscritta all’albo" || !strings.HasSuffix(v["perche"], "ada@pec.example, è scaduto") {
		t.Errorf("without a number %q", v["iscrizione"])
	}
}
