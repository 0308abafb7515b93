package web

import (
	"context"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
)

// depositSample pays the provider 10,00 €, once.
func (s *testSite) depositSample() int64 {
	s.t.Helper()
	done, err := s.office.PayProvider(context.Background(), "prova", office.ProviderPayment{On: s.today, Amount: 1000, Reference: "CRO 1"})
	if err != nil {
		s.t.Fatal(err)
	}
	return done.ID
}

// TestTreasurerKeepsTheCreditAtTheProvider: Elena's mailbox renews on
// 01/10/2018 for 5,00 € + 1,10 €.
func TestTreasurerKeepsTheCreditAtTheProvider(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // on 15/06/2018
	v := s.as(Treasurer)
	v.get("/report").must(200).says("Credito presso il gestore")
	empty := v.get("/report/gestore").must(200).says("Nessun versamento registrato", "Registra un versamento")
	if err := empty.wellFormed(); err != nil {
		t.Error(err)
	}
	pay := func(fields ...string) *answer { return v.post("/report/gestore", fields...) }
	pay("day", "32/01/2018", "amount", "tanto", "reference", "", "note", "prima rata").must(422).says("3 errori", "«tanto» non è un importo", "Scriva il riferimento")
	if typed := attribute(pay("day", "16/06/2018", "amount", "5,00", "reference", "CRO 7", "note", "prima rata").must(422).says("Il versamento non può essere di un giorno che deve ancora venire.").find("input", "id", "note"), "value"); typed != "prima rata" {
		t.Errorf("the note came back as %q", typed)
	}
	a := v.follow(pay("day", "10/05/2018", "amount", "5,00", "reference", "CRO 7", "note", "prima rata").must(303)).must(200)
	a.says("Registrato il versamento di 5,00 €.", "Credito oggi 5,00 €", "Dal 10/05/2018", "Fino a quando basta 01/10/2018", "Finisce fra 108 giorni", "Rinnovi attesi 6,10 €", "1 casella fino al 14/06/2019",
		"ottobre 2018 1 6,10 € −1,10 €", "giugno 2018 – – – 5,00 €", "maggio 2018 +5,00 € – – 5,00 €", "Tutti gli importi sono lordi.", "prima rata", "Paolo Marini")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(pay("day", "10/05/2018", "amount", "5,00", "reference", "cro7").must(303)).says("Questo versamento era già registrato.")
	pay("day", "10/05/2018", "amount", "6,00", "reference", "CRO 7").must(422).says("è già registrato il 10/05/2018 con un altro importo, 5,00 €")
	s.as(ReadOnly).get("/report/gestore").must(200).saysNot("Registra un versamento", "Storna…")
	s.as(ReadOnly).post("/report/gestore", "day", "10/05/2018", "amount", "5,00", "reference", "CRO 8").must(403)
	csv := v.get("/report/gestore/esporta?formato=csv").must(200)
	if want := "10/05/2018;Versamento;CRO 7;prima rata;;5,00;;5,00\r\n"; !strings.HasSuffix(string(csv.body), want) {
		t.Errorf("%s", csv.body)
	}

	v.get("/report/gestore/1/storno").must(200).says("Versamento CRO 7 del 10/05/2018", "5,00 €")
	v.post("/report/gestore/1/storno", "reason", "").must(422).says("Scriva perché il versamento si storna")
	v.follow(v.post("/report/gestore/1/storno", "reason", "doppio").must(303)).must(200).says("Versamento stornato.", "Nessun versamento registrato", "Storno di CRO 7", "doppio", "Stornato", "−5,00 €")
	v.get("/report/gestore/1/storno").must(422).says("Il versamento è già stato stornato.")
	v.get("/report/gestore/99/storno").must(404)
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Versamento al gestore registrato", "Versamento al gestore stornato", "Versamento CRO 7", "motivo: doppio")
}

// TestFilesOfTheProvidersCreditHaveWhatThePageLists: 5,00 of 10/05 are taken back on
// the same day, 10,00 of 12/05 stand. The account begins on 12/05 with 10,00; the
// page lists all three, and so do the files.
func TestFilesOfTheProvidersCreditHaveWhatThePageLists(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Treasurer)
	v.post("/report/gestore", "day", "10/05/2018", "amount", "5,00", "reference", "CRO 7", "note", "prima rata").must(303)
	v.post("/report/gestore/1/storno", "reason", "doppio").must(303)
	rows := func() string {
		t.Helper()
		_, body, _ := strings.Cut(string(v.get("/report/gestore/esporta?formato=csv").must(200).body), "\r\n")
		return body
	}
	const back = "10/05/2018;Versamento;CRO 7;prima rata;;5,00;;5,00\r\n10/05/2018;Storno di un versamento;CRO 7;doppio;;-5,00;;0,00\r\n"
	v.get("/report/gestore").must(200).says("Nessun versamento registrato", "Storno di CRO 7", "Excel")
	if got := rows(); got != back {
		t.Errorf("before the account begins: %q", got)
	}
	v.post("/report/gestore", "day", "12/05/2018", "amount", "10,00", "reference", "CRO 8").must(303)
	v.get("/report/gestore").must(200).says("Credito oggi 10,00 €", "Dal 12/05/2018", "CRO 7", "Storno di CRO 7", "CRO 8")
	if got := rows(); got != back+"12/05/2018;Versamento;CRO 8;;;10,00;;10,00\r\n" {
		t.Errorf("%q", got)
	}
	v.get("/report/gestore/esporta?formato=pdf").prints("Storno di un versamento", "CRO 8")
}

// TestChargesDrawTheCreditDown on the day the period begins.
func TestChargesDrawTheCreditDown(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.depositSample()
	s.on("2018-10-02")
	if _, err := s.office.Renew(context.Background(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	v := s.as(ReadOnly)
	v.get("/report/gestore").must(200).says("Credito oggi 3,90 €", "ottobre 2018 – 1 −6,10 € 3,90 €", "settembre 2018 – – – 10,00 €", "Fino a quando basta 01/10/2019 Finisce fra 364 giorni", "ottobre 2019 1 6,10 € −2,20 €")
	csv := v.get("/report/gestore/esporta?formato=csv").must(200)
	if want := "01/10/2018;Attivazioni e rinnovi;;;1;;6,10;3,90\r\n"; !strings.HasSuffix(string(csv.body), want) {
		t.Errorf("%s", csv.body)
	}
}

// TestDeskTellsWhenTheCreditRunsOut within 60 days, and not before.
func TestDeskTellsWhenTheCreditRunsOut(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	if _, err := s.office.PayProvider(context.Background(), "prova", office.ProviderPayment{On: s.today, Amount: 609, Reference: "CRO 1"}); err != nil {
		t.Fatal(err)
	}
	s.on("2018-08-01") // 61 days before 01/10/2018
	s.as(ReadOnly).get("/").must(200).saysNot("Credito presso il gestore")
	s.on("2018-08-02")
	s.as(ReadOnly).get("/").must(200).says("Credito presso il gestore 01/10/2018", "Da versare", "Finisce fra 60 giorni")
	if _, err := s.office.PayProvider(context.Background(), "prova", office.ProviderPayment{On: s.today, Amount: 1, Reference: "CRO 2"}); err != nil {
		t.Fatal(err)
	}
	s.as(ReadOnly).get("/").must(200).saysNot("Credito presso il gestore")
}
