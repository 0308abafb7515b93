package web

import (
	"bytes"
	"strings"
	"testing"
)

// TestBudgetIsShownBesideAnotherAgreement: Elena's mailbox renews on
// 01/10/2018 and 01/10/2019 for 6,10 €, her 2 GB for 6,10 €.
func TestBudgetIsShownBesideAnotherAgreement(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // on 15/06/2018
	s.pays(610)
	s.buys(2)
	dearer := strings.NewReplacer("2016-01-01", "2021-01-01", "Convenzione 2016", "Convenzione cara", `"5.00"`, `"6.00"`, `"2.50"`, `"2.00"`).Replace(fullYearAgreement)
	s.agree(dearer)
	v := s.as(ReadOnly)
	v.get("/report").must(200).says("Previsione")
	a := v.get("/report/previsione").must(200)
	a.says("Dal 01/07/2018 al 30/06/2020", "Per l’Ordine in 12 mesi 6,10 €", "1 rinnovo, 5,00 € netti più 1,10 € di IVA", "Per l’Ordine in 24 mesi 12,20 €", "Per gli iscritti in 24 mesi 12,20 €",
		"ott 2018 1 5,00 € 1,10 € 6,10 €", "ott 2018 1 5,00 € 6,10 €", "24 mesi 2 10,00 € 2,20 € 12,20 €", "«Convenzione 2016» dal 01/01/2016", "Tutte le caselle che scadono si rinnovano.").
		saysNot("In prova", "Differenza")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	// 6,00 € + 1,32 € instead of 6,10 €; 4,00 € + 0,88 € instead of 6,10 €.
	a = v.get("/report/previsione?con=2").must(200)
	a.says("In prova «Convenzione cara».", "Come se valesse dal 15/06/2018 in poi.", "In prova 7,32 €: +1,22 €", "In prova 9,76 €: −2,44 €",
		"ott 2018 1 5,00 € 1,10 € 6,10 € 1 6,00 € 1,32 € 7,32 € +1,22 €", "24 mesi 2 10,00 € 12,20 € 2 8,00 € 9,76 € −2,44 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/report/previsione?con=9").must(404)
	v.get("/report/previsione/pdf?con=2").prints("Previsione di spesa delle caselle PEC", "In prova: «Convenzione cara»", "Ottobre 2018 6,10 € 7,32 € +1,22 €", "Ordine degli Ingegneri della Provincia di Valdoro")
	if book := v.get("/report/previsione/excel").must(200); book.header.Get("Content-Type") != mimeXLSX || !bytes.HasPrefix(book.body, []byte("PK")) {
		t.Errorf("%v", book.header)
	}
}

// TestAgreementIsTriedFromItsFile, pasted or sent along, and is not kept; its
// files are had by sending it again.
func TestAgreementIsTriedFromItsFile(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(ReadOnly)
	dearer := strings.NewReplacer("Convenzione 2016", "Offerta «B»", `"5.00"`, `"6.00"`).Replace(fullYearAgreement)
	a := v.post("/report/previsione", "json", dearer).must(200).says("In prova «Offerta «B»».", "In prova 7,32 €: +1,22 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	sent := attribute(a.find("input", "name", "json"), "value")
	v.post("/report/previsione", "json", sent, "azione", "pdf").prints("In prova: «Offerta «B»»")
	if book := v.post("/report/previsione", "json", sent, "azione", "excel").must(200); !bytes.HasPrefix(book.body, []byte("PK")) {
		t.Error("no workbook")
	}
	v.upload("/report/previsione", "file", "offerta.json", []byte("\ufeff"+dearer), "json", "").must(200).says("In prova «Offerta «B»».")
	for typed, words := range map[string]string{
		"":   "Incolli il testo della convenzione, o scelga il suo file.",
		"{}": "Nella convenzione manca «name».",
		strings.Replace(fullYearAgreement, `"22"`, `"220"`, 1): "L’aliquota IVA deve stare tra 0 e 100.",
		strings.Repeat("x", maxAgreement+1):                    "Il testo è troppo lungo per essere una convenzione.",
	} {
		a := v.post("/report/previsione", "json", typed).must(422).says(words).saysNot("In prova")
		if field := a.find("textarea", "id", "json"); field == nil || len(typed) < 5 && strings.TrimSpace(textOf(field)) != typed {
			t.Errorf("%q did not come back", typed)
		}
	}
	if n := len(s.agreementList()); n != 1 {
		t.Errorf("%d agreements are kept", n)
	}
	if n := s.anyone().post("/report/previsione", "json", dearer).status; n == 200 {
		t.Error("anybody may try")
	}
}

// TestBudgetWarnsOfAKindThatIsMissing: Elena's mailbox is of a kind that the
// agreement tried does not have: beside the 6,10 € that it seems to save stands why.
func TestBudgetWarnsOfAKindThatIsMissing(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(ReadOnly)
	v.get("/report/previsione").must(200).saysNot("non è nei totali")
	other := strings.NewReplacer("Convenzione 2016", "Offerta", `"standard"`, `"base"`).Replace(fullYearAgreement)
	v.post("/report/previsione", "json", other).must(200).says("In prova 0,00 €: −6,10 €", "Attenzione. Con la convenzione in prova 1 casella non è nei totali: la sua tipologia lì non c’è. La differenza non è un risparmio.")
}

// TestBudgetWithoutAnAgreement says what to do.
func TestBudgetWithoutAnAgreement(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.as(Treasurer).get("/report/previsione").must(200).says("Manca una convenzione")
}
