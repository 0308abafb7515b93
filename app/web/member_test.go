package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// enrol puts members on the register, active unless they say otherwise, and
// returns their ids.
func (s *testSite) enrol(members ...pec.Member) (ids []int64) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		for _, m := range members {
			if m.Status == "" {
				m.Status = pec.MemberActive
			}
			id, err := tx.AddMember(db.MemberRow{Member: m})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids
}

func TestRegisterIsSearchedAsPeopleType(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(
		pec.Member{RegistrationNumber: "B7", Surname: "D'Alò", Name: "Ugo", TaxCode: "DLAGUO70A01H501X", Section: "B"},
		pec.Member{RegistrationNumber: "A20", Surname: "Morandi", Name: "Carlo", OwnPEC: "carlo@pecmail.example", Section: "A", Sector: "a b"},
	)
	v := s.as(ReadOnly)
	tests := []struct{ typed, found, not string }{
		{"mora ele", "Morandi Elena", "Morandi Carlo"},
		{"elena.mor", "Morandi Elena", "Morandi Carlo"},
		{"MRNLNE80", "Morandi Elena", "Morandi Carlo"},
		{"dalo", "D'Alò Ugo", "Morandi"},
		{"d’alò", "D'Alò Ugo", "Morandi"},
		{"A20", "Morandi Carlo", "Elena"},
	}
	for _, tt := range tests {
		t.Run(tt.typed, func(t *testing.T) {
			v.t = t
			v.get("/iscritti?stato=&q="+url.QueryEscape(tt.typed)).must(200).says(tt.found, "1 di 3 iscritti").saysNot(tt.not)
		})
	}
	v.t = t
	v.get("/iscritti?q=morandi").must(200).says("Morandi Elena", "Morandi Carlo", "2 di 3 iscritti", "carlo@pecmail.example (propria)")
	if a := v.get("/iscritti?q=elena"); a.location != fmt.Sprint("/iscritti/", s.member) {
		t.Errorf("one who is found alone from the header is not opened: %d %s", a.status, a.location)
	}
	v.get("/iscritti?q=zzz").must(200).says("Nessun iscritto con questi filtri", "Togli tutti i filtri")
	v.get("/iscritti?q=!!").must(200).says("Nessun iscritto con questi filtri")
}

func TestRegisterIsFilteredAndShowsChosenColumns(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(
		pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo", Section: "B", Sector: "c", City: "Borgo"},
		pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ada", Section: "A", Sector: "a b", Status: pec.MemberSuspended},
		pec.Member{RegistrationNumber: "A8", Surname: "Verdi", Name: "Pia", Section: "A", OwnPEC: "pia@pecmail.example"},
	)
	v := s.as(ReadOnly)
	v.get("/iscritti?gruppo=A%3Ab").must(200).says("Neri Ada", "1 di 4", "Sezione A, settore b").saysNot("Berti", "Verdi", "Morandi")
	v.get("/iscritti?gruppo=B").must(200).says("Berti Ugo").saysNot("Neri")
	v.get("/iscritti?stato=suspended").must(200).says("Neri Ada").saysNot("Berti", "Verdi")
	v.get("/iscritti?casella=with").must(200).says("Morandi Elena").saysNot("Berti", "Verdi")
	v.get("/iscritti?casella=to_request").must(200).says("Berti Ugo").saysNot("Verdi", "Neri", "Morandi")

	if a := v.get("/iscritti?gruppo=B&casella=without&togli=gruppo"); a.location != "/iscritti?casella=without" {
		t.Errorf("the chip leads to %q", a.location)
	}
	if a := v.get("/iscritti?stato=suspended&togli=stato"); a.location != "/iscritti" {
		t.Errorf("the last chip leads to %q", a.location)
	}
	a := v.get("/iscritti?colonne=comune,numero").must(200).says("Borgo", "B7").saysNot("MRNLNE80A41H501U", s.address)
	if a.find("th", "aria-sort", "ascending") == nil {
		t.Error("no head says how the list is sorted")
	}
}

// Of two who left one was transferred: the tab holds both, and the columns have
// one name wherever they stand.
func TestRegisterListsWhoLeft(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(
		pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo", Status: pec.MemberCancelled, LeftOn: pec.Day("2018-01-01")},
		pec.Member{RegistrationNumber: "B8", Surname: "Neri", Name: "Ada", Status: pec.MemberTransferred, LeftOn: pec.Day("2018-01-01")},
	)
	v := s.as(Secretariat)
	a := v.get("/iscritti?colonne=iscrizione,casella,scadenza,manca").must(200).says("Usciti 2")
	if hint := attribute(a.find("input", "id", "q"), "placeholder"); !strings.HasPrefix(hint, "Inizio di") {
		t.Errorf("the search does not say that it goes by beginnings: %q", hint)
	}
	v.get(a.link("Usciti")).must(200).says("Berti Ugo", "Neri Ada", "2 di 3 iscritti").saysNot("Morandi")
	for _, name := range []string{"Iscritto dal", "Casella", "Manca"} {
		var heads, boxes int
		for _, n := range a.all("th") {
			if strings.HasPrefix(textOf(n), name) {
				heads++
			}
		}
		for _, n := range a.all("label") {
			if textOf(n) == name && strings.HasPrefix(attribute(n, "for"), "col-") {
				boxes++
			}
		}
		if heads != 1 || boxes != 1 {
			t.Errorf("%s: %d heads and %d choices of a column", name, heads, boxes)
		}
	}
	v.get("/iscritti?stato=cancelled&colonne=scadenza").must(200).says("Berti Ugo Cancellato – –")
}

func TestRegisterGoesFromPageToPageAndBack(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	var members []pec.Member
	for i := range 44 {
		members = append(members, pec.Member{RegistrationNumber: fmt.Sprint("C", i), Surname: fmt.Sprintf("Rossi %02d", i), Name: "Aldo"})
	}
	s.enrol(members...) // 45 with Elena Morandi
	v := s.as(ReadOnly)
	next := func(a *answer, word string) string {
		for _, n := range a.all("a") {
			if strings.Contains(textOf(n), word) {
				return attribute(n, "href")
			}
		}
		return ""
	}
	names := func(a *answer) (rows []string) {
		for _, n := range a.all("th") {
			if attribute(n, "scope") == "row" {
				rows = append(rows, textOf(n))
			}
		}
		return rows
	}
	var all []string
	page := v.get("/iscritti").must(200)
	for {
		all = append(all, names(page)...)
		address := next(page, "Successivi")
		if address == "" {
			break
		}
		page = v.get(address).must(200)
	}
	if len(all) != 45 || all[0] != "Morandi Elena" || all[44] != "Rossi 43 Aldo" {
		t.Errorf("the pages hold %d rows, from %s to %s", len(all), all[0], all[len(all)-1])
	}
	back := v.get(next(page, "Precedenti")).must(200)
	if got := names(back); len(got) != 20 || got[0] != "Rossi 19 Aldo" {
		t.Errorf("back from the last page: %d rows from %s", len(got), got[0])
	}
	if got := names(v.get(next(back, "Precedenti")).must(200)); len(got) != 20 || got[0] != "Morandi Elena" {
		t.Errorf("back at the beginning: %d rows from %s", len(got), got[0])
	}
}

func TestRegisterListIsTakenAwayAsItIs(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo", Section: "B"})
	v := s.as(ReadOnly)
	a := v.get("/iscritti/elenco.csv?gruppo=B").must(200)
	if body := string(a.body); !strings.Contains(body, "Berti;Ugo") || strings.Contains(body, "Morandi") {
		t.Errorf("the file does not hold just what is listed: %s", body)
	}
	if got := a.header.Get("Content-Disposition"); got != `attachment; filename="iscritti-2018-06-15.csv"` {
		t.Errorf("the file is called %s", got)
	}
	if a := v.get("/iscritti/elenco.xlsx").must(200); !strings.HasPrefix(string(a.body), "PK") {
		t.Error("the workbook is no workbook")
	}
}

func TestMemberIsEditedAndWhatWasThereStays(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	rossi := s.enrol(pec.Member{RegistrationNumber: "B7", Surname: "Rossi", Name: "Ivo"})[0]
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.get(page).must(200).says("Modifica i dati")
	form := formOfPage(v.get(page+"/dati").must(200).says("Numero di iscrizione", "Lo stato nell’albo si cambia da"))

	a := v.post(page+"/dati", form.with("email", "non è un indirizzo", "city", "Borgo", "registration_number", "b7")...).must(422).
		says("2 campi da correggere", "L’indirizzo e-mail non è scritto bene.", "Il numero è già di Rossi Ivo.", "Altri hanno già gli stessi dati.")
	if got := attribute(a.find("input", "name", "city"), "value"); got != "Borgo" {
		t.Errorf("what was typed does not come back: %q", got)
	}
	if a.find("a", "href", fmt.Sprint("/iscritti/", rossi)) == nil {
		t.Error("who has the number is not linked")
	}
	a = v.post(page+"/dati", form.with("email", "elena.nuova@posta.example", "city", "Borgo", "province", "rm", "sector", "civile; informazione")...).must(303)
	v.follow(a).must(200).says("Dati salvati.", "Comune: vuoto diventa Borgo", "Borgo (RM)", "E-mail: elena@posta.example diventa elena.nuova@posta.example", "settori a e c", "Giulia Ferretti")
	v.get(page+"/registro").must(200).says("Dati modificati", "campi: Settore, Comune, Provincia, E-mail", "Giulia Ferretti")
	v.follow(v.post(page+"/dati", formOfPage(v.get(page+"/dati"))...).must(303)).must(200).says("Nessun dato è cambiato.")
	s.as(ReadOnly).get(page).must(200).saysNot("Modifica i dati")
}

func TestUnlikelyDataAreSavedAtTheSecondPress(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.enrol(pec.Member{Surname: "Verdi", Name: "Pia", TaxCode: "VRDPIA80A41H501I", Section: "A", Sector: "a"})[0])
	form := formOfPage(v.get(page + "/dati").must(200))
	a := v.post(page+"/dati", form.with("birth_date", "02/01/1980")...).must(422).says("Non è ancora stato scritto nulla", "Il codice fiscale non corrisponde", "Salva comunque")
	if got := attribute(a.find("input", "name", "birth_date"), "value"); got != "02/01/1980" {
		t.Errorf("what was typed does not come back: %q", got)
	}
	v.follow(v.post(page+"/dati", formOfPage(a)...).must(303)).must(200).says("Dati salvati.", "02/01/1980")
}

func TestStaleFormWritesNothingOverAnother(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	stale := formOfPage(v.get(page + "/dati").must(200))
	v.post(page+"/dati", stale.with("phone", "06 111", "city", "Borgo")...).must(303)
	a := v.post(page+"/dati", stale.with("phone", "06 222", "title", "Ing.")...).must(422).
		says("Nel frattempo altri hanno cambiato questi dati", "Comune: vuoto diventa Borgo", "Telefono: vuoto diventa 06 111", "Lei ha scritto «06 222»")
	v.follow(v.post(page+"/dati", formOfPage(a)...).must(303)).must(200).says("Dati salvati.", "06 111 diventa 06 222", "Borgo", "Ing.")
}

func TestMemberIsEnteredByHand(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	form := formOfPage(v.get("/iscritti/nuovo").must(200).says("Nuovo iscritto", "Inserisci nell’albo"))
	v.post("/iscritti/nuovo", form.with("surname", "Neri")...).must(422).says("Manca il nome.", "Servono il codice fiscale o il numero di iscrizione")
	v.follow(v.post("/iscritti/nuovo", form.with("surname", "Neri", "name", "Ada", "registration_number", "A20", "registered_on", "1/6/2018")...).must(303)).must(200).
		says("Neri Ada è nell’albo.", "nell’albo dal 01/06/2018", "Iscritto inserito a mano", "Richieda la casella")
	s.as(ReadOnly).get("/iscritti").must(200).saysNot("Nuovo iscritto")
}

// An order that a top-up of the same day completes comes after it, on the line
// of time as in the credit; and from the log a change's values are one step away.
func TestLineOfTimeFollowsTheLedger(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // 15/06/2018
	s.buys(1)                           // waits
	s.pays(1000)                        // and is completed
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	text := v.get(page).must(200).text()
	_, life, _ := strings.Cut(text, "Linea del tempo")
	bought, paid := strings.Index(life, "Acquisto: 1 GB"), strings.Index(life, "Ricarica di 10,00 €")
	if bought < 0 || paid < 0 || bought > paid { // latest first
		t.Errorf("the purchase at %d, the top-up at %d: %s", bought, paid, life)
	}
	form := formOfPage(v.get(page + "/dati").must(200))
	v.post(page+"/dati", form.with("city", "Borgo")...).must(303)
	a := v.get(page+"/registro").must(200).says("Dati modificati con i valori", "campi: Comune")
	if !slices.Contains(a.links(), page+"?tutto=1#linea") {
		t.Errorf("%v", a.links())
	}
	if target := v.get(page + "?tutto=1").must(200); target.find("section", "id", "linea") == nil && target.find("h2", "id", "linea") == nil {
		t.Error("the link leads nowhere")
	}
}

// review asks what would follow from a status, typed as in an address.
func (v *visitor) review(page, typed string) *answer {
	v.t.Helper()
	values, err := url.ParseQuery(typed)
	if err != nil {
		v.t.Fatal(err)
	}
	fields := []string{"passo", "esame"}
	for name, list := range values {
		fields = append(fields, name, list[0])
	}
	return v.post(page, fields...)
}

// Why somebody left must not be in the browser's history nor in a proxy's log:
// what is typed goes from the form to what follows from it, and back, without
// an address that holds it.
func TestReasonOfAStatusIsInNoAddress(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	for _, page := range []string{fmt.Sprint("/iscritti/", s.member, "/stato"), fmt.Sprint("/iscritti/stato?id=", s.member), "/iscritti/stato?tutti=1&stato=active"} {
		form := formOfPage(v.get(page).must(200)).with("status", "cancelled", "on", "01/06/2018", "reason", "Morosità")
		a := v.post(page, form...).must(200).says("Motivo: Morosità.", "Conferma: cancellat")
		for _, link := range a.links() {
			if strings.Contains(link, "Moros") || strings.Contains(link, "reason") {
				t.Errorf("%s links to %s", page, link)
			}
		}
		a = v.post(page, append(formOfPage(a), "passo", "modifica")...).must(200).says("Nuovo stato").saysNot("Conferma")
		if got := attribute(a.find("input", "name", "reason"), "value"); got != "Morosità" {
			t.Errorf("%s: the reason came back as %q", page, got)
		}
		v.get(page + "&status=cancelled&on=01/06/2018&reason=Morosit%C3%A0").saysNot("Morosità")
		s.look(func(tx *db.ReadTx) error {
			m, err := tx.Member(s.member)
			if m.Status != pec.MemberActive {
				t.Errorf("%s wrote before it was confirmed", page)
			}
			return err
		})
	}
}

func TestNewMemberWhoMayBeThereIsSavedAtTheSecondPress(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	form := formOfPage(v.get("/iscritti/nuovo").must(200))
	a := v.post("/iscritti/nuovo", form.with("surname", "Morandi", "name", "Elena", "registration_number", "A20")...).must(422).
		says("Non è ancora stato scritto nulla", "Nell’albo c’è già Morandi Elena, n. A15266, che può essere la stessa persona: stessi cognome e nome, uno senza codice fiscale definitivo.", "Salva comunque")
	if a.find("a", "href", fmt.Sprint("/iscritti/", s.member)) == nil {
		t.Error("who may be the same is not linked")
	}
	v.get("/iscritti?stato=").must(200).says("1 iscritto")
	v.follow(v.post("/iscritti/nuovo", formOfPage(a)...).must(303)).must(200).says("Morandi Elena è nell’albo.")
}

func TestLeavingIsReviewedBeforeItIsWritten(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // 15/06/2018, the mailbox expires on 01/10/2018
	s.pays(1000)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.get(page+"/stato").must(200).says("Morandi Elena ora è iscritta", "Cancellata")

	// Left on 01/06/2018: with 60 days of grace the mailbox closes on 31/07/2018.
	v.review(page+"/stato", "status=cancelled&on=01/06/2018&reason=Delibera+12").must(200).
		says("da iscritta a cancellata", "si chiude il 31/07/2018", "fra 46 giorni", "Il credito di 10,00 € resta suo", "Motivo: Delibera 12.")
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Member(s.member)
		if m.Status != pec.MemberActive {
			t.Errorf("the review wrote the status %s", m.Status)
		}
		return err
	})
	for _, refused := range []struct{ query, sentence string }{
		{"status=cancelled&on=16/06/2018&reason=x", "non può essere nel futuro"},
		{"status=cancelled&on=&reason=x", "Scriva da quale giorno"},
		{"status=cancelled&on=31/02/2018&reason=x", "non è una data"},
		{"status=cancelled&on=01/06/2018&reason=", "Scriva il motivo"},
		{"status=active&reason=x", "È già iscritta"},
		{"status=nobile&reason=x", "Scelga uno degli stati"},
	} {
		v.review(page+"/stato", refused.query).must(422).says(refused.sentence)
	}
	v.post(page+"/stato", "status", "cancelled", "on", "16/06/2018", "reason", "x").must(422).says("non può essere nel futuro")

	a := v.post(page+"/stato", "status", "cancelled", "on", "01/06/2018", "reason", "Delibera 12").must(303)
	v.follow(a).must(200).says("Morandi Elena ora è cancellata.", "La casella si chiude il 31/07/2018", "Stato cambiato",
		"Stato: iscritta diventa cancellata", "Motivo: Delibera 12", "Chiusura della casella", "Si chiude")
	v.get("/caselle").must(200).says("Si chiude")

	// Back within the grace: all continues.
	v.review(page+"/stato", "status=active&reason=Errore").must(200).says("da cancellata a iscritta", "continua, con scadenza il 01/10/2018")
	v.follow(v.post(page+"/stato", "status", "active", "reason", "Errore").must(303)).must(200).
		says("Morandi Elena ora è iscritta.", "La casella continua").saysNot("Si chiude")
}

func TestTransferAndSuspensionTellWhereAndUntilWhen(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // 15/06/2018, the mailbox expires on 01/10/2018
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	for _, refused := range []struct{ query, sentence string }{
		{"status=transferred&on=01/06/2018&reason=x", "Scriva a quale Ordine passa."},
		{"status=suspended&reason=x", "Scriva da quale giorno è sospeso"},
		{"status=suspended&on=01/06/2018&until=31/05/2018&reason=x", "La sospensione finirebbe prima di cominciare"},
	} {
		v.review(page+"/stato", refused.query).must(422).says(refused.sentence)
	}
	v.review(page+"/stato", "status=suspended&on=01/06/2018&until=30/11/2018&reason=Delibera+7").must(200).
		says("da iscritta a sospesa", "È sospesa dal 01/06/2018 al 30/11/2018", "continua, con scadenza il 01/10/2018")
	v.follow(v.post(page+"/stato", "status", "suspended", "on", "01/06/2018", "until", "30/11/2018", "reason", "Delibera 7").must(303)).must(200).
		says("Morandi Elena ora è sospesa.", "Sospesa dal 01/06/2018", "Fino al 30/11/2018", "Motivo dello stato Delibera 7", "Dal 01/06/2018. Fino al 30/11/2018. Motivo: Delibera 7")
	// The term is put off: only that is told.
	s.now = s.now.Add(time.Minute)
	v.follow(v.post(page+"/stato", "status", "suspended", "on", "01/06/2018", "until", "31/12/2018", "reason", "Delibera 9").must(303)).must(200).
		says("Stato precisato: sospesa", "Fino al 31/12/2018. Motivo: Delibera 9.")

	s.now = s.now.Add(time.Minute)
	to := "Ordine degli Ingegneri di Rieti"
	v.review(page+"/stato", "status=transferred&on=10/06/2018&reason=Nulla+osta&to="+url.QueryEscape(to)).must(200).says("da sospesa a trasferita", "e passa a "+to)
	v.follow(v.post(page+"/stato", "status", "transferred", "on", "10/06/2018", "reason", "Nulla osta", "to", to).must(303)).must(200).
		says("Passa a "+to, "Motivo dello stato Nulla osta", "Passa a "+to+". Motivo: Nulla osta").saysNot("Sospesa dal 01/06/2018 Fino al 31/12/2018 Passa")
	v.get(page + "/registro").must(200).says("passa a: " + to)
}

func TestMailboxesAreRequestedForTheChosen(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	ids := s.enrol(
		pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"},
		pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ada Maria"},
		pec.Member{RegistrationNumber: "A8", Surname: "Verdi", Name: "Pia", OwnPEC: "pia@pecmail.example"},
		pec.Member{RegistrationNumber: "A7", Surname: "Rossi", Name: "Ivo", Status: pec.MemberSuspended},
	)
	v := s.as(Secretariat)
	if a := v.get("/iscritti/caselle"); a.location != "/iscritti" {
		t.Errorf("nobody chosen leads to %q", a.location)
	}
	chosen := fmt.Sprintf("/iscritti/caselle?id=%d&id=%d&id=%d&id=%d&id=%d", ids[0], ids[1], ids[2], ids[3], s.member)
	a := v.get(chosen).must(200).says("Nulla è ancora scritto", "1 iscritto ha già una PEC propria", "ada.neri@pec.ordine.example", "ada.neri2@pec.ordine.example",
		"pia.verdi@pec.ordine.example", "Richiedi 3 caselle", "Per 2 iscritti non si richiede nulla", "Ha già la casella "+s.address, "È sospeso")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if n := s.mailboxes(pec.MailboxRequested); n != 0 {
		t.Fatalf("the review requested %d mailboxes", n)
	}
	form := []string{"id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1]), "id", fmt.Sprint(ids[2])}
	v.follow(v.post("/iscritti/caselle", form...).must(303)).must(200).says("3 caselle richieste.", "ada.neri@pec.ordine.example")
	v.follow(v.post("/iscritti/caselle", form...).must(303)).must(200).says("Nessuna casella nuova.")
	if n := s.mailboxes(pec.MailboxRequested); n != 3 {
		t.Errorf("%d mailboxes requested, want 3", n)
	}
	// The lower number has the plain address: A9 comes before A10.
	v.get("/iscritti?stato=&q=A9").must(200).says("ada.neri@pec.ordine.example").saysNot("ada.neri2@")
}

// mailboxes counts the mailboxes of a status.
func (s *testSite) mailboxes(status pec.MailboxStatus) (n int) {
	s.look(func(tx *db.ReadTx) (err error) {
		n, err = tx.MailboxCount(db.MailboxFilter{Status: string(status)})
		return err
	})
	return n
}

func TestOneTimeLinkIsShownOnceAndOpensTheArea(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.get(page+"/accesso").must(200).says(s.address, "Vale una volta sola")
	a := v.follow(v.post(page + "/collegamento").must(303)).must(200).says("Collegamento pronto, da consegnare a Morandi Elena.")
	link := textOf(a.find("code"))
	_, token, ok := strings.Cut(link, "/benvenuto/")
	if !ok {
		t.Fatalf("no link in the page: %q", link)
	}
	v.get(page + "/accesso").must(200).saysNot(token)

	member := s.anyone()
	member.get("/benvenuto/" + token).must(200)
	member.post("/benvenuto/"+token, "password", "una frase tutta nuova", "again", "una frase tutta nuova").must(303)
	if _, err := s.office.SignInMember(context.Background(), s.address, "una frase tutta nuova"); err != nil {
		t.Errorf("the new password does not open: %v", err)
	}
	member.get("/benvenuto/" + token).must(404)
	v.get(page).must(200).says("Collegamento per la password preparato", "Password dell’area iscritto cambiata")
}

func TestInitialPassword(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	bare := s.enrol(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.post(page+"/password", "password", "breve").must(422).says("almeno 8 caratteri")
	v.follow(v.post(page+"/password", "password", "parola d’ordine").must(303)).must(200).says("Password impostata.")
	if _, err := s.office.SignInMember(context.Background(), s.address, "parola d’ordine"); err != nil {
		t.Errorf("the initial password does not open: %v", err)
	}
	without := fmt.Sprint("/iscritti/", bare)
	v.get(without + "/accesso").must(200).says("prima va richiesta").saysNot("Prepara il collegamento")
	v.post(without+"/password", "password", "parola d’ordine").must(422).says("prima va richiesta")
	v.post(without + "/collegamento").must(422).says("prima va richiesta")
}

func TestReaderOnlyLooksAtMembers(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	page := fmt.Sprint("/iscritti/", s.member)
	for _, role := range []Role{ReadOnly, Treasurer} {
		v := s.as(role)
		v.get(page).must(200).says("Linea del tempo", s.address, "10,00 €").saysNot("Modifica i dati", "Cambia stato", "Accesso all’area iscritto")
		a := v.get("/iscritti").must(200).saysNot("Richiedi le caselle")
		if a.find("input", "name", "id") != nil {
			t.Errorf("%s can tick rows", role)
		}
		for _, action := range []string{"/dati", "/stato", "/collegamento", "/password"} {
			v.post(page+action, "status", "cancelled").must(403)
		}
		v.post("/iscritti/caselle", "id", fmt.Sprint(s.member)).must(403)
	}
	v := s.as(Member)
	for _, address := range []string{page, "/iscritti", "/iscritti/elenco.csv", page + "/registro"} {
		v.get(address).must(403)
	}
}

func TestMemberPageTellsWhatEndsForWantOfCredit(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2) // 6,10 € on 15/06/2018: 3,90 € are left
	v := s.as(ReadOnly)
	page := fmt.Sprint("/iscritti/", s.member)
	v.get(page).must(200).says("Il 01/10/2018 cesserà 1 servizio: il credito non basta.", "Mancano 2,20 € : 6,10 € per rinnovare i servizi di "+s.address+" − 3,90 € di credito = 2,20 €.",
		"Acquisto: 2 GB in più", "6,10 € dal credito", "Ricarica di 10,00 €", "Rinnovo della casella fino al 01/10/2019", "Cessa: 2 GB in più (credito insufficiente)")
	v.get("/iscritti?stato=").must(200).says("2,20 €")
	s.pays(220)
	v.get(page).must(200).says("Dal credito si rinnova: 2 GB in più, 6,10 €.").saysNot("cesserà", "Mancano")
	v.get("/iscritti/999999").must(404)
	v.get("/iscritti/abc").must(404)
}
