package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// postbox plays the mail server of a test site: it refuses whom it is told to.
type postbox struct {
	refuse map[string]string
	got    []pec.Mail
}

func (p *postbox) Sender() string { return "segreteria@ordine.example" }

func (p *postbox) Send(_ context.Context, m pec.Mail) pec.MailResult {
	if why := p.refuse[m.To]; why != "" {
		return pec.MailResult{Outcome: pec.MailRefused, Reply: why}
	}
	p.got = append(p.got, m)
	return pec.MailResult{Outcome: pec.MailAccepted, Reply: "250 ok"}
}

// reminded is a site on the day of Elena's 30-day notice: her mailbox expires on
// 01/10/2018, with 1 GB bought on 07/12/2017 and no credit. Ugo, who has no
// e-mail, is in the same state; Ida has no services.
func reminded(t *testing.T) *testSite {
	t.Helper()
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	ugo, box := s.neighbour("A2", "Belli", "Ugo", "2018-10-01")
	s.neighbour("A3", "Conti", "Ida", "2018-09-15")
	for _, p := range []struct {
		member  int64
		address string
	}{{s.member, s.address}, {ugo, "ugo.belli@pec.ordine.example"}} {
		s.today = pec.Day("2017-12-07")
		if p.member == ugo {
			s.write(func(tx *db.Tx) error {
				_, err := tx.AddPeriod(db.Period{MailboxID: box, StartsOn: pec.Day("2017-10-01"), EndsOn: pec.Day("2018-10-01"), Origin: "activation"})
				return err
			})
		}
		if _, err := s.office.TopUp(context.Background(), "prova", office.Payment{MemberID: p.member, Amount: 305, Method: pec.ByCounter, Reference: fmt.Sprint("R", p.member)}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.office.Order(context.Background(), "prova", office.Purchase{Address: p.address, Product: pec.InboxGB, Quantity: 1}); err != nil {
			t.Fatal(err)
		}
	}
	s.today = pec.Day("2018-09-01")
	s.now = s.today.Time().Add(8 * 60 * 60 * 1e9)
	return s
}

// sendAll hands what waits to the server.
func (s *testSite) sendAll() office.Sending {
	s.t.Helper()
	done, err := s.office.SendMail(context.Background(), office.ActorNight)
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

// messageSample is a message for the pages that show one.
func (s *testSite) messageSample() string {
	s.t.Helper()
	var list []db.MessageListed
	s.look(func(tx *db.ReadTx) (err error) {
		list, err = tx.MessageList(db.MessageFilter{Member: s.member})
		return err
	})
	if len(list) == 0 {
		s.t.Fatal("Elena has no message")
	}
	return fmt.Sprint(list[0].ID)
}

// On 01/09/2018, thirty days before E, the clerk prepares the notices, sees them
// wait, leave, fail and go on paper.
func TestNoticesFromPreparedToPosted(t *testing.T) {
	s := reminded(t)
	v := s.as(Secretariat)
	v.get("/avvisi").must(200).says("Invio non configurato.", "finora non è mai stato fatto")
	v.get("/avvisi/prepara").must(200).says("Avviso dei 30 giorni 2", "Totale 2", "1 va su carta", "Prepara 2 avvisi")
	v.follow(v.post("/avvisi/prepara")).must(200).says("2 avvisi preparati.", "Da inviare 3", "Da spedire su carta 2", "Avvisi di scadenza preparati l’ultima volta il 01/09/2018 alle 10:00: 2.", "Avviso di scadenza", "elena@posta.example")
	v.follow(v.post("/avvisi/prepara")).says("Nessun avviso da preparare.")

	server := &postbox{refuse: map[string]string{"elena@posta.example": "550 casella inesistente"}}
	s.office.Mailer = server
	if done := s.sendAll(); done.Failed != 1 { // the receipts of December are of no use any more
		t.Fatalf("%+v", done)
	}
	v.get("/avvisi").says("I messaggi partono da segreteria@ordine.example", "Nessun messaggio da inviare").saysNot("Invio non configurato")
	v.get("/avvisi/non-riusciti").says("Morandi Elena", "550 casella inesistente", "Non è partito entro il 06/01/2018", "Riprova tutti")
	v.get("/").says("Avvisi non partiti 4", "Da correggere", "1 da spedire su carta") // with what December’s payment and purchases were told
	v.get("/avvisi/perche").says("Morandi Elena", "L’avviso dei 30 giorni è stato preparato il 01/09/2018. Il prossimo è del 16/09/2018.", "Non riuscito", "550 casella inesistente",
		"Conti Ida", "La casella si rinnova da sola a spese dell’Ordine e non ha servizi")

	server.refuse = nil
	v.follow(v.post("/avvisi/non-riusciti")).says("1 messaggio è di nuovo da inviare.")
	s.sendAll()
	v.get("/avvisi/inviati").says("Morandi Elena", "Inviato", "01/09/2018 alle 10:00")
	v.get("/avvisi/perche?q=morandi").says("Inviato il 01/09/2018 alle 10:00 a elena@posta.example").saysNot("Conti")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).says("Avviso di scadenza: invio a elena@posta.example", "Casella PEC elena.morandi@pec.ordine.example: scadenza del 01/10/2018")
	v.get(fmt.Sprint("/iscritti/", s.member)).says("Avviso di scadenza: invio a elena@posta.example")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Messaggio inviato", "Messaggio non riuscito", "Avviso di scadenza preparato", "scadenza 01/10/2018, giorni prima: 30", "tentativo 1")
}

func TestLettersForWhoHasNoEmail(t *testing.T) {
	s := reminded(t)
	v := s.as(Secretariat)
	v.post("/avvisi/prepara")
	list := v.get("/avvisi/carta").must(200).says("Belli Ugo", "Manca", "Segna come spedite")
	pdf := v.get("/avvisi/carta/lettere").must(200)
	if !strings.HasPrefix(string(pdf.body), "%PDF") || pdf.header.Get("Content-Type") != mimePDF {
		t.Errorf("not a PDF: %.20q", pdf.body)
	}
	v.follow(v.post("/avvisi/carta")).says("Nessuna lettera spuntata.")
	var fields []string
	for _, box := range list.all("input") {
		if attribute(box, "name") == "id" {
			fields = append(fields, "id", attribute(box, "value"))
		}
	}
	v.follow(v.post("/avvisi/carta", fields...)).says("2 lettere spedite.", "Nessuna lettera da spedire")
	v.get("/avvisi/inviati").says("Spedito su carta")
	s.as(ReadOnly).get("/avvisi/carta").must(200).saysNot("Segna come spedite")
}

func TestAMessageSaysWhatBecameOfIt(t *testing.T) {
	s := reminded(t)
	v := s.as(Secretariat)
	v.post("/avvisi/prepara")
	address := "/avvisi/" + s.messageSample()
	v.get(address).says("Gentile Elena Morandi,", "1 GB in più cessa: credito insufficiente.", "Manca: 3,05 €", "invio non configurato", "Ancora nessuno.")
	s.office.Mailer = &postbox{refuse: map[string]string{"elena@posta.example": "550 casella inesistente"}}
	s.sendAll()
	v.get(address).says("Non riuscito", "Rifiutato", "550 casella inesistente", "Riprova ora", "Spedisci su carta")
	s.as(ReadOnly).get(address).must(200).saysNot("Riprova ora")
	v.follow(v.post(address + "/carta")).says("Il messaggio è tra quelli da spedire su carta.")
	v.follow(v.post(address + "/riprova")).says("Il messaggio è di nuovo da inviare.")
	s.office.Mailer = &postbox{}
	s.sendAll()
	v.get(address).says("Inviato", "il 01/09/2018 alle 10:00", "Accettato dal server di posta").saysNot("Riprova ora")
	v.post(address + "/riprova").must(422).says("Il messaggio è inviato: non si invia di nuovo.")
	v.get("/avvisi/99999").must(404)
	v.get("/avvisi/altro").must(404)
}

// A text is seen before it is saved; one that is not sound comes back with what
// was typed.
func TestTextsAreEditedWithAPreview(t *testing.T) {
	s := reminded(t)
	v := s.as(Secretariat)
	v.get("/avvisi/testi").must(200).says("Avviso di scadenza", "Conferma di acquisto", "Ordine in attesa di pagamento", "Ordine annullato dalla segreteria", "Ricarica registrata", "Ricarica stornata", "Richiesta di accesso a una casella", "Di partenza")
	page := "/avvisi/testi/notice"
	v.get(page).must(200).says("{{che_cosa}}", "Gentile Elena Morandi,", "fra 30 giorni").saysNot("Torna al testo di partenza")
	v.post(page, "azione", "anteprima", "subject", "Scade {{casella}}", "body", "Buongiorno {{nome}}").must(200).says("Scade elena.morandi@pec.ordine.example", "Buongiorno Elena Morandi")
	v.get(page).saysNot("Buongiorno")
	v.post(page, "azione", "salva", "subject", "Scade", "body", "Caro {{cognome}}, a presto").must(422).says("Il campo «{{cognome}}» non esiste in questo messaggio", "Caro {{cognome}}, a presto", "L’anteprima torna quando il testo è corretto.")
	v.post(page, "azione", "anteprima", "subject", "", "body", "Testo").must(422).says("Scriva l’oggetto del messaggio.")
	v.follow(v.post(page, "azione", "salva", "subject", "Scade {{casella}}", "body", "Buongiorno {{nome}}")).says("Testo salvato.", "Torna al testo di partenza")
	v.get("/avvisi/testi").says("Giulia Ferretti")
	v.post("/avvisi/prepara")
	v.get("/avvisi/"+s.messageSample()).says("Scade elena.morandi@pec.ordine.example", "Buongiorno Elena Morandi")
	v.follow(v.post(page+"/ripristina")).says("È di nuovo in uso il testo di partenza.", "{{che_cosa}}")
	for _, kind := range []pec.MessageKind{pec.MessageOrderWaiting, pec.MessageOrderCancelled, pec.MessageToppedUp, pec.MessageTopUpReversed, pec.MessageSuspended, pec.MessageReactivated} {
		v.post("/avvisi/testi/"+string(kind), "azione", "anteprima", "subject", "Prova", "body", "Buongiorno {{nome}}").must(200).says("Buongiorno Elena Morandi")
	}
	v.get("/avvisi/testi/altro").must(404)
	s.as(ReadOnly).get(page).must(200).saysNot("Salva il testo")
	s.as(ReadOnly).post(page, "subject", "x", "body", "y").must(403)
}

// The lists with something in each: what waits since the 15-day notice, what
// left (the summary for the secretariat), what failed, what goes on paper.
func TestNoticePagesInABrowser(t *testing.T) {
	s := reminded(t)
	v := s.as(Secretariat)
	v.post("/avvisi/prepara")
	s.office.Mailer = &postbox{refuse: map[string]string{"elena@posta.example": "Destinatario non accettato: 550 5.1.1 casella inesistente"}}
	s.sendAll()
	message := s.messageSample()
	s.today, s.now = pec.Day("2018-09-02"), s.now.AddDate(0, 0, 1)
	if n, err := s.office.Summarise(context.Background(), office.ActorNight); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	s.sendAll()
	s.today, s.now = pec.Day("2018-09-16"), s.now.AddDate(0, 0, 14)
	v = s.as(Secretariat) // two weeks later the log-in is a new one
	v.get("/avvisi/prepara").says("Avviso dei 15 giorni 2")
	v.post("/avvisi/prepara")
	v.get("/avvisi/inviati").says("La segreteria", "giulia@ordine.example")
	v.get("/avvisi").says("Avviso di scadenza", "Morandi Elena")
	s.inBrowser(t,
		v.page("avvisi", "/avvisi"), v.page("avvisi-prepara", "/avvisi/prepara"),
		v.page("avvisi-inviati", "/avvisi/inviati"), v.page("avvisi-non-riusciti", "/avvisi/non-riusciti"), v.page("avvisi-carta", "/avvisi/carta"),
		v.page("avvisi-perche", "/avvisi/perche"), v.page("avvisi-testi", "/avvisi/testi"), v.page("avvisi-testo", "/avvisi/testi/notice"),
		v.page("avviso", "/avvisi/"+message), v.page("scrivania-avvisi", "/"),
	)
}
