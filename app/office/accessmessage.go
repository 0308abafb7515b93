package office

import (
	"fmt"

	"albopec/app/pec"
	"albopec/db"
)

// The messages of an access belong to a member alone: a mailbox that was only
// requested may be withdrawn, and then nothing may refer to it. Who left the
// register can neither answer nor pay, and is not written to.

// tellAsked writes to the holder that a guest asks for access: once a day,
// however often it is taken back and asked for again.
func tellAsked(tx *db.Tx, guest db.MemberRow, box db.MailboxRow) error {
	return tellOfAccess(tx, pec.MessageAccessAsked, fmt.Sprint(guest.ID, ":", box.ID, ":", tx.On), box.MemberID, pec.MessageValues{
		"chi": fullName(guest.Member), "casella": box.Address,
	})
}

// tellDecided writes the holder's answer to the guest, or that the holder took
// back what was granted. Who the holder is says only what was granted.
func tellDecided(tx *db.Tx, a db.Access, state pec.AccessState) error {
	values := pec.MessageValues{"casella": a.Asked}
	if state != pec.AccessRefused {
		holder, err := tx.Member(a.HolderID)
		if err != nil {
			return err
		}
		values["casella"], values["titolare"] = a.Address, fullName(holder.Member)
	}
	switch state {
	case pec.AccessGranted:
		values["esito"], values["che_cosa"] = "concesso", "Ora la vede nella Sua area, tra le caselle che Le hanno affidato; con il Suo credito può acquistare servizi per essa e, se si rinnova con un ordine, rinnovarla."
	case pec.AccessWithdrawn:
		values["esito"], values["che_cosa"] = "revocato", "Non la vede e non la paga più; ciò che ha già pagato resta."
	default:
		values["esito"], values["che_cosa"] = "rifiutato", "Non la vede e non la può pagare."
	}
	return tellOfAccess(tx, pec.MessageAccessDecided, fmt.Sprint(a.ID, ":", state), a.GuestID, values)
}

// guestPaid is what a guest paid for a holder.
type guestPaid struct {
	what      string
	gross     pec.Cents
	order     db.OrderRow // which it paid; zero for credit alone
	completed string      // the holder's orders that the credit completed, see completedOf
}

// tellPaid writes to the holder what a guest paid. The key says which payment it
// was.
func tellPaid(tx *db.Tx, a db.Access, key string, paid guestPaid) error {
	guest, err := tx.Member(a.GuestID)
	if err != nil {
		return err
	}
	credit, err := tx.Balance(a.HolderID)
	if err != nil {
		return err
	}
	values := pec.MessageValues{"chi": fullName(guest.Member), "casella": a.Address, "che_cosa": paid.what, "importo": paid.gross.Euro(), "ordini": paid.completed, "credito": credit.Euro()}
	if paid.order.ID != 0 {
		values["numero"] = paid.order.Number()
	}
	return tellOfAccess(tx, pec.MessageAccessPaid, key, a.HolderID, values)
}

// tellOfAccess stores a message to one of the two.
func tellOfAccess(tx *db.Tx, kind pec.MessageKind, key string, member int64, values pec.MessageValues) error {
	m, err := tx.Member(member)
	if err != nil || !m.Status.OnRegister() {
		return err
	}
	body, err := orderBodyName(&tx.ReadTx)
	if err != nil {
		return err
	}
	values["nome"], values["ordine"] = fullName(m.Member), body
	_, err = queue(tx, outgoing{kind: kind, key: key, member: m, usefulUntil: tx.On.AddDays(usefulDays), values: values})
	return err
}
