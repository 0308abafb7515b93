package pec

import "slices"

// Forecast is what awaits a mailbox on the day of its renewal or closing, as
// the member's book stands today. It says what Renewals will decide, and what a
// top-up would change.
type Forecast struct {
	On      Date  // the day; zero for a mailbox without a term that runs
	Mailbox Event // EventRenewed, EventClosed or EventFailed
	// Services are those of the mailbox on that day, renewed or ended, in the
	// order in which they are taken (R19); before them those that end earlier,
	// since a renewal already paid leaves them out.
	Services []Event
	// Cost is what it takes, gross and net, to renew every service of the mailbox
	// whose renewal is on.
	Cost Amounts
	// Missing is a top-up, made today, after which no service of the mailbox ends
	// for lack of credit; 0 when none does. A top-up settles first what is owed and
	// then pays what waits (R14, R13), and the renewals of other mailboxes may come
	// before: all that is in it.
	Missing Cents
	// Whole is the least top-up, made today, after which nothing is owed, every
	// order that waits and can complete is completed, and all services are renewed up
	// to and including the day: Missing, or more than it when the credit does for the
	// renewal only as long as older orders are not paid. They take it first (R13). 0
	// when nothing is missing, or when no service of the mailbox asks for credit.
	Whole Cents
	// Lack is how Whole is made up.
	Lack Lack
	// Asked is what an order that renews the mailbox as it is costs, when without
	// one it closes (R18): the one that waits, or one made today for AskedYears.
	// Zero when none is needed, or none can be made.
	Asked      Amounts
	AskedYears int
	// AskedMissing is the top-up, made today, that Asked lacks.
	AskedMissing Cents
	// Order is the order of renewal that waits, and PayBy the last day on which it
	// can be paid; 0 for none.
	Order int64
	PayBy Date
	// Stopped tells of that order that it cannot be paid while the mailbox is
	// suspended: a payment would cancel it, so that none is asked for.
	Stopped bool
}

// Ends reports the reason for which a service ends on the day; false when it
// does not.
func (f Forecast) Ends(service int64) (EndReason, bool) {
	for _, e := range f.Services {
		if e.ServiceID == service && e.Kind == EventServiceEnded {
			return e.EndReason, true
		}
	}
	return "", false
}

// Renewal is the event by which a service is renewed on the day; false when it
// is not.
func (f Forecast) Renewal(service int64) (Event, bool) {
	for _, e := range f.Services {
		if e.ServiceID == service && e.Kind == EventServiceRenewed {
			return e, true
		}
	}
	return Event{}, false
}

// WhyCloses says why the mailbox closes on the day: Italian, to go on from there.
func (f Forecast) WhyCloses(m Mailbox) string {
	switch {
	case f.Mailbox.CloseReason != CloseNotRenewed:
	case !m.TurnsOn.IsZero():
		return "il periodo dal " + m.TurnsOn.Italian() + " è già pagato, e dopo serve un altro ordine di rinnovo"
	case f.Stopped:
		return "l’ordine di rinnovo che aspetta non si può pagare finché la casella è sospesa"
	case f.Order != 0:
		return "l’ordine di rinnovo aspetta il pagamento, " + Lacking(f.AskedMissing)
	}
	return f.Mailbox.CloseReason.Ahead()
}

// Forecast plays the book forward to the day on which a mailbox is renewed or
// closes.
//
// With 1,70 € of credit and 2 GB at 2,50 €: on E they cost 6,10 €, end for lack
// of credit, and 4,40 € are missing.
func (b Book) Forecast(agreements []Agreement, mailbox int64, today Date) Forecast {
	i := slices.IndexFunc(b.Mailboxes, func(m Mailbox) bool { return m.ID == mailbox })
	if i < 0 || !b.Mailboxes[i].Status.Running() {
		return Forecast{}
	}
	through := b.Mailboxes[i].ExpiresOn
	if !b.Status.OnRegister() {
		through = b.ClosesOn(b.Mailboxes[i], agreements)
	}
	events, _ := Renewals(b, agreements, through)
	f := Forecast{}
	for _, e := range events {
		if e.MailboxID != mailbox {
			continue
		}
		switch e.Kind {
		case EventRenewed, EventClosed, EventFailed:
			if f.On.IsZero() {
				f.On, f.Mailbox = e.On, e
			}
		case EventServiceRenewed, EventServiceEnded:
			if e.On == f.On || f.On.IsZero() && e.Kind == EventServiceEnded {
				f.Services = append(f.Services, e)
			}
		}
	}
	f.Cost = b.renewalCost(agreements, mailbox, f.On)
	ends := slices.ContainsFunc(f.Services, func(e Event) bool { return e.EndReason == EndNoCredit || e.EndReason == EndClaim })
	if ends || len(b.Waiting) > 0 && f.takesCredit() {
		lack := b.lackThrough(agreements, today, f.On, mailbox)
		if f.Whole = lack.Missing(); f.Whole > 0 {
			f.Lack = lack
		}
		if ends {
			f.Missing = f.Whole
		}
	}
	if f.Mailbox.CloseReason == CloseNotRenewed {
		b.ask(&f, agreements, b.Mailboxes[i], today)
	}
	return f
}

// takesCredit reports whether a service is renewed from the credit on the day.
func (f Forecast) takesCredit() bool {
	return slices.ContainsFunc(f.Services, func(e Event) bool {
		return e.Kind == EventServiceRenewed && e.Renewal == nil && e.Price.Gross > 0
	})
}

// ask fills in what a renewal by order takes.
func (b Book) ask(f *Forecast, agreements []Agreement, m Mailbox, today Date) {
	i := slices.IndexFunc(b.Waiting, func(w WaitingOrder) bool { return w.MailboxID == m.ID && w.Renewal != nil && w.Renewal.Years > 0 })
	if i >= 0 {
		w := b.Waiting[i]
		f.PayBy = w.PayBy(m.ExpiresOn)
		f.Order, f.AskedYears, f.Asked = w.ID, w.Renewal.Years, Amounts{Net: w.Net, VAT: w.Gross - w.Net, Gross: w.Gross}
		lack := b.LackOf(agreements, w.ID, w.Gross, today)
		if f.Stopped = lack.Refuses != ""; !f.Stopped {
			f.AskedMissing = lack.Missing()
		}
		return
	}
	later, _ := InForce(agreements, m.ExpiresOn)
	kind, ok := later.Kind(m.Kind)
	if !ok {
		return
	}
	years := m.TermYears
	if !slices.Contains(kind.Terms, years) {
		years = slices.Min(kind.Terms)
	}
	q, err := b.QuoteRenewal(agreements, m.ID, today, RenewalWish{Years: years})
	if err != nil {
		return // something stands in the way: its page says what
	}
	f.AskedYears, f.Asked = years, q.Price
	if q.Price.Gross > b.Credit { // it will wait behind those that wait already
		f.AskedMissing = b.LackBehind(agreements, q.Price.Gross, today).Missing()
	}
}

// renewalCost is what the services of a mailbox cost on its day, were there
// credit for all.
func (b Book) renewalCost(agreements []Agreement, mailbox int64, on Date) Amounts {
	rich := b.clone()
	rich.Credit, rich.Claim, rich.Waiting = plenty, 0, nil
	events, _ := Renewals(rich, agreements, on)
	var cost Amounts
	for _, e := range events {
		if e.Kind == EventServiceRenewed && e.MailboxID == mailbox && e.On == on {
			cost = cost.Plus(e.Price)
		}
	}
	return cost
}
