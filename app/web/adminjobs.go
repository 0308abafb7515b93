package web

import (
	"context"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// jobsPage is what the program does by itself, and how it went.
type jobsPage struct {
	Frame
	Jobs      []jobLine
	Scheduled bool
}

type jobLine struct {
	Code, Title, What string
	When              string // "ogni giorno alle 01:10"
	Last, Who         string
	Outcome, Kind     string // how it went; a badge where that is out of the ordinary
	Next              string
}

func (s *site) jobs(c *fiber.Ctx) error {
	p := jobsPage{Frame: s.frame(c, "Lavori", Crumb{"Amministrazione", "/amministrazione"}), Scheduled: s.Scheduled}
	p.Lead = "Che cosa il programma fa da sé, com’è andata e quando tocca di nuovo"
	err := s.read(c, func(tx *db.ReadTx) error {
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		lines, err := s.office.JobLines(tx)
		for _, l := range lines {
			p.Jobs = append(p.Jobs, s.jobLine(l, names))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "adminjobs", &p)
}

func (s *site) jobLine(l office.JobLine, names actorNames) jobLine {
	line := jobLine{Code: l.Job.Code, Title: l.Job.Title, What: l.Job.What, When: "ogni minuto"}
	if l.Job.Every == 0 {
		line.When = fmt.Sprintf("ogni giorno alle %02d:%02d", l.Job.Hour, l.Job.Minute)
		line.Next = moment(l.NextAt)
	}
	if !l.Ran {
		line.Outcome = "Mai eseguito"
		return line
	}
	line.Last, line.Who, line.Outcome = moment(l.Run.StartedAt), names.of(l.Run.Actor), l.Run.Said
	switch {
	case l.Under:
		line.Outcome, line.Kind = "In corso", "secondary"
	case l.Run.FinishedAt.IsZero():
		line.Outcome, line.Kind = "Interrotto: la volta dopo riprende da dove era.", "warning"
	case l.Run.Failed:
		line.Kind = "danger"
	}
	return line
}

// jobPatience is how long the page waits for a job before it says that the job
// is under way.
const jobPatience = 3 * time.Second

// runJob carries a job out now. It goes on when the page is left.
func (s *site) runJob(c *fiber.Ctx) error {
	job, err := office.JobByCode(c.Params("code"))
	if err != nil {
		return err
	}
	type ended struct {
		run db.JobRun
		err error
	}
	done := make(chan ended, 1)
	actor := who(c).Actor()
	go func() {
		run, err := s.office.RunJob(context.Background(), actor, job)
		if err != nil && pec.AsProblem(err) == nil {
			s.log.Error("job", "job", job.Code, "error", err)
		}
		done <- ended{run, err}
	}()
	const to = "/amministrazione/lavori"
	select {
	case e := <-done:
		problem := pec.AsProblem(e.err)
		switch {
		case problem != nil:
			return s.told(c, to, Alert{Kind: "warning", Strong: problem.Message})
		case e.err != nil || e.run.Failed:
			return s.told(c, to, Alert{Kind: "danger", Strong: job.Title + ":", Text: e.run.Said})
		}
		return s.done(c, to, job.Title+":", e.run.Said)
	case <-time.After(jobPatience):
		return s.told(c, to, Alert{Kind: "primary", Strong: "«" + job.Title + "» è in corso.", Text: "Può lasciare la pagina; qui ne vedrà l’esito."})
	}
}
