package db

import (
	"encoding/json"
	"slices"
	"time"

	"albopec/app/pec"
)

// MemberRow is a member with what the program keeps beside the register's data.
type MemberRow struct {
	pec.Member
	Standing         pec.Standing
	LeftRegisteredOn pec.Date
	ReservedAddress  string
	PasswordHash     string
	LastEventOn      pec.Date
	Version          int
	MergedInto       int64    // the member that this position became part of; 0 for one that stands
	MergedOn         pec.Date // zero for one that stands
	ErasedOn         pec.Date // the day its contact data went (9.10); zero while they are there, and after a return
}

// Merged reports whether the position was merged into another: it holds nothing
// and leads to it.
func (m MemberRow) Merged() bool { return m.MergedInto != 0 }

const memberColumns = `m.id, COALESCE(m.registration_number, ''), m.surname, m.name, m.sex, COALESCE(m.tax_code, ''), m.vat_number,
	m.birth_on, m.birth_place, m.birth_province, m.section, m.sector, m.registered_on, m.status, m.left_on, m.title,
	m.address, m.postal_code, m.city, m.province, m.phone, m.mobile, m.email, m.own_pec,
	m.status_since, m.status_until, m.status_reason, m.transferred_to,
	m.left_registered_on, COALESCE(m.reserved_address, ''), m.password_hash, m.last_event_on, m.version,
	COALESCE(m.merged_into, 0), m.merged_on, m.erased_on`

func (m *MemberRow) into() []any {
	return []any{
		&m.ID, &m.RegistrationNumber, &m.Surname, &m.Name, &m.Sex, &m.TaxCode, &m.VATNumber,
		dayInto{&m.BirthDate}, &m.BirthPlace, &m.BirthProvince, &m.Section, &m.Sector, dayInto{&m.RegisteredOn}, &m.Status, dayInto{&m.LeftOn}, &m.Title,
		&m.Address, &m.PostalCode, &m.City, &m.Province, &m.Phone, &m.Mobile, &m.Email, &m.OwnPEC,
		dayInto{&m.Standing.Since}, dayInto{&m.Standing.Until}, &m.Standing.Reason, &m.Standing.To,
		dayInto{&m.LeftRegisteredOn}, &m.ReservedAddress, &m.PasswordHash, dayInto{&m.LastEventOn}, &m.Version,
		&m.MergedInto, dayInto{&m.MergedOn}, dayInto{&m.ErasedOn},
	}
}

func scanMember(row scanner) (MemberRow, error) {
	var m MemberRow
	return m, row.Scan(m.into()...)
}

var noMember = pec.Refuse("member_unknown", "L’iscritto non esiste.")

// Member returns one member.
func (tx *ReadTx) Member(id int64) (MemberRow, error) {
	return one(tx, noMember, scanMember, `SELECT `+memberColumns+` FROM members m WHERE m.id = ?`, id)
}

// MembersOf returns these members, each once, by id. Read one by one, a whole
// register takes too long for a page.
func (tx *ReadTx) MembersOf(ids []int64) ([]MemberRow, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	members, err := all(tx, scanMember, `SELECT `+memberColumns+` FROM members m WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id`, string(list))
	if err == nil && len(members) < len(ids) {
		err = noMember
	}
	return members, err
}

// MemberByNumber finds a member by registration number; that of a position
// merged into another leads to the other.
func (tx *ReadTx) MemberByNumber(number string) (MemberRow, error) {
	return one(tx, pec.Refuse("member_unknown", "Nell’albo non c’è il numero di iscrizione «%s».", number), scanMember,
		`SELECT `+memberColumns+` FROM members m WHERE m.id = (SELECT COALESCE(merged_into, id) FROM members WHERE registration_number = ?)`, number)
}

// Members returns the whole register, by surname and name, without what was
// merged into another.
func (tx *ReadTx) Members() ([]MemberRow, error) {
	return all(tx, scanMember, `SELECT `+memberColumns+` FROM members m WHERE m.merged_into IS NULL ORDER BY m.surname, m.name, m.id`)
}

// Register returns the data of the same members, in the same order: all that an
// import compares a file with. Of hundreds of thousands it holds each town and
// section once.
func (tx *ReadTx) Register() ([]pec.Member, error) {
	n, err := value[int](tx, `SELECT COUNT(*) FROM members`)
	if err != nil {
		return nil, err
	}
	list, seen := make([]pec.Member, 0, n), map[string]string{}
	_, err = all(tx, func(row scanner) (struct{}, error) {
		m, err := scanMember(row)
		for _, s := range []*string{&m.Surname, &m.Name, &m.Sex, &m.BirthPlace, &m.BirthProvince, &m.Section, &m.Sector, &m.Title, &m.PostalCode, &m.City, &m.Province} {
			if once, ok := seen[*s]; ok {
				*s = once
			} else {
				seen[*s] = *s
			}
		}
		list = append(list, m.Member)
		return struct{}{}, err
	}, `SELECT `+memberColumns+` FROM members m WHERE m.merged_into IS NULL ORDER BY m.surname, m.name, m.id`)
	return list, err
}

// MembersToProvision returns the members who should have a mailbox and have
// none (9.6): active, no own PEC, no mailbox that is not closed; by
// registration number as text, then id, so that namesakes are numbered alike
// each time. With a member's id only that one, own PEC or not.
func (tx *ReadTx) MembersToProvision(only int64) ([]MemberRow, error) {
	return all(tx, scanMember, `SELECT `+memberColumns+` FROM members m
		WHERE (?1 = 0 AND m.status = 'active' AND m.own_pec = '' OR m.id = ?1) AND m.merged_into IS NULL
		AND NOT EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id AND b.status NOT IN ('closed', 'rejected'))
		ORDER BY m.id`, only)
}

// MembersLike returns the members who have the number, tax code or own PEC of
// m, in whatever letters; m itself among them.
func (tx *ReadTx) MembersLike(m pec.Member) ([]MemberRow, error) {
	return all(tx, scanMember, `SELECT `+memberColumns+` FROM members m
		WHERE upper(m.registration_number) = upper(?) OR m.tax_code = upper(?) OR m.own_pec <> '' AND lower(m.own_pec) = lower(?) ORDER BY m.id`,
		m.RegistrationNumber, m.TaxCode, m.OwnPEC)
}

// AddMember adds a member and returns the id.
func (tx *Tx) AddMember(m MemberRow) (int64, error) {
	return tx.insert(`INSERT INTO members (registration_number, surname, name, sex, tax_code, vat_number, birth_on, birth_place,
			birth_province, section, sector, registered_on, status, left_on, title, address, postal_code, city, province,
			phone, mobile, email, own_pec, status_since, status_until, status_reason, transferred_to, left_registered_on, reserved_address, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		text(m.RegistrationNumber), m.Surname, m.Name, m.Sex, text(m.TaxCode), m.VATNumber, day(m.BirthDate), m.BirthPlace,
		m.BirthProvince, m.Section, m.Sector, day(m.RegisteredOn), m.Status, day(m.LeftOn), m.Title, m.Address, m.PostalCode, m.City, m.Province,
		m.Phone, m.Mobile, m.Email, m.OwnPEC, day(m.Standing.Since), day(m.Standing.Until), m.Standing.Reason, m.Standing.To,
		day(m.LeftRegisteredOn), text(m.ReservedAddress), instant(tx.Now))
}

// SetMember writes a member's data over and raises its version.
func (tx *Tx) SetMember(m MemberRow) error {
	return tx.exec(`UPDATE members SET registration_number = ?, surname = ?, name = ?, sex = ?, tax_code = ?, vat_number = ?,
			birth_on = ?, birth_place = ?, birth_province = ?, section = ?, sector = ?, registered_on = ?, status = ?, left_on = ?,
			title = ?, address = ?, postal_code = ?, city = ?, province = ?, phone = ?, mobile = ?, email = ?, own_pec = ?,
			status_since = ?, status_until = ?, status_reason = ?, transferred_to = ?,
			left_registered_on = ?, reserved_address = ?, erased_on = ?, version = version + 1 WHERE id = ?`,
		text(m.RegistrationNumber), m.Surname, m.Name, m.Sex, text(m.TaxCode), m.VATNumber,
		day(m.BirthDate), m.BirthPlace, m.BirthProvince, m.Section, m.Sector, day(m.RegisteredOn), m.Status, day(m.LeftOn),
		m.Title, m.Address, m.PostalCode, m.City, m.Province, m.Phone, m.Mobile, m.Email, m.OwnPEC,
		day(m.Standing.Since), day(m.Standing.Until), m.Standing.Reason, m.Standing.To,
		day(m.LeftRegisteredOn), text(m.ReservedAddress), day(m.ErasedOn), m.ID)
}

// SetMemberPassword stores the hash of a member's password.
func (tx *Tx) SetMemberPassword(id int64, hash string) error {
	return tx.exec(`UPDATE members SET password_hash = ? WHERE id = ?`, hash, id)
}

// DeleteMember removes a member that nothing refers to (undo of an import).
func (tx *Tx) DeleteMember(id int64) error {
	return tx.exec(`DELETE FROM members WHERE id = ?`, id)
}

// MemberIsUsed reports whether anything beside the register refers to the
// member: mailboxes, or one asked for in a year that is past, money, a password, a
// position merged into it.
func (tx *ReadTx) MemberIsUsed(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM mailboxes WHERE member_id = ?1) OR EXISTS (SELECT 1 FROM ledger WHERE member_id = ?1)
		OR EXISTS (SELECT 1 FROM orders WHERE member_id = ?1) OR EXISTS (SELECT 1 FROM member_links WHERE member_id = ?1)
		OR EXISTS (SELECT 1 FROM acceptances WHERE member_id = ?1) OR EXISTS (SELECT 1 FROM accesses WHERE guest_id = ?1) OR EXISTS (SELECT 1 FROM letters WHERE member_id = ?1)
		OR EXISTS (SELECT 1 FROM mailbox_requests WHERE member_id = ?1 AND substr(requested_on, 1, 4) < substr(withdrawn_on, 1, 4))
		OR EXISTS (SELECT 1 FROM members WHERE id = ?1 AND password_hash <> '' OR merged_into = ?1)`, id)
}

// MarkMember notes the day of the member's latest event: no earlier day may be
// played for it afterwards.
func (tx *Tx) MarkMember(id int64, on pec.Date) error {
	return tx.exec(`UPDATE members SET last_event_on = ?1 WHERE id = ?2 AND COALESCE(last_event_on, '') < ?1`, day(on), id)
}

// FieldChange is what one field of a member was and became.
type FieldChange struct {
	Field string
	Old   string
	New   string
	At    time.Time
	On    pec.Date
	Actor string
	Batch int64 // 0 when no import did it
}

// AddMemberHistory keeps what a field was.
func (tx *Tx) AddMemberHistory(member int64, c FieldChange) error {
	var batch any
	if c.Batch != 0 {
		batch = c.Batch
	}
	return tx.exec(`INSERT INTO member_history (member_id, field, old, new, at, day_on, actor, batch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		member, c.Field, c.Old, c.New, instant(tx.Now), day(tx.On), tx.Actor, batch)
}

// MemberHistory returns the changes of a member's fields, newest first.
func (tx *ReadTx) MemberHistory(member int64) ([]FieldChange, error) {
	return all(tx, func(row scanner) (FieldChange, error) {
		var c FieldChange
		return c, row.Scan(&c.Field, &c.Old, &c.New, instantInto{&c.At}, dayInto{&c.On}, &c.Actor, &c.Batch)
	}, `SELECT field, old, new, at, day_on, actor, COALESCE(batch_id, 0) FROM member_history WHERE member_id = ? ORDER BY id DESC`, member)
}
