package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/app/web"
	"albopec/db"

	"github.com/go-co-op/gocron/v2"
)

type serveCmd struct {
	Listen      string `default:"127.0.0.1:8080" env:"ALBOPEC_LISTEN" placeholder:"INDIRIZZO" help:"Dove ascoltare (predefinito: ${default})."`
	HTTPS       bool   `name:"behind-https" env:"ALBOPEC_BEHIND_HTTPS" help:"Le pagine si raggiungono in HTTPS, attraverso un proxy: i cookie valgono solo lì."`
	WithoutJobs bool   `help:"Senza i lavori notturni: li lancia il sistema, con «albopec job run»."`
	Public      string `name:"public-url" env:"ALBOPEC_PUBLIC_URL" placeholder:"URL" help:"Dove si raggiungono le pagine, per i collegamenti nei messaggi: https://albo.ordine.example."`
	Proxy       string `env:"ALBOPEC_PROXY" placeholder:"IP,IP" help:"Gli indirizzi del proxy di cui fidarsi."`
	mailFlags
}

func (cmd *serveCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	if o.Mailer, err = cmd.door(); err != nil {
		return err
	}
	return c.serve(o, *cmd, func(address string) error {
		return c.print(map[string]any{"address": "http://" + address}, "albopec è su http://%s", address)
	})
}

// idle is how long a session lives without a page.
const idle = 30 * time.Minute

func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, pec.Refuse("listen_failed", "Non si può ascoltare su «%s»: %s. Scriva --listen come 127.0.0.1:8080.", address, why(err))
	}
	return listener, nil
}

// serve runs the pages and the nightly jobs until the command is told to stop,
// then lets what is under way finish.
func (c *call) serve(o *office.Office, cmd serveCmd, ready func(address string) error) error {
	listener, err := listen(cmd.Listen)
	if err != nil {
		return err
	}
	sessions := db.NewSessions(o.DB, idle)
	app := web.New(web.Config{
		Office: o, Reader: o.DB.Reader, Sessions: sessions, Throttles: db.NewThrottles(o.DB),
		Today: o.Today, Now: o.Now, Idle: idle, SecureCookies: cmd.HTTPS, Proxies: splitList(cmd.Proxy), Logger: slog.Default(),
		Public: cmd.Public, Scheduled: !cmd.WithoutJobs,
	})
	if err := o.EndInterrupted(c.ctx); err != nil {
		return err
	}
	stopJobs := func() error { return nil }
	if !cmd.WithoutJobs {
		jobs, err := schedule(c.ctx, o)
		if err != nil {
			return err
		}
		stopJobs = jobs.Shutdown
	}
	stopped := make(chan error, 1)
	go func() { stopped <- app.Listener(listener) }()
	err = ready(listener.Addr().String())
	select {
	case serr := <-stopped:
		err = errors.Join(err, serr)
	case <-c.ctx.Done():
		err = errors.Join(err, app.ShutdownWithTimeout(20*time.Second))
		<-stopped
	}
	o.StopMaking()
	return errors.Join(err, stopJobs(), sessions.Close())
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// schedule starts the jobs: each day at their times in Rome, and once now for
// the time the program was off. Those go one after the other, the renewals
// first: notices too carry out what is overdue (R6), and would take from the
// renewals' figures what both found at once.
func schedule(ctx context.Context, o *office.Office) (gocron.Scheduler, error) {
	s, err := gocron.NewScheduler(gocron.WithLocation(pec.Rome))
	if err != nil {
		return nil, fmt.Errorf("scheduler: %w", err)
	}
	for _, job := range office.Jobs {
		when := gocron.JobDefinition(gocron.DurationJob(job.Every))
		if job.Every == 0 {
			when = gocron.DailyJob(1, gocron.NewAtTimes(gocron.NewAtTime(uint(job.Hour), uint(job.Minute), 0)))
		}
		options := []gocron.JobOption{gocron.WithName(job.Code), gocron.WithSingletonMode(gocron.LimitModeReschedule)}
		if _, err := s.NewJob(when, gocron.NewTask(func() { runJob(ctx, o, job) }), options...); err != nil {
			return nil, fmt.Errorf("job %s: %w", job.Code, err)
		}
	}
	start := func() {
		for _, job := range office.Jobs {
			if job.AtStart && ctx.Err() == nil {
				runJob(ctx, o, job)
			}
		}
	}
	if _, err := s.NewJob(gocron.OneTimeJob(gocron.OneTimeJobStartImmediately()), gocron.NewTask(start)); err != nil {
		return nil, fmt.Errorf("jobs at start: %w", err)
	}
	s.Start()
	return s, nil
}

// runJob carries a job out and writes it into the log; the minute's sending is
// mentioned when it did something only.
func runJob(ctx context.Context, o *office.Office, job office.Job) {
	run, err := o.RunJob(ctx, office.ActorNight, job)
	switch problem := pec.AsProblem(err); {
	case problem != nil && problem.Code == "job_running": // at its time and at the start
	case err != nil && ctx.Err() == nil:
		slog.Error("job", "job", job.Code, "error", err)
	case job.Every == 0 || run.Failed:
		slog.Info("job", "job", job.Code, "failed", run.Failed, "said", run.Said)
	}
}

// isTerminal reports whether progress may be shown.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
