package reports

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"albopec/app/pec"
)

func day(s string) pec.Date { return pec.Day(s) }

func cents(net, vat pec.Cents) pec.Amounts { return pec.Amounts{Net: net, VAT: vat, Gross: net + vat} }

// Four invented members of the Ordine of Montalto.
var (
	bianchi = Person{1, "Bianchi Žofia", "A1", "BNCZFO80A41H501A"}
	rossi   = Person{2, "Rossi D’Amico Nicolò", "A2", "RSSNCL75B02H501B"}
	verdi   = Person{3, "Verdi Ștefan", "A3", "VRDSFN70C03H501C"}
	neri    = Person{4, "Neri Ada", "B4", "NREDAA85D44H501D"}
)

// smallYear is a year figured by hand:
//
//	requested   Neri's on 01/02, another for Verdi on 20/11: 2.
//	mailboxes   Bianchi (2018), Rossi (2019) and Verdi (2020) at the start; Neri
//	            activated on 10/02; Verdi closes on 30/06. 3 + 1 − 1 = 3.
//	cost        Bianchi renewed 12/10, Rossi 05/03, Neri activated 10/02, each
//	            5,00 + 1,10 = 6,10: 15,00 + 3,30 = 18,30; for 3 mailboxes 6,10 each.
//	next        Neri's on 10/02 and Bianchi's on 12/10 cost 5,50 + 1,21 = 6,71 each,
//	            13,42; Rossi's is renewed by its holder. Verdi and Gialli have none.
//	before      in 2025 12,50 + 2,75 = 15,25, of March 6,10, September 3,05 and
//	            October 6,10.
//	orders      Bianchi buys 2 GB on 20/01 (5,00 + 1,10) and renews one of two
//	            services on 12/10 (2,50 + 0,55); Rossi buys 1 GB on 01/12
//	            (2,50 + 0,55). 10,00 + 2,20 = 12,20, 3 GB sold.
//	credit      4,00 + 20,00 + 10,00 + 1,00 topped up − 12,20 − 3,00 taken back
//	            − 4,00 refunded = 15,80.
func smallYear() written {
	return written{
		YearFacts: YearFacts{
			OrderBody: "Ordine degli Ingegneri di Montalto", Place: "Montalto", Year: 2026,
			Until: day("2026-12-31"), MadeOn: day("2027-01-15"),
			Agreements:    []string{"Convenzione PEC 2024", "Convenzione PEC 2026"},
			OpeningCredit: 400, ClosingCredit: 1580,
			Before: &Before{
				Until: day("2025-12-31"), Activated: 2, Renewed: 3, Ordine: cents(1250, 275), Members: cents(500, 110),
				Months: [12]pec.Cents{2: 610, 8: 305, 9: 610},
			},
		},
		Mailboxes: []MailboxRow{
			{"z.bianchi@pec.montalto.example", bianchi, "Standard", pec.MailboxActive, day("2018-10-12"), day("2027-10-12"), 1, 1, pec.Date{}, "", pec.Date{}, "A", "a", 0},
			{"n.rossi@pec.montalto.example", rossi, "Premium", pec.MailboxActive, day("2019-03-05"), day("2027-03-05"), 1, 1, pec.Date{}, "", day("2019-02-20"), "A", "b", 0},
			{"s.verdi@pec.montalto.example", verdi, "Standard", pec.MailboxClosed, day("2020-09-01"), day("2026-09-01"), 1, 0, day("2026-06-30"), pec.CloseLeaver, pec.Date{}, "B", "", 0},
			{"a.neri@pec.montalto.example", neri, "Standard", pec.MailboxActive, day("2026-02-10"), day("2027-02-10"), 1, 0, pec.Date{}, "", day("2026-02-01"), "B", "a", 1},
			{"nuova@pec.montalto.example", verdi, "Standard", pec.MailboxRequested, pec.Date{}, pec.Date{}, 1, 0, pec.Date{}, "", day("2026-11-20"), "B", "", 1},
		},
		Periods: []PeriodRow{
			{"a.neri@pec.montalto.example", neri, day("2026-02-10"), day("2027-02-10"), OriginActivation, false, cents(500, 110), "Standard", "B", "a"},
			{"n.rossi@pec.montalto.example", rossi, day("2026-03-05"), day("2027-03-05"), OriginRenewal, false, cents(500, 110), "Premium", "A", "b"},
			{"z.bianchi@pec.montalto.example", bianchi, day("2026-10-12"), day("2027-10-12"), OriginRenewal, false, cents(500, 110), "Standard", "A", "a"},
		},
		Services: []ServiceRow{
			{bianchi, "z.bianchi@pec.montalto.example", "Spazio Extra Inbox", 1, 1, day("2026-01-20"), day("2027-10-12"), 250, 250, 1, pec.Date{}, "", pec.SoldByOrdine},
			{bianchi, "z.bianchi@pec.montalto.example", "Spazio Extra Inbox", 1, 1, day("2026-01-20"), day("2026-10-12"), 250, 250, 0, day("2026-10-12"), pec.EndNoCredit, pec.SoldByOrdine},
			{rossi, "n.rossi@pec.montalto.example", "Spazio Extra Inbox", 1, 1, day("2026-12-01"), day("2027-03-05"), 250, 250, 0, pec.Date{}, "", pec.SoldByOrdine},
			{verdi, "s.verdi@pec.montalto.example", "Spazio Extra Inbox", 1, 1, day("2025-09-01"), day("2026-06-30"), 250, 250, 0, day("2026-06-30"), pec.EndMailboxClosed, pec.SoldByOrdine},
			{neri, "a.neri@pec.montalto.example", "Conservazione", 4, 4, day("2026-05-02"), day("2027-02-10"), 300, 1200, 0, pec.Date{}, "", pec.SoldByProvider},
		},
		Orders: []OrderRow{
			{"2026/000001", day("2026-01-20"), bianchi, "z.bianchi@pec.montalto.example", pec.OrderPurchase, "2 GB Spazio Extra Inbox", 2, cents(500, 110)},
			{"2026/000002", day("2026-10-12"), bianchi, "z.bianchi@pec.montalto.example", pec.OrderRenewal, "1 GB Spazio Extra Inbox", 0, cents(250, 55)},
			{"2026/000003", day("2026-12-01"), rossi, "n.rossi@pec.montalto.example", pec.OrderPurchase, "1 GB Spazio Extra Inbox", 1, cents(250, 55)},
		},
		Movements: []MovementRow{
			{11, day("2026-01-19"), bianchi, pec.EntryTopUp, "CRO 0001", 2000, pec.ByBankTransfer, "CRO 0001", false},
			{12, day("2026-01-20"), bianchi, pec.EntryOrder, "2026/000001", -610, "", "", false},
			{13, day("2026-04-07"), verdi, pec.EntryTopUp, "IUV 0002", 1000, pec.ByPagoPA, "IUV 0002", true},
			{14, day("2026-04-09"), verdi, pec.EntryReversal, "storno IUV 0002, importo errato", -300, "", "", false},
			{15, day("2026-07-15"), verdi, pec.EntryRefund, "rimborso", -400, "", "", false},
			{16, day("2026-10-12"), bianchi, pec.EntryOrder, "2026/000002", -305, "", "", false},
			{17, day("2026-11-30"), rossi, pec.EntryTopUp, "sportello 3", 100, pec.ByCounter, "3", false},
			{18, day("2026-12-01"), rossi, pec.EntryOrder, "2026/000003", -305, "", "", false},
		},
		Expiries: []ExpiryRow{
			{"a.neri@pec.montalto.example", neri, "Standard", day("2027-02-10"), ExpiryRenews, cents(550, 121)},
			{"n.rossi@pec.montalto.example", rossi, "Premium", day("2027-03-05"), ExpiryOrder, pec.Amounts{}},
			{"z.bianchi@pec.montalto.example", bianchi, "Standard", day("2027-10-12"), ExpiryRenews, cents(550, 121)},
		},
		Opened:  []BalanceRow{{bianchi, 150}, {verdi, 250}},
		Held:    []BalanceRow{{bianchi, 1235}, {rossi, -205}, {verdi, 550}},
		Without: []WithoutRow{{verdi, "B", "", true}, {Person{ID: 5, Name: "Gialli Eva", RegistrationNumber: "A5"}, "A", "c", false}},
	}
}

// smallFigures are those of smallYear, by hand.
var smallFigures = Figures{
	AtStart: 3, Requested: 2, Activated: 1, Renewed: 2, Closed: 1, AtEnd: 3, Without: 2, WithOwnPEC: 1,
	Ordine: cents(1500, 330), PerMailbox: 610,
	MembersWithServices: 3, ServicesRunning: 3, GBSold: 3, ServicesRenewed: 1, EndedForCredit: 1, EndedOtherwise: 1,
	Purchases: cents(750, 165), Renewals: cents(250, 55), Members: cents(1000, 220),
	Opening: 400, TopUps: 3100, OrdersPaid: -1220, Reversals: -300, Refunds: -400, Closing: 1580,
	ProviderServices: 1, ProviderGB: 4, ProviderNet: 1200,
}

func TestFiguresAreThoseWorkedOutByHand(t *testing.T) {
	y := smallYear()
	if got := y.sum().Figures; got != smallFigures {
		t.Errorf("figures\n got %+v\nwant %+v", got, smallFigures)
	}
	if found := y.sum().Findings; len(found) > 0 {
		t.Errorf("a year that agrees is found at fault: %q", found)
	}
}

func TestGroupsAreThoseWorkedOutByHand(t *testing.T) {
	y := smallYear()
	six := cents(500, 110)
	kinds := []Group{
		{Name: "Premium", AtStart: 1, Renewed: 1, AtEnd: 1, Cost: six},
		{Name: "Standard", AtStart: 2, Requested: 2, Activated: 1, Renewed: 1, Closed: 1, AtEnd: 2, Cost: cents(1000, 220)},
	}
	if got := y.sum().ByKind; !slices.Equal(got, kinds) {
		t.Errorf("kinds\n got %+v\nwant %+v", got, kinds)
	}
	sections := []Group{
		{Name: "A", Sector: "a", AtStart: 1, Renewed: 1, AtEnd: 1, Cost: six},
		{Name: "A", Sector: "b", AtStart: 1, Renewed: 1, AtEnd: 1, Cost: six},
		{Name: "B", Sector: "a", Requested: 1, Activated: 1, AtEnd: 1, Cost: six},
		{Name: "B", Sector: unsaid, AtStart: 1, Requested: 1, Closed: 1},
	}
	if got := y.sum().BySection; !slices.Equal(got, sections) {
		t.Errorf("sections\n got %+v\nwant %+v", got, sections)
	}
	if got, want := y.sum().Closed, []ClosedFor{{pec.CloseLeaver, 1}}; !slices.Equal(got, want) {
		t.Errorf("closed %v, want %v", got, want)
	}
	for i, want := range []string{"A, settore a", "A, settore b", "B, settore a", "B, senza settore"} {
		if got := sections[i].Label(); got != want {
			t.Errorf("label %q, want %q", got, want)
		}
	}
}

// Names that differ by capitals alone are one group, as they are for the formulas
// of the workbook; the first stands for all.
func TestGroupsAreOneWhateverTheCapitals(t *testing.T) {
	y := smallYear()
	for i, section := range []string{"Elenco speciale", "ELENCO SPECIALE", "elenco speciale", ">1", "Elenco speciale"} {
		y.Mailboxes[i].Section, y.Mailboxes[i].Sector = section, ""
	}
	for i, section := range []string{"Elenco speciale", "ELENCO SPECIALE", ">1"} {
		y.Periods[i].Section, y.Periods[i].Sector = section, ""
	}
	groups := y.sum().BySection
	if len(groups) != 2 || groups[0].Name != ">1" || groups[0].AtEnd != 1 || groups[1].Name != "Elenco speciale" || groups[1].AtEnd != 2 || groups[1].Cost.Gross != 1220 {
		t.Errorf("groups %+v", groups)
	}
	if rows := rowsOfTrace(t, y, Trace{Figure: "costo", Section: "Elenco speciale", Sector: unsaid}).Rows; len(rows) != 2 {
		t.Errorf("%d rows behind a cost", len(rows))
	}
}

func TestNextYearIsThatWorkedOutByHand(t *testing.T) {
	y := smallYear()
	var want [12]NextMonth
	want[1] = NextMonth{Expiring: 1, Renewing: 1, Cost: cents(550, 121)}
	want[2] = NextMonth{Expiring: 1}
	want[9] = NextMonth{Expiring: 1, Renewing: 1, Cost: cents(550, 121)}
	for i := range want {
		want[i].Month = time.Month(i + 1)
	}
	if got := y.sum().NextMonths; got != want {
		t.Errorf("next months\n got %+v\nwant %+v", got, want)
	}
	if got, want := y.sum().Next(), (NextMonth{Expiring: 3, Renewing: 2, Cost: cents(1100, 242)}); got != want {
		t.Errorf("next year %+v, want %+v", got, want)
	}
}

// TestNextYearSumsWhatHappenedAndWhatIsToCome: Neri's renewed for 6,10 on 10/02/2027,
// Rossi's was renewed by its holder, Bianchi's closed: of the 13,42 reckoned 6,10
// are left, and the workbook counts the one renewal.
func TestNextYearSumsWhatHappenedAndWhatIsToCome(t *testing.T) {
	y := smallYear()
	y.MadeOn = day("2027-11-02")
	y.Expiries[0].Outcome, y.Expiries[0].Cost = ExpiryRenewed, cents(500, 110)
	y.Expiries[1].Outcome = ExpiryBought
	y.Expiries[2].Outcome, y.Expiries[2].Cost = ExpiryClosed, pec.Amounts{}
	if got, want := y.sum().Next(), (NextMonth{Expiring: 3, Renewing: 1, Cost: cents(500, 110)}); got != want {
		t.Errorf("next year %+v, want %+v", got, want)
	}
	said := func(figure string) string { return fmt.Sprint(rowsOfTrace(t, y, Trace{Figure: figure}).Rows) }
	if got := said("previsti"); !strings.Contains(got, "renewed Ordine") || strings.Contains(got, "closed") {
		t.Errorf("behind it %s", got)
	}
	if got := said("scadenze"); !strings.Contains(got, "bought iscritto") || !strings.Contains(got, "closed –") {
		t.Errorf("all %s", got)
	}
}

// A report made late knows more than the council could have known, and says so
// wherever the next year stands; once that is over, what it came to.
func TestNextYearSaysWithWhatWasKnownWhen(t *testing.T) {
	y := smallYear()
	says := func(y written, words string, does bool) {
		t.Helper()
		pdf := strings.Join(yearLines(t, y), " ")
		sheet := fmt.Sprint(rawRows(t, yearBook(t, y), sheetSummary))
		for what, text := range map[string]string{"note": y.NextNote(), "PDF": pdf, "workbook": sheet} {
			if strings.Contains(text, words) != does {
				t.Errorf("%s, made on %s: says %q is not %v", what, y.MadeOn, words, does)
			}
		}
	}
	says(y, "Calcolato con i dati noti al 15/01/2027, a 2027 iniziato", true)
	says(y, "costo effettivo", false)
	says(y, "Dove il foglio Scadenze dice «avvenuto», esito e costo sono quelli registrati; le altre scadenze sono una previsione.", true)
	y.MadeOn = day("2026-12-31")
	says(y, "Calcolato con i dati noti al 31/12/2026", true)
	says(y, "a 2027 iniziato", false)
	says(y, "avvenuto", false)
	spent := cents(2000, 440)
	y.MadeOn, y.NextSpent = day("2028-01-10"), &spent
	says(y, eur("24,40 €"), true)
}

func TestComparisonIsThatWorkedOutByHand(t *testing.T) {
	var got []string
	for _, c := range smallYear().sum().Comparison() {
		got = append(got, fmt.Sprintf("%s: %s, %s, %s", c.Label, c.Before(), c.After(), c.Difference()))
	}
	want := []string{
		eur("Costo a carico dell’Ordine, netto: 12,50 €, 15,00 €, +2,50 €"), eur("Costo a carico dell’Ordine, IVA: 2,75 €, 3,30 €, +0,55 €"),
		eur("Costo a carico dell’Ordine, lordo: 15,25 €, 18,30 €, +3,05 €"), "Caselle attivate: 2, 1, −1", "Rinnovi: 3, 2, −1", "Caselle chiuse: 0, 1, +1",
		eur("Ordini pagati dagli iscritti, lordo: 6,10 €, 12,20 €, +6,10 €"),
	}
	if !slices.Equal(got, want) {
		t.Errorf("comparison\n got %q\nwant %q", got, want)
	}
	alone := smallYear()
	if alone.Before = nil; alone.sum().Comparison() != nil {
		t.Error("a year is compared with none")
	}
}

func TestMonthsAreThoseWorkedOutByHand(t *testing.T) {
	want := [12]Month{
		{AtEnd: 3, Members: cents(500, 110), TopUps: 2000},
		{Activated: 1, AtEnd: 4, Cost: cents(500, 110)},
		{Renewed: 1, AtEnd: 4, Cost: cents(500, 110)},
		{AtEnd: 4, TopUps: 1000},
		{AtEnd: 4},
		{Closed: 1, AtEnd: 3},
		{AtEnd: 3}, {AtEnd: 3}, {AtEnd: 3},
		{Renewed: 1, AtEnd: 3, Cost: cents(500, 110), Members: cents(250, 55)},
		{AtEnd: 3, TopUps: 100},
		{AtEnd: 3, Members: cents(250, 55)},
	}
	for i := range want {
		want[i].Month, want[i].Counted = time.Month(i+1), true
	}
	if got := smallYear().sum().Months; got != want {
		t.Errorf("months\n got %+v\nwant %+v", got, want)
	}
}

func TestYearThatStillRunsCountsUpToItsDay(t *testing.T) {
	y := smallYear()
	y.Until = day("2026-06-29") // the day before Verdi's mailbox closes
	f := y.sum().Figures
	if f.Closed != 0 || f.AtEnd != 4 || f.EndedOtherwise != 0 {
		t.Errorf("closed %d, at end %d, ended %d; want 0, 4, 0", f.Closed, f.AtEnd, f.EndedOtherwise)
	}
	months := y.sum().Months
	if !months[5].Counted || months[5].AtEnd != 4 || months[6].Counted || months[6].AtEnd != 0 {
		t.Errorf("June %+v, July %+v", months[5], months[6])
	}
	// The rows after that day are not of the report.
	found := strings.Join(y.sum().Findings, "\n")
	for _, want := range []string{"z.bianchi@pec.montalto.example dal 12/10/2026 è fuori", "2026/000003 del 01/12/2026 è fuori", "movimento 18 del 01/12/2026 è fuori"} {
		if !strings.Contains(found, want) {
			t.Errorf("Check does not say %q:\n%s", want, found)
		}
	}
}

func TestCheckFindsWhatDoesNotAgree(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*written)
		want  string
	}{
		"the ledger has another sum":     {func(y *written) { y.ClosingCredit++ }, "saldo iniziale e movimenti danno 15,80\u00a0€, il registro dei movimenti 15,81\u00a0€"},
		"a movement is missing":          {func(y *written) { y.Movements = y.Movements[1:] }, "il credito complessivo è −2,10\u00a0€"},
		"an order was not debited":       {func(y *written) { y.Orders[0].Paid = cents(400, 88) }, "gli ordini completati valgono 10,98\u00a0€, gli addebiti sul credito 12,20\u00a0€"},
		"an order stands twice":          {func(y *written) { y.Orders[1].Number = y.Orders[0].Number }, "il numero 2026/000001 compare due volte"},
		"a period stands twice":          {func(y *written) { y.Periods = slices.Insert(y.Periods, 1, y.Periods[0]) }, "il periodo di a.neri@pec.montalto.example dal 10/02/2026 compare due volte"},
		"a charge's parts do not add up": {func(y *written) { y.Periods[1].Cost.VAT = 111 }, "n.rossi@pec.montalto.example dal 05/03/2026, netto e IVA non danno il lordo"},
		"an order's parts do not add up": {func(y *written) { y.Orders[2].Paid.Net++ }, "nell’ordine 2026/000003 netto e IVA"},
		"a mailbox closes before it runs": {func(y *written) {
			y.Mailboxes[3].ClosedOn = day("2026-02-09")
			y.Mailboxes[3].ActivatedOn = day("2027-02-10")
		}, "3 all’inizio + 0 attivate − 2 chiuse"},
		"the months before sum to another year": {func(y *written) { y.Before.Months[0] = 1 }, "i mesi danno 15,26\u00a0€, l’anno 15,25\u00a0€"},
		"an expiry of another year":             {func(y *written) { y.Expiries[0].On = day("2028-02-10") }, "a.neri@pec.montalto.example scade il 10/02/2028, fuori dall’anno seguente"},
		"an expiry has no day":                  {func(y *written) { y.Expiries[0].On = pec.Date{} }, "fuori dall’anno seguente"},
		"a period has no day":                   {func(y *written) { y.Periods[0].From = pec.Date{} }, "è fuori dal resoconto"},
	} {
		t.Run(name, func(t *testing.T) {
			y := smallYear()
			c.spoil(&y)
			if found := strings.Join(y.sum().Findings, "\n"); !strings.Contains(found, c.want) {
				t.Errorf("Check does not say %q:\n%s", c.want, found)
			}
		})
	}
}

func TestCheckStaysReadableWhenAWholeTableIsWrong(t *testing.T) {
	y := smallYear()
	y.Orders = nil
	for i := range 500 {
		y.Orders = append(y.Orders, OrderRow{Number: fmt.Sprint(i), CompletedOn: day("2031-01-01")})
	}
	found := y.sum().Findings
	if len(found) > 30 || !strings.Contains(strings.Join(found, "\n"), "… e altre 480 righe") {
		t.Errorf("%d findings, the last %q", len(found), found[len(found)-1])
	}
}

// anyYear draws a year of consistent rows.
func anyYear(t *rapid.T) written {
	y := written{YearFacts: YearFacts{OrderBody: "Ordine", Year: 2026, Until: day("2026-12-31"), MadeOn: day("2027-01-10")}}
	date := rapid.Custom(func(t *rapid.T) pec.Date {
		return day("2026-01-01").AddDays(rapid.IntRange(0, 364).Draw(t, "day"))
	})
	amounts := rapid.Custom(func(t *rapid.T) pec.Amounts {
		return cents(pec.Cents(rapid.IntRange(0, 9_999_999).Draw(t, "net")), pec.Cents(rapid.IntRange(0, 999_999).Draw(t, "vat")))
	})
	person := rapid.SampledFrom([]Person{bianchi, rossi, verdi, neri, {ID: 6, Name: "Senza numeri"}})
	kinds, section := rapid.SampledFrom([]string{"Standard", "Pro* \"XL\"", "Premium~?"}), rapid.SampledFrom([]string{"A", "B", ""})
	reason := rapid.SampledFrom([]pec.CloseReason{pec.CloseLeaver, pec.CloseNotRenewed, ""})
	for i := range rapid.IntRange(0, 12).Draw(t, "mailboxes") {
		m := MailboxRow{Address: fmt.Sprintf("m%d@pec.example", i), Holder: person.Draw(t, "holder"), ActivatedOn: date.Draw(t, "activated"), Kind: kinds.Draw(t, "kind"), Section: section.Draw(t, "section"), Sector: section.Draw(t, "sector"), Reason: reason.Draw(t, "reason")}
		if rapid.Bool().Draw(t, "requested") {
			m.RequestedOn, m.Requests = date.Draw(t, "requested on"), rapid.IntRange(1, 3).Draw(t, "requests")
		}
		if rapid.Bool().Draw(t, "old") {
			m.ActivatedOn = m.ActivatedOn.AddYears(-1)
		}
		if rapid.Bool().Draw(t, "closes") {
			m.ClosedOn = date.Draw(t, "closed")
			if m.ClosedOn.Before(m.ActivatedOn) {
				m.ClosedOn = m.ActivatedOn
			}
		}
		y.Mailboxes = append(y.Mailboxes, m)
	}
	origin := rapid.SampledFrom([]PeriodOrigin{OriginActivation, OriginRenewal, OriginImported})
	for i := range rapid.IntRange(0, 12).Draw(t, "periods") {
		y.Periods = append(y.Periods, PeriodRow{Address: fmt.Sprintf("m%d@pec.example", i), From: date.Draw(t, "from"), Origin: origin.Draw(t, "origin"), PaidByMember: rapid.Bool().Draw(t, "member's"), Cost: amounts.Draw(t, "cost"), Kind: kinds.Draw(t, "kind"), Section: section.Draw(t, "section"), Sector: section.Draw(t, "sector")})
	}
	y.OpeningCredit, y.Opened = 1_000_000_000, []BalanceRow{{bianchi, 999_999_999}, {neri, 1}}
	balance := y.OpeningCredit
	kind := rapid.SampledFrom([]pec.OrderKind{pec.OrderPurchase, pec.OrderRenewal})
	for i := range rapid.IntRange(0, 12).Draw(t, "orders") {
		o := OrderRow{Number: fmt.Sprintf("2026/%06d", i+1), CompletedOn: date.Draw(t, "completed"), Kind: kind.Draw(t, "kind"), GBSold: rapid.IntRange(0, 5).Draw(t, "gb"), Paid: amounts.Draw(t, "paid")}
		y.Orders = append(y.Orders, o)
		y.Movements = append(y.Movements, MovementRow{Day: o.CompletedOn, Kind: pec.EntryOrder, Amount: -o.Paid.Gross})
		balance -= o.Paid.Gross
	}
	other := rapid.SampledFrom([]pec.EntryKind{pec.EntryTopUp, pec.EntryReversal, pec.EntryRefund, pec.EntryClaim, pec.EntryRecredit, "learnt_later"})
	for range rapid.IntRange(0, 12).Draw(t, "movements") {
		m := MovementRow{Day: date.Draw(t, "on"), Kind: other.Draw(t, "entry"), Amount: pec.Cents(rapid.IntRange(-100_000, 9_999_999).Draw(t, "amount"))}
		y.Movements = append(y.Movements, m)
		balance += m.Amount
	}
	y.ClosingCredit, y.Held = balance, []BalanceRow{{bianchi, balance}}
	return y
}

func TestPartsSumToTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := anyYear(t)
		if found := y.sum().Findings; len(found) > 0 {
			t.Fatalf("a consistent year is found at fault: %q", found)
		}
		f := y.sum().Figures
		var sum Month
		for _, m := range y.sum().Months {
			sum.Activated += m.Activated
			sum.Renewed += m.Renewed
			sum.Closed += m.Closed
			sum.Cost = sum.Cost.Plus(m.Cost)
			sum.Members = sum.Members.Plus(m.Members)
			sum.TopUps += m.TopUps
			sum.AtEnd = m.AtEnd
		}
		want := Month{Activated: f.Activated, Renewed: f.Renewed, Closed: f.Closed, AtEnd: f.AtEnd, Cost: f.Ordine, Members: f.Members, TopUps: f.TopUps}
		if sum != want {
			t.Fatalf("the months sum to\n %+v, the year to\n %+v", sum, want)
		}
		whole := Group{AtStart: f.AtStart, Requested: f.Requested, Activated: f.Activated, Renewed: f.Renewed, Closed: f.Closed, AtEnd: f.AtEnd, Cost: f.Ordine}
		if kinds, sections := SumOf(y.sum().ByKind), SumOf(y.sum().BySection); kinds != whole || sections != whole {
			t.Fatalf("kinds sum to\n %+v, sections to\n %+v, the year to\n %+v", kinds, sections, whole)
		}
		closed := 0
		for _, c := range y.sum().Closed {
			closed += c.Closed
		}
		if closed != f.Closed {
			t.Fatalf("%d closed for reasons, %d in all", closed, f.Closed)
		}
		if f.AtStart+f.Activated-f.Closed != f.AtEnd {
			t.Fatalf("%d + %d − %d is not %d", f.AtStart, f.Activated, f.Closed, f.AtEnd)
		}
		if f.Opening+f.TopUps+f.OrdersPaid+f.Recredits+f.Reversals+f.Refunds+f.ClaimsSettled+f.OtherMovements != f.Closing {
			t.Fatalf("the movements do not lead from %s to %s", f.Opening, f.Closing)
		}
		if f.Purchases.Plus(f.Renewals) != f.Members || f.Members.Net+f.Members.VAT != f.Members.Gross {
			t.Fatalf("orders: %+v and %+v against %+v", f.Purchases, f.Renewals, f.Members)
		}
	})
}

func TestFiguresDoNotDependOnTheOrderOfRows(t *testing.T) {
	y := smallYear()
	slices.Reverse(y.Mailboxes)
	slices.Reverse(y.Periods)
	slices.Reverse(y.Services)
	slices.Reverse(y.Orders)
	slices.Reverse(y.Movements)
	if got := y.sum().Figures; got != smallFigures {
		t.Errorf("figures of the rows turned round\n got %+v\nwant %+v", got, smallFigures)
	}
}

// TestWhatCameBackHasALineOfItsOwn: 6,10 € of an order come back in the year.
func TestWhatCameBackHasALineOfItsOwn(t *testing.T) {
	y := smallYear()
	line := func() string {
		for _, m := range y.sum().Figures.movements() {
			if m.kind == pec.EntryRecredit {
				return m.label + " " + m.sum.Euro()
			}
		}
		return ""
	}
	if got := line(); got != "" {
		t.Errorf("nothing came back and the report has %q", got)
	}
	y.Movements = append(y.Movements, MovementRow{Seq: 99, Day: y.Until, Kind: pec.EntryRecredit, Amount: 6_10})
	y.ClosingCredit += 6_10
	if got := line(); got != "Riaccrediti di servizi respinti dal gestore 6,10\u00a0€" {
		t.Errorf("the report has %q", got)
	}
	sum := y.sum()
	if len(sum.Findings) > 0 || sum.Figures.Members != smallFigures.Members || sum.Figures.Closing != smallFigures.Closing+6_10 {
		t.Errorf("found %q, members paid %+v, closing %s", sum.Findings, sum.Figures.Members, sum.Figures.Closing)
	}
	l, ok := y.year().Lines(Trace{Figure: "riaccrediti"})
	if !ok {
		t.Fatal("no rows behind the figure")
	}
	if _, all, _, err := l.Page(0, 10); all != 1 || err != nil {
		t.Errorf("%d rows behind it, %v", all, err)
	}
}
