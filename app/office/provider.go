package office

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// ToSend is what the next file for the provider would hold.
type ToSend struct {
	Asks    []pec.Ask // in the order of the file
	Apart   []pec.Ask // services, when the file is to be without them: due all the same
	LeftOut []NotSent
	Seen    string // stands for Asks: SendToProvider writes just these, or nothing
}

// NotSent is a mailbox for which nothing can be asked though something is due.
type NotSent struct {
	MailboxID int64
	Address   string
	Why       string // Italian
}

// Services are the requests for services, in the file or not.
func (s ToSend) Services() []pec.Ask {
	return slices.DeleteFunc(s.all(), func(a pec.Ask) bool { return a.Operation != pec.AskService })
}

func (s ToSend) all() []pec.Ask { return append(slices.Clone(s.Asks), s.Apart...) }

// Count is how many of the requests are for an operation.
func (s ToSend) Count(o pec.Operation) int {
	n := 0
	for _, a := range s.Asks {
		if a.Operation == o {
			n++
		}
	}
	return n
}

// Again is how many of the requests were sent before, their answers lost.
func (s ToSend) Again() int {
	n := 0
	for _, a := range s.Asks {
		if a.ID != 0 {
			n++
		}
	}
	return n
}

// ToSend works out what the next file for the provider would hold today.
func (o *Office) ToSend(tx *db.ReadTx) (ToSend, error) {
	var s ToSend
	boxes, err := tx.MailboxesToAsk()
	if err != nil {
		return s, err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return s, err
	}
	layout, err := tx.ProviderLayout()
	if err != nil {
		return s, err
	}
	for _, m := range boxes {
		asks, why := m.Due()
		if why != "" {
			s.LeftOut = append(s.LeftOut, NotSent{m.Mailbox.ID, m.Mailbox.Address, why})
			continue
		}
		for _, r := range asks {
			to := &s.Asks
			if r.Operation == pec.AskService && layout.WithoutServices {
				to = &s.Apart
			}
			*to = append(*to, askOf(m, r, agreements, o.Today()))
		}
	}
	slices.SortStableFunc(s.Asks, func(a, b pec.Ask) int {
		return slices.Index(pec.Operations, a.Operation) - slices.Index(pec.Operations, b.Operation)
	})
	s.Seen = pec.AsksFingerprint(s.Asks)
	return s, nil
}

func askOf(m pec.ProviderMailbox, r pec.Request, agreements []pec.Agreement, today pec.Date) pec.Ask {
	a := pec.Ask{Request: r, Mailbox: m.Mailbox, Holder: m.Holder, KindName: r.Kind, Years: m.Mailbox.TermYears}
	if r.Operation == pec.AskService {
		a.Product = pec.ProductCalled(agreements, r.Product, today)
	}
	agreement, _ := pec.InForce(agreements, today)
	if kind, ok := agreement.Kind(r.Kind); ok {
		a.KindName, a.BaseGB, a.BaseOf, a.Years = kind.Name, kind.BaseInboxGB, kind.Base(r.Product), slices.Min(kind.Terms)
	}
	return a
}

// Sent is a file that was made for the provider.
type Sent struct {
	File     db.ProviderFile // zero when there was nothing to ask
	Requests int
	Again    int // of them, how many an earlier file held
}

// errDryRun takes back a transaction that was only played.
var errDryRun = pec.Refuse("dry_run", "Prova: non è stato scritto nulla.")

var (
	errNothingToSend = pec.Refuse("nothing_to_send", "Non c’è nulla da inviare al gestore: il file non è stato fatto.")
	errSendChanged   = pec.Refuse("requests_changed", "Dopo che ha guardato l’elenco qualcosa è cambiato: il file non è stato fatto. Controlli il nuovo elenco e confermi di nuovo.")
)

// SendToProvider makes the file of all that is due and marks it as sent, in one
// transaction: the file is kept, and whoever has to deliver it takes it from
// there, as often as it must. With the fingerprint of what was shown it asks
// just that, or nothing. Format, when not empty, is used instead of the
// setting's. What is overdue for the holders is carried out first (R6), since it
// may close a mailbox or end its space. With dryRun nothing is written.
func (o *Office) SendToProvider(ctx context.Context, actor, seen, format string, dryRun bool) (Sent, error) {
	var done Sent
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		s, err := o.ToSend(&tx.ReadTx)
		if err != nil {
			return err
		}
		if seen != "" && seen != s.Seen {
			return errSendChanged
		}
		holders := map[int64]bool{}
		for _, a := range s.Asks {
			holders[a.Mailbox.MemberID] = true
		}
		if err := overdueAmong(tx, holders); err != nil {
			return err
		}
		if s, err = o.ToSend(&tx.ReadTx); err != nil {
			return err
		}
		if seen != "" && seen != s.Seen {
			return errSendChanged
		}
		if done.Requests, done.Again = len(s.Asks), s.Again(); done.Requests == 0 {
			return errNothingToSend
		}
		if dryRun {
			return errDryRun
		}
		done.File, err = o.send(tx, s.Asks, format)
		return err
	})
	if err == errDryRun || err == errNothingToSend && seen == "" {
		err = nil
	}
	return done, err
}

func (o *Office) send(tx *db.Tx, asks []pec.Ask, format string) (db.ProviderFile, error) {
	layout, err := tx.ProviderLayout()
	if err != nil {
		return db.ProviderFile{}, err
	}
	if format != "" {
		layout.Format = format
	}
	f := db.ProviderFile{Format: layout.Format, Requests: len(asks), MadeOn: tx.On, At: tx.Now, Actor: tx.Actor}
	if f.ID, err = tx.NextProviderFile(); err != nil {
		return f, err
	}
	for i := range asks {
		if err := ask(tx, &asks[i]); err != nil {
			return f, err
		}
	}
	if f.Content, err = providerFile(layout, asks); err != nil {
		return f, err
	}
	if err := tx.AddProviderFile(f); err != nil {
		return f, err
	}
	for _, a := range asks {
		r := db.ProviderRequest{Request: a.Request, FileID: f.ID}
		if err := tx.SetProviderRequest(r); err != nil {
			return f, err
		}
		if err := tx.PutInFile(f.ID, r.ID); err != nil {
			return f, err
		}
	}
	return f, tx.Record("provider.sent", "provider_file", f.ID, map[string]any{"requests": len(asks), "format": f.Format})
}

// ask marks one request as sent today: a new one, or one whose answer was lost.
func ask(tx *db.Tx, a *pec.Ask) error {
	box, err := tx.Mailbox(a.Mailbox.ID)
	if err != nil {
		return err
	}
	if err := notBefore(tx.On, "la casella "+box.Address, box.LastEventOn); err != nil {
		return err
	}
	if err := dropLost(tx, a.Request); err != nil {
		return err
	}
	a.Request.State, a.Request.SentOn = pec.RequestSent, tx.On
	if a.Request.ID == 0 {
		a.Request.FirstOn = tx.On
		if a.Request.ID, err = tx.AddProviderRequest(db.ProviderRequest{Request: a.Request}); err != nil {
			return err
		}
	}
	if a.Operation == pec.AskActivate {
		box.Status, box.SentOn = pec.MailboxSent, tx.On
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
	}
	if err := tx.Record("mailbox.sent", "mailbox", box.ID, asked(a.Request, nil)); err != nil {
		return err
	}
	return mark(tx, 0, box.ID, tx.On)
}

// asked is what the log keeps of a request, with what else is given.
func asked(r pec.Request, detail map[string]any) map[string]any {
	if detail == nil {
		detail = map[string]any{}
	}
	detail["operation"], detail["reference"] = r.Operation, r.Reference()
	if r.Operation == pec.AskService {
		detail["product"], detail["quantity"] = r.Product, r.Quantity
	}
	return detail
}

// dropLost gives up the requests whose place another takes.
func dropLost(tx *db.Tx, r pec.Request) error {
	earlier, err := tx.RequestsOf(r.MailboxID)
	if err != nil {
		return err
	}
	m := pec.ProviderMailbox{}
	for _, e := range earlier {
		m.Requests = append(m.Requests, e.Request)
	}
	lost := m.Lost(r)
	for _, e := range earlier {
		if !slices.ContainsFunc(lost, func(l pec.Request) bool { return l.ID == e.ID }) {
			continue
		}
		e.State = pec.RequestDropped
		if err := tx.SetProviderRequest(e); err != nil {
			return err
		}
	}
	return nil
}

// providerFile prints requests in the provider's columns.
func providerFile(l pec.FileLayout, asks []pec.Ask) ([]byte, error) {
	t := reports.Table{Title: "Richieste", Delimiter: []rune(l.Delimiter)[0]}
	for _, c := range l.Columns {
		t.Columns = append(t.Columns, reports.Column{Title: c.Title})
	}
	for _, a := range asks {
		t.Rows = append(t.Rows, l.Row(a))
	}
	var b bytes.Buffer
	if l.Format == pec.FormatXLSX {
		err := t.WriteXLSX(&b)
		return b.Bytes(), err
	}
	err := t.WriteCSV(&b)
	return b.Bytes(), err
}

// ProviderFile returns a file that was made for the provider, as it was; 0 is
// the latest.
func (o *Office) ProviderFile(ctx context.Context, id int64) (f db.ProviderFile, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if id == 0 {
			list, err := tx.ProviderFiles(1)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return pec.Refuse("provider_file_unknown", "Non è ancora stato fatto nessun file per il gestore.")
			}
			id = list[0].ID
		}
		f, err = tx.ProviderFile(id)
		return err
	})
	return f, err
}

// SetProviderLayout says how the provider wants its file, from the next on.
func (o *Office) SetProviderLayout(ctx context.Context, actor string, l pec.FileLayout) error {
	for i := range l.Columns {
		l.Columns[i].Title = strings.Join(strings.Fields(l.Columns[i].Title), " ")
	}
	if err := l.Check(); err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.SetProviderLayout(l); err != nil {
			return err
		}
		return tx.Record("provider.layout", "provider_file", 0, l)
	})
}

// AskAgain says of requests that the provider has to be asked again: the answer
// to one that was sent is lost, and the next file holds the same request with
// the same reference; one that was rejected is made anew, and so is one for a
// service that only somebody's word has for done. It returns how many, those left
// alone not counted, so that it may be repeated.
func (o *Office) AskAgain(ctx context.Context, actor string, ids []int64) (int, error) {
	n := 0
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		for _, id := range ids {
			r, err := tx.ProviderRequest(id)
			if err != nil {
				return err
			}
			again, err := askAgain(tx, r)
			if err != nil {
				return err
			}
			if again {
				n++
			}
		}
		return nil
	})
	return n, err
}

// AskFileAgain says that the answer to a file was lost: all in it that still
// awaits one is asked again.
func (o *Office) AskFileAgain(ctx context.Context, actor string, file int64) (int, error) {
	var ids []int64
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if _, err := tx.ProviderFile(file); err != nil {
			return err
		}
		list, err := tx.RequestList(db.RequestFilter{File: file, State: "awaited"})
		for _, r := range list {
			if r.FileID == file { // another file holds it since
				ids = append(ids, r.ID)
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return o.AskAgain(ctx, actor, ids)
}

func askAgain(tx *db.Tx, r db.ProviderRequest) (bool, error) {
	box, err := tx.Mailbox(r.MailboxID)
	if err != nil {
		return false, err
	}
	onWord := r.Operation == pec.AskService && r.State == pec.RequestDone && r.BatchID == 0
	if onWord { // a later total stands in its place
		if why, err := askedSince(&tx.ReadTx, r); why != "" || err != nil {
			return false, err
		}
	}
	refused := r.State == pec.RequestRejected && r.Operation != pec.AskActivate
	switch {
	case r.State == pec.RequestSent:
		r.State = pec.RequestUnknown
	case refused, onWord:
		r.State = pec.RequestDropped
	case r.State == pec.RequestRejected && box.Status == pec.MailboxRejected:
		return true, requestAgain(tx, box)
	default:
		return false, nil
	}
	if err := overdue(tx, box.MemberID); err != nil {
		return false, err
	}
	if err := tx.SetProviderRequest(r); err != nil {
		return false, err
	}
	if refused {
		if err := dropRefusedBefore(tx, r); err != nil {
			return false, err
		}
	}
	return true, tx.Record("provider.again", "mailbox", box.ID, asked(r.Request, map[string]any{"state": r.State}))
}

// dropRefusedBefore gives up the refusals before one that was given up: it was of
// all that ran then, so that what they refused is asked for again too.
func dropRefusedBefore(tx *db.Tx, r db.ProviderRequest) error {
	list, err := tx.RequestsOf(r.MailboxID)
	for _, e := range list {
		if e.ID < r.ID && e.Operation == r.Operation && e.Product == r.Product && e.State == pec.RequestRejected {
			e.State = pec.RequestDropped
			if err := tx.SetProviderRequest(e); err != nil {
				return err
			}
		}
	}
	return err
}

// requestAgain requests a rejected mailbox anew, as Provision does.
func requestAgain(tx *db.Tx, box db.MailboxRow) error {
	holder, err := tx.Member(box.MemberID)
	if err != nil {
		return err
	}
	why, err := notProvisioned(tx, holder)
	if err != nil {
		return err
	}
	if why != "" {
		return pec.Refuse("not_provisioned", "%s: la casella non si richiede di nuovo. %s", holder.FullName(), why)
	}
	_, err = writeRequest(tx, holder, madeAgain(box, tx.On))
	return err
}

// RequestAgain requests a rejected mailbox anew. It reports false when that is
// done already, so that it may be repeated.
func (o *Office) RequestAgain(ctx context.Context, actor string, mailbox int64) (again bool, err error) {
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := tx.Mailbox(mailbox)
		switch {
		case err != nil || box.Status == pec.MailboxRequested:
			return err
		case box.Status != pec.MailboxRejected:
			return pec.Refuse("mailbox_not_rejected", "La casella %s è %s: si chiede di nuovo solo una casella respinta.", box.Address, box.Status.Italian())
		}
		again = true
		return requestAgain(tx, box)
	})
	return again && err == nil, err
}

// RefusedActivation is the activation of a mailbox that the provider refused
// last; its ID is 0 when it never did.
func RefusedActivation(tx *db.ReadTx, mailbox int64) (pec.Request, error) {
	requests, err := tx.RequestsOf(mailbox)
	for _, r := range slices.Backward(requests) {
		if r.Operation == pec.AskActivate && r.State == pec.RequestRejected {
			return r.Request, err
		}
	}
	return pec.Request{}, err
}

// ToldByHand says of what is due, each by its Ask.Key, that it was told to the
// provider by other means, closings, space and services alike: no file asks for it
// any more. It returns how many; what is due otherwise by now is left alone.
func (o *Office) ToldByHand(ctx context.Context, actor string, keys []string) (int, error) {
	n := 0
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		n, err = o.toldByHand(tx, keys, tx.On)
		return err
	})
	return n, err
}

func (o *Office) toldByHand(tx *db.Tx, keys []string, on pec.Date) (n int, err error) {
	chosen := func() ([]pec.Ask, error) {
		s, err := o.ToSend(&tx.ReadTx)
		return slices.DeleteFunc(s.all(), func(a pec.Ask) bool {
			return a.Operation == pec.AskActivate || !slices.Contains(keys, a.Key())
		}), err
	}
	asks, err := chosen()
	if err != nil {
		return 0, err
	}
	holders := map[int64]bool{}
	for _, a := range asks {
		holders[a.Mailbox.MemberID] = true
	}
	if err := overdueAmong(tx, holders); err != nil { // it may end what is due (R6)
		return 0, err
	}
	if asks, err = chosen(); err != nil {
		return 0, err
	}
	for _, a := range asks {
		r := db.ProviderRequest{Request: a.Request}
		if a.ID != 0 {
			if r, err = tx.ProviderRequest(a.ID); err != nil {
				return 0, err
			}
		}
		if err := doneByHand(tx, r, on); err != nil {
			return 0, err
		}
	}
	return len(asks), nil
}

// doneByHand writes that what a request asks for is done at the provider since a
// day, on the word of whoever says so.
func doneByHand(tx *db.Tx, r db.ProviderRequest, on pec.Date) error {
	if on.Before(r.DueOn) {
		return pec.Refuse("date_before_request", "C’è una richiesta del %s: il gestore non può averla lavorata il %s.", r.DueOn.Italian(), on.Italian()).On("on")
	}
	if err := dropLost(tx, r.Request); err != nil {
		return err
	}
	r.State, r.AnsweredOn, r.By = pec.RequestDone, on, tx.Actor
	var err error
	if r.ID == 0 {
		r.ID, err = tx.AddProviderRequest(r)
	} else {
		err = tx.SetProviderRequest(r)
	}
	if err != nil {
		return err
	}
	detail := asked(r.Request, map[string]any{"on": on})
	if r.Operation == pec.AskSpace {
		detail["extra_gb"] = r.ExtraGB
	}
	return tx.Record("provider.told", "mailbox", r.MailboxID, detail)
}

// activationAwaited opens again the request that a provider's list answered,
// once the list is taken back.
func activationAwaited(tx *db.Tx, mailbox int64) error {
	requests, err := tx.RequestsOf(mailbox)
	for _, r := range slices.Backward(requests) {
		if r.Operation == pec.AskActivate && r.State == pec.RequestDone && r.BatchID == 0 {
			r.State, r.AnsweredOn = pec.RequestSent, pec.Date{}
			return tx.SetProviderRequest(r)
		}
	}
	return err
}

// activationAnswered closes the request that an activation answers, if one is
// awaited.
func activationAnswered(tx *db.Tx, mailbox int64, on pec.Date) error {
	requests, err := tx.RequestsOf(mailbox)
	for _, r := range requests {
		if r.Operation != pec.AskActivate || !r.State.Open() {
			continue
		}
		r.State, r.AnsweredOn = pec.RequestDone, on
		if err := tx.SetProviderRequest(r); err != nil {
			return err
		}
	}
	return err
}
