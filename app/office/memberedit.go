package office

import (
	"context"
	"maps"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// MemberForm is what an operator typed about one member.
type MemberForm struct {
	ID      int64 // 0: a new member
	Version int   // of the member when the form was opened
	Was     map[pec.Field]string
	Typed   map[pec.Field]string
	// Seen is the key of the warnings that were shown, see
	// pec.MemberJudged.WarningKey.
	Seen string
}

// MemberSaved is what became of a form of one member.
type MemberSaved struct {
	ID    int64
	Saved bool // false: there is something to mend, to look at, or nothing to write
	pec.MemberJudged
	// Meanwhile are the fields that somebody else changed after the form was
	// opened: nothing is written. The form, merged with them, is in Form.
	Meanwhile []MeanwhileChange
	Form      MemberForm
}

// MeanwhileChange is a field that another person changed while a form was open.
type MeanwhileChange struct {
	Field    pec.Field
	Was, Now string
	Typed    string // by the operator, when they changed the same field
}

// SaveMember writes a form of one member, a new one when it has no ID: every
// field of the register but status and leaving date (R23). It is refused field
// by field, waits until its warnings have been seen, and writes nothing over
// what somebody else changed meanwhile. A form sent twice changes nothing the
// second time.
func (o *Office) SaveMember(ctx context.Context, actor string, f MemberForm) (done MemberSaved, err error) {
	done.Form, done.ID = f, f.ID
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := memberToEdit(&tx.ReadTx, f.ID)
		if err != nil {
			return err
		}
		if f.ID != 0 && m.Version != f.Version && done.merge(m) {
			return nil
		}
		if done.MemberJudged, err = judgeMember(tx, m.Member, done.Form.Typed); err != nil {
			return err
		}
		unseen := len(done.Warnings) > 0 && done.WarningKey() != f.Seen
		if done.Refused() || unseen || len(done.Changes) == 0 {
			return nil
		}
		done.ID, err = writeMember(tx, m, done.MemberJudged)
		done.Saved = err == nil
		return err
	})
	return done, err
}

func memberToEdit(tx *db.ReadTx, id int64) (db.MemberRow, error) {
	if id == 0 {
		return db.MemberRow{}, nil
	}
	return standingMember(tx, id)
}

// merge brings a form up to the member as it is now: fields that the operator
// left alone take the new value. It reports whether anything in the form had
// changed that the operator has not typed alike.
func (done *MemberSaved) merge(m db.MemberRow) bool {
	f, now := &done.Form, pec.TypedAs(m.Member)
	f.Version = m.Version
	typed := maps.Clone(f.Typed)
	for _, field := range pec.EditedFields {
		if now[field] == f.Was[field] || now[field] == f.Typed[field] {
			continue
		}
		change := MeanwhileChange{Field: field, Was: f.Was[field], Now: now[field]}
		if f.Typed[field] == f.Was[field] {
			typed[field] = now[field]
		} else {
			change.Typed = f.Typed[field]
		}
		done.Meanwhile = append(done.Meanwhile, change)
	}
	f.Typed, f.Was = typed, now
	return len(done.Meanwhile) > 0
}

func judgeMember(tx *db.Tx, m pec.Member, typed map[pec.Field]string) (pec.MemberJudged, error) {
	in := pec.MemberEdit{Member: m, Typed: typed, Today: tx.On}
	var err error
	if in.Domains, err = tx.Domains(); err != nil {
		return pec.MemberJudged{}, err
	}
	others, err := tx.MembersLike(pec.JudgeMember(in).After) // by what the form says, tidied
	if err != nil {
		return pec.MemberJudged{}, err
	}
	for _, other := range others {
		in.Others = append(in.Others, other.Member)
	}
	if m.ID == 0 {
		in.Register, err = tx.Register()
	}
	return pec.JudgeMember(in), err
}

// writeMember writes a judged form and returns the member's id.
func writeMember(tx *db.Tx, m db.MemberRow, j pec.MemberJudged) (int64, error) {
	before := m.Member
	m.Member = j.After
	if before.ID == 0 {
		id, err := tx.AddMember(m)
		if err != nil {
			return 0, err
		}
		return id, tx.Record("member.added", "member", id, map[string]any{"number": m.RegistrationNumber})
	}
	if err := saveMember(tx, before, m); err != nil {
		return 0, err
	}
	var titles []string
	for _, c := range j.Changes {
		titles = append(titles, c.Field.Italian())
	}
	return m.ID, tx.Record("member.edited", "member", m.ID, map[string]any{"fields": strings.Join(titles, ", ")})
}
