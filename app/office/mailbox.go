package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// Provisioned is a mailbox requested for a member.
type Provisioned struct {
	MailboxID          int64  `json:"-"`
	Address            string `json:"address"`
	RegistrationNumber string `json:"registration_number"`
	TaxCode            string `json:"tax_code"`
	Holder             string `json:"-"`
	// Again says that the provider has refused the mailbox, and Refused what it
	// answered to; the preview alone tells it.
	Again   bool        `json:"-"`
	Refused pec.Request `json:"-"`
}

// StandardKind is the kind requested for members: the one that every Ordine
// gives for nothing.
const StandardKind = "standard"

// Provision requests a standard mailbox for every active member without one and
// without an own PEC, or for the one whose registration number is given, own
// PEC or not (9.6). Whoever has a mailbox is left alone, so that it may be
// repeated. With dryRun nothing is written.
func (o *Office) Provision(ctx context.Context, actor, number string, dryRun bool) ([]Provisioned, error) {
	return o.ProvisionIn(ctx, actor, "", number, dryRun)
}

// ProvisionIn is Provision with addresses in a domain of the Ordine's; empty is
// the default one.
func (o *Office) ProvisionIn(ctx context.Context, actor, domain, number string, dryRun bool) ([]Provisioned, error) {
	var list []Provisioned
	if dryRun {
		err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
			members, err := withoutMailbox(tx, number)
			if err != nil {
				return err
			}
			round, err := proposing(tx, domain, o.Today())
			for _, m := range members {
				if err != nil {
					return err
				}
				var p Provisioned
				p, err = round.preview(m)
				list = append(list, p)
			}
			return err
		})
		return list, err
	}
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		members, err := withoutMailbox(&tx.ReadTx, number)
		if err != nil {
			return err
		}
		domain, err := domainFor(&tx.ReadTx, domain)
		if err != nil {
			return err
		}
		for _, m := range members {
			p, err := request(tx, m, domain)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

// withoutMailbox are the members whom Provision is for, in the order of their
// registration numbers.
func withoutMailbox(tx *db.ReadTx, number string) ([]db.MemberRow, error) {
	only, err := chosen(tx, number)
	if err != nil {
		return nil, err
	}
	members, err := tx.MembersToProvision(only)
	slices.SortStableFunc(members, func(a, b db.MemberRow) int {
		return pec.CompareNumbers(a.RegistrationNumber, b.RegistrationNumber)
	})
	return members, err
}

func chosen(tx *db.ReadTx, number string) (int64, error) {
	if number == "" {
		return 0, nil
	}
	m, err := tx.MemberByNumber(strings.TrimSpace(number))
	if err != nil {
		return 0, err
	}
	if m.Status != pec.MemberActive {
		return 0, pec.Refuse("member_not_active", "%s è %s: una casella si richiede solo per chi è iscritto.", m.FullName(), m.Said(m.Status.Italian()))
	}
	return m.ID, nil
}

// request writes the request of one mailbox, with an address that nobody else
// ever had. A rejected request is made again.
func request(tx *db.Tx, m db.MemberRow, domain string) (Provisioned, error) {
	round := proposals{tx: &tx.ReadTx, domain: domain, on: tx.On}
	box, err := round.propose(m)
	if err != nil {
		return Provisioned{}, err
	}
	return writeRequest(tx, m, box)
}

// writeRequest writes a request as it was proposed.
func writeRequest(tx *db.Tx, m db.MemberRow, box db.MailboxRow) (p Provisioned, err error) {
	p = provisioned(m, box)
	if box.ID == 0 {
		p.MailboxID, err = tx.AddMailbox(box)
	} else {
		err = tx.SetMailbox(box.Mailbox)
	}
	if err != nil {
		return p, err
	}
	box.ID = p.MailboxID
	if err := tx.AddMailboxRequest(box.Mailbox); err != nil {
		return p, err
	}
	if err := tx.Record("mailbox.requested", "mailbox", p.MailboxID, map[string]any{"address": p.Address}); err != nil {
		return p, err
	}
	return p, mark(tx, 0, p.MailboxID, tx.On)
}

func provisioned(m db.MemberRow, box db.MailboxRow) Provisioned {
	return Provisioned{MailboxID: box.ID, Address: box.Address, RegistrationNumber: m.RegistrationNumber, TaxCode: m.TaxCode, Holder: m.FullName()}
}

// proposals propose the requests of one round, one member after the other.
type proposals struct {
	tx     *db.ReadTx
	domain string
	on     pec.Date
	given  map[string]bool // addresses of a preview, of which the database knows nothing
}

func proposing(tx *db.ReadTx, domain string, on pec.Date) (proposals, error) {
	domain, err := domainFor(tx, domain)
	return proposals{tx, domain, on, map[string]bool{}}, err
}

// preview proposes a member's request that is not going to be written.
func (r proposals) preview(m db.MemberRow) (Provisioned, error) {
	box, err := r.propose(m)
	if err != nil {
		return Provisioned{}, err
	}
	r.given[box.Address] = true
	p := provisioned(m, box)
	if p.Again = box.ID != 0; p.Again {
		p.Refused, err = RefusedActivation(r.tx, box.ID)
	}
	return p, err
}

// propose returns the request as it is to be written: the one that was rejected,
// made again, or a new one, without an ID.
func (r proposals) propose(m db.MemberRow) (db.MailboxRow, error) {
	boxes, err := r.tx.MailboxesOf(m.ID)
	if err != nil {
		return db.MailboxRow{}, err
	}
	for _, b := range boxes {
		if b.Status == pec.MailboxRejected {
			return madeAgain(b, r.on), nil
		}
	}
	address, err := r.freeAddress(m)
	return db.MailboxRow{Mailbox: pec.Mailbox{
		Address: address, MemberID: m.ID, Kind: StandardKind, Status: pec.MailboxRequested, RequestedOn: r.on, TermYears: 1, AutoRenew: true,
	}}, err
}

// madeAgain is a rejected request, requested anew on a day.
func madeAgain(b db.MailboxRow, on pec.Date) db.MailboxRow {
	b.Status, b.RequestedOn, b.SentOn, b.Rejection = pec.MailboxRequested, on, pec.Date{}, ""
	return b
}

// freeAddress proposes the member's address: the reserved one, or the name's,
// with 2, 3… for namesakes. A closed address comes back to its own holder only.
func (r proposals) freeAddress(m db.MemberRow) (string, error) {
	if m.ReservedAddress != "" {
		holder, taken, err := r.tx.AddressHolder(m.ReservedAddress)
		if err != nil {
			return "", err
		}
		if holder == m.ID && !taken {
			return m.ReservedAddress, nil
		}
	}
	for n := 1; n < 10_000; n++ {
		local := pec.LocalPart(m.Surname, m.Name, n)
		if local == "" { // a name in no Latin letters
			local = fmt.Sprintf("iscritto%d", m.ID)
		}
		address := local + "@" + r.domain
		holder, taken, err := r.tx.AddressHolder(address)
		if err != nil {
			return "", err
		}
		if !r.given[address] && (holder == 0 || holder == m.ID && !taken) {
			return address, nil
		}
	}
	return "", fmt.Errorf("no free address for member %d", m.ID)
}

// Activated is a mailbox whose term has begun.
type Activated struct {
	Address     string   `json:"address"`
	ActivatedOn pec.Date `json:"activated_on"`
	ExpiresOn   pec.Date `json:"expires_on"`
	// Space is what became of the space asked for with the mailbox; nil when none
	// was.
	Space *SpaceOrdered `json:"-"`
}

// Activate registers that the provider activated a requested or sent mailbox
// today, for a term of years (0: the kind's shortest), with the first period's
// charge when the Ordine pays the kind (R1, R4).
func (o *Office) Activate(ctx context.Context, actor, address string, years int) (Activated, error) {
	return o.ActivateOn(ctx, actor, address, o.Today(), years)
}

// ActivateOn registers what Activate does, of a mailbox that the provider
// activated on a day, today or before: term and price are that day's.
func (o *Office) ActivateOn(ctx context.Context, actor, address string, on pec.Date, years int) (Activated, error) {
	var done Activated
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := tx.MailboxByAddress(normalAddress(address))
		if err != nil {
			return err
		}
		done, err = activateOn(tx, box, pec.Activation{On: on, Years: years})
		return err
	})
	return done, err
}

// ActivateMany registers the activation of several mailboxes, all on one day, in
// one transaction, all or none.
func (o *Office) ActivateMany(ctx context.Context, actor string, ids []int64, on pec.Date) (int, error) {
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		for _, id := range ids {
			box, err := tx.Mailbox(id)
			if err != nil {
				return err
			}
			if _, err := activateOn(tx, box, pec.Activation{On: on}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(ids), nil
}

// activateOn registers an activation, on its day and for its years: the term and
// its price are that day's (R1, R4). What else it depends on is read here.
func activateOn(tx *db.Tx, box db.MailboxRow, a pec.Activation) (Activated, error) {
	a.Mailbox, a.Today = box.Mailbox, tx.On
	if a.Awaited() { // any other is refused below
		if err := overdue(tx, box.MemberID); err != nil {
			return Activated{}, err
		}
		if err := inOrder(tx, box); err != nil {
			return Activated{}, err
		}
	}
	holder, err := tx.Member(box.MemberID)
	if err != nil {
		return Activated{}, err
	}
	a.Holder = holder.Member
	if a.Agreements, err = tx.Agreements(); err != nil {
		return Activated{}, err
	}
	term, err := a.Decide()
	if err == nil && !a.Told {
		err = term.CheckRunning(tx.On)
	}
	if err != nil {
		return Activated{}, err
	}
	done, err := begin(tx, term)
	if err != nil || holder.Status.OnRegister() {
		return done, err
	}
	return done, overdue(tx, box.MemberID) // a leaver's: it may be over already (R5)
}

// begin writes a term that was decided, with its charge.
func begin(tx *db.Tx, done pec.Activated) (Activated, error) {
	m := done.Mailbox
	if err := tx.SetMailbox(m); err != nil {
		return Activated{}, err
	}
	if err := activationAnswered(tx, m.ID, m.ActivatedOn); err != nil {
		return Activated{}, err
	}
	p := db.Period{MailboxID: m.ID, StartsOn: m.ActivatedOn, EndsOn: m.ExpiresOn, Origin: "activation"}
	id, err := tx.AddPeriod(p)
	if err != nil {
		return Activated{}, err
	}
	if done.Charged {
		if err := tx.AddCharge(id, p, done.Agreement.ID, done.Price); err != nil {
			return Activated{}, err
		}
	}
	if err := tx.Record("mailbox.activated", "mailbox", m.ID, map[string]any{"on": m.ActivatedOn, "expires": m.ExpiresOn, "price": done.Price}); err != nil {
		return Activated{}, err
	}
	if err := mark(tx, m.MemberID, m.ID, tx.On); err != nil {
		return Activated{}, err
	}
	space, err := orderAsked(tx, m.ID)
	return Activated{m.Address, m.ActivatedOn, m.ExpiresOn, space}, err
}

// MailboxView is one mailbox as its holder sees it.
type MailboxView struct {
	db.MailboxRow
	Holder   db.MemberRow
	Kind     pec.Kind // of the agreement in force, or of the latest before
	Services []db.ServiceRow
	ExtraGB  int // inbox space that was bought
	// ArchiveGB is archive space that was bought, beside the kind's.
	ArchiveGB int
	Credit    pec.Cents
	Claim     pec.Cents
	// Agreement is the one in force; its ID is 0 when there is none.
	Agreement pec.Agreement
	// Refused is the request that the provider refused, while nobody has asked
	// again; its ID is 0 when there is none.
	Refused pec.Request
	// AtProvider says where each of the services is at the provider, by its ID.
	AtProvider map[int64]pec.AtProvider
}

// TotalGB is the inbox space: base and extra (R12).
func (v MailboxView) TotalGB() int { return v.Kind.BaseInboxGB + v.ExtraGB }

// Mailbox gathers one mailbox as its holder sees it.
func (o *Office) Mailbox(ctx context.Context, address string) (MailboxView, error) {
	var v MailboxView
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(normalAddress(address))
		if err != nil {
			return err
		}
		v, err = o.ViewMailbox(tx, box)
		return err
	})
	return v, err
}

// ViewMailbox gathers one mailbox in a snapshot that is already open.
func (o *Office) ViewMailbox(tx *db.ReadTx, box db.MailboxRow) (MailboxView, error) {
	v := MailboxView{MailboxRow: box}
	var err error
	if v.Holder, err = tx.Member(box.MemberID); err != nil {
		return v, err
	}
	if v.Services, err = tx.ServicesOn(box.ID, false); err != nil {
		return v, err
	}
	for _, s := range v.Services {
		switch s.Product {
		case pec.InboxGB:
			v.ExtraGB += s.Quantity
		case pec.ArchiveGB:
			v.ArchiveGB += s.Quantity
		}
	}
	if v.AtProvider, err = ServicesAtProvider(tx, box.ID, v.Services); err != nil {
		return v, err
	}
	if v.Credit, err = tx.Balance(box.MemberID); err != nil {
		return v, err
	}
	if v.Claim, err = tx.Claim(box.MemberID); err != nil {
		return v, err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return v, err
	}
	if box.Status == pec.MailboxRejected {
		if v.Refused, err = RefusedActivation(tx, box.ID); err != nil {
			return v, err
		}
	}
	v.Agreement, _ = pec.InForce(agreements, o.Today())
	v.Kind, _ = v.Agreement.Kind(box.Kind)
	for _, a := range slices.Backward(agreements) {
		if v.Kind.Code != "" {
			break
		}
		v.Kind, _ = a.Kind(box.Kind)
	}
	return v, nil
}

// AsOf gives the services of the mailbox the state that its holder's book has:
// what fell due and is not written down yet is played there (R6).
func (v *MailboxView) AsOf(book pec.Book) {
	v.ExtraGB, v.ArchiveGB = 0, 0
	var running []db.ServiceRow
	for _, s := range v.Services {
		i := slices.IndexFunc(book.Services, func(b pec.Service) bool { return b.ID == s.ID })
		if i < 0 || !book.Services[i].EndedOn.IsZero() {
			continue
		}
		s.Service = book.Services[i]
		switch s.Product {
		case pec.InboxGB:
			v.ExtraGB += s.Quantity
		case pec.ArchiveGB:
			v.ArchiveGB += s.Quantity
		}
		running = append(running, s)
	}
	v.Services = running
}
