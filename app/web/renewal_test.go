package web

import (
	"context"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// neighbour adds a member with an active mailbox that expires on the day; it
// returns the member's id and the mailbox's.
func (s *testSite) neighbour(number, surname, name, expires string) (member, mailbox int64) {
	s.t.Helper()
	e := pec.Day(expires)
	s.write(func(tx *db.Tx) (err error) {
		if member, err = tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: number, Surname: surname, Name: name, Status: pec.MemberActive}}); err != nil {
			return err
		}
		mailbox, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: strings.ToLower(name+"."+surname) + "@pec.ordine.example", MemberID: member, Kind: "standard", Status: pec.MailboxActive,
			ActivatedOn: e.AddYears(-1), AnchorOn: e.AddYears(-1), ExpiresOn: e, TermYears: 1, AutoRenew: true,
		}})
		return err
	})
	return member, mailbox
}

// renewSample runs the renewals once, for the pages that show a run.
func (s *testSite) renewSample() string {
	s.t.Helper()
	run := int64(0)
	s.look(func(tx *db.ReadTx) error {
		runs, err := tx.RunList(0, 0, 1)
		for _, r := range runs {
			run = r.ID
		}
		return err
	})
	if run != 0 {
		return itoa(run)
	}
	if _, err := s.office.Renew(context.Background(), "lavoro notturno", s.today.AddDays(-1)); err != nil {
		s.t.Fatal(err)
	}
	return s.renewSample()
}

// TestRenewalsTellWhatTheMonthsBring: Elena's mailbox and 2 GB expire on
// 01/10/2018 with 1,70 € of credit where 6,10 € are needed; Ada's on 20/09.
func TestRenewalsTellWhatTheMonthsBring(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	s.neighbour("B2", "Conti", "Ada", "2018-09-20")
	v := s.as(ReadOnly)
	a := v.get("/rinnovi").must(200)
	a.says("dal 15/06/2018 al 31/05/2019", "2 caselle in tutto", "set 2018 1 1 – 5,00 € 1,10 € 6,10 € – – –", "ott 2018 1 1 – 5,00 € 1,10 € 6,10 € – 1 4,40 €",
		"Totale 2 2 – 10,00 € 2,20 € 12,20 € – 1 4,40 €", "I rinnovi non sono mai stati eseguiti")
	a.saysNot("Esegui ora")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	// 90 days from 15/06 end on 13/09: nothing expires by then.
	a.says("Fino al giorno", "Caselle rinnovate 0")
	v.get("/rinnovi?al=20/09/2018").must(200).says("Caselle rinnovate 1", "Costo per l’Ordine, lordo 6,10 €", "Servizi che cessano 0", "Vedi la casella")
	v.get("/rinnovi?al=01/10/2018").must(200).says("Caselle rinnovate 2", "Costo per l’Ordine, lordo 12,20 €", "Servizi che cessano 1", "Vedi le 2 caselle")
	// Two years on, each mailbox renews three times.
	v.get("/rinnovi?al=01/10/2020").must(200).says("Caselle rinnovate 6", "Costo per l’Ordine, lordo 36,60 €")
	v.get("/rinnovi?al=domani").must(422).says("«domani» non è una data")
	v.get("/rinnovi?al=01/10/2099").must(422).says("al massimo al 15/06/2023")
}

func TestRenewalListIsTheMonthMailboxByMailbox(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	s.neighbour("B2", "Conti", "Ada", "2018-10-20")
	v := s.as(Treasurer)
	a := v.get("/rinnovi/elenco?mese=2018-10").must(200)
	a.says("Rinnovi di ottobre 2018", "Morandi Elena elena.morandi@pec.ordine.example 01/10/2018 Si rinnova fino al 01/10/2019 6,10 €", "2 GB in più: cessa, credito insufficiente", "4,40 €",
		"Conti Ada ada.conti@pec.ordine.example 20/10/2018")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/rinnovi/elenco?mese=2018-10&cosa=cessano").must(200).says("Morandi Elena").saysNot("Conti Ada")
	v.get("/rinnovi/elenco?mese=2018-10&q=ada+conti").must(200).says("Conti Ada").saysNot("Morandi Elena")
	v.get("/rinnovi/elenco?mese=2018-09").must(200).says("Non scade nessuna casella")
	v.get("/rinnovi/elenco?al=01/10/2018").must(200).says("Rinnovi fino al 01/10/2018", "Morandi Elena").saysNot("Conti Ada")
	// The chip's button takes its filter away and keeps the month.
	if to := v.get("/rinnovi/elenco?mese=2018-10&q=ada&togli=q").must(303).location; to != "/rinnovi/elenco?mese=2018-10" {
		t.Errorf("taking the filter away leads to %s", to)
	}
	csv := v.get("/rinnovi/elenco/esporta?mese=2018-10&cosa=cessano&formato=csv").must(200)
	if text := string(csv.body); !strings.Contains(text, "01/10/2018;Morandi Elena;elena.morandi@pec.ordine.example;Si rinnova fino al 01/10/2019;5,00;1,10;6,10;") || strings.Contains(text, "Conti") {
		t.Errorf("the export is not what is listed: %s", text)
	}
	if csv := string(v.get("/rinnovi/esporta?formato=csv").must(200).body); !strings.Contains(csv, "ott 2018;2;2;0;0;0;10,00;2,20;12,20;0;1;4,40") {
		t.Errorf("the months' export: %s", csv)
	}
}

// TestRenewalsCountLeaversAndLateOnes: who left closes instead of renewing, and
// what fell due yesterday is said to be late.
func TestRenewalsCountLeaversAndLateOnes(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.neighbour("B2", "Conti", "Ada", "2018-06-14")
	member, _ := s.neighbour("B3", "Neri", "Ugo", "2018-12-20")
	if _, err := s.office.ChangeMemberStatus(context.Background(), "prova", member, office.StatusChange{Status: pec.MemberCancelled, On: s.today, Reason: "dimissioni"}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Secretariat)
	v.get("/rinnovi").must(200).says("1 casella aspetta ancora il rinnovo.", "Prima di oggi 1 1 –", "ago 2018 1 – 1") // 15/06 and 60 days
	v.get("/rinnovi/elenco?mese=arretrati").must(200).says("Rinnovi non ancora eseguiti", "Conti Ada").saysNot("Neri")
	v.get("/rinnovi/elenco?cosa=chiudono").must(200).says("Neri Ugo", "14/08/2018", "Si chiude: titolare non più iscritto all’albo").saysNot("Conti")
}

// TestClerkRunsTheRenewals: the review writes nothing, the button does it once.
func TestClerkRunsTheRenewals(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.neighbour("B2", "Conti", "Ada", "2018-06-14")
	s.neighbour("B3", "Neri", "Ugo", "2018-06-15")
	v := s.as(Secretariat)
	a := v.get("/rinnovi/esegui").must(200).says("Non è ancora stato scritto nulla", "Conti Ada", "Rinnova 1 casella").saysNot("Neri Ugo")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/rinnovi/esegui?fino=oggi").must(200).says("Il giorno di scadenza è tutto dell’iscritto.", "Conti Ada", "Neri Ugo", "Rinnova 2 caselle")
	for _, day := range []string{"16/06/2018", "mai", ""} {
		v.post("/rinnovi/esegui", "until", day).must(422)
	}
	s.look(func(tx *db.ReadTx) error {
		runs, err := tx.RunList(0, 0, 9)
		if len(runs) > 0 {
			t.Errorf("a refused day made %d runs", len(runs))
		}
		return err
	})

	done := v.post("/rinnovi/esegui", "until", "2018-06-14").must(303)
	v.follow(done).must(200).says("Rinnovi eseguiti fino al 14/06/2018.", "1 casella rinnovata per 6,10 € IVA compresa.", "Giulia Ferretti", "Sono riuscite tutte")
	v.get("/rinnovi/esegui").must(200).says("Fino al 14/06/2018 è tutto fatto")
	v.follow(v.post("/rinnovi/esegui", "until", "2018-06-14").must(303)).says("0 caselle rinnovate")
	v.get("/rinnovi").must(200).says("15/06/2018 alle 11:00 Giulia Ferretti 14/06/2018 Riuscita").saysNot("aspetta ancora")
	v.get("/rinnovi/esecuzioni").must(200).says("Giulia Ferretti")

	for _, role := range []Role{Treasurer, ReadOnly, Member} {
		other := s.as(role)
		other.get("/rinnovi/esegui").must(403)
		other.post("/rinnovi/esegui", "until", "2018-06-14").must(403)
	}
}

// TestRunTellsWhatFailed: without an agreement on E a mailbox stays as it was
// and the log says why.
func TestRunTellsWhatFailed(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(strings.Replace(fullYearAgreement, "2016-01-01", "2018-06-30", 1))
	s.neighbour("B2", "Conti", "Ada", "2018-06-20")
	v := s.as(Administrator)
	v.get("/rinnovi/esegui").must(200).says("Resta com’è: Il 20/06/2018 non c’è una convenzione in vigore", "Riprova")
	a := v.follow(v.post("/rinnovi/esegui", "until", "30/06/2018").must(303)).must(200)
	a.says("1 casella è rimasta com’era", "1 casella non riuscita", "ada.conti@pec.ordine.example", "Il 20/06/2018 non c’è una convenzione in vigore: la aggiunga e ripeta i rinnovi.")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/rinnovi/esecuzioni").must(200).says("1 casella non riuscita", "ada.conti@pec.ordine.example: Il 20/06/2018")
	v.get("/rinnovi/esecuzioni/99").must(404)
}

// TestRenewalsAreReadAnewAfterAChange: what is kept of the coming year is not
// kept longer than it is true.
func TestRenewalsAreReadAnewAfterAChange(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	v := s.as(ReadOnly)
	v.get("/rinnovi").must(200).says("Totale 1 1 – 5,00 € 1,10 € 6,10 € – 1 4,40 €")
	s.pays(440)
	v.get("/rinnovi").must(200).says("Totale 1 1 – 5,00 € 1,10 € 6,10 € 1 – –")
	s.on("2018-10-02")
	v = s.as(ReadOnly)
	v.get("/rinnovi").must(200).says("1 casella aspetta ancora il rinnovo.")
}

// TestLongListsGoOnAndBack pages through 120 mailboxes without losing or
// repeating one.
func TestLongListsGoOnAndBack(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	names := []string{}
	for i := range 120 {
		name := "Nome" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		names = append(names, "Prova "+name)
		s.neighbour("N"+name, "Prova", name, "2018-09-10")
	}
	v := s.as(Secretariat)
	seen, address, pages := map[string]int{}, "/rinnovi/elenco?mese=2018-09", 0
	var last *answer
	for address != "" {
		pages++
		last = v.get(address).must(200)
		address = ""
		for _, n := range names {
			if strings.Contains(last.text(), n+" ") {
				seen[n]++
			}
		}
		for _, link := range last.links() {
			if strings.Contains(link, "dopo=") {
				address = link
			}
		}
		if pages > 5 {
			t.Fatal("the list has no end")
		}
	}
	// The pager repeats the names of the first and last row, inside the same page.
	if pages != 3 || len(seen) != 120 {
		t.Fatalf("%d pages with %d of 120 mailboxes", pages, len(seen))
	}
	for n, times := range seen {
		if times != 1 {
			t.Errorf("%s is on %d pages", n, times)
		}
	}
	for _, link := range last.links() {
		if strings.Contains(link, "prima=") {
			v.get(link).must(200).says(names[50], names[99]).saysNot(names[49]+" ", names[100]+" ")
			return
		}
	}
	t.Error("no way back from the last page")
}

func TestRenewalPagesInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	s.neighbour("B2", "Conti", "Ada", "2018-06-14")
	s.neighbour("B3", "Neri", "Ugo", "2018-06-13")
	v := s.as(Secretariat)
	s.inBrowser(t,
		v.page("rinnovi", "/rinnovi"), v.page("rinnovi-elenco", "/rinnovi/elenco?mese=2018-10"), v.page("rinnovi-esegui", "/rinnovi/esegui"),
		v.page("servizi", "/servizi?q=morandi"), v.page("servizi-a-rischio", "/servizi/a-rischio"),
	)
}

// A mailbox whose renewal is paid ahead is neither renewed nor closed on its
// day: it has its own figure, so that the row adds up.
func TestMonthsCountWhatIsPaidAhead(t *testing.T) {
	s := areaSite(t, threeKinds)
	v := s.as(Secretariat)
	v.get("/caselle/" + itoa(s.mailbox) + "/rinnovo")
	v.post("/caselle/"+itoa(s.mailbox)+"/rinnovo", "auto_renew", "0").must(303)
	v.get("/rinnovi").must(200).says("ott 2018 1 – 1")
	s.pays(20000)
	v.post("/ordini/rinnovo", v.get("/ordini/rinnovo?casella="+s.address+"&kind=standard&years=1&added_gb=0").must(200).sent()...).must(303)
	v.get("/rinnovi").must(200).says("ott 2018 1 – + 1 già pagata –")
}
