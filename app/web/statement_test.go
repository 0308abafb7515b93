package web

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// account is a site on 20/08/2018 where Elena paid 10,00 € and bought 2 GB for
// 6,10 € on 15/06, paid 4,00 € on 10/07 and spent 3,05 € on 20/08.
func account(t *testing.T) *testSite {
	s := areaSite(t, fullYearAgreement)
	s.setBox(func(b *pec.Mailbox) { b.ExpiresOn = pec.Day("2019-06-01") })
	s.pays(1000)
	s.buys(2)
	s.on("2018-07-10")
	s.pays(400)
	s.on("2018-08-20")
	s.buys(1)
	return s
}

// sheet is the rows of the first sheet of a workbook, as its cells hold them.
func (a *answer) sheet() (rows []string) {
	a.t.Helper()
	if a.must(200).header.Get("Content-Type") != mimeXLSX {
		a.t.Fatalf("no workbook: %s", a.header.Get("Content-Type"))
	}
	f, err := excelize.OpenReader(bytes.NewReader(a.body), excelize.Options{RawCellValue: true})
	if err != nil {
		a.t.Fatal(err)
	}
	defer f.Close()
	list, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		a.t.Fatal(err)
	}
	for _, row := range list {
		rows = append(rows, strings.TrimRight(strings.Join(row, "|"), "|"))
	}
	return rows
}

// TestStatementOfAccountIsThatOfTheLedger, for the secretariat and for the
// member: as a PDF and as a workbook, all of it or between two days.
func TestStatementOfAccountIsThatOfTheLedger(t *testing.T) {
	s := account(t)
	for _, c := range []struct {
		role         Role
		page, export string
	}{
		{ReadOnly, fmt.Sprintf("/credito/%d", s.member), fmt.Sprintf("/credito/%d/esporta", s.member)},
		{Member, "/area/movimenti", "/area/movimenti/esporta"},
	} {
		v := s.as(c.role)
		a := v.get(c.page).must(200)
		if err := a.wellFormed(); err != nil {
			t.Error(err)
		}
		if a.find("form", "action", c.export) == nil {
			t.Fatalf("%s: no way to the statement", c.role)
		}
		// 10,00 − 6,10 + 4,00 − 3,05 = 4,85
		file := v.get(c.export+"?dal=&al=&formato=pdf").prints("Estratto conto", "Iscritto Morandi Elena", "Tutti i movimenti, al 20/08/2018", "Saldo iniziale 0,00 €",
			"1 15/06/2018 Ricarica 10,00 € 10,00 € bonifico, CRO", "2 15/06/2018 Ordine 2018/000001 6,10 € 3,90 €",
			"3 10/07/2018 Ricarica 4,00 € 7,90 €", "4 20/08/2018 Ordine 2018/000002 3,05 € 4,85 €", "Totale dei movimenti 14,00 € 9,15 €", "Saldo finale al 20/08/2018 4,85 €")
		if name := file.header.Get("Content-Disposition"); !strings.Contains(name, "estratto-conto-A15266.pdf") {
			t.Errorf("the file is called %s", name)
		}
		// The first day and the last are in; 3,90 € were there before.
		v.get(c.export+"?dal=10/07/2018&al=19/08/2018&formato=pdf").prints("Movimenti dal 10/07/2018 al 19/08/2018", "3 10/07/2018 Ricarica 4,00 € 7,90 €",
			"Totale dei movimenti 4,00 € 0,00 €", "Saldo finale al 19/08/2018 7,90 €")
		rows := v.get(c.export + "?dal=10/07/2018&al=20/08/2018&formato=xlsx").sheet()
		// 43291 is 10/07/2018, 43332 is 20/08/2018.
		for i, want := range []string{"Data|N.|Movimento", "43291||Saldo iniziale||||3.9", "43291|3|Ricarica|bonifico, CRO", "43332|4|Ordine 2018/000002|||3.05|4.85", "Totale||||4|3.05", "Saldo finale al 20/08/2018||||||4.85"} {
			if i >= len(rows) || !strings.HasPrefix(rows[i], want) {
				t.Errorf("%s: row %d is not %q: %q", c.role, i+1, want, rows)
			}
		}
		if told := strings.Contains(strings.Join(rows, " "), "Giulia Ferretti"); told != (c.role != Member) {
			t.Errorf("%s: who registered it is told: %v", c.role, told)
		}
		v.get(c.export+"?dal=boh&formato=pdf").must(422).says("1 errore", "«boh» non è una data")
		v.get(c.export + "?dal=02/08/2018&al=01/08/2018").must(422).says("Il periodo finisce prima di cominciare")
	}
	s.as(Member).get(fmt.Sprintf("/credito/%d/esporta?formato=pdf", s.member)).must(403)
	csv := string(s.as(ReadOnly).get(fmt.Sprintf("/credito/%d/esporta?formato=csv&al=10/07/2018", s.member)).must(200).body)
	if !strings.Contains(csv, "10/07/2018;Morandi Elena;3;ricarica;") || strings.Contains(csv, "20/08/2018") {
		t.Errorf("csv: %s", csv)
	}
}

// TestStatementTellsWhatIsOwedOnItsLastDay: 8,00 € owed from 20/08, of which
// nothing was known the day before.
func TestStatementTellsWhatIsOwedOnItsLastDay(t *testing.T) {
	s := account(t)
	s.write(func(tx *db.Tx) error { return tx.AddClaim(s.member, 800, 0, s.today, "ricarica stornata") })
	v := s.as(Member)
	v.get("/area/movimenti/esporta?formato=pdf").prints("Da restituire all’Ordine, non compreso nel saldo, al 20/08/2018: 8,00 €.")
	if text := v.get("/area/movimenti/esporta?formato=pdf&al=19/08/2018").pdf(); strings.Contains(text, "recuperare") {
		t.Errorf("it was not owed then: %s", text)
	}
}

// TestOwnStatementHoldsTheMergedPosition, as the member's page does.
func TestOwnStatementHoldsTheMergedPosition(t *testing.T) {
	s := account(t)
	gone := s.twiceEntered()
	if _, err := s.office.MergeMembers(t.Context(), "prova", office.Merge{Keep: s.member, Gone: gone, Reason: "doppia iscrizione"}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Member)
	v.get("/area/movimenti").must(200).says("Movimenti di un’altra Sua posizione, ora unita")
	v.get("/area/movimenti/esporta?formato=pdf").prints("Movimenti di un’altra Sua posizione, unita il 20/08/2018", "1 20/08/2018 Ricarica 5,00 € 5,00 €", "Passaggio di credito", "Saldo finale al 20/08/2018 0,00 €", "Saldo finale al 20/08/2018 9,85 €")
}
