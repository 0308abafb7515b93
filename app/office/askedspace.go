package office

import (
	"context"
	"slices"

	"albopec/app/pec"
	"albopec/db"
)

// SpaceAsked is inbox space asked for together with a mailbox that is not active
// yet.
type SpaceAsked struct {
	Address  string
	GB       int      // beyond the kind's base; 0 takes the wish back
	ByMember int64    // as in Purchase
	Accepted []string // as in Purchase
}

// AskSpace keeps what space is wanted as soon as a mailbox is active: it is
// ordered on the day its activation is registered, at the price of that day, and
// paid as any purchase (9.9). Nothing is charged now.
func (o *Office) AskSpace(ctx context.Context, actor string, a SpaceAsked) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := ownBox(tx, a.Address, a.ByMember)
		if err != nil {
			return err
		}
		if a.GB != 0 {
			if _, err := quoteAsked(&tx.ReadTx, box, a.GB, tx.On); err != nil {
				return err
			}
			if err := accept(tx, box.MemberID, a.Accepted, a.ByMember != 0); err != nil {
				return err
			}
		}
		before, err := tx.AskedSpace(box.ID)
		if err != nil || before == a.GB {
			return err
		}
		if err := inOrder(tx, box); err != nil {
			return err
		}
		if err := tx.SetAskedSpace(box.ID, a.GB); err != nil {
			return err
		}
		if err := tx.Record("mailbox.space_asked", "mailbox", box.ID, map[string]any{"quantity": a.GB}); err != nil {
			return err
		}
		return mark(tx, 0, box.ID, tx.On)
	})
}

// QuoteAsked is what the space would cost were the mailbox activated today, for
// the kind's shortest term.
func (o *Office) QuoteAsked(tx *db.ReadTx, box db.MailboxRow, gb int) (pec.Quote, error) {
	return quoteAsked(tx, box, gb, o.Today())
}

func quoteAsked(tx *db.ReadTx, box db.MailboxRow, gb int, on pec.Date) (pec.Quote, error) {
	holder, err := tx.Member(box.MemberID)
	if err != nil {
		return pec.Quote{}, err
	}
	agreement, err := agreementOn(tx, on)
	if err != nil {
		return pec.Quote{}, err
	}
	kind, ok := agreement.Kind(box.Kind)
	switch {
	case box.Status.Running() || box.Status == pec.MailboxClosed:
		return pec.Quote{}, pec.Refuse("mailbox_not_requested", "La casella %s è %s: lo spazio si chiede con la casella solo finché non è attiva.", box.Address, box.Status.Italian())
	case !holder.Status.OnRegister():
		return pec.Quote{}, pec.Refuse("holder_left", "Il titolare è %s: la casella non si attiva.", holder.Said(holder.Status.Italian()))
	case agreement.SoldBy == pec.SoldByProvider:
		return pec.Quote{}, pec.Refuse("sold_by_provider", "Con la convenzione in vigore gli acquisti si fanno presso il gestore, non qui.")
	case !ok:
		return pec.Quote{}, pec.Refuse("kind_unknown", "La convenzione in vigore non prevede la tipologia «%s».", box.Kind)
	}
	years := slices.Min(kind.Terms)
	return agreement.Quote(pec.QuoteRequest{
		On: on, Expires: pec.Expiry(on, on, years), Product: pec.InboxGB, Quantity: gb, Kind: box.Kind, Term: years,
	}, nil)
}

// SpaceOrdered is what became, on activation, of the space asked for with a
// mailbox.
type SpaceOrdered struct {
	Purchased
	GB  int
	Why string // Italian: why it was not ordered; empty when it was
}

// orderAsked orders the space that was asked for with a mailbox, on the day its
// activation is registered; nil when none was. What can no longer be had is noted
// and left: the activation stands.
func orderAsked(tx *db.Tx, mailbox int64) (*SpaceOrdered, error) {
	gb, err := tx.AskedSpace(mailbox)
	if err != nil || gb == 0 {
		return nil, err
	}
	if err := tx.SetAskedSpace(mailbox, 0); err != nil {
		return nil, err
	}
	box, err := tx.Mailbox(mailbox)
	if err != nil {
		return nil, err
	}
	done := &SpaceOrdered{GB: gb}
	err = tx.Try(func() error {
		quote, err := quoteFor(&tx.ReadTx, box, pec.InboxGB, gb, tx.On)
		if err == nil {
			done.Purchased, err = placeOrder(tx, box, Purchase{Address: box.Address, Product: pec.InboxGB, Quantity: gb}, quote)
		}
		if err != nil {
			return err
		}
		return tellWaiting(tx, done.Order)
	})
	if problem := pec.AsProblem(err); problem != nil {
		done.Why = problem.Message
		return done, tx.Record("mailbox.space_not_ordered", "mailbox", mailbox, map[string]any{"quantity": gb, "reason": problem.Message})
	}
	return done, err
}
