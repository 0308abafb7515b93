package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
)

// GuestRenewal is the renewal of a mailbox of another holder, as it is, that a
// guest orders (R18).
type GuestRenewal struct {
	AccessID   int64
	Guest      int64
	Years      int        // from E
	RequestKey string     // as in Purchase
	Seen       *pec.Cents // as in Purchase
	Accepted   []string   // conditions that the guest just accepted (R17)
}

// OrderRenewalAsGuest renews a mailbox of another holder as OrderAsGuest buys for
// it: paid at once from the guest's credit, or not ordered at all. The order is
// the holder's, with the data for the e-invoice that the holder last confirmed:
// the guest neither sees nor changes them.
func (o *Office) OrderRenewalAsGuest(ctx context.Context, actor string, r GuestRenewal) (RenewalOrdered, error) {
	var done RenewalOrdered
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		done, err = renewAsGuest(tx, r)
		return err
	})
	return done, err
}

func renewAsGuest(tx *db.Tx, r GuestRenewal) (RenewalOrdered, error) {
	a, err := accessBetween(&tx.ReadTx, r.AccessID, r.Guest, 0)
	if err != nil {
		return RenewalOrdered{}, err
	}
	if first, err := orderedBefore(tx, r.RequestKey, a.MailboxID); err != nil || first.ID != 0 {
		return RenewalOrdered{Order: first, Repeated: true}, err
	}
	if a, err = readyToPay(tx, a); err != nil {
		return RenewalOrdered{}, err
	}
	box, err := tx.Mailbox(a.MailboxID)
	if err != nil {
		return RenewalOrdered{}, err
	}
	quote, err := quoteGuestRenewal(&tx.ReadTx, box, r.Years, tx.On)
	if err != nil {
		return RenewalOrdered{}, err
	}
	if r.Seen != nil && *r.Seen != quote.Price.Gross {
		return RenewalOrdered{}, priceChanged(quote.Price)
	}
	if err := inOrder(tx, box); err != nil {
		return RenewalOrdered{}, err
	}
	if err := accept(tx, r.Guest, r.Accepted, true); err != nil {
		return RenewalOrdered{}, err
	}
	return payRenewal(tx, a, box, quote, r.RequestKey)
}

// payRenewal moves the price to the holder, whose order it pays.
func payRenewal(tx *db.Tx, a db.Access, box db.MailboxRow, q pec.RenewalQuote, requestKey string) (RenewalOrdered, error) {
	if err := payForOrder(tx, a, q.Price.Gross, "rinnovo fino al "+q.To.Italian()); err != nil {
		return RenewalOrdered{}, err
	}
	recipient, err := confirmedRecipient(tx, a.HolderID)
	if err != nil {
		return RenewalOrdered{}, err
	}
	done, err := placeRenewal(tx, box, q, recipient, requestKey)
	if err != nil {
		return done, err
	}
	return done, paidForOrder(tx, a, done.Order, "Rinnovo della casella fino al "+q.To.Italian())
}

// QuoteGuestRenewal is what a guest would pay today to renew a mailbox for some
// years.
func (o *Office) QuoteGuestRenewal(tx *db.ReadTx, box db.MailboxRow, years int) (pec.RenewalQuote, error) {
	return quoteGuestRenewal(tx, box, years, o.Today())
}

func quoteGuestRenewal(tx *db.ReadTx, box db.MailboxRow, years int, on pec.Date) (pec.RenewalQuote, error) {
	book, agreements, err := bookOn(tx, box.MemberID, on)
	if err != nil {
		return pec.RenewalQuote{}, err
	}
	return book.QuoteGuestRenewal(agreements, box.ID, on, years)
}
