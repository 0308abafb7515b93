package office

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// LetterRequest asks for letters of a kind, one for each mailbox that it is
// about or, of a formal notice, for each member.
type LetterRequest struct {
	Kind      pec.MessageKind
	Members   []int64 // whose; of other kinds than the formal notice those mailboxes that it fits
	Mailboxes []int64 // or about which, with their holders
	ByHand    bool    // also for who has no postal address: to be handed over
	AsListed  bool    // in the order given, not by postal code and surname
	Protocol  string  // their number in the Ordine's own register of post, printed on each; may be empty
	// RequestKey is the form's own key: sent twice, it makes one set. Empty when
	// there is no form to be sent twice.
	RequestKey string
}

// LetterReview is a letter that would be made, or is not.
type LetterReview struct {
	Member    db.MemberRow
	Box       db.MailboxRow // ID 0: about none
	ClosesOn  pec.Date      // of a leaver's running mailbox
	To        []string      // name and address, a line each
	Why       string        // Italian: why it is not made; empty when it is
	NoAddress bool          // the register has no postal address
	// OnlyAddress tells that nothing but a postal address is missing.
	OnlyAddress bool
	Before      db.LetterRow // one that said the same already (see pec.LetterCase.Repeats); ID 0 for none
	Lost        string       // characters of name and address that a PDF cannot show
}

// Heirs reports whether the letter goes to the heirs.
func (r LetterReview) Heirs() bool { return r.Member.Status == pec.MemberDeceased }

// LettersMade is what making letters came to.
type LettersMade struct {
	Set      int64 // 0: none was made
	Made     int   // letters of the set
	LeftOut  []LeftOut
	Failed   []Failure
	Repeated bool // the form had made them already
}

// letterTarget is what a letter is about: a mailbox, or a member.
type letterTarget struct{ member, mailbox int64 }

func (t letterTarget) String() string {
	if t.mailbox != 0 {
		return fmt.Sprint("casella:", t.mailbox)
	}
	return fmt.Sprint("iscritto:", t.member)
}

// ReviewLetters lists the letters that would be made, in their order, and who is
// left out and why.
func (o *Office) ReviewLetters(tx *db.ReadTx, r LetterRequest) ([]LetterReview, error) {
	if !r.Kind.IsLetter() {
		return nil, pec.Refuse("letter_kind_unknown", "Scelga la lettera da preparare.").On("tipo")
	}
	targets, err := o.letterTargets(tx, r)
	if err != nil {
		return nil, err
	}
	list, err := o.reviewTargets(tx, r, targets)
	if err == nil && !r.AsListed {
		slices.SortStableFunc(list, func(a, b LetterReview) int {
			return cmp.Or(cmp.Compare(a.Member.PostalCode, b.Member.PostalCode), cmp.Compare(pec.Fold(a.Member.FullName()), pec.Fold(b.Member.FullName())))
		})
	}
	return list, err
}

// letterTargets are what the letters would be about, each once.
func (o *Office) letterTargets(tx *db.ReadTx, r LetterRequest) ([]letterTarget, error) {
	var list []letterTarget
	for _, id := range r.Mailboxes {
		b, err := tx.Mailbox(id)
		if err != nil {
			return nil, err
		}
		target := letterTarget{b.MemberID, b.ID}
		if r.Kind == pec.LetterDiffida {
			target.mailbox = 0
		}
		list = append(list, target)
	}
	held, err := tx.MailboxesHeldBy(r.Members)
	if err != nil {
		return nil, err
	}
	for _, id := range r.Members {
		list = append(list, targetsOf(r.Kind, id, held[id])...)
	}
	seen := map[letterTarget]bool{}
	return slices.DeleteFunc(list, func(t letterTarget) bool {
		again := seen[t]
		seen[t] = true
		return again
	}), nil
}

// targetsOf are what a member's letters of a kind are about: the mailboxes that
// run; of those that are closed, when none runs, the one that closed last.
// Without a mailbox, and of a formal notice, the member.
func targetsOf(kind pec.MessageKind, member int64, boxes []db.MailboxRow) []letterTarget {
	if kind == pec.LetterDiffida || len(boxes) == 0 {
		return []letterTarget{{member, 0}}
	}
	var running []letterTarget
	last := boxes[0]
	for _, b := range boxes {
		if b.Status.Running() {
			running = append(running, letterTarget{member, b.ID})
		}
		if last.Status == pec.MailboxClosed && b.ClosedOn.After(last.ClosedOn) || kind == pec.LetterClosing && last.Status != pec.MailboxClosed && b.Status == pec.MailboxClosed {
			last = b
		}
	}
	if len(running) > 0 {
		return running
	}
	return []letterTarget{{member, last.ID}}
}

// reviewTargets says of each letter whether it would be made.
func (o *Office) reviewTargets(tx *db.ReadTx, r LetterRequest, targets []letterTarget) ([]LetterReview, error) {
	var ids []int64
	for _, t := range targets {
		ids = append(ids, t.member)
	}
	rows, err := tx.MembersOf(ids)
	if err != nil {
		return nil, err
	}
	members := map[int64]db.MemberRow{}
	for _, m := range rows {
		members[m.ID] = m
	}
	boxes, err := tx.MailboxesHeldBy(ids)
	if err != nil {
		return nil, err
	}
	closings, err := o.Closings(tx)
	if err != nil {
		return nil, err
	}
	before, err := tx.LatestLetters(r.Kind, ids)
	if err != nil {
		return nil, err
	}
	var list []LetterReview
	for _, t := range targets {
		v, err := o.reviewLetter(tx, r, t, members[t.member], boxes[t.member], closings, before[t.String()])
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (o *Office) reviewLetter(tx *db.ReadTx, r LetterRequest, t letterTarget, m db.MemberRow, boxes []db.MailboxRow, closings *db.Closings, before db.LetterRow) (LetterReview, error) {
	v := LetterReview{Member: m, To: Addressee(m)}
	about := slices.IndexFunc(boxes, func(b db.MailboxRow) bool { return b.ID == t.mailbox })
	if about >= 0 {
		v.Box = boxes[about]
		v.ClosesOn = closings.On[v.Box.ID]
	}
	v.NoAddress, v.Lost = !HasPostalAddress(m.Member), reports.Unprintable(v.To...)
	c := pec.LetterCase{Kind: r.Kind, On: o.Today(), Member: m.Member, Mailbox: v.Box.Mailbox, ClosesOn: v.ClosesOn}
	if r.Kind == pec.LetterDiffida {
		c.Mailbox = domicile(boxes)
		if err := o.noticeCase(tx, &c); err != nil {
			return v, err
		}
	}
	if before.ID != 0 && c.Repeats(before.MadeOn) {
		v.Before = before
	}
	switch v.Why = c.Refuses(); {
	case m.Merged():
		v.Why = "La posizione è stata unita a un’altra."
	case v.Why == "" && v.NoAddress && !r.ByHand:
		v.Why, v.OnlyAddress = "Nell’albo non c’è il suo indirizzo postale.", true
	}
	return v, nil
}

// domicile is the mailbox that is, or will be, a member's digital domicile: one
// that runs before one that is asked for.
func domicile(boxes []db.MailboxRow) (found pec.Mailbox) {
	for _, b := range boxes {
		open := b.Status != pec.MailboxClosed && b.Status != pec.MailboxRejected
		if open && (found.ID == 0 || b.Status.Running()) {
			found = b.Mailbox
		}
	}
	return found
}

// Addressee is whom the post for a member is for, a line each: of a deceased one
// the heirs (9.10).
func Addressee(m db.MemberRow) []string {
	lines := PostalAddress(m.Member)
	if m.Status == pec.MemberDeceased {
		lines[0] = "Agli eredi di " + lines[0]
	}
	return lines
}

// HasPostalAddress reports whether a letter can reach a member: street and town
// are known.
func HasPostalAddress(m pec.Member) bool { return m.Address != "" && m.City != "" }

// MakeLetters makes letters and keeps them, each under the next number of the
// year. Who is left out is decided anew, since something may have changed after
// the review. It is repeated without harm: a form makes one set.
//
// They are made in portions, each a transaction of its own, as ChangeStatuses
// is: if a portion fails those before it stand, and the same form sent again
// makes those that are missing.
func (o *Office) MakeLetters(ctx context.Context, actor string, r LetterRequest) (done LettersMade, err error) {
	if r.Protocol = strings.Join(strings.Fields(r.Protocol), " "); utf8.RuneCountInString(r.Protocol) > maxProtocol {
		return done, pec.Refuse("protocol_invalid", "Il numero di protocollo supera i %d caratteri.", maxProtocol).On("protocollo")
	}
	var list []LetterReview
	var set db.LetterSet
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if set, err = begunSet(tx, r, 0); err != nil || set.Letters > 0 {
			return err
		}
		list, err = o.ReviewLetters(tx, r)
		return err
	})
	if err != nil || set.Letters > 0 {
		return LettersMade{Set: set.ID, Made: set.Letters, Repeated: set.ID != 0}, err
	}
	done.Set = set.ID
	size := cmp.Or(o.batch, portionSize)
	for start := 0; start < len(list) && err == nil; start += size {
		var targets []letterTarget
		for _, v := range list[start:min(start+size, len(list))] {
			targets = append(targets, letterTarget{v.Member.ID, v.Box.ID})
		}
		if start > 0 {
			giveWay(ctx)
		}
		var part LettersMade
		err = o.write(ctx, actor, func(tx *db.Tx) error {
			part = LettersMade{}
			set, err := begunSet(&tx.ReadTx, r, done.Set)
			if err != nil {
				return err
			}
			return o.makePortion(tx, r, set, targets, start+size >= len(list), &part)
		})
		if err == nil {
			done.Set, done.Made = cmp.Or(part.Set, done.Set), done.Made+part.Made
			done.LeftOut, done.Failed = append(done.LeftOut, part.LeftOut...), append(done.Failed, part.Failed...)
		}
	}
	return done, err
}

// maxProtocol is the longest number of the Ordine's own register, in characters.
const maxProtocol = 40

// begunSet is the set that the form made or began, or the one of this id; its ID
// is 0 when there is none yet.
func begunSet(tx *db.ReadTx, r LetterRequest, id int64) (db.LetterSet, error) {
	switch {
	case r.RequestKey != "":
		return tx.LetterSetByRequest(r.RequestKey)
	case id != 0:
		return tx.LetterSet(id)
	}
	return db.LetterSet{}, nil
}

// makePortion makes the letters about these that their set does not have yet; the
// last portion completes the set.
func (o *Office) makePortion(tx *db.Tx, r LetterRequest, set db.LetterSet, targets []letterTarget, last bool, done *LettersMade) error {
	if set.Letters > 0 { // the same form, sent twice at once, was faster
		done.Set = set.ID
		return nil
	}
	reviews, err := o.reviewTargets(&tx.ReadTx, r, targets)
	if err != nil {
		return err
	}
	head, err := letterSheet(&tx.ReadTx)
	if err != nil {
		return err
	}
	there, err := tx.LetterTargets(set.ID)
	if err != nil {
		return err
	}
	for i, v := range reviews {
		switch {
		case there[targets[i].String()]:
		case v.Why != "":
			done.LeftOut = append(done.LeftOut, LeftOut{v.Member.ID, v.Member.FullName(), v.Why})
		default:
			if set.ID == 0 {
				if set.ID, err = tx.AddLetterSet(r.Kind, r.RequestKey); err != nil {
					return err
				}
			}
			row := head
			row.SetID, row.Kind, row.Target, row.Protocol = set.ID, r.Kind, targets[i].String(), r.Protocol
			ok, err := o.tried(tx, v.Member.ID, "making a member's letter", "Errore nel preparare la lettera: non è stato scritto nulla.", &done.Failed, func() error {
				return o.makeLetter(tx, row, v)
			})
			if err != nil {
				return err
			}
			if ok {
				done.Made++
			}
		}
	}
	done.Set = set.ID
	if !last || set.ID == 0 {
		return nil
	}
	return tx.FinishLetterSet(set.ID)
}

// letterSheet is what all letters of a day have in common.
func letterSheet(tx *db.ReadTx) (db.LetterRow, error) {
	body, err := tx.OrderBody()
	if err != nil {
		return db.LetterRow{}, err
	}
	head, err := LetterheadOf(tx)
	return db.LetterRow{Sender: body.Name, SenderAt: head.Address, Place: body.City, Signer: head.Signer}, err
}

func (o *Office) makeLetter(tx *db.Tx, row db.LetterRow, v LetterReview) error {
	text, err := o.LetterText(&tx.ReadTx, row.Kind, v)
	if err != nil {
		return err
	}
	row.MemberID, row.MailboxID = v.Member.ID, v.Box.ID
	row.Recipient, row.Address = v.To[0], strings.Join(v.To[1:], "\n")
	row.Subject, row.Body = text.Subject, text.Text
	if row, err = tx.AddLetter(row); err != nil {
		return err
	}
	if row.Kind == pec.LetterDiffida {
		if err := o.followNotice(tx, row.MemberID, row.ID); err != nil {
			return err
		}
	}
	return tx.Record("letter.made", "member", v.Member.ID, map[string]any{"letter": row.Kind, "number": row.FullNumber(), "mailbox": v.Box.Address})
}

// LetterText is what a letter of the review says.
func (o *Office) LetterText(tx *db.ReadTx, kind pec.MessageKind, v LetterReview) (pec.Letter, error) {
	sender, err := orderBodyName(tx)
	if err != nil {
		return pec.Letter{}, err
	}
	var values pec.MessageValues
	switch kind {
	case pec.LetterActivation:
		values, err = o.activationValues(tx, sender, v)
	case pec.LetterNotice:
		values, err = o.noticeValues(tx, sender, v)
	case pec.LetterClosing:
		values, err = o.closingValues(tx, sender, v)
	default:
		var d pec.MemberDomicile
		if d, err = o.DomicileOf(tx, v.Member.ID); err == nil {
			values = pec.DiffidaValues(d, fullName(v.Member.Member), sender)
		}
	}
	if err != nil {
		return pec.Letter{}, err
	}
	return write(tx, kind, values)
}

// activationValues tell what becomes of the mailbox as the renewals will decide
// it on the books of today.
func (o *Office) activationValues(tx *db.ReadTx, sender string, v LetterReview) (pec.MessageValues, error) {
	view, err := o.ViewMailbox(tx, v.Box)
	if err != nil {
		return nil, err
	}
	facts := pec.ActivationFacts{Member: v.Member.Member, Holder: fullName(v.Member.Member), OrderBody: sender, Mailbox: view.Mailbox, ExtraGB: view.ExtraGB, Kind: view.Kind, Agreement: view.Agreement}
	book, agreements, err := o.Book(tx, v.Member.ID)
	if err != nil {
		return nil, err
	}
	switch f := book.Forecast(agreements, v.Box.ID, o.Today()); {
	case f.Mailbox.CloseReason == pec.CloseLeaver:
		facts.ClosesOn = f.On
	case f.Mailbox.Kind == pec.EventRenewed && f.Mailbox.Renewal == nil:
		facts.Renews = true
		if f.Mailbox.MailboxKind != v.Box.Kind {
			facts.Ahead = pec.KindName(agreements, f.Mailbox.MailboxKind, f.On)
		}
	}
	periods, err := tx.Periods(v.Box.ID)
	for _, p := range periods {
		if p.EndsOn == v.Box.ExpiresOn {
			facts.Paid = p.OrderID != 0
		}
	}
	return facts.Values(), err
}

func (o *Office) noticeValues(tx *db.ReadTx, sender string, v LetterReview) (pec.MessageValues, error) {
	book, agreements, err := o.Book(tx, v.Member.ID)
	if err != nil {
		return nil, err
	}
	pay, err := TransferOf(tx, v.Member.Member)
	if err != nil {
		return nil, err
	}
	facts := pec.NoticeFacts{On: o.Today(), Holder: fullName(v.Member.Member), OrderBody: sender, Mailbox: v.Box.Mailbox, Credit: book.Credit, Forecast: book.Forecast(agreements, v.Box.ID, o.Today()), Pay: pay, Agreements: agreements}
	for _, s := range book.Services {
		if s.MailboxID == v.Box.ID {
			facts.Services = append(facts.Services, s)
		}
	}
	return facts.Values(), nil
}

func (o *Office) closingValues(tx *db.ReadTx, sender string, v LetterReview) (pec.MessageValues, error) {
	facts := pec.ClosingFacts{Member: v.Member.Member, Holder: fullName(v.Member.Member), OrderBody: sender, Mailbox: v.Box.Mailbox, ClosesOn: v.ClosesOn}
	book, agreements, err := o.Book(tx, v.Member.ID)
	if err != nil {
		return nil, err
	}
	facts.Credit, facts.Claim, facts.Products = book.Credit, book.Claim, agreements
	facts.Agreement, _ = pec.InForce(agreements, o.Today())
	facts.Elsewhere = v.Member.OwnPEC != "" || slices.ContainsFunc(book.Mailboxes, func(m pec.Mailbox) bool { return m.ID != v.Box.ID && m.Status.Running() })
	services, err := tx.ServicesOn(v.Box.ID, true)
	for _, s := range services {
		if s.EndedOn.IsZero() || !v.Box.ClosedOn.IsZero() && s.EndedOn == v.Box.ClosedOn {
			facts.Services = append(facts.Services, s.Service)
		}
	}
	return facts.Values(), err
}

// lettersAtOnce is how many letters are read together while they are printed.
const lettersAtOnce = 100

// WriteLetter prints one letter again, as it was made.
func (o *Office) WriteLetter(ctx context.Context, w io.Writer, id int64) (row db.LetterRow, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if row, err = tx.Letter(id); err != nil {
			return err
		}
		head, err := logoOf(tx)
		if err != nil {
			return err
		}
		return reports.WriteLettersPDF(w, slices.Values([]reports.Letter{head.printed(row)}), row.MadeOn)
	})
	return row, err
}

// WriteLetterSet prints the letters of a set in the order of their numbers. They
// are read as they are printed.
func (o *Office) WriteLetterSet(ctx context.Context, w io.Writer, id int64) (set db.LetterSet, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if set, err = tx.LetterSet(id); err != nil {
			return err
		}
		head, err := logoOf(tx)
		if err != nil {
			return err
		}
		var reading error
		letters := func(yield func(reports.Letter) bool) {
			after := int64(0)
			for {
				var rows []db.LetterRow
				if rows, reading = tx.LettersOf(id, after, lettersAtOnce); reading != nil || len(rows) == 0 {
					return
				}
				for _, row := range rows {
					if after = row.ID; !yield(head.printed(row)) {
						return
					}
				}
			}
		}
		return cmp.Or(reports.WriteLettersPDF(w, letters, set.MadeOn), reading)
	})
	return set, err
}

// logoHead prints letters with the Ordine's logo.
type logoHead struct {
	logo  []byte
	since time.Time
}

func logoOf(tx *db.ReadTx) (h logoHead, err error) {
	h.logo, h.since, err = tx.LogoSince()
	return h, err
}

// printed is a letter as its PDF has it. One made before the Ordine had this logo
// is printed without: it stays as it was.
func (h logoHead) printed(row db.LetterRow) reports.Letter {
	l := printedLetter(row)
	if !row.CreatedAt.Before(h.since) {
		l.Logo = h.logo
	}
	return l
}

func printedLetter(row db.LetterRow) reports.Letter {
	l := reports.Letter{Called: row.Called, Number: row.FullNumber(), Protocol: row.Protocol, Sender: row.Sender, Address: row.SenderAt, Place: row.Place, On: row.MadeOn, To: []string{row.Recipient}, Subject: row.Subject, Text: row.Body, Signer: row.Signer}
	if row.Address != "" {
		l.To = append(l.To, strings.Split(row.Address, "\n")...)
	}
	return l
}

// PreviewLetter prints a text of a letter filled in for the invented member, as
// the first letter of the year.
func (o *Office) PreviewLetter(ctx context.Context, w io.Writer, form pec.MessageForm, t pec.MessageText) error {
	text, err := form.Write(t, form.Samples())
	if err != nil {
		return err
	}
	return o.DB.Read(ctx, func(tx *db.ReadTx) error {
		row, err := letterSheet(tx)
		if err != nil {
			return err
		}
		row.Called, row.Number, row.Year, row.MadeOn, row.Subject, row.Body = pec.LetterCalled, 1, o.Today().Year, o.Today(), text.Subject, text.Text
		row.Recipient, row.Address = pec.SampleAddress[0], strings.Join(pec.SampleAddress[1:], "\n")
		l := printedLetter(row)
		if l.Logo, err = tx.Logo(); err != nil {
			return err
		}
		return reports.WriteLettersPDF(w, slices.Values([]reports.Letter{l}), row.MadeOn)
	})
}

// usualSigner signs letters until the secretariat says who does.
const usualSigner = "Il Presidente"

// LetterheadOf is what letters say of the Ordine: somebody always signs.
func LetterheadOf(tx *db.ReadTx) (db.Letterhead, error) {
	h, err := tx.Letterhead()
	h.Signer = cmp.Or(h.Signer, usualSigner)
	return h, err
}

// Longest texts of a letterhead, in characters, and most lines of its address.
const (
	maxLetterheadLine  = 100
	maxLetterheadLines = 4
)

// SetLetterhead stores what letters say of the Ordine from the next one on: its
// address, the place where they are written, who signs them.
func (o *Office) SetLetterhead(ctx context.Context, actor string, h db.Letterhead, city string) error {
	var lines []string
	for line := range strings.SplitSeq(h.Address, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	h.Address, h.Signer, city = strings.Join(lines, "\n"), strings.Join(strings.Fields(h.Signer), " "), strings.Join(strings.Fields(city), " ")
	long := func(s string) bool { return utf8.RuneCountInString(s) > maxLetterheadLine }
	switch {
	case len(lines) > maxLetterheadLines:
		return pec.Refuse("letterhead_invalid", "L’indirizzo ha più di %d righe.", maxLetterheadLines).On("address")
	case slices.ContainsFunc(lines, long):
		return pec.Refuse("letterhead_invalid", "Una riga dell’indirizzo supera i %d caratteri.", maxLetterheadLine).On("address")
	case long(city):
		return pec.Refuse("letterhead_invalid", "Il luogo supera i %d caratteri.", maxLetterheadLine).On("place")
	case long(h.Signer):
		return pec.Refuse("letterhead_invalid", "La firma supera i %d caratteri.", maxLetterheadLine).On("signer")
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		body, err := tx.OrderBody()
		if err != nil {
			return err
		}
		before, err := tx.Letterhead()
		if err != nil {
			return err
		}
		was := map[string]any{"address": before.Address, "signer": before.Signer, "place": body.City}
		body.City = city
		if err := tx.SetOrderBody(body); err != nil {
			return err
		}
		if err := tx.SetLetterhead(h); err != nil {
			return err
		}
		return tx.Record("letterhead", "letterhead", 0, map[string]any{"address": h.Address, "signer": h.Signer, "place": city, "before": was})
	})
}
