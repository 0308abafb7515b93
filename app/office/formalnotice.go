package office

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// NoticeView is a formal notice with its member and where it is.
type NoticeView struct {
	db.FormalNoticeRow
	Member  pec.MemberDomicile
	State   pec.NoticeState
	LastDay pec.Date // for the member; zero before the delivery
}

// FormalNotices are all formal notices with where they are today, newest first.
func (o *Office) FormalNotices(tx *db.ReadTx) ([]NoticeView, error) {
	list, err := tx.FormalNotices(0)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	domiciles, err := o.Domiciles(tx)
	if err != nil {
		return nil, err
	}
	return o.noticeViews(tx, list, domiciles)
}

// NoticesAmong are all formal notices as FormalNotices lists them, by domiciles
// that were worked out already.
func (o *Office) NoticesAmong(tx *db.ReadTx, domiciles Domiciles) ([]NoticeView, error) {
	list, err := tx.FormalNotices(0)
	if err != nil {
		return nil, err
	}
	return o.noticeViews(tx, list, domiciles)
}

func (o *Office) noticeViews(tx *db.ReadTx, list []db.FormalNoticeRow, domiciles []pec.MemberDomicile) ([]NoticeView, error) {
	byID := make(map[int64]pec.MemberDomicile, len(domiciles))
	for _, d := range domiciles {
		byID[d.Member.ID] = d
	}
	views := make([]NoticeView, 0, len(list))
	for _, n := range list {
		d, ok := byID[n.MemberID]
		if !ok { // merged into another
			m, err := tx.Member(n.MemberID)
			if err != nil {
				return nil, err
			}
			d.Member = m.Member
		}
		views = append(views, NoticeView{FormalNoticeRow: n, Member: d, State: n.State(o.Today(), d.Member, d.Valid()), LastDay: n.LastDay(o.Today())})
	}
	return views, nil
}

// openNotice is a member's formal notice that is not over; false for none.
func (o *Office) openNotice(tx *db.ReadTx, d pec.MemberDomicile) (NoticeView, bool, error) {
	list, err := tx.FormalNotices(d.Member.ID)
	if err != nil {
		return NoticeView{}, false, err
	}
	views, err := o.noticeViews(tx, list, []pec.MemberDomicile{d})
	for _, n := range views {
		if n.EndedOn.IsZero() {
			return n, true, err
		}
	}
	return NoticeView{}, false, err
}

// noticeCase adds to a formal notice's case what only the books know: the member's
// digital domicile, and a notice that was sent and is not over.
func (o *Office) noticeCase(tx *db.ReadTx, c *pec.LetterCase) error {
	d, err := o.DomicileOf(tx, c.Member.ID)
	if err != nil {
		return err
	}
	c.Domicile = d.Domicile.Address
	n, open, err := o.openNotice(tx, d)
	switch n.State {
	case pec.NoticeToSend, pec.NoticeMet, pec.NoticeOver: // another takes its place
	default:
		if open {
			c.Open = n.Letter
		}
	}
	return err
}

// followNotice begins to follow a formal notice whose letter was just made. One
// before it that came to its end by itself is closed.
func (o *Office) followNotice(tx *db.Tx, member, letter int64) error {
	d, err := o.DomicileOf(&tx.ReadTx, member)
	if err != nil {
		return err
	}
	before, open, err := o.openNotice(&tx.ReadTx, d)
	if err != nil {
		return err
	}
	if open {
		n := before.FormalNotice
		n.EndedOn, n.End, n.EndReason = tx.On, pec.NoticeWithdrawn, "ne prende il posto un’altra"
		switch before.State {
		case pec.NoticeMet:
			n.End, n.EndReason = pec.NoticeComplied, ""
		case pec.NoticeOver:
			n.End, n.EndReason = pec.NoticeLeft, ""
		}
		if err := tx.SetFormalNotice(n); err != nil {
			return err
		}
	}
	_, err = tx.AddFormalNotice(member, letter)
	return err
}

// leaveOneNotice withdraws one of the formal notices that two positions of one
// person have open: the one that has come further stays, else that of the position
// that stays.
func leaveOneNotice(tx *db.Tx, keep, gone int64) error {
	var open []pec.FormalNotice
	for _, member := range []int64{keep, gone} {
		list, err := tx.FormalNotices(member)
		if err != nil {
			return err
		}
		for _, n := range list {
			if n.EndedOn.IsZero() {
				open = append(open, n.FormalNotice)
			}
		}
	}
	if len(open) < 2 {
		return nil
	}
	n := open[1]
	if n.Further(open[0]) {
		n = open[0]
	}
	return takeNoticeStep(tx, n, NoticeStep{Action: pec.NoticeWithdraw, On: tx.On, Text: "unite due posizioni, ne resta un’altra"})
}

// NoticeStep is what is done with formal notices, one or many.
type NoticeStep struct {
	IDs    []int64
	Action pec.NoticeAction
	On     pec.Date
	Until  pec.Date // of a suspension its last day, when the council decided one; zero otherwise
	Text   string   // how it was sent, why it pauses or is withdrawn, the council's decision
}

// tidy reads the step as it was typed.
func (s NoticeStep) tidy() (NoticeStep, error) {
	s.Text = strings.Join(strings.Fields(s.Text), " ")
	missing := map[pec.NoticeAction]string{
		pec.NoticeSend: "Scriva come è stata inviata, per esempio «raccomandata A/R n. …».", pec.NoticePauseIt: "Scriva perché i termini si sospendono.",
		pec.NoticeSuspend: "Scriva la delibera del Consiglio.", pec.NoticeRevoke: "Scriva la delibera di revoca, o chi l’ha disposta.", pec.NoticeWithdraw: "Scriva perché la diffida si ritira.", pec.NoticeUndo: "Scriva perché il passo si annulla.",
	}
	switch {
	case !slices.Contains(pec.NoticeActions, s.Action):
		return s, pec.Refuse("action_unknown", "Scelga che cosa fare.").On("azione")
	case len(s.IDs) == 0:
		return s, pec.Refuse("nobody_chosen", "Spunti almeno una diffida.").On("id")
	case s.On.IsZero():
		return s, pec.Refuse("date_missing", "Scriva il giorno, come 12/10/2018.").On("on")
	case !s.Until.IsZero() && s.Action != pec.NoticeSuspend:
		return s, pec.Refuse("until_unexpected", "L’ultimo giorno è solo di una sospensione dall’albo: lo lasci vuoto.").On("until")
	case !s.Until.IsZero() && s.Until.Before(s.On):
		return s, pec.Refuse("dates_in_disorder", "La sospensione finirebbe prima di cominciare: controlli i due giorni.").On("until")
	case s.Text == "" && missing[s.Action] != "":
		return s, pec.Refuse("reason_missing", "%s", missing[s.Action]).On("text")
	case utf8.RuneCountInString(s.Text) > maxNote:
		return s, pec.Refuse("value_too_long", "Il testo supera i %d caratteri: lo abbrevi.", maxNote).On("text")
	}
	return s, nil
}

// NoticeReview is what a step would do with one formal notice.
type NoticeReview struct {
	NoticeView
	Why string // Italian: why it would not be taken; empty when it would
}

// ReviewNotices says what a step would do with each of the notices chosen.
func (o *Office) ReviewNotices(tx *db.ReadTx, s NoticeStep) ([]NoticeReview, error) {
	s, err := s.tidy()
	if err != nil {
		return nil, err
	}
	all, err := o.FormalNotices(tx)
	if err != nil {
		return nil, err
	}
	var list []NoticeReview
	for _, n := range all {
		if slices.Contains(s.IDs, n.ID) {
			list = append(list, NoticeReview{n, n.Refuses(s.Action, s.On, o.Today(), n.Member.Member, n.Member.Valid())})
		}
	}
	return list, nil
}

// TakeNoticeStep takes a step with the notices chosen, in one transaction, and
// returns how many it was taken with; those that it cannot be taken with stay as
// they are, so that it may be repeated. A suspension and its revocation change the
// member's status too.
func (o *Office) TakeNoticeStep(ctx context.Context, actor string, s NoticeStep) (int, error) {
	s, err := s.tidy()
	if err != nil {
		return 0, err
	}
	taken := 0
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		taken = 0
		list, err := o.ReviewNotices(&tx.ReadTx, s)
		if err != nil {
			return err
		}
		for _, n := range list {
			if n.Why != "" {
				continue
			}
			if err := takeNoticeStep(tx, n.FormalNotice, s); err != nil {
				return fmt.Errorf("formal notice %d: %w", n.ID, err)
			}
			taken++
		}
		return nil
	})
	return taken, err
}

func takeNoticeStep(tx *db.Tx, n pec.FormalNotice, s NoticeStep) error {
	var err error
	switch s.Action {
	case pec.NoticeSend:
		n.SentOn, n.SentHow = s.On, s.Text
	case pec.NoticeDeliver:
		n.DeliveredOn = s.On
	case pec.NoticeUndo:
		if n.DeliveredOn.IsZero() {
			n.SentOn, n.SentHow = pec.Date{}, ""
		}
		n.DeliveredOn = pec.Date{}
	case pec.NoticePauseIt:
		err = tx.PauseFormalNotice(n.ID, s.On, s.Text)
	case pec.NoticeResume:
		err = tx.ResumeFormalNotice(n.ID, s.On)
	case pec.NoticeSuspend:
		n.SuspendedOn = s.On
		_, err = changeStatus(tx, n.MemberID, StatusChange{Status: pec.MemberSuspended, On: s.On, Until: s.Until, Reason: s.Text})
	case pec.NoticeRevoke:
		n.EndedOn, n.End, n.EndReason = s.On, pec.NoticeRevoked, s.Text
		_, err = changeStatus(tx, n.MemberID, StatusChange{Status: pec.MemberActive, On: s.On, Reason: s.Text})
	case pec.NoticeClose:
		n.EndedOn, n.End = s.On, pec.NoticeComplied
	case pec.NoticeWithdraw:
		n.EndedOn, n.End, n.EndReason = s.On, pec.NoticeWithdrawn, s.Text
	}
	if err != nil {
		return err
	}
	if !n.EndedOn.IsZero() && n.Paused() {
		if err := tx.ResumeFormalNotice(n.ID, s.On); err != nil {
			return err
		}
	}
	if err := tx.SetFormalNotice(n); err != nil {
		return err
	}
	return tx.Record("formal_notice."+noticeWords[s.Action], "member", n.MemberID, map[string]any{"notice": n.ID, "on": s.On, "reason": s.Text})
}

// noticeWords are the steps as the log's actions name them.
var noticeWords = map[pec.NoticeAction]string{
	pec.NoticeSend: "sent", pec.NoticeDeliver: "delivered", pec.NoticePauseIt: "paused", pec.NoticeResume: "resumed",
	pec.NoticeSuspend: "suspended", pec.NoticeRevoke: "revoked", pec.NoticeClose: "complied", pec.NoticeWithdraw: "withdrawn", pec.NoticeUndo: "undone",
}

// Days after which a formal notice that has come to its end by itself is closed:
// until then a PEC or a leaving written by mistake is taken back without a trace on
// it.
const (
	metFor  = 7
	leftFor = 30
)

// SettleNotices closes the formal notices that have come to their end by
// themselves: whose member has had a digital domicile for a week, a suspension
// aside, which is revoked by hand, or left the register a month ago. It returns how
// many; run twice it does nothing the second time.
func (o *Office) SettleNotices(ctx context.Context, actor string) (int, error) {
	settled := 0
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		settled = 0
		list, err := o.FormalNotices(&tx.ReadTx)
		if err != nil {
			return err
		}
		for _, v := range list {
			n, m := v.FormalNotice, v.Member.Member
			switch {
			case !n.EndedOn.IsZero():
				continue
			case v.State == pec.NoticeMet && n.SuspendedOn.IsZero() && !v.Member.Domicile.Since.After(tx.On.AddDays(-metFor)):
				err = takeNoticeStep(tx, n, NoticeStep{Action: pec.NoticeClose, On: tx.On})
			case v.State == pec.NoticeOver && !m.LeftOn.After(tx.On.AddDays(-leftFor)):
				err = leaveNotice(tx, n)
			default:
				continue
			}
			if err != nil {
				return err
			}
			settled++
		}
		return nil
	})
	return settled, err
}

// leaveNotice ends the notice of a member who has left the register.
func leaveNotice(tx *db.Tx, n pec.FormalNotice) error {
	n.EndedOn, n.End = tx.On, pec.NoticeLeft
	if err := tx.SetFormalNotice(n); err != nil {
		return err
	}
	return tx.Record("formal_notice.left", "member", n.MemberID, map[string]any{"notice": n.ID, "on": tx.On})
}

// NoticesTable is formal notices as a list to be taken away: of those that are due
// the draft for the council.
func NoticesTable(list []NoticeView, title string) reports.Table {
	t := reports.Table{Title: title, Columns: []reports.Column{
		{Title: "Cognome"}, {Title: "Nome"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"}, {Title: "Diffida n."}, {Title: "Fatta il", Kind: reports.Day}, {Title: "Inviata il", Kind: reports.Day},
		{Title: "Come"}, {Title: "Consegnata il", Kind: reports.Day}, {Title: "Ultimo giorno", Kind: reports.Day}, {Title: "Stato"}, {Title: "Motivo"},
	}}
	for _, n := range list {
		m := n.Member.Member
		t.Rows = append(t.Rows, []any{m.Surname, m.Name, m.RegistrationNumber, m.TaxCode, n.Letter, n.MadeOn, n.SentOn, n.SentHow, n.DeliveredOn, n.LastDay, n.State, n.Member.Why()})
	}
	return t
}
