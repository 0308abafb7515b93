package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
)

// ServiceChange is what a member, or an operator for them, decides about the
// next renewal of a service (R20).
type ServiceChange struct {
	ServiceID    int64
	AutoRenew    bool
	NextQuantity int   // 0 leaves it as it is
	ByMember     int64 // 0 for operators
}

// ChangeService turns the renewal of a service on or off, or lowers its quantity
// from the next renewal on, at any time before E. Space may not go below what
// is used when the use is known.
func (o *Office) ChangeService(ctx context.Context, actor string, c ServiceChange) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		s, box, err := serviceOf(tx, c.ServiceID, c.ByMember)
		if err != nil {
			return err
		}
		if err := overdue(tx, box.MemberID); err != nil {
			return err
		}
		if s, box, err = serviceOf(tx, c.ServiceID, c.ByMember); err != nil {
			return err
		}
		next := c.NextQuantity
		if next == 0 {
			next = s.NextQuantity
		}
		if err := changeable(tx, s, box, c.AutoRenew, next); err != nil {
			return err
		}
		before := map[string]any{"auto_renew": s.AutoRenew, "next_quantity": s.NextQuantity}
		s.AutoRenew, s.NextQuantity = c.AutoRenew, next
		if err := tx.SetService(s); err != nil {
			return err
		}
		if err := tx.Record("service.changed", "mailbox", box.ID, map[string]any{
			"service": s.ID, "quantity": s.Quantity, "before": before, "auto_renew": s.AutoRenew, "next_quantity": s.NextQuantity}); err != nil {
			return err
		}
		return mark(tx, box.MemberID, box.ID, tx.On)
	})
}

func serviceOf(tx *db.Tx, id, member int64) (db.ServiceRow, db.MailboxRow, error) {
	s, err := tx.Service(id)
	if err != nil {
		return s, db.MailboxRow{}, err
	}
	box, err := tx.Mailbox(s.MailboxID)
	if err == nil && member != 0 && box.MemberID != member {
		err = pec.Refuse("service_unknown", "Il servizio non esiste.")
	}
	return s, box, err
}

// changeable refuses what R20 refuses.
func changeable(tx *db.Tx, s db.ServiceRow, box db.MailboxRow, renew bool, next int) error {
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	book, err := loadBook(&tx.ReadTx, box.MemberID, agreements)
	if err != nil {
		return err
	}
	if p := book.RefusesChoice(s.Service, tx.On); p != nil {
		return p
	}
	if next < 1 || next > s.Quantity {
		return pec.Refuse("quantity_invalid", "Dal prossimo rinnovo la quantità può andare da 1 a %s.", pec.Thousands(s.Quantity)).On("next_quantity")
	}
	if err := inOrder(tx, box); err != nil {
		return err
	}
	if p := book.RefusesQuantity(s.Service); p != nil && next != s.NextQuantity {
		return p
	}
	if s.Product != pec.InboxGB || box.UsedMB == nil {
		return nil
	}
	return fitsUse(tx, s, box, renew, next)
}

// fitsUse refuses space after the renewal that is less than what is used.
func fitsUse(tx *db.Tx, s db.ServiceRow, box db.MailboxRow, renew bool, next int) error {
	agreement, err := agreementOn(&tx.ReadTx, tx.On)
	if err != nil {
		return err
	}
	kind, _ := agreement.Kind(box.KindAhead())
	services, err := tx.ServicesOn(box.ID, false)
	if err != nil {
		return err
	}
	space := kind.BaseInboxGB
	for _, other := range services {
		if other.Product != pec.InboxGB {
			continue
		}
		if other.ID == s.ID {
			other.AutoRenew, other.NextQuantity = renew, next
		}
		if other.AutoRenew {
			space += other.NextQuantity
		}
	}
	lowers := !renew && s.AutoRenew || next < s.NextQuantity
	if lowers && space*1024 < *box.UsedMB {
		return pec.Refuse("below_use", "La casella occupa %s MB e dal rinnovo avrebbe %d GB (%s MB): liberi spazio o tenga più GB.",
			pec.Thousands(*box.UsedMB), space, pec.Thousands(space*1024))
	}
	return nil
}

// OrderServices sets the order in which a member's services are renewed (R19).
func (o *Office) OrderServices(ctx context.Context, actor string, member int64, ids []int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := overdue(tx, member); err != nil {
			return err
		}
		for i, id := range ids {
			s, box, err := serviceOf(tx, id, member)
			if err != nil {
				return err
			}
			if err := inOrder(tx, box); err != nil {
				return err
			}
			s.Preference = i + 1
			if err := tx.SetService(s); err != nil {
				return err
			}
		}
		if err := tx.Record("services.ordered", "member", member, map[string]any{"services": ids}); err != nil {
			return err
		}
		return mark(tx, member, 0, tx.On)
	})
}
