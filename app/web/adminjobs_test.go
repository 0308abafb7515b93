package web

import (
	"testing"
	"time"

	"albopec/db"
)

// TestClerkRunsAJob: everybody of the secretariat sees how the jobs went; clerks
// run one now.
func TestClerkRunsAJob(t *testing.T) {
	s := newTestSite(t, "2018-10-13")
	clerk, reader := s.as(Secretariat), s.as(ReadOnly)
	const page = "/amministrazione/lavori"
	reader.get(page).must(200).says("Rinnovi e chiusure", "Ogni giorno alle 01:10.", "Mai eseguito", "Qui i lavori non partono da soli.").saysNot("Esegui ora")
	reader.post(page + "/renewals").must(403)
	s.as(Treasurer).post(page + "/renewals").must(403)
	clerk.get(page).must(200).says("Esegui ora")
	clerk.follow(clerk.post(page+"/renewals").must(303)).says("Rinnovi e chiusure: Fino al 12/10/2018: rinnovi 0, chiusure 0", "13/10/2018", "Giulia Ferretti")
	clerk.follow(clerk.post(page + "/mail").must(303)).says("Invio non configurato: messaggi in attesa 0.")
	clerk.post(page + "/caffe").must(404)

	s.Scheduled = true
	clerk.get(page).must(200).says("14/10/2018 alle 01:10", "entro un minuto").saysNot("non partono da soli")

	// One that was cut short says so.
	s.write(func(tx *db.Tx) error { return tx.BeginJob("backup") })
	clerk.get(page).must(200).says("Interrotto: la volta dopo riprende da dove era.")
	s.now = s.now.Add(time.Hour)
	// The books of a test site have a fault, which a copy of them has too.
	clerk.follow(clerk.post(page+"/backup").must(303)).says("non è integra", "Non riuscito")
	s.as(Administrator).get("/amministrazione").must(200).says("Lavori", "1 non riuscito")
}

func TestJobsInABrowser(t *testing.T) {
	s := newTestSite(t, "2018-10-13")
	s.Scheduled = true
	v := s.as(Secretariat)
	v.post("/amministrazione/lavori/renewals").must(303)
	s.inBrowser(t, v.page("lavori", "/amministrazione/lavori"))
}
