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
	Listen string `default:"127.0.0.1:8080" env:"ALBOPEC_LISTEN" placeholder:"INDIRIZZO" help:"Dove ascoltare (predefinito: ${default})."`
	HTTPS  bool   `name:"behind-https" env:"ALBOPEC_BEHIND_HTTPS" help:"Le pagine si raggiungono in HTTPS, attraverso un proxy: i cookie valgono solo lì."`
	Proxy  string `env:"ALBOPEC_PROXY" placeholder:"IP,IP" help:"Gli indirizzi del proxy di cui fidarsi."`
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
	})
	jobs, err := nightly(c.ctx, o)
	if err != nil {
		return err
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
	return errors.Join(err, jobs.Shutdown(), sessions.Close())
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// Times of the jobs, in Rome: after midnight what fell due the day before, in
// the morning the notices. Neither falls into the hour that comes twice or not
// at all when clocks change.
var (
	renewAt  = gocron.NewAtTime(1, 10, 0)
	notifyAt = gocron.NewAtTime(7, 30, 0)
)

// sendEvery is how often messages that wait are sent.
const sendEvery = time.Minute

// nightly starts the jobs: the renewals each night for what fell due up to the
// day before (R6), the notices each morning (R21), both once now for the time
// the program was off; and, all day, the messages that wait (R22).
func nightly(ctx context.Context, o *office.Office) (gocron.Scheduler, error) {
	s, err := gocron.NewScheduler(gocron.WithLocation(pec.Rome))
	if err != nil {
		return nil, fmt.Errorf("scheduler: %w", err)
	}
	daily := func(at gocron.AtTime) gocron.JobDefinition { return gocron.DailyJob(1, gocron.NewAtTimes(at)) }
	for _, job := range []struct {
		name string
		when gocron.JobDefinition
		run  func()
	}{
		{"rinnovi", daily(renewAt), func() { renewTonight(ctx, o) }},
		{"avvisi", daily(notifyAt), func() { notifyToday(ctx, o) }},
		{"posta", gocron.DurationJob(sendEvery), func() { sendMail(ctx, o) }},
	} {
		_, err = s.NewJob(job.when, gocron.NewTask(job.run), gocron.WithName(job.name),
			gocron.WithSingletonMode(gocron.LimitModeReschedule), gocron.WithStartAt(gocron.WithStartImmediately()))
		if err != nil {
			return nil, fmt.Errorf("job %s: %w", job.name, err)
		}
	}
	s.Start()
	return s, nil
}

func renewTonight(ctx context.Context, o *office.Office) {
	done, err := o.Renew(ctx, office.ActorNight, o.Today().AddDays(-1))
	if err != nil {
		slog.Error("nightly renewals", "error", err)
		return
	}
	slog.Info("nightly renewals", "until", done.Until.String(), "renewed", done.Renewed, "closed", done.Closed, "failed", len(done.Failed))
}

func notifyToday(ctx context.Context, o *office.Office) {
	done, err := o.RaiseNotices(ctx, office.ActorNight, false)
	if err != nil {
		slog.Error("notices", "error", err)
		return
	}
	slog.Info("notices", "on", done.On.String(), "raised", done.Raised, "on_paper", done.OnPaper, "failed", len(done.Failed))
	if _, err := o.Summarise(ctx, office.ActorNight); err != nil {
		slog.Error("summary of sending", "error", err)
	}
}

func sendMail(ctx context.Context, o *office.Office) {
	done, err := o.SendMail(ctx, office.ActorNight)
	switch {
	case err != nil && ctx.Err() == nil:
		slog.Error("sending messages", "error", err)
	case done.Sent+done.Failed > 0:
		slog.Info("messages", "sent", done.Sent, "failed", done.Failed, "waiting", done.Waiting)
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
