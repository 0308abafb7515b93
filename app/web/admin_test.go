package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// backup makes a copy in the site's folder and returns its name.
func (s *testSite) backup() string {
	s.t.Helper()
	made, err := s.office.MakeBackup(context.Background(), "prova")
	if err != nil {
		s.t.Fatal(err)
	}
	return made.Name
}

// sound gives the member's mailbox the period that its books need.
func (s *testSite) sound() {
	s.write(func(tx *db.Tx) error {
		box, err := tx.Mailbox(s.mailbox)
		if err != nil {
			return err
		}
		return firstPeriod(tx, s.mailbox, box.ActivatedOn, box.ExpiresOn)
	})
}

func TestAdministrationShowsEachRoleWhatItMay(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	for _, row := range []struct {
		role      Role
		says, not []string
	}{
		{Administrator, []string{"Operatori", "Ultimo salvataggio", "Controllo dei libri", "Registro"}, nil},
		{Secretariat, []string{"Ultimo salvataggio", "Controllo dei libri"}, []string{"Voci di oggi", "Chi può entrare come segreteria"}},
		{Treasurer, []string{"Ultimo salvataggio", "Controllo dei libri"}, []string{"Voci di oggi"}},
		{ReadOnly, []string{"Ultimo salvataggio", "Controllo dei libri"}, []string{"Voci di oggi"}},
	} {
		a := s.as(row.role).get("/amministrazione").must(200).says(row.says...).saysNot(row.not...).says("Chi può fare che cosa", "Il lavoro non è ancora stato eseguito")
		mayBackUp := a.find("a", "href", "/amministrazione/salvataggi") != nil
		if mayBackUp != (row.role == Administrator || row.role == Secretariat) {
			t.Errorf("%s is led to the backups: %v", row.role, mayBackUp)
		}
	}
}

// TestRightsTableIsWhatTheRoutesDo compares the table with the answers of pages
// and actions themselves.
func TestRightsTableIsWhatTheRoutesDo(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.sound()
	name := s.backup()
	tries := map[string]func(*visitor) int{
		"Fare un salvataggio, eseguire i lavori del programma": func(v *visitor) int { return v.post("/amministrazione/salvataggi").status },
		"Portare via un salvataggio, gestire operatori e domini, leggere il registro": func(v *visitor) int {
			codes := map[int]bool{}
			for _, a := range []*answer{v.get("/amministrazione/operatori"), v.get("/amministrazione/operatori/1"), v.get("/amministrazione/domini"), v.get("/amministrazione/registro"),
				v.get("/amministrazione/registro/esporta"), v.post("/amministrazione/salvataggi/" + name)} {
				codes[a.status] = true
			}
			if len(codes) != 1 {
				return 0
			}
			return v.get("/amministrazione/registro").status
		},
		"Guardare albo, caselle, servizi, credito, rinnovi, report": func(v *visitor) int { return v.get("/").status },
	}
	tested := 0
	for i, role := range office.Roles {
		v := s.as(Role(role))
		for _, r := range rights() {
			try, ok := tries[r.What]
			if !ok {
				continue
			}
			tested++
			if status := try(v); (status == 403) == r.May[i] || status == 0 {
				t.Errorf("%s, «%s»: status %d, the table says %v", role, r.What, status, r.May[i])
			}
			s.now = s.now.Add(1e9) // the next copy has another name
		}
	}
	if tested != len(tries)*len(office.Roles) {
		t.Errorf("%d of %d rights tried: the table's words have changed", tested, len(tries)*len(office.Roles))
	}
}

func TestAdministratorAddsAndChangesAnOperator(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Administrator)
	const password = "una frase per Marta"
	v.get("/amministrazione/operatori").must(200).says("Giulia Ferretti", "giulia@ordine.example", "Segreteria", "Ada Bruni (Lei)")
	v.post("/amministrazione/operatori/nuovo", "name", "", "email", "sbagliata", "role", "", "password", "a", "again", "b").must(422).
		says("3 errori", "Scriva il nome", "Scelga il ruolo", "non sono uguali")
	taken := v.post("/amministrazione/operatori/nuovo", "name", "Marta Sala", "email", "GIULIA@ordine.example", "role", "reader", "password", password, "again", password).must(422).says("esiste già")
	if attribute(taken.find("input", "id", "name"), "value") != "Marta Sala" || attribute(taken.find("input", "id", "password"), "value") != "" {
		t.Error("what was typed should come back, the password never")
	}
	v.post("/amministrazione/operatori/nuovo", "name", "Marta Sala", "email", "marta@ordine.example", "role", "reader", "password", "corta", "again", "corta").must(422).says("almeno 8 caratteri")
	v.follow(v.post("/amministrazione/operatori/nuovo", "name", "Marta Sala", "email", "Marta@Ordine.example", "role", "reader", "password", password, "again", password).must(303)).
		says("Marta Sala può entrare.", "marta@ordine.example", "Consultazione")

	marta := s.anyone()
	marta.get("/accesso")
	marta.post("/accesso", "login", "marta@ordine.example", "password", password).must(303)
	marta.get("/amministrazione").must(200)

	id := int64(0)
	s.look(func(tx *db.ReadTx) error {
		o, err := tx.OperatorByEmail("marta@ordine.example")
		id = o.ID
		return err
	})
	path := fmt.Sprintf("/amministrazione/operatori/%d", id)
	v.get(path).must(200).says("Marta Sala", "Può entrare")
	v.post(path, "name", "Marta Sala", "role", "capo", "active", "1").must(422).says("Il ruolo «capo» non esiste")
	v.follow(v.post(path, "name", "Marta Sala", "role", "secretariat", "active", "1").must(303)).says("I dati di Marta Sala sono salvati.", "Entra come segreteria.")
	marta.get("/amministrazione/salvataggi").must(200) // the role holds at once
	v.follow(v.post(path, "name", "Marta Sala", "role", "secretariat").must(303)).says("Da ora non può più entrare.")
	marta.get("/amministrazione").must(303) // out at once
	v.get("/amministrazione/operatori/9999").must(404)
}

func TestLastAdministratorStays(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Administrator)
	id := int64(0)
	s.look(func(tx *db.ReadTx) error {
		o, err := tx.OperatorByEmail(roleEmails[Administrator])
		id = o.ID
		return err
	})
	path := fmt.Sprintf("/amministrazione/operatori/%d", id)
	v.post(path, "name", "Ada Bruni", "role", "reader", "active", "1").must(422).says("Deve restare almeno un amministratore attivo.")
	v.post(path, "name", "Ada Bruni", "role", "administrator").must(422).says("Deve restare almeno un amministratore attivo.")
	v.get("/amministrazione/operatori").must(200)
}

func TestAdministratorGivesANewPassword(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v, giulia := s.as(Administrator), s.as(Secretariat)
	ids := map[Role]int64{}
	s.look(func(tx *db.ReadTx) error {
		for role, email := range roleEmails {
			o, err := tx.OperatorByEmail(email)
			if err != nil {
				return err
			}
			ids[role] = o.ID
		}
		return nil
	})
	const fresh = "un’altra frase ancora"
	path := fmt.Sprintf("/amministrazione/operatori/%d/password", ids[Secretariat])
	v.get(path).must(200).says("giulia@ordine.example")
	v.post(path, "password", fresh, "again", "altro").must(422).says("non sono uguali")
	v.follow(v.post(path, "password", fresh, "again", fresh).must(303)).says("La password di Giulia Ferretti è cambiata.")
	giulia.get("/amministrazione").must(303)
	// Their own: this browser stays in.
	own := fmt.Sprintf("/amministrazione/operatori/%d/password", ids[Administrator])
	v.follow(v.post(own, "password", fresh, "again", fresh).must(303)).must(200).says("Operatori")
}

func TestBackupIsMadeListedAndTaken(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.sound()
	clerk, admin := s.as(Secretariat), s.as(Administrator)
	clerk.get("/amministrazione/salvataggi").must(200).says("Nessun salvataggio, finora")
	clerk.get("/amministrazione").says("Mai", "Da fare")
	clerk.follow(clerk.post("/amministrazione/salvataggi").must(303)).says("Il salvataggio è fatto.", "albopec-2018-07-01-", "kB").saysNot("Scarica")
	clerk.get("/amministrazione").says("Oggi").saysNot("Da fare")
	// The same second again: the copy that is there stays.
	clerk.post("/amministrazione/salvataggi").must(422).says("esiste già")
	a := admin.get("/amministrazione/salvataggi").must(200).says("Scarica")
	var name string
	for _, n := range a.all("form") {
		if action := attribute(n, "action"); strings.HasPrefix(action, "/amministrazione/salvataggi/") {
			name = strings.TrimPrefix(action, "/amministrazione/salvataggi/")
		}
	}
	clerk.post("/amministrazione/salvataggi/" + name).must(403)
	got := admin.post("/amministrazione/salvataggi/" + name).must(200)
	kept, err := os.ReadFile(filepath.Join(filepath.Dir(s.db.Path()), office.BackupFolder, name))
	if err != nil || !bytes.Equal(kept, got.body) || !bytes.HasPrefix(got.body, []byte("SQLite format 3")) {
		t.Errorf("%d bytes came, %d are kept: %v", len(got.body), len(kept), err)
	}
	if !strings.Contains(got.header.Get("Content-Disposition"), name) {
		t.Errorf("it is sent as %q", got.header.Get("Content-Disposition"))
	}
	admin.post("/amministrazione/salvataggi/altro.db").must(404)
	admin.post("/amministrazione/salvataggi/..%2falbopec.db").must(404)
	admin.get("/amministrazione/registro?action=backup.taken").must(200).says("Ada Bruni", name)
}

func TestCheckOfTheBooksTellsWhatDoesNotAgree(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(ReadOnly)
	v.get("/amministrazione/controllo").must(200).says("2 cose non tornano.", "La casella "+s.address+" non ha un periodo che arrivi alla sua scadenza.")
	s.sound()
	v.get("/amministrazione/controllo").must(200).says("I libri tornano").saysNot("non torna")
}

func TestNightlyRunsAreShownWithTheirOutcome(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.on("2018-10-02")
	if _, err := s.office.Renew(context.Background(), office.ActorNight, pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	v := s.as(ReadOnly)
	v.get("/amministrazione").must(200).says("02/10/2018 alle", "1 casella rinnovata, 0 chiuse", "01/10/2018", "Programma, di notte")
	s.write(func(tx *db.Tx) error { _, err := tx.AddRun(s.today); return err })
	v.get("/amministrazione").says("In corso")
	s.now = s.now.Add(2 * 3600e9)
	s.as(ReadOnly).get("/amministrazione").says("Interrotta")
}

func TestLogIsSearchedAndTakenAway(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(610)
	s.on("2018-06-20")
	s.buys(2)
	member := s.as(Member)
	member.post("/area/dati", "email", "elena@posta.example", "city", "Bologna").must(303)
	v := s.as(Administrator)
	v.get("/amministrazione/registro").must(200).says("Ricarica registrata", "Giulia Ferretti", "Morandi Elena", "importo 6,10 €", "Iscritto Morandi Elena", "Contatti modificati", "Ordine 2018/000001")
	v.get("/amministrazione/registro?action=topup").must(200).says("Ricarica registrata", "15/06/2018").saysNot("20/06/2018 alle")
	v.get("/amministrazione/registro?actor=GIULIA&from=20/06/2018&to=20/06/2018").must(200).says("Ordine completato").saysNot("Contatti modificati · ", "importo 6,10 €, metodo")
	v.get("/amministrazione/registro?actor=iscritto").must(200).says("Iscritto Morandi Elena")
	v.get("/amministrazione/registro?from=01/01/2019").must(200).says("Nessuna voce con questi filtri", "Togli i filtri")
	v.get("/amministrazione/registro?from=ieri").must(200).says("«ieri» non è una data").saysNot("Nessuna voce")
	v.get("/amministrazione/registro?from=02/06/2018&to=01/06/2018").must(200).says("viene prima del primo")
	v.get("/amministrazione/registro/esporta?from=ieri").must(422)

	a := v.get("/amministrazione/registro/esporta?action=topup").must(200)
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\ufeff"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	if rows[1][0] != "15/06/2018" || rows[1][2] != "Giulia Ferretti" || rows[1][3] != "operatore:giulia@ordine.example" || rows[1][6] != "Morandi Elena" || !strings.Contains(rows[1][8], `"amount":"6.10"`) {
		t.Errorf("%q", rows[1])
	}
}

func TestLogGoesBackPageByPage(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	for range 120 {
		s.pays(100)
	}
	v := s.as(Administrator)
	seen, address := 0, "/amministrazione/registro?action=topup"
	for range 5 {
		a := v.get(address).must(200)
		seen += len(a.all("tr")) - 1
		address = ""
		for _, link := range a.links() {
			if strings.Contains(link, "prima=") && strings.Contains(link, "action=topup") {
				address = link
			}
		}
		if address == "" {
			break
		}
	}
	if seen != 120 {
		t.Errorf("%d of 120 entries shown", seen)
	}
}

func TestAdministrationInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.sound()
	s.backup()
	s.pays(305)
	v := s.as(Administrator)
	s.inBrowser(t,
		v.page("amministrazione", "/amministrazione"),
		v.page("operatori", "/amministrazione/operatori"),
		v.page("operatore", "/amministrazione/operatori/1"),
		v.page("operatore-nuovo", "/amministrazione/operatori/nuovo"),
		v.page("salvataggi", "/amministrazione/salvataggi"),
		v.page("controllo", "/amministrazione/controllo"),
		v.page("registro", "/amministrazione/registro"),
	)
}
