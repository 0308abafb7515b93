package db

import "albopec/app/pec"

// FormalNoticeRow is a formal notice with its letter.
type FormalNoticeRow struct {
	pec.FormalNotice
	LetterID int64
	Letter   string // its number, "12/2026"
}

const formalNoticeColumns = `n.id, n.member_id, n.made_on, n.sent_on, n.sent_how, n.delivered_on, n.suspended_on, n.ended_on, n.end, n.end_reason, n.letter_id, l.number, l.year`

func scanFormalNotice(row scanner) (FormalNoticeRow, error) {
	var n FormalNoticeRow
	var number, year int
	err := row.Scan(&n.ID, &n.MemberID, dayInto{&n.MadeOn}, dayInto{&n.SentOn}, &n.SentHow, dayInto{&n.DeliveredOn}, dayInto{&n.SuspendedOn}, dayInto{&n.EndedOn}, &n.End, &n.EndReason,
		&n.LetterID, &number, &year)
	n.Letter = pec.LetterNumber(number, year)
	return n, err
}

// FormalNotices returns all formal notices, newest first, with their pauses; of
// one member when an id is given.
func (tx *ReadTx) FormalNotices(member int64) ([]FormalNoticeRow, error) {
	which, args := `TRUE`, []any(nil)
	if member != 0 {
		which, args = `n.member_id = ?`, []any{member}
	}
	list, err := all(tx, scanFormalNotice, `SELECT `+formalNoticeColumns+` FROM formal_notices n JOIN letters l ON l.id = n.letter_id WHERE `+which+` ORDER BY n.id DESC`, args...)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(list))
	for i, n := range list {
		at[n.ID] = i
	}
	_, err = all(tx, func(row scanner) (struct{}, error) {
		var notice int64
		var p pec.NoticePause
		err := row.Scan(&notice, dayInto{&p.From}, dayInto{&p.To}, &p.Reason)
		if i, ok := at[notice]; ok {
			list[i].Pauses = append(list[i].Pauses, p)
		}
		return struct{}{}, err
	}, `SELECT p.notice_id, p.from_on, p.to_on, p.reason FROM formal_notice_pauses p JOIN formal_notices n ON n.id = p.notice_id WHERE `+which+` ORDER BY p.id`, args...)
	return list, err
}

// AddFormalNotice begins to follow a letter.
func (tx *Tx) AddFormalNotice(member, letter int64) (int64, error) {
	return tx.insert(`INSERT INTO formal_notices (member_id, letter_id, made_on) VALUES (?, ?, ?)`, member, letter, day(tx.On))
}

// SetFormalNotice writes where a formal notice is; its pauses are written apart.
func (tx *Tx) SetFormalNotice(n pec.FormalNotice) error {
	return tx.exec(`UPDATE formal_notices SET sent_on = ?, sent_how = ?, delivered_on = ?, suspended_on = ?, ended_on = ?, end = ?, end_reason = ? WHERE id = ?`,
		day(n.SentOn), n.SentHow, day(n.DeliveredOn), day(n.SuspendedOn), day(n.EndedOn), n.End, n.EndReason, n.ID)
}

// PauseFormalNotice begins a pause.
func (tx *Tx) PauseFormalNotice(notice int64, from pec.Date, reason string) error {
	return tx.exec(`INSERT INTO formal_notice_pauses (notice_id, from_on, reason, actor) VALUES (?, ?, ?, ?)`, notice, day(from), reason, tx.Actor)
}

// ResumeFormalNotice ends the pause that lasts.
func (tx *Tx) ResumeFormalNotice(notice int64, to pec.Date) error {
	return tx.exec(`UPDATE formal_notice_pauses SET to_on = ? WHERE notice_id = ? AND to_on IS NULL`, day(to), notice)
}
