package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const paymentHead = "IUV;CRO;Codice fiscale debitore;Casella;N. iscrizione;Numero ordine;Importo pagato;Data pagamento;Esito;Causale"

// listed is a list of payments on 15/03/2018, with three members: Rossi, whose
// order 12 waits for 6,10 € since 01/03/2018, Moretti, and Miller, who left.
func listed(t *testing.T, head string, lines ...string) PaymentImport {
	t.Helper()
	var cells [][]string
	for _, l := range lines {
		cells = append(cells, strings.Split(l, ";"))
	}
	book := rossi(0)
	book.Waiting = []WaitingOrder{waiting(t, 12, 1, "2018-03-01", 2, 610)}
	return PaymentImport{
		Rows: rowsOf(cells), Mapping: mapOf(t, PaymentLayout, strings.Split(head, ";"), cells, nil), Today: Day("2018-03-15"),
		Holders: []CreditHolder{
			{ID: 1, FullName: "Rossi Mario", TaxCode: "RSSMRA85T10A562S", RegistrationNumber: "A1", Status: MemberActive},
			{ID: 2, FullName: "Moretti Matteo", TaxCode: "MRTMTT91D08F205J", RegistrationNumber: "A2", Status: MemberActive},
			{ID: 3, FullName: "Miller Samantha", TaxCode: "MLLSNT82P65Z404U", RegistrationNumber: "A3", Status: MemberCancelled, LeftOn: Day("2018-02-01")},
		},
		Former:    []FormerPosition{{MemberID: 2, RegistrationNumber: "B9", TaxCode: "RSSNMR70E52H501M"}},
		Addresses: map[string]int64{"mario.rossi@pec.ordine.example": 1, "rossi@pec.ordine.example": 1, "matteo.moretti@pec.ordine.example": 2},
		Domains:   []string{"pec.ordine.example"},
		Orders:    []NumberedOrder{{ID: 7, Number: "2018/000001", MemberID: 2, State: OrderCompleted}, {ID: 12, MemberID: 1, State: OrderAwaitingPayment}, {ID: 13, MemberID: 2, State: OrderLapsed}},
		Known: []KnownTopUp{
			{MemberID: 2, Method: ByPagoPA, Reference: "01000000000000900", Amount: 1220, On: Day("2018-02-20")},
			{MemberID: 2, Method: ByPagoPA, Reference: "01000000000000901", Amount: 500, On: Day("2018-02-21"), Reversed: true},
			{MemberID: 2, Method: ByPagoPA, Reference: "01000000000000902", Amount: 700, On: Day("2018-02-21"), Reversed: true},
			{MemberID: 1, Method: ByPagoPA, Reference: "01000000000000902", Amount: 700, On: Day("2018-02-23")},
			{MemberID: 2, Method: ByBankTransfer, Reference: "CRO 77", Amount: 1000, On: Day("2018-02-22")},
			{MemberID: 2, Method: ByBankTransfer, Reference: "CRO 78", Amount: 1000, On: Day("2018-02-22"), Reversed: true},
		},
		Books: map[int64]Book{1: book}, Agreements: plain(t),
	}
}

// said is a row in short: what becomes of it, whose it is, and its problems.
func (r PaymentRow) said() string {
	text := string(r.Outcome)
	if r.Holder.ID != 0 {
		text += fmt.Sprintf(" for %d", r.Holder.ID)
	}
	if r.Outcome == OutcomeCreated {
		text += fmt.Sprintf(" %s %s %s", r.Payment.Method, r.Payment.Reference, r.Payment.Amount)
	}
	for _, p := range r.Problems {
		text += ", " + p.Code
	}
	return text
}

func TestPaymentsRowByRow(t *testing.T) {
	for _, row := range []struct{ what, line, want string }{
		{"by the tax code", "01000000000000101;;RSSMRA85T10A562S;;;;6,10;10/03/2018;Pagato;", "created for 1 pagopa 01000000000000101 6.10"},
		{"by the tax code in small letters", "01000000000000101;;rssmra85t10a562s;;;;€ 1.234,50;10/03/2018;OK;", "created for 1 pagopa 01000000000000101 1234.50"},
		{"by the address", "01000000000000101;;;Matteo.Moretti@PEC.ordine.example;;;12.20;2018-03-10;Eseguito;", "created for 2 pagopa 01000000000000101 12.20"},
		{"by another mailbox of the same member", "01000000000000101;;;rossi@pec.ordine.example;;;12,20 EUR;20180310;0;", "created for 1 pagopa 01000000000000101 12.20"},
		{"by the registration number", "01000000000000101;;;;a2;;5;10/03/2018;0 - Pagamento eseguito;", "created for 2 pagopa 01000000000000101 5.00"},
		{"by the waiting order", "01000000000000101;;;;;12;6,10;10/03/2018;Pagato;", "created for 1 pagopa 01000000000000101 6.10"},
		{"by the order in the causale", "01000000000000101;;;;;;6,10;10/03/2018;Pagato;Saldo ordine n. 12 - casella", "created for 1 pagopa 01000000000000101 6.10"},
		{"by the code of a merged position", "01000000000000101;;RSSNMR70E52H501M;;;;5;10/03/2018;Pagato;", "created for 2 pagopa 01000000000000101 5.00"},
		{"all four agree", "01000000000000101;;RSSMRA85T10A562S;mario.rossi@pec.ordine.example;A1;12;5;10/03/2018;Pagato;", "created for 1 pagopa 01000000000000101 5.00"},
		{"a studio's code beside the address", "01000000000000101;;01234567897;mario.rossi@pec.ordine.example;;;5;10/03/2018;Pagato;", "created for 1 pagopa 01000000000000101 5.00, member_unknown"},
		{"the payer's own e-mail beside the code", "01000000000000101;;RSSMRA85T10A562S;mario@posta.example;;;5;10/03/2018;Pagato;", "created for 1 pagopa 01000000000000101 5.00"},
		{"a mailbox of ours that is not there, beside the code", "01000000000000101;;RSSMRA85T10A562S;m.rossi@pec.ordine.example;;;5;10/03/2018;Pagato;", "created for 1 pagopa 01000000000000101 5.00, mailbox_unknown"},
		{"a creditor reference", "RF68 0000 0000 0000 0000 00012;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "created for 1 pagopa RF68000000000000000000012 5.00"},
		{"the codice avviso", "301000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "created for 1 pagopa 301000000000000101 5.00"},
		{"a bank transfer", ";CRO 4711;RSSMRA85T10A562S;;;;5;10/03/2018;Eseguito;", "created for 1 bank_transfer CRO 4711 5.00"},
		{"an IUV goes before a CRO", "01000000000000101;CRO 4711;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "created for 1 pagopa 01000000000000101 5.00"},
		{"paid, the day not told", "01000000000000101;;RSSMRA85T10A562S;;;;5;;Pagato;", "created for 1 pagopa 01000000000000101 5.00"},
		{"for one who left", "01000000000000101;;MLLSNT82P65Z404U;;;;5;10/03/2018;Pagato;", "created for 3 pagopa 01000000000000101 5.00, holder_left"},
		{"for an order that has lapsed", "01000000000000101;;;;;13;5;10/03/2018;Pagato;", "created for 2 pagopa 01000000000000101 5.00, order_not_waiting"},
		{"for an order that is paid", "01000000000000101;;;;;2018/000001;5;10/03/2018;Pagato;", "created for 2 pagopa 01000000000000101 5.00, order_not_waiting"},
		{"an IUV that a sheet may have cut", "01000000000010100;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "created for 1 pagopa 01000000000010100 5.00, iuv_doubtful"},
		{"a transfer that pays for another too", ";cro77;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "created for 1 bank_transfer cro77 5.00, reference_shared"},
		{"a transfer with the reference of another's pagoPA", ";0100 0000 0000 00900;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "created for 1 bank_transfer 0100 0000 0000 00900 5.00, reference_other_method"},

		{"registered already", "01000000000000900;;MRTMTT91D08F205J;;;;12,20;20/02/2018;Pagato;", "unchanged for 2"},
		{"registered already, told by its codice avviso", "301000000000000900;;MRTMTT91D08F205J;;;;12,20;20/02/2018;Pagato;", "unchanged for 2"},
		{"registered for the order that the causale names", "01000000000000900;;;;;;12,20;20/02/2018;Pagato;ordine 7", "unchanged for 2"},
		{"a transfer registered already, typed otherwise", ";cro  77;MRTMTT91D08F205J;;;;10;22/02/2018;Pagato;", "unchanged for 2"},

		{"not paid", "01000000000000101;;RSSMRA85T10A562S;;;;5;;Non pagato;", "refused for 1, not_paid"},
		{"cancelled", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;ANNULLATO;", "refused for 1, not_paid"},
		{"expired", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Scaduta;", "refused for 1, not_paid"},
		{"failed", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Fallito;", "refused for 1, not_paid"},
		{"failed by its code", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;1 - Pagamento non eseguito;", "refused for 1, not_paid"},
		{"not paid yet", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;In attesa;", "refused for 1, not_paid"},
		{"not paid, nothing else matters", ";;;;;;zero;31/02/2018;Non pagato;", "refused, not_paid"},
		{"a word for neither", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Boh;", "refused for 1, outcome_unknown"},
		{"words that contradict", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato (KO);", "refused for 1, outcome_unknown"},
		{"no outcome", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;;", "refused for 1, required_missing"},

		{"no reference", ";;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "refused for 1, required_missing"},
		{"an IUV too short", "0100000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "refused for 1, iuv_invalid"},
		{"an IUV too long", "01000000000000101010101010;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "refused for 1, iuv_invalid"},
		{"an IUV with signs", "01000000000000-01;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "refused for 1, iuv_invalid"},
		{"an IUV that a sheet has spoilt", "1,00000E+16;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "refused for 1, iuv_invalid"},
		{"no amount", "01000000000000101;;RSSMRA85T10A562S;;;;;10/03/2018;Pagato;", "refused for 1, required_missing"},
		{"nothing", "01000000000000101;;RSSMRA85T10A562S;;;;0,00;10/03/2018;Pagato;", "refused for 1, amount_invalid"},
		{"less than nothing", "01000000000000101;;RSSMRA85T10A562S;;;;-5,00;10/03/2018;Pagato;", "refused for 1, amount_invalid"},
		{"parts of a cent", "01000000000000101;;RSSMRA85T10A562S;;;;5,001;10/03/2018;Pagato;", "refused for 1, amount_invalid"},
		{"an amount that may be two", "01000000000000101;;RSSMRA85T10A562S;;;;1.234;10/03/2018;Pagato;", "refused for 1, amount_invalid"},
		{"beyond a million", "01000000000000101;;RSSMRA85T10A562S;;;;1.000.000,01;10/03/2018;Pagato;", "refused for 1, amount_invalid"},
		{"a day that is none", "01000000000000101;;RSSMRA85T10A562S;;;;5;31/02/2018;Pagato;", "refused for 1, date_invalid"},
		{"a day to come", "01000000000000101;;RSSMRA85T10A562S;;;;5;16/03/2018;Pagato;", "refused for 1, date_in_future"},

		{"nobody's code", "01000000000000101;;BNCLCU80A01F205T;;;;5;10/03/2018;Pagato;", "refused, member_unknown"},
		{"a code that is none", "01000000000000101;;RSSMRA85T10A562X;;;;5;10/03/2018;Pagato;", "refused, tax_code_invalid"},
		{"nobody's number", "01000000000000101;;;;Z9;;5;10/03/2018;Pagato;", "refused, member_unknown"},
		{"nobody's mailbox", "01000000000000101;;;chi@pec.ordine.example;;;5;10/03/2018;Pagato;", "refused, mailbox_unknown"},
		{"nobody's order", "01000000000000101;;;;;99;5;10/03/2018;Pagato;", "refused, order_unknown"},
		{"nothing says whose", "01000000000000101;;;;;;5;10/03/2018;Pagato;Versamento", "refused, required_missing"},
		{"the address of one, the code of another", "01000000000000101;;RSSMRA85T10A562S;matteo.moretti@pec.ordine.example;;;5;10/03/2018;Pagato;", "refused, payer_contradicts"},
		{"the code of one, the order of another", "01000000000000101;;MRTMTT91D08F205J;;;12;5;10/03/2018;Pagato;", "refused, payer_contradicts"},
		{"the code of one, the causale of another", "01000000000000101;;MRTMTT91D08F205J;;;;5;10/03/2018;Pagato;ordine 12", "created for 2 pagopa 01000000000000101 5.00"},
		{"the causale that members are told to write", "01000000000000101;;;;;;5;10/03/2018;Pagato;PEC A2 Moretti Matteo", "created for 2 pagopa 01000000000000101 5.00"},
		{"that causale as a bank prints it", "01000000000000101;;;;;;5;10/03/2018;Pagato;BONIFICO SEPA: PEC A2  MORETTI MATTEO.", "created for 2 pagopa 01000000000000101 5.00"},
		{"a tax code in the causale", "01000000000000101;;;;;;5;10/03/2018;Pagato;ricarica (mrtmtt91d08f205j)", "created for 2 pagopa 01000000000000101 5.00"},
		{"a number in the causale without its name", "01000000000000101;;;;;;5;10/03/2018;Pagato;PEC A2 Rossi Mario", "refused, required_missing"},
		{"a name in the causale without its number", "01000000000000101;;;;;;5;10/03/2018;Pagato;PEC Moretti Matteo", "refused, required_missing"},
		{"two members in the causale", "01000000000000101;;;;;;5;10/03/2018;Pagato;A1 Rossi Mario e A2 Moretti Matteo", "refused, required_missing"},
		{"two orders in the causale", "01000000000000101;;;;;;5;10/03/2018;Pagato;ordine 12 e ordine 13", "refused, required_missing"},
		{"an order in the causale that does not wait", "01000000000000101;;;;;;5;10/03/2018;Pagato;ordine 7", "refused, required_missing"},

		{"registered with another amount", "01000000000000900;;MRTMTT91D08F205J;;;;12,30;20/02/2018;Pagato;", "refused for 2, topup_conflict"},
		{"a transfer registered with another amount", ";CRO 77;MRTMTT91D08F205J;;;;9;20/02/2018;Pagato;", "refused for 2, topup_conflict"},
		{"registered for another member", "01000000000000900;;RSSMRA85T10A562S;;;;12,20;20/02/2018;Pagato;", "refused for 1, reference_taken"},
		{"registered and taken back", "01000000000000901;;MRTMTT91D08F205J;;;;5;20/02/2018;Pagato;", "refused for 2, topup_reversed"},
		{"taken back, and told with another amount", "01000000000000901;;MRTMTT91D08F205J;;;;6;20/02/2018;Pagato;", "refused for 2, topup_reversed"},
		{"taken back from another member", "01000000000000901;;RSSMRA85T10A562S;;;;5;20/02/2018;Pagato;", "created for 1 pagopa 01000000000000901 5.00, reference_reversed"},
		{"its codice avviso", "301000000000000901;;RSSMRA85T10A562S;;;;5;20/02/2018;Pagato;", "created for 1 pagopa 301000000000000901 5.00, reference_reversed"},
		{"a transfer taken back, and told with another amount", ";CRO 78;MRTMTT91D08F205J;;;;9;20/02/2018;Pagato;", "refused for 2, topup_reversed"},
		{"a transfer taken back from another member", ";CRO 78;RSSMRA85T10A562S;;;;9;20/02/2018;Pagato;", "created for 1 bank_transfer CRO 78 9.00, reference_reversed"},
		{"taken back and another's by now", "01000000000000902;;MRTMTT91D08F205J;;;;7;20/02/2018;Pagato;", "refused for 2, reference_taken"},
		{"another's by now, told again", "01000000000000902;;RSSMRA85T10A562S;;;;7;20/02/2018;Pagato;", "unchanged for 1"},
		{"more cells than columns", "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;Saldo;di tutto", "refused for 1, row_malformed"},
	} {
		p := PlanPayments(listed(t, paymentHead, row.line))
		if got := p.Rows[0].said(); got != row.want {
			t.Errorf("%s: %s, want %s", row.what, got, row.want)
		}
		if c := p.Counts(); c.Created+c.Updated+c.Unchanged+c.Refused != c.Rows {
			t.Errorf("%s: %+v does not add up", row.what, c)
		}
	}
}

// TestPaymentsToldTwice: the same again is refused, both sides of a
// contradiction are, and a bank transfer may pay for several.
func TestPaymentsToldTwice(t *testing.T) {
	for _, c := range []struct {
		what  string
		lines []string
		want  []string
	}{
		{"the same again", []string{"01000000000000101;;RSSMRA85T10A562S;;;;5;;Pagato;", "0100 0000 0000 00101;;;mario.rossi@pec.ordine.example;;;5,00;;Pagato;", "301000000000000101;;RSSMRA85T10A562S;;;;5;;Pagato;"},
			[]string{"created for 1 pagopa 01000000000000101 5.00", "refused for 1, duplicate_in_file", "refused for 1, duplicate_in_file"}},
		{"registered already, twice", []string{"01000000000000900;;MRTMTT91D08F205J;;;;12,20;;Pagato;", "01000000000000900;;MRTMTT91D08F205J;;;;12,20;;Pagato;"},
			[]string{"unchanged for 2", "refused for 2, duplicate_in_file"}},
		{"another amount", []string{"01000000000000101;;RSSMRA85T10A562S;;;;5;;Pagato;", "01000000000000102;;RSSMRA85T10A562S;;;;5;;Pagato;", "01000000000000101;;RSSMRA85T10A562S;;;;6;;Pagato;"},
			[]string{"refused for 1, topup_conflict", "created for 1 pagopa 01000000000000102 5.00", "refused for 1, topup_conflict"}},
		{"another member", []string{"01000000000000101;;RSSMRA85T10A562S;;;;5;;Pagato;", "01000000000000101;;MRTMTT91D08F205J;;;;5;;Pagato;"},
			[]string{"refused for 1, reference_taken", "refused for 2, reference_taken"}},
		{"tried, then paid", []string{"01000000000000101;;RSSMRA85T10A562S;;;;5;;Fallito;", "01000000000000101;;RSSMRA85T10A562S;;;;5;;Pagato;"},
			[]string{"refused for 1, not_paid", "created for 1 pagopa 01000000000000101 5.00"}},
		{"a transfer registered already, with another's new part of it", []string{";CRO 77;MRTMTT91D08F205J;;;;10;;Pagato;", ";CRO 77;RSSMRA85T10A562S;;;;5;;Pagato;"},
			[]string{"unchanged for 2", "created for 1 bank_transfer CRO 77 5.00, reference_shared"}},
		{"and registered already, the new part first", []string{";CRO 77;RSSMRA85T10A562S;;;;5;;Pagato;", ";CRO 77;MRTMTT91D08F205J;;;;10;;Pagato;"},
			[]string{"created for 1 bank_transfer CRO 77 5.00, reference_shared", "unchanged for 2"}},
		{"one transfer for two", []string{";CRO 5;RSSMRA85T10A562S;;;;5;;Pagato;", ";CRO 5;MRTMTT91D08F205J;;;;7;;Pagato;", ";CRO 5;MRTMTT91D08F205J;;;;7;;Pagato;"},
			[]string{"created for 1 bank_transfer CRO 5 5.00", "created for 2 bank_transfer CRO 5 7.00, reference_shared", "refused for 2, reference_shared, duplicate_in_file"}},
	} {
		p := PlanPayments(listed(t, paymentHead, c.lines...))
		var got []string
		for _, r := range p.Rows {
			got = append(got, r.said())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", c.what, diff)
		}
	}
}

// TestPaymentsCompleteWhatWaits: 6,10 € wait for Rossi. What the payments of a
// list do is played in its order.
func TestPaymentsCompleteWhatWaits(t *testing.T) {
	pays := func(n int, amount string) string {
		return fmt.Sprintf("010000000000001%02d;;RSSMRA85T10A562S;;;;%s;10/03/2018;Pagato;", n, amount)
	}
	for _, c := range []struct {
		what    string
		change  func(*Book)
		lines   []string
		want    string
		problem string
	}{
		{"just what is missing", nil, []string{pays(1, "6,10")}, "settles 0.00 completes [{12 6.10}]", ""},
		{"a cent short", nil, []string{pays(1, "6,09")}, "settles 0.00 completes []", ""},
		{"the second makes up for it", nil, []string{pays(1, "6,09"), pays(2, "0,01")}, "settles 0.00 completes []; settles 0.00 completes [{12 6.10}]", ""},
		{"what is owed goes first", func(b *Book) { b.Claim = 200 }, []string{pays(1, "6,10"), pays(2, "2,00")}, "settles 2.00 completes []; settles 0.00 completes [{12 6.10}]", ""},
		{"two orders at once", func(b *Book) { b.Waiting = append(b.Waiting, waiting(t, 15, 1, "2018-03-02", 1, 305)) }, []string{pays(1, "9,15")}, "settles 0.00 completes [{12 6.10} {15 3.05}]", ""},
		{"oldest first, the next has to wait", func(b *Book) { b.Waiting = append(b.Waiting, waiting(t, 15, 1, "2018-03-02", 1, 305)) }, []string{pays(1, "9,14")}, "settles 0.00 completes [{12 6.10}]", ""},
		{"lapsed before it came", func(b *Book) { b.Waiting[0].OrderedOn = Day("2018-01-10") }, []string{pays(1, "6,10"), pays(2, "1")}, "settles 0.00 completes []; settles 0.00 completes []", "order_lapsed"},
		{"the cap no longer allows it", func(b *Book) { b.Services = append(b.Services, gb(1, 3, "2017-12-07")) }, []string{pays(1, "6,10")}, "settles 0.00 completes []", "order_refused"},
		{"what fell due takes its part first", func(b *Book) { // the credit renews the GB on 10/03: 3,05 € of 5,00 €
			b.Credit, b.Services = 500, []Service{gb(1, 1, "2017-12-07")}
			b.Mailboxes[0].ExpiresOn, b.Services[0].ExpiresOn = Day("2018-03-10"), Day("2018-03-10")
			b.Waiting[0].OrderedOn = Day("2018-03-10")
		}, []string{pays(1, "4,14"), pays(2, "0,01")}, "settles 0.00 completes []; settles 0.00 completes []", "order_lapsed"},
		{"on the day E nothing completes", func(b *Book) { b.Mailboxes[0].ExpiresOn = Day("2018-03-15") }, []string{pays(1, "6,10")}, "settles 0.00 completes []", ""},
	} {
		in := listed(t, paymentHead, c.lines...)
		book := in.Books[1].clone()
		if c.change != nil {
			c.change(&book)
		}
		in.Books = map[int64]Book{1: book}
		p := PlanPayments(in)
		var got, problems []string
		for _, r := range p.Rows {
			got = append(got, fmt.Sprintf("settles %s completes %v", r.Settled, r.Completed))
			for _, x := range r.Problems {
				problems = append(problems, x.Code)
			}
		}
		if strings.Join(got, "; ") != c.want || strings.Join(problems, " ") != c.problem {
			t.Errorf("%s: %s, %v; want %s, %s", c.what, strings.Join(got, "; "), problems, c.want, c.problem)
		}
	}
}

func TestSumsOfPaymentsAreOfTheNewOnes(t *testing.T) {
	p := PlanPayments(listed(t, paymentHead,
		"01000000000000101;;RSSMRA85T10A562S;;;;6,10;;Pagato;", "01000000000000102;;MRTMTT91D08F205J;;;;1.000,05;;Pagato;",
		"01000000000000900;;MRTMTT91D08F205J;;;;12,20;;Pagato;", "01000000000000103;;MRTMTT91D08F205J;;;;50;;Scaduto;"))
	if got := p.Sums(); got != (PaymentSums{Amount: 100615, OrdersCompleted: 1}) {
		t.Errorf("%+v", got)
	}
	if c := p.Counts(); c != (Counts{Rows: 4, Created: 2, Unchanged: 1, Refused: 1}) {
		t.Errorf("%+v", c)
	}
}

// TestListWithoutOutcomeIsOfWhatWasPaid: the day says that it was.
func TestListWithoutOutcomeIsOfWhatWasPaid(t *testing.T) {
	p := PlanPayments(listed(t, "IUV;Cod. Fiscale;Importo;Pagato il",
		"01000000000000101;RSSMRA85T10A562S;6,10;10/03/2018", "01000000000000102;RSSMRA85T10A562S;6,10;", "01000000000000103;RSSMRA85T10A562S;6,10;00/00/0000"))
	for i, want := range []string{"created for 1 pagopa 01000000000000101 6.10", "refused for 1, required_missing", "refused for 1, required_missing"} {
		if got := p.Rows[i].said(); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
}

// TestDebtorCountsWhereBothAreThere: a studio pays for one of its people.
func TestDebtorCountsWhereBothAreThere(t *testing.T) {
	p := PlanPayments(listed(t, "IUV;CF versante;CF debitore;Importo;Data pagamento", "01000000000000101;MRTMTT91D08F205J;RSSMRA85T10A562S;5;10/03/2018", "01000000000000102;MRTMTT91D08F205J;;5;10/03/2018"))
	if got := p.Rows[0].said(); got != "created for 1 pagopa 01000000000000101 5.00" {
		t.Error(got)
	}
	if got := p.Rows[1].said(); got != "refused, required_missing" {
		t.Error(got)
	}
	p = PlanPayments(listed(t, "IUV;CF versante;Importo;Data pagamento", "01000000000000101;MRTMTT91D08F205J;5;10/03/2018"))
	if got := p.Rows[0].said(); got != "created for 2 pagopa 01000000000000101 5.00" {
		t.Error(got)
	}
}

func TestPaymentBeforeTheLastEventIsRefused(t *testing.T) {
	in := listed(t, paymentHead, "01000000000000101;;RSSMRA85T10A562S;;;;5;10/03/2018;Pagato;", "01000000000000900;;MRTMTT91D08F205J;;;;12,20;;Pagato;")
	for i := range in.Holders {
		in.Holders[i].LastEventOn = Day("2018-03-16")
	}
	p := PlanPayments(in)
	if got := p.Rows[0].said() + "; " + p.Rows[1].said(); got != "refused for 1, day_before_last_event; unchanged for 2" {
		t.Error(got)
	}
}

// TestTitlesOfReceipts finds the columns under the titles of portals and banks,
// and by what they hold.
func TestTitlesOfReceipts(t *testing.T) {
	for _, c := range []struct {
		header, line string
		want         map[string]string
	}{
		{"codIuv;soggPagCodiceIdentificativoUnivoco;soggPagAnagraficaPagatore;codiceEsitoPagamento;importoTotalePagato;dataEsitoSingoloPagamento;causaleVersamento",
			"01000000000000101;RSSMRA85T10A562S;Rossi Mario;0;6.10;2018-03-10;ordine 12",
			map[string]string{"codIuv": "iuv", "soggPagCodiceIdentificativoUnivoco": "tax_code", "soggPagAnagraficaPagatore": "full_name", "codiceEsitoPagamento": "outcome", "importoTotalePagato": "amount", "dataEsitoSingoloPagamento": "paid_on", "causaleVersamento": "purpose"}},
		{"Codice avviso;IUV;Debitore;C.F. debitore;Stato;Importo;Importo pagato;Data di pagamento",
			"301000000000000101;01000000000000101;Rossi Mario;RSSMRA85T10A562S;Pagato;10,00;6,10;10/03/2018",
			map[string]string{"IUV": "iuv", "C.F. debitore": "tax_code", "Debitore": "full_name", "Stato": "outcome", "Importo pagato": "amount", "Data di pagamento": "paid_on"}},
		{"Numero avviso;Pagatore;Esito;Importo €;Data",
			"301000000000000101;RSSMRA85T10A562S;OK;6,10;10/03/2018",
			map[string]string{"Numero avviso": "iuv", "Pagatore": "tax_code", "Esito": "outcome", "Importo €": "amount", "Data": "paid_on"}},
		{"Debitore;Codice fiscale pagatore;CF debitore;IUV;Importo;Data",
			"Rossi Mario;MRTMTT91D08F205J;RSSMRA85T10A562S;01000000000000101;6,10;10/03/2018",
			map[string]string{"Debitore": "full_name", "Codice fiscale pagatore": "payer_tax_code", "CF debitore": "tax_code", "IUV": "iuv", "Importo": "amount", "Data": "paid_on"}},
		{"Data contabile;Data valuta;Ordinante;Causale;CRO;Entrate",
			"10/03/2018;11/03/2018;Rossi Mario;ordine 12;12345678901;6,10",
			map[string]string{"Data contabile": "paid_on", "Ordinante": "full_name", "Causale": "purpose", "CRO": "cro", "Entrate": "amount"}},
		{"Codice;Persona;Quanto;Data pagamento;Numero ordine;Casella;N. iscrizione",
			"01000000000000101;RSSMRA85T10A562S;6,10;10/03/2018;12;mario.rossi@pec.ordine.example;A1",
			map[string]string{"Codice": "iuv", "Persona": "tax_code", "Data pagamento": "paid_on", "Numero ordine": "order", "Casella": "mailbox", "N. iscrizione": "registration_number"}},
	} {
		line := strings.Split(c.line, ";")
		got := mapOf(t, PaymentLayout, strings.Split(c.header, ";"), [][]string{line, line, line}, nil).ByHeader()
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", c.header, diff)
		}
	}
}

func TestOrderThatACausaleNames(t *testing.T) {
	for text, want := range map[string]string{
		"ordine 123": "123", "Saldo ORDINE n. 123": "123", "ordine n°123": "123", "Ordine di acquisto numero 0123": "123", "ordine: 123, casella": "123", "ordine 2026/000123": "2026/000123", "ordine 2026/123": "2026/000123",
		"Ordine degli Ingegneri, ordine 12": "12", "ordine 12 (ordine 12)": "12",
		"": "", "ordine": "", "Ordine degli Ingegneri": "", "quota ordine 2026": "", "ordine 12 e ordine 13": "", "ordine 3° trimestre": "", "ordine 12/A": "", "ordine 12-2026": "", "riordine 12": "", "ordine 0": "", "ordine 1234567890123": "",
	} {
		if got := orderInPurpose(text); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"123": "123", "n. 123": "123", "Ordine 123": "123", "2026/000123": "2026/000123", "123.0": "123", "0": "", "A1": "", "12 e 13": ""} {
		if got := orderKey(text); got != want {
			t.Errorf("the cell %q is %q, want %q", text, got, want)
		}
	}
}

func TestFingerprintTellsWhatPaymentsWouldDo(t *testing.T) {
	in := listed(t, paymentHead, "01000000000000101;;RSSMRA85T10A562S;;;;6,10;10/03/2018;Pagato;")
	first := PlanPayments(in).Fingerprint()
	if again := PlanPayments(in).Fingerprint(); again != first {
		t.Error("the same plan has two fingerprints")
	}
	in.Books = nil // somebody cancelled the order
	if PlanPayments(in).Fingerprint() == first {
		t.Error("a payment that completes nothing is told like one that completes an order")
	}
}

// FuzzPlanPayments: whatever the cells hold, no row is lost, none is taken for
// two members, and only sound payments come in.
func FuzzPlanPayments(f *testing.F) {
	for _, seed := range []string{
		"01000000000000101;;RSSMRA85T10A562S;;;;6,10;10/03/2018;Pagato;\n01000000000000101;;MRTMTT91D08F205J;;;;6,10;10/03/2018;Pagato;",
		";CRO 77;;matteo.moretti@pec.ordine.example;A2;7;1.234,50;2018-03-01;0;ordine 12\n;CRO 77;;;A1;;€ 3;;OK;",
		"1,2E+16;x;CF:RSSMRA85T10A562S;<mario.rossi@pec.ordine.example>;;2018/1;−5;16/03/2018;Pagato il 10/03/2018;ordine n° 12",
		"RF68000000000000000000012;;;;B9;0;1.000.000,00;00/00/0000;Pagato (KO);ordine 12 e ordine 13\n;;;;;;;;;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		if len(lines) > 50 {
			return
		}
		in := listed(t, paymentHead, lines...)
		p := PlanPayments(in)
		if len(p.Rows) != len(lines) || p.Fingerprint() != PlanPayments(in).Fingerprint() {
			t.Fatal("rows were lost, or decided twice in two ways")
		}
		var sum Cents
		taken := map[string]int64{}
		for _, r := range p.Rows {
			refused := slices.ContainsFunc(r.Problems, func(x RowProblem) bool { return x.Severity == SeverityError })
			if refused != (r.Outcome == OutcomeRefused) {
				t.Fatalf("%s with %v", r.Outcome, r.Problems)
			}
			if r.Outcome != OutcomeCreated {
				continue
			}
			sum += r.Payment.Amount
			if r.Holder.ID == 0 || r.Payment.Amount <= 0 || r.Payment.Amount > MaxAmount || r.Payment.Reference == "" || len(r.Payment.Reference) > longestReference || r.Payment.PaidOn.After(in.Today) {
				t.Fatalf("taken: %+v", r)
			}
			if r.Payment.Method == ByPagoPA {
				key := IUVKey(r.Payment.Reference)
				if taken[key] != 0 {
					t.Fatalf("%s twice", key)
				}
				taken[key] = r.Holder.ID
			}
		}
		if p.Sums().Amount != sum {
			t.Fatalf("the sum is %s, want %s", p.Sums().Amount, sum)
		}
	})
}
