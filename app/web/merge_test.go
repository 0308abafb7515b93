package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// twiceEntered enters Elena Morandi a second time, with a mailbox of its own and
// 5,00 € of credit.
func (s *testSite) twiceEntered() int64 {
	s.t.Helper()
	id := s.enrol(pec.Member{RegistrationNumber: "A15999", Surname: "Morandi", Name: "Elena", Sex: "F", City: "Borgo", Email: "elena@posta.example"})[0]
	if _, err := s.office.Provision(s.t.Context(), "prova", "A15999", false); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.office.TopUp(s.t.Context(), "prova", office.Payment{MemberID: id, Amount: 500, Method: pec.ByCounter, Reference: "ricevuta doppia"}); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestDuplicateIsMergedFromTheList(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	gone := s.twiceEntered()
	v := s.as(Secretariat)
	a := v.get("/iscritti/doppioni").must(200).says("1 coppia di posizioni", "n. A15266", "n. A15999", "Stessi cognome e nome, uno senza codice fiscale definitivo; stessi cognome ed e-mail")
	review := reviewOf(s.member, gone)
	if !holdsLink(a, review) {
		t.Fatalf("no link to %s in %v", review, a.links())
	}
	a = v.get(review).must(200).says("Nell’albo non è ancora cambiato nulla.", "elena.morandi2@pec.ordine.example (richiesta)", "passa con due movimenti opposti", "il credito è 15,00 €", "Valori uguali", "Borgo")
	if attribute(a.find("input", "id", "campo-city-gone"), "checked") == "" && a.find("input", "id", "campo-city-gone") == nil {
		t.Error("the city that only one has is not offered")
	}
	seen := attribute(a.find("input", "name", "visto"), "value")
	page := fmt.Sprint("/iscritti/", s.member)
	v.post(page+"/unione", "con", fmt.Sprint(gone), "visto", "9.9", "reason", "x").must(422).says("Dopo l’anteprima una delle due posizioni è cambiata")
	v.post(page+"/unione", "con", fmt.Sprint(gone), "visto", seen).must(422).says("Scriva perché sono la stessa persona: l’unione non si può disfare.")
	form := []string{"con", fmt.Sprint(gone), "visto", seen, "campo-city", "gone", "campo-registration_number", "keep", "reason", "Doppia iscrizione"}
	v.follow(v.post(page+"/unione", form...).must(303)).must(200).says("Le due posizioni sono una.", "Dall’altra posizione: 1 casella, 5,00 € di credito.",
		"Unito con la posizione n. A15999 di Morandi Elena", "Motivo: Doppia iscrizione.", "Ricarica di 5,00 €", "15,00 €", "elena.morandi2@pec.ordine.example", "Comune: vuoto diventa Borgo")
	v.follow(v.post(page+"/unione", form...).must(303)).must(200).says("Le due posizioni sono già una.")

	// The old page leads on; lists and searches hold one.
	v.follow(v.get(fmt.Sprint("/iscritti/", gone))).must(200).says("La posizione di Morandi Elena è stata unita a questa il 15/06/2018.")
	v.get("/iscritti?stato=").must(200).says("1 iscritto")
	if a := v.get("/iscritti?q=A15999"); a.location != page {
		t.Errorf("the old number leads to %q", a.location)
	}
	v.get("/iscritti/doppioni").must(200).says("Nessun possibile doppione")
	v.get(page+"/registro").must(200).says("Unito con un’altra posizione", "Unito a un’altra posizione", "Ricarica registrata")
	v.get(fmt.Sprint("/credito/", gone)).must(200).says("Passaggio di credito", "Alla posizione n. A15266, Morandi Elena: Doppia iscrizione").saysNot("Registra un pagamento").
		says("Apra l’estratto conto che continua")
	a = v.get(fmt.Sprint("/credito/", s.member)).must(200).says("Posizione di Morandi Elena, unita il 15/06/2018", "i suoi movimenti di prima")

	// The payment of the old position is taken back from the one credit.
	entry := s.topUpEntry(gone).ID
	v.get(fmt.Sprint("/credito/movimenti/", entry, "/storno")).must(200).says("15,00 €")
	v.follow(v.post(fmt.Sprint("/credito/movimenti/", entry, "/storno"), "reason", "Importo sbagliato", "seen", "500").must(303)).must(200).says("Ricarica stornata.", "5,00 € tolti dal credito.", "10,00 €")
	v.get(fmt.Sprint("/iscritti/", gone, "/unione?con=", s.member)).must(422)
}

func holdsLink(a *answer, address string) bool {
	for _, l := range a.links() {
		if l == address {
			return true
		}
	}
	return false
}

func TestPairIsToldApart(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	gone := s.twiceEntered()
	for _, role := range []Role{ReadOnly, Treasurer} {
		v := s.as(role)
		v.get("/iscritti/doppioni").must(200).says("n. A15999").saysNot("Non è la stessa persona", "Unisci…")
		v.post("/iscritti/doppioni", "a", fmt.Sprint(s.member), "b", fmt.Sprint(gone)).must(403)
		v.post(fmt.Sprint("/iscritti/", s.member, "/unione"), "con", fmt.Sprint(gone)).must(403)
	}
	v := s.as(Secretariat)
	v.follow(v.post("/iscritti/doppioni", "a", fmt.Sprint(s.member), "b", fmt.Sprint(gone)).must(303)).must(200).says("Segnate come due persone.", "Nessun possibile doppione", "1 coppia segnata come due persone", "Giulia Ferretti, 15/06/2018")
	again := []string{"a", fmt.Sprint(gone), "b", fmt.Sprint(s.member)}
	s.as(ReadOnly).post("/iscritti/doppioni/rimetti", again...).must(403)
	for range 2 { // asked for again, nothing more happens
		v.follow(v.post("/iscritti/doppioni/rimetti", again...).must(303)).must(200).says("Rimesse fra i possibili doppioni.", "1 coppia di posizioni").saysNot("coppia segnata")
	}
	if got := strings.Count(v.get(fmt.Sprint("/iscritti/", gone, "/registro")).must(200).text(), "Rimesso fra i possibili doppioni"); got != 1 {
		t.Errorf("%d entries in the log, want 1", got)
	}
}

// A member whose position was merged goes on in the other with one password, and
// sees the orders of both.
func TestMergedMemberSeesTheOrdersOfBoth(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(1) // 3,05 €
	keep := s.enrol(pec.Member{RegistrationNumber: "A15999", Surname: "Morandi", Name: "Elena"})[0]
	v := s.as(Member)
	var order int64
	s.look(func(tx *db.ReadTx) error {
		orders, err := tx.OrdersOf(s.member)
		order = orders[0].ID
		return err
	})
	if _, err := s.office.MergeMembers(t.Context(), "prova", office.Merge{Keep: keep, Gone: s.member}); err != nil {
		t.Fatal(err)
	}
	if a := v.get("/area"); a.status != 303 {
		t.Errorf("the session of a merged position goes on: %d", a.status)
	}
	v = s.as(Member) // the password moved: the other had none
	v.get("/area").must(200).says(s.address, "6,95 €")
	v.get("/area/ordini").must(200).says("2018/000001")
	v.get(fmt.Sprint("/area/ordini/", order)).must(200).says("Ordine 2018/000001")
	v.get("/area/movimenti").must(200).says("Passaggio di credito", "6,95 €", "Movimenti di un’altra Sua posizione", "Ricarica, bonifico", "+10,00 €")
}

func TestMergePagesInBrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(1)
	gone := s.twiceEntered()
	v := s.as(Secretariat)
	s.inBrowser(t,
		v.page("doppioni", "/iscritti/doppioni"),
		v.page("unione", reviewOf(s.member, gone)),
		v.page("unione-cerca", fmt.Sprint("/iscritti/", s.member, "/unione?q=morandi")),
	)
}
