// Package office does: one method is one thing that an operator, a member or
// the night does, in one write transaction with its audit entry. It loads,
// lets pec decide, and writes. It also holds the reads that pages and command
// line share.
//
// Before anything is written on a member's credit or mailbox, what is overdue
// for that member is carried out in the same transaction (R6): see carryOut.
package office

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// Office is the Ordine's office: a database and a calendar.
type Office struct {
	DB *db.DB
	// Now is the clock for what is logged.
	Now func() time.Time
	// Today is the program's day: Rome's, unless a past or future day is played.
	Today func() pec.Date
	Log   *slog.Logger
	// Mailer sends what waits to be sent; nil while sending is not set up.
	Mailer Mailer
	// Spawn starts what is made beside a request; tests make it wait.
	Spawn func(f func())

	batch int // members that one transaction of a run takes; 0 is batchSize

	jobs      sync.Map                         // codes of the jobs that are under way
	importing atomic.Pointer[db.ImportRunning] // the import that is being written, nil for none
	documents *documentDesk
}

// New returns an office that works on the days of Rome.
func New(d *db.DB) *Office {
	return &Office{
		DB:    d,
		Now:   time.Now,
		Today: func() pec.Date { return pec.DateOf(time.Now()) },
		Log:   slog.Default(),
		Spawn: func(f func()) { go f() },

		documents: newDocumentDesk(),
	}
}

// Actors that are not persons who logged in.
const (
	ActorCommand = "riga di comando"
	ActorNight   = "lavoro notturno"
)

// actorLink is a member who came by a one-time link.
const actorLink = "collegamento personale"

func (o *Office) write(ctx context.Context, actor string, f func(*db.Tx) error) error {
	return o.DB.Write(ctx, o.stamp(actor), f)
}

func (o *Office) stamp(actor string) db.Stamp {
	return db.Stamp{Now: o.Now(), On: o.Today(), Actor: actor}
}

// notBefore refuses a day before the latest event of a member or mailbox: the
// books of one person go forward only.
func notBefore(on pec.Date, what string, last pec.Date) error {
	if last.IsZero() || !on.Before(last) {
		return nil
	}
	return pec.Refuse("day_before_last_event", "Il %s non si può più registrare nulla su %s: l’ultimo evento è del %s.", on.Italian(), what, last.Italian())
}

// inOrder refuses a day before the latest event of a mailbox or of its holder.
func inOrder(tx *db.Tx, box db.MailboxRow) error {
	holder, err := tx.Member(box.MemberID)
	if err != nil {
		return err
	}
	return inOrderFor(tx.On, box, holder)
}

func inOrderFor(on pec.Date, box db.MailboxRow, holder db.MemberRow) error {
	if err := notBefore(on, "questa casella", box.LastEventOn); err != nil {
		return err
	}
	return notBefore(on, "questo iscritto", holder.LastEventOn)
}

// agreementOn returns the agreement in force on a day.
func agreementOn(tx *db.ReadTx, on pec.Date) (pec.Agreement, error) {
	list, err := tx.Agreements()
	if err != nil {
		return pec.Agreement{}, err
	}
	a, ok := pec.InForce(list, on)
	if !ok {
		return a, pec.Refuse("agreement_missing", "Il %s non c’è una convenzione in vigore: la aggiunga in Convenzioni.", on.Italian())
	}
	return a, nil
}
