package office_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// twentyMailboxes plays two years of an Ordine with every sort of event, under
// the agreement of the worked example (5,00 € a mailbox, 2,50 € a GB, VAT 22 %).
//
// 2017. On 1 March ten mailboxes begin: 10 × (5,00 + 1,10) = 61,00. The first,
// second and ninth member buy 1 GB at 2,50 + 0,55 = 3,05 each; the second pays
// 10,00 in, the tenth 4,00, the others what it costs. Outstanding at the end:
// 6,95 + 4,00 = 10,95.
//
// 2018. Activated: six on 10 January, two on 3 April; two more are only
// requested. On 1 March seven mailboxes are renewed by the Ordine, and the
// eighth, whose automatic renewal is off, for two years by its holder at 12,20;
// the ninth closes since nobody renews it, the tenth since its holder left. The
// sixteenth's holder leaves on 1 June: it closes sixty days later. For the Ordine
// (7 + 8) × 6,10 = 91,50.
func twentyMailboxes(t *testing.T) *testOffice {
	o := newOffice(t, "2017-03-01")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova", City: "Valdoro"}) }))
	box := map[int]string{}
	activate := func(from, to int) {
		for n := from; n <= to; n++ {
			box[n] = o.mailbox(fmt.Sprintf("M%02d", n), fmt.Sprintf("Prova%c", 'a'+n-1), "Ada")
		}
	}
	activate(1, 10)
	o.topUp(box[1], 305)
	o.topUp(box[2], 1000)
	o.topUp(box[9], 305)
	o.topUp(box[10], 400)
	for _, n := range []int{1, 2, 9} {
		o.completed(box[n], 1, 305)
	}

	o.on("2018-01-10")
	activate(11, 16)
	o.on("2018-01-15")
	o.leaves(o.holder(box[10]), "2018-01-15")
	o.on("2018-01-20")
	o.must(o.SetAutoRenew(ctx, "prova", box[8], false))
	o.must(o.SetAutoRenew(ctx, "prova", box[9], false))
	o.topUp(box[8], 1220)
	if done := o.wishes(box[8], "standard", 2, 0); done.Order.Price.Gross != 1220 {
		t.Errorf("two years cost %s", done.Order.Price.Gross)
	}
	o.on("2018-02-02")
	o.topUp(box[11], 2000)
	o.completed(box[11], 2, 610) // 13,90 are left
	o.on("2018-02-05")
	o.waits(box[12], 1, 305, 305)
	o.on("2018-02-20")
	o.topUp(box[12], 500) // pays what waits; 1,95 are left
	o.on("2018-03-02")
	o.night() // the second's GB is renewed at 3,05, the first's ends for lack of credit
	o.on("2018-04-03")
	activate(17, 18)
	o.member("M19", "Provas", "Ada")
	_, err := o.Provision(ctx, "prova", "M19", false)
	o.must(err)
	o.on("2018-04-10")
	if _, err := o.Refund(ctx, "prova", o.holder(box[10]), 400, "bonifico"); err != nil {
		t.Fatal(err)
	}
	o.on("2018-05-02")
	wrong := o.topUp(box[13], 1000)
	spent := o.topUp(box[14], 1000)
	o.completed(box[14], 2, 610)
	o.on("2018-05-10")
	for _, entry := range []int64{wrong.EntryID, spent.EntryID} { // 3,90 are left of the second: 6,10 are owed
		_, _, err := o.ReverseTopUp(ctx, "prova", entry, nil, "importo errato")
		o.must(err)
	}
	o.on("2018-06-01")
	o.topUp(box[14], 2000) // 6,10 settle what is owed; 13,90 are left
	o.leaves(o.holder(box[16]), "2018-06-01")
	o.on("2018-08-01")
	o.night()
	o.topUp(box[15], 5490)
	kit, err := o.Order(ctx, "prova", office.Purchase{Address: box[15], Product: "signature_kit", Quantity: 1, DeliverTo: "Via dei Tigli 7"})
	o.must(err)
	if kit.Order.State != pec.OrderCompleted {
		t.Errorf("the kit is %s", kit.Order.State)
	}
	o.on("2018-12-03")
	o.member("M20", "Provat", "Ada")
	_, err = o.Provision(ctx, "prova", "M20", false)
	o.must(err)
	o.on("2018-12-31")
	o.night()
	o.sound()
	return o
}

func TestYearOfTwentyMailboxesIsTheOneFiguredByHand(t *testing.T) {
	o := twentyMailboxes(t)
	for year, want := range map[int]office.YearFigures{
		2017: {
			MailboxesAtEnd: 10, Activated: 10, OrdineGross: 6100, ServicesSoldGB: 3, MembersGross: 915,
			TopUps:            305 + 1000 + 305 + 400,
			CreditOutstanding: 1095,
		},
		2018: {
			MailboxesAtEnd: 10 + 8 - 3, Activated: 8, Closed: 3, Renewed: 8, OrdineGross: 9150,
			ServicesSoldGB: 2 + 1 + 2,
			// 2 GB, 1 GB, 2 GB and the kit, then two years of a mailbox and a GB renewed.
			MembersGross:      610 + 305 + 610 + 5490 + 1220 + 305,
			TopUps:            1220 + 2000 + 500 + 1000 + 1000 + 2000 + 5490,
			CreditOutstanding: 390 + 1390 + 195 + 1390,
		},
	} {
		if diff := cmp.Diff(want, o.figures(year)); diff != "" {
			t.Errorf("%d (- by hand, + report):\n%s", year, diff)
		}
	}
	y, err := o.Year(ctx, 2018)
	o.must(err)
	f := y.Figures
	if f.AtStart != 10 || f.ServicesRunning != 4 || f.MembersWithServices != 4 || f.ServicesRenewed != 1 || f.EndedForCredit != 1 || f.EndedOtherwise != 1 {
		t.Errorf("figures %+v", f)
	}
	// 57,50 + 12,65 of purchases and 12,50 + 2,75 of renewals.
	if f.Purchases != (pec.Amounts{Net: 5750, VAT: 1265, Gross: 7015}) || f.Renewals != (pec.Amounts{Net: 1250, VAT: 275, Gross: 1525}) {
		t.Errorf("purchases %+v, renewals %+v", f.Purchases, f.Renewals)
	}
	if f.Ordine != (pec.Amounts{Net: 7500, VAT: 1650, Gross: 9150}) {
		t.Errorf("the Ordine's cost is %+v", f.Ordine)
	}
	if f.Opening != 1095 || f.Reversals != -1390 || f.Refunds != -400 || f.ClaimsSettled != -610 || f.OrdersPaid != -8540 || f.OtherMovements != 0 {
		t.Errorf("credit %+v", f)
	}
}

// TestDocumentsOfTwentyMailboxesHaveTheFiguresOfTheHand reads the figures of 2018
// back from the workbook and the PDF, with 100,00 € in the budget. In 2019 five
// mailboxes expire in January, seven in March (the eighth is paid until 2020) and
// two in April: 14 × 6,10 = 85,40.
func TestDocumentsOfTwentyMailboxesHaveTheFiguresOfTheHand(t *testing.T) {
	o := twentyMailboxes(t)
	o.must(o.SetBudget(ctx, "prova", 2018, 10000))
	made, err := o.MakeReport(ctx, "prova", 2018)
	o.must(err)
	var book, pdf bytes.Buffer
	files, err := o.DocumentFiles(ctx, made.ID)
	o.must(err)
	o.must(o.CopyFile(ctx, &book, files[0]))
	o.must(o.CopyFile(ctx, &pdf, files[1]))
	var annex bytes.Buffer
	o.must(o.CopyFile(ctx, &annex, files[2]))
	// Ten at the start and ten requested; four services ran on, and two ended.
	lists := strings.Join(paperLines(t, annex.Bytes()), "\n")
	for _, want := range []string{"Caselle\n20 righe.", "Senza PEC\n3 righe."} {
		if !strings.Contains(lists, want) {
			t.Errorf("the annex lacks %q:\n%.2000s", want, lists)
		}
	}
	sheet, paper := summaryLines(t, book.Bytes()), paperLines(t, pdf.Bytes())
	for _, c := range []struct{ sheet, paper string }{
		{"In essere all’inizio dell’anno 10", "In essere all’inizio dell’anno 10"},
		{"Richieste 10", "Richieste nell’anno 10"},
		{"Attivate 8", "Attivate 8"},
		{"Chiuse 3", "Chiuse −3"},
		{"In essere al 31/12/2018 15", "In essere al 31/12/2018 15"},
		{"Rinnovi 8", "Rinnovi dell’anno, taciti e richiesti dagli iscritti 8"},
		{"Iscritti senza casella al 31/12/2018 3", "Iscritti senza una casella in essere al 31/12/2018 3"}, // the ninth, M19 and M20
		{"di cui con una PEC propria 0", "di cui con una PEC propria 0"},
		{"Rinnovo non pagato o non richiesto 1", "Rinnovo non pagato o non richiesto 1"},
		{"Titolare non più iscritto all’albo 2", "Titolare non più iscritto all’albo 2"},
		{"Attivazioni e rinnovi delle caselle 75.00 16.50 91.50", "Per attivazioni e rinnovi l’Ordine deve al gestore 75,00 € netti più 16,50 € di IVA: 91,50 € in tutto. Sono"},
		{"Costo per casella 6.10", "6,10 € per casella in essere."}, // 91,50 / 15
		{"Stanziamento dell’anno 100.00", "Stanziamento dell’anno 100,00 €"},
		{"Speso 92 91.50", "Speso: costo a carico dell’Ordine 91,50 € 92 %"},
		{"Residuo 8.50", "Residuo 8,50 €"},
		{"Costo a carico dell’Ordine, lordo 61.00 91.50 30.50", "Costo a carico dell’Ordine, lordo 61,00 € 91,50 € +30,50 €"},
		{"Caselle attivate 10 8 -2", "Caselle attivate 10 8 −2"},
		{"Ordini pagati dagli iscritti, lordo 9.15 85.40 76.25", "Ordini pagati dagli iscritti, lordo 9,15 € 85,40 € +76,25 €"},
		{"Standard 10 10 8 8 3 15 75.00 16.50 91.50", "Standard 10 10 8 8 3 15 75,00 € 91,50 €"},
		{"GB venduti agli iscritti 5", "GB venduti agli iscritti, rinnovi esclusi 5"},
		{"Rinnovi di servizi 1", "Rinnovi di servizi 1"},
		{"Servizi cessati per credito insufficiente 1", "Servizi cessati per credito insufficiente 1"},
		{"Servizi cessati per altri motivi 1", "Servizi cessati per altri motivi 1"},
		{"Servizi attivi alla fine 4", "Servizi attivi al 31/12/2018 4"},
		{"Iscritti con servizi attivi alla fine 4", "Iscritti con servizi attivi al 31/12/2018 4"},
		{"Acquisti 57.50 12.65 70.15", "Acquisti 57,50 € 12,65 € 70,15 €"},
		{"Rinnovi 12.50 2.75 15.25", "Rinnovi 12,50 € 2,75 € 15,25 €"},
		{"Totale 70.00 15.40 85.40", "Totale 70,00 € 15,40 € 85,40 €"},
		{"Credito al 01/01/2018 10.95", "Credito al 01/01/2018, prima dei movimenti 10,95 €"},
		{"Ricariche 132.10", "Ricariche 132,10 €"},
		{"Ordini pagati -85.40", "Ordini pagati −85,40 €"},
		{"Storni -13.90", "Storni −13,90 €"},
		{"Rimborsi -4.00", "Rimborsi −4,00 €"},
		{"Recuperi su ricariche -6.10", "Recuperi su ricariche −6,10 €"},
		{"Credito al 31/12/2018 (debito dell’Ordine) 33.65", "Credito al 31/12/2018, debito dell’Ordine verso gli iscritti 33,65 €"},
		{"Gennaio 5 25.00 5.50 30.50", "Gennaio 5 5 25,00 € 5,50 € 30,50 €"},
		{"Marzo 7 35.00 7.70 42.70", "Marzo 7 7 35,00 € 7,70 € 42,70 €"},
		{"Aprile 2 10.00 2.20 12.20", "Aprile 2 2 10,00 € 2,20 € 12,20 €"},
		{"Totale 14 70.00 15.40 85.40", "Totale 14 14 70,00 € 15,40 € 85,40 €"},
	} {
		if !slices.Contains(sheet, c.sheet) {
			t.Errorf("the workbook does not say %q", c.sheet)
		}
		if !slices.Contains(paper, c.paper) {
			t.Errorf("the PDF does not say %q", c.paper)
		}
	}
	if t.Failed() {
		t.Logf("the workbook says\n%s\nthe PDF\n%s", strings.Join(sheet, "\n"), strings.Join(paper, "\n"))
	}
}

// summaryLines are the lines of the sheet Riepilogo: a label and its figures.
func summaryLines(t *testing.T, workbook []byte) (lines []string) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Riepilogo")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		var line []string
		for i, cell := range row {
			isFigure := cell != "" && strings.Trim(cell, "-0123456789.\u00a0 €") == ""
			if i == 0 || isFigure {
				line = append(line, strings.TrimRight(cell, "\u00a0 €"))
			}
		}
		lines = append(lines, strings.Join(line, " "))
	}
	return lines
}

// paperLines are the lines that Poppler reads in a PDF, with single blanks.
func paperLines(t *testing.T, pdf []byte) (lines []string) {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip("no Poppler here: `make test` installs it")
	}
	cmd := exec.Command(tool, "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines
}
