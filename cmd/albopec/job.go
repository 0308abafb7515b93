package main

import (
	"fmt"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

type jobListCmd struct{}

type jobLine struct {
	Job     string `json:"job"`
	Daily   string `json:"daily"`    // "01:10", empty for what runs again and again
	LastRun any    `json:"last_run"` // instant in UTC, null when it never ran
	Failed  bool   `json:"failed"`
	Said    string `json:"said"`
}

func (cmd *jobListCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	var lines []office.JobLine
	if err := o.DB.Read(c.ctx, func(tx *db.ReadTx) (err error) {
		lines, err = o.JobLines(tx)
		return err
	}); err != nil {
		return err
	}
	said, list := "", []jobLine{}
	for i, l := range lines {
		line := jobLine{Job: l.Job.Code, Failed: l.Run.Failed, Said: l.Run.Said}
		when, last := "ogni minuto", "mai eseguito"
		if l.Job.Every == 0 {
			line.Daily = fmt.Sprintf("%02d:%02d", l.Job.Hour, l.Job.Minute)
			when = "alle " + line.Daily
		}
		if l.Ran {
			line.LastRun = l.Run.StartedAt.UTC().Format(time.RFC3339)
			last = "ultima volta il " + l.Run.StartedAt.In(pec.Rome).Format("02/01/2006 alle 15:04") + ": " + l.Run.Said
		}
		list = append(list, line)
		if i > 0 {
			said += "\n"
		}
		said += fmt.Sprintf("%-13s %s, %s; %s", l.Job.Code, l.Job.Title, when, last)
	}
	return c.print(map[string]any{"jobs": len(list), "list": list}, "%s", said)
}

type jobRunCmd struct {
	mailFlags
	Job string `arg:"" name:"lavoro" help:"Il lavoro, come lo elenca «job list»."`
}

func (cmd *jobRunCmd) Run(c *call) error {
	job, err := office.JobByCode(cmd.Job)
	if err != nil {
		return err
	}
	o, err := c.office()
	if err != nil {
		return err
	}
	if o.Mailer, err = cmd.door(); err != nil {
		return err
	}
	run, err := o.RunJob(c.ctx, office.ActorCommand, job)
	if err != nil {
		return err
	}
	if err := c.print(map[string]any{"job": job.Code, "failed": run.Failed, "said": run.Said}, "%s: %s", job.Title, run.Said); err != nil {
		return err
	}
	if run.Failed {
		return errReported
	}
	return nil
}
