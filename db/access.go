package db

import "albopec/app/pec"

// Access is an access to a mailbox by a member who does not hold it, the guest.
type Access struct {
	ID        int64
	Asked     string // the address that was asked for
	MailboxID int64  // 0: no mailbox has that address, which the guest is not told
	GuestID   int64
	pec.Access
	AskedOn   pec.Date
	DecidedOn pec.Date // granted or refused
	EndedOn   pec.Date // withdrawn or given up
	AskedBy   string
	DecidedBy string
	EndedBy   string
	// Of the mailbox, empty where there is none, and of the two members:
	Address   string
	HolderID  int64
	Holder    string
	GuestName string
}

const accessQuery = `SELECT a.id, a.address, COALESCE(a.mailbox_id, 0), a.guest_id, a.state, a.asked_on, a.decided_on, a.ended_on, a.asked_by, a.decided_by, a.ended_by,
		COALESCE(b.address, ''), COALESCE(b.status, ''), COALESCE(h.id, 0), COALESCE(h.status, ''), COALESCE(rtrim(h.surname || ' ' || h.name), ''),
		g.status, rtrim(g.surname || ' ' || g.name)
	FROM accesses a JOIN members g ON g.id = a.guest_id LEFT JOIN mailboxes b ON b.id = a.mailbox_id LEFT JOIN members h ON h.id = b.member_id `

func scanAccess(row scanner) (Access, error) {
	var a Access
	return a, row.Scan(&a.ID, &a.Asked, &a.MailboxID, &a.GuestID, &a.State, dayInto{&a.AskedOn}, dayInto{&a.DecidedOn}, dayInto{&a.EndedOn}, &a.AskedBy, &a.DecidedBy, &a.EndedBy,
		&a.Address, &a.Mailbox, &a.HolderID, &a.Access.Holder, &a.Holder, &a.Guest, &a.GuestName)
}

// AccessUnknown is the Problem of an access that is not there, or not of who
// asks for it.
func AccessUnknown() *pec.Problem {
	return pec.Refuse("access_unknown", "L’accesso alla casella non esiste.")
}

// Access returns one access.
func (tx *ReadTx) Access(id int64) (Access, error) {
	return one(tx, AccessUnknown(), scanAccess, accessQuery+`WHERE a.id = ?`, id)
}

// AccessesOf returns the accesses that a member asked for, by address and then
// the latest first.
func (tx *ReadTx) AccessesOf(guest int64) ([]Access, error) {
	return all(tx, scanAccess, accessQuery+`WHERE a.guest_id = ? ORDER BY COALESCE(b.address, a.address), a.id DESC`, guest)
}

// AccessesTo returns the accesses to a member's mailboxes, by address and then
// the latest first.
func (tx *ReadTx) AccessesTo(holder int64) ([]Access, error) {
	return all(tx, scanAccess, accessQuery+`WHERE b.member_id = ? ORDER BY b.address, a.id DESC`, holder)
}

// OpenAccess returns a guest's access that is asked for or granted: to a
// mailbox or, when it is 0, to an address that none has, or has any more. The ID
// is 0 when there is none.
func (tx *ReadTx) OpenAccess(guest, mailbox int64, address string) (Access, error) {
	return firstOf(all(tx, scanAccess, accessQuery+`WHERE a.guest_id = ?1 AND a.state IN ('asked', 'granted')
		AND (a.mailbox_id = ?2 OR ?2 = 0 AND a.address = ?3)`, guest, mailbox, address))
}

// EndedAccesses returns a guest's accesses to a mailbox, or to its address, that
// were refused, withdrawn or given up; taken back by the holder before an answer
// is refused.
func (tx *ReadTx) EndedAccesses(guest, mailbox int64, address string) ([]pec.EndedAccess, error) {
	return all(tx, func(row scanner) (pec.EndedAccess, error) {
		var a pec.EndedAccess
		return a, row.Scan(dayInto{&a.AskedOn}, dayInto{&a.RefusedOn})
	}, `SELECT asked_on, CASE WHEN state = 'refused' THEN decided_on
			WHEN decided_on IS NULL AND ended_by LIKE 'iscritto:%' AND ended_by <> asked_by THEN ended_on END FROM accesses
		WHERE guest_id = ?1 AND state IN ('refused', 'withdrawn') AND (mailbox_id = NULLIF(?2, 0) OR address = ?3) ORDER BY id`, guest, mailbox, address)
}

// AccessesAsked counts the requests of a guest that nobody has answered.
func (tx *ReadTx) AccessesAsked(guest int64) (int, error) {
	return value[int](tx, `SELECT COUNT(*) FROM accesses WHERE guest_id = ? AND state = 'asked'`, guest)
}

// AddAccess keeps that a guest asks for access to an address, of a mailbox or
// (0) of none.
func (tx *Tx) AddAccess(guest int64, address string, mailbox int64) error {
	var box any
	if mailbox != 0 {
		box = mailbox
	}
	return tx.exec(`INSERT INTO accesses (address, mailbox_id, guest_id, state, asked_on, asked_by) VALUES (?, ?, ?, 'asked', ?, ?)`,
		address, box, guest, day(tx.On), tx.Actor)
}

// DecideAccess keeps the holder's answer.
func (tx *Tx) DecideAccess(id int64, state pec.AccessState) error {
	return tx.exec(`UPDATE accesses SET state = ?, decided_on = ?, decided_by = ? WHERE id = ?`, state, day(tx.On), tx.Actor, id)
}

// EndAccess keeps that an access was withdrawn or given up.
func (tx *Tx) EndAccess(id int64) error {
	return tx.exec(`UPDATE accesses SET state = 'withdrawn', ended_on = ?, ended_by = ? WHERE id = ?`, day(tx.On), tx.Actor, id)
}

// ForgetMailboxAccesses parts the accesses to a mailbox that goes: what was
// granted ends, and who has asked has asked for an address that none has.
func (tx *Tx) ForgetMailboxAccesses(mailbox int64) error {
	if err := tx.exec(`UPDATE accesses SET state = 'withdrawn', ended_on = ?, ended_by = ? WHERE mailbox_id = ? AND state = 'granted'`, day(tx.On), tx.Actor, mailbox); err != nil {
		return err
	}
	return tx.exec(`UPDATE accesses SET mailbox_id = NULL WHERE mailbox_id = ?`, mailbox)
}

// moveAccesses gives the accesses of a merged position to the other, whose the
// mailboxes are already: an access to one's own mailbox ends, and of two to one
// mailbox the granted one stays.
func (tx *Tx) moveAccesses(gone, keep int64) error {
	const open = `state IN ('asked', 'granted')`
	const end = `UPDATE accesses AS a SET state = 'withdrawn', ended_on = ?3, ended_by = ?4 WHERE a.` + open
	const twin = ` AND EXISTS (SELECT 1 FROM accesses x WHERE x.` + open + ` AND (x.mailbox_id = a.mailbox_id OR COALESCE(x.mailbox_id, a.mailbox_id) IS NULL AND x.address = a.address)`
	for _, move := range []string{
		end + ` AND a.guest_id IN (?1, ?2) AND a.mailbox_id IN (SELECT id FROM mailboxes WHERE member_id = ?1)`,
		end + ` AND a.guest_id = ?2` + twin + ` AND x.guest_id = ?1 AND (x.state = 'granted' OR a.state = 'asked'))`,
		end + ` AND a.guest_id = ?1` + twin + ` AND x.guest_id = ?2)`,
	} {
		if err := tx.exec(move, keep, gone, day(tx.On), tx.Actor); err != nil {
			return err
		}
	}
	return tx.exec(`UPDATE accesses SET guest_id = ? WHERE guest_id = ?`, keep, gone)
}

// AccessPayment is what a guest moved from their credit to the holder's. A zero
// EntryID is none.
type AccessPayment struct {
	EntryID  int64 // the guest's
	AccessID int64
	Amount   pec.Cents // gross
}

// AccessPaymentByRequest returns the payment that a form has already made.
func (tx *ReadTx) AccessPaymentByRequest(key string) (AccessPayment, error) {
	return firstOf(all(tx, func(row scanner) (AccessPayment, error) {
		var p AccessPayment
		return p, row.Scan(&p.EntryID, &p.AccessID, &p.Amount)
	}, `SELECT p.entry_id, p.access_id, -l.amount_cents FROM access_payments p JOIN ledger l ON l.id = p.entry_id WHERE p.request_key = ?`, key))
}

// GivenFor returns the entries by which a guest paid for a mailbox, the latest
// first.
func (tx *ReadTx) GivenFor(access int64) ([]Entry, error) {
	return all(tx, scanEntry, entryQuery+`WHERE l.id IN (SELECT entry_id FROM access_payments WHERE access_id = ?) ORDER BY l.id DESC`, access)
}

// AddAccessPayment ties the entry that took the guest's money to the access for
// which it went.
func (tx *Tx) AddAccessPayment(p AccessPayment, requestKey string) error {
	return tx.exec(`INSERT INTO access_payments (entry_id, access_id, request_key) VALUES (?, ?, ?)`, p.EntryID, p.AccessID, text(requestKey))
}

// AccessGuests names the members who ever asked for an access, by id.
func (tx *ReadTx) AccessGuests() (map[int64]string, error) {
	return byKey[int64, string](tx, `SELECT id, rtrim(surname || ' ' || name) FROM members WHERE id IN (SELECT guest_id FROM accesses)`)
}
