package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

func (s *site) accessRoutes() []route {
	return []route{
		get("/area/altre", themselves, s.others),
		post("/area/altre", themselves, s.askAccess),
		get("/area/altre/:id", themselves, s.entrusted),
		post("/area/altre/:id/risposta", themselves, s.decideAccess),
		post("/area/altre/:id/fine", themselves, s.endAccess),
		get("/area/altre/:id/versamento", themselves, s.giftForm),
		post("/area/altre/:id/versamento", themselves, s.give),
		get("/area/altre/:id/acquisto", themselves, s.guestPurchase),
		post("/area/altre/:id/acquisto", themselves, s.buyAsGuest),
		get("/area/altre/:id/rinnovo", themselves, s.guestRenewal),
		post("/area/altre/:id/rinnovo", themselves, s.renewAsGuest),
	}
}

// othersPage is what a member has to do with mailboxes of other holders: those
// entrusted to them, and who sees and pays for their own.
type othersPage struct {
	Frame
	Mine    []otherBox
	Address string // to ask for
	Guests  []ownGuest
	HasBox  bool // of their own
}

// otherBox is a mailbox of another holder, as its guest lists it.
type otherBox struct {
	ID         int64
	Address    string
	Holder     string
	Path       string // of its page; empty when it is of no use
	Badge      string
	Expires    pec.Date
	Note       string
	End, Asked bool // what can be ended: the access, or the request
}

// ownGuest is who asked for access to a mailbox of the member's, or has it.
type ownGuest struct {
	db.Access
	Note string
}

// IsAsked reports whether the holder has still to answer.
func (g ownGuest) IsAsked() bool { return g.State == pec.AccessAsked }

// endedFor is how many days an access that has ended, or was refused, is shown.
const endedFor = 30

func (s *site) others(c *fiber.Ctx) error {
	p, err := s.othersPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "areaothers", p)
}

func (s *site) othersPage(c *fiber.Ctx) (*othersPage, error) {
	p := &othersPage{Frame: s.frame(c, "Caselle di altri iscritti")}
	return p, s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Mine, err = entrustedTo(tx, who(c), p.Today, true); err != nil {
			return err
		}
		_, boxes, err := ownMailbox(tx, who(c).ID, 0)
		if err != nil {
			return err
		}
		p.HasBox = len(boxes) > 0
		p.Guests, err = guestsOf(tx, who(c).ID)
		return err
	})
}

// entrustedTo lists the mailboxes of other holders that a member may see; all
// says with those asked for and those that lately came to nothing.
func entrustedTo(tx *db.ReadTx, guest Who, today pec.Date, all bool) (list []otherBox, err error) {
	accesses, err := tx.AccessesOf(guest.ID)
	for _, a := range accesses {
		o := otherBox{ID: a.ID, Address: askedFor(a), Asked: a.State == pec.AccessAsked, End: a.State.Open()}
		switch {
		case a.State == pec.AccessGranted:
			o.Holder = a.Holder
			if p := a.Refuses(); p != nil {
				o.Badge, o.Note = "Non più utilizzabile", p.Message
				break
			}
			box, err := tx.Mailbox(a.MailboxID)
			if err != nil {
				return nil, err
			}
			o.Path, o.Expires = otherPath(a.ID, ""), box.ExpiresOn
		case !all:
			continue
		case a.State == pec.AccessAsked:
			o.Badge, o.Note = "In attesa", "Chiesta il "+a.AskedOn.Italian()+": il titolare non ha ancora risposto."
		case a.State == pec.AccessRefused && a.DecidedOn.DaysUntil(today) <= endedFor:
			o.Badge, o.Note = "Rifiutata", "Il titolare ha rifiutato il "+a.DecidedOn.Italian()+"."
		case a.State == pec.AccessWithdrawn && a.EndedBy != guest.Actor() && a.EndedOn.DaysUntil(today) <= endedFor:
			o.Badge, o.Note = "Revocata", "Dal "+a.EndedOn.Italian()+" non la vede e non la paga più."
		default:
			continue
		}
		list = append(list, o)
	}
	return list, err
}

// askedFor is an access's address as its guest may know it: what they typed,
// until it was granted.
func askedFor(a db.Access) string {
	if a.DecidedOn.IsZero() || a.State == pec.AccessRefused {
		return a.Asked
	}
	return a.Address
}

func otherPath(id int64, rest string) string { return fmt.Sprintf("/area/altre/%d%s", id, rest) }

// guestsOf lists who asked for access to a member's mailboxes, or has it.
func guestsOf(tx *db.ReadTx, holder int64) (list []ownGuest, err error) {
	accesses, err := tx.AccessesTo(holder)
	for _, a := range accesses {
		if !a.State.Open() || a.Mailbox == pec.MailboxClosed {
			continue
		}
		g := ownGuest{a, "Lo ha chiesto il " + a.AskedOn.Italian() + "."}
		if a.State == pec.AccessGranted {
			g.Note = "Dal " + a.DecidedOn.Italian() + " può vederla e pagarla."
			if !a.Guest.OnRegister() {
				g.Note = "Non è più nell’albo: non può pagare."
			}
		}
		list = append(list, g)
	}
	return list, err
}

// askAccess answers alike whether there is such a mailbox or not.
func (s *site) askAccess(c *fiber.Ctx) error {
	p, err := s.othersPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Address = f.text("address")
	f.add(s.office.AskAccess(ctx(c), who(c).Actor(), who(c).ID, p.Address))
	if !f.ok() {
		return s.refuse(c, "areaothers", p, f)
	}
	return s.done(c, "/area/altre", "La richiesta è registrata.", "Se l’indirizzo è di una casella dell’Ordine, il titolare riceve un messaggio e la trova nella sua area; qui vedrà la risposta.")
}

func (s *site) decideAccess(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	answer := formOf(c).text("answer")
	if answer != "grant" && answer != "refuse" {
		return pec.Refuse("answer_missing", "Scelga se concedere o rifiutare l’accesso.")
	}
	if err := s.office.DecideAccess(ctx(c), who(c).Actor(), who(c).ID, id, answer == "grant"); err != nil {
		return err
	}
	var a db.Access
	if err := s.read(c, func(tx *db.ReadTx) (err error) {
		a, err = tx.Access(id)
		return err
	}); err != nil {
		return err
	}
	if answer == "grant" {
		return s.done(c, "/area/altre", "L’accesso è concesso.", a.GuestName+" può vedere e pagare "+a.Address+". Può revocarlo quando vuole.")
	}
	return s.done(c, "/area/altre", "La richiesta è rifiutata.", a.GuestName+" non vede nulla della Sua casella.")
}

// endAccess is the holder's taking back and the guest's giving up.
func (s *site) endAccess(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := s.office.WithdrawAccess(ctx(c), who(c).Actor(), who(c).ID, id); err != nil {
		return err
	}
	var a db.Access
	if err := s.read(c, func(tx *db.ReadTx) (err error) {
		a, err = tx.Access(id)
		return err
	}); err != nil {
		return err
	}
	switch {
	case a.HolderID == who(c).ID:
		return s.done(c, "/area/altre", "L’accesso è revocato.", a.GuestName+" non vede e non paga più "+a.Address+". Ciò che ha già pagato resta.")
	case a.DecidedOn.IsZero():
		return s.done(c, "/area/altre", "La richiesta è ritirata.")
	}
	return s.done(c, "/area/altre", "Ha rinunciato all’accesso.", "Non vede e non paga più "+a.Address+". Ciò che ha già pagato resta.")
}

// entrustedPage is a mailbox of another holder as its guest sees it: what it
// has and what its renewal lacks, nothing of the holder's account.
type entrustedPage struct {
	Frame
	ID         int64
	Address    string
	Stop       string // why there is nothing to see
	Box        *areaBox
	Services   []areaService
	RenewsOn   pec.Date
	Cost       pec.Cents // of the renewal, gross
	Missing    pec.Cents
	Give       string // where to give credit, what is missing filled in
	GiveNote   string // or why it would be of no use
	Credit     pec.Cents
	Given      []db.Entry // what this member paid for the mailbox: amounts above zero
	CanBeEnded bool
}

// ownAccess loads an access of the member's to another's mailbox.
func ownAccess(c *fiber.Ctx, tx *db.ReadTx) (db.Access, error) {
	id, err := idOf(c)
	if err != nil {
		return db.Access{}, err
	}
	a, err := tx.Access(id)
	if err == nil && a.GuestID != who(c).ID {
		err = db.AccessUnknown()
	}
	return a, err
}

func (s *site) entrusted(c *fiber.Ctx) error {
	p := entrustedPage{}
	err := s.read(c, func(tx *db.ReadTx) error {
		a, err := ownAccess(c, tx)
		if err != nil {
			return err
		}
		p.ID, p.Address, p.CanBeEnded = a.ID, askedFor(a), a.State.Open()
		title := p.Address
		problem := a.Refuses()
		if problem == nil {
			title = "Casella di " + a.Holder
		}
		p.Frame = s.frame(c, title, Crumb{"Caselle di altri iscritti", "/area/altre"})
		if problem != nil {
			p.Stop = problem.Message
			return nil
		}
		p.Give = otherPath(a.ID, "/versamento")
		if p.Credit, err = tx.Balance(who(c).ID); err != nil {
			return err
		}
		if p.Given, err = tx.GivenFor(a.ID); err != nil {
			return err
		}
		for i := range p.Given {
			p.Given[i].Amount = -p.Given[i].Amount
		}
		return s.describeEntrusted(tx, a, &p)
	})
	if err != nil {
		return err
	}
	return s.show(c, "areaother", &p)
}

// describeEntrusted fills in what the mailbox has, from the holder's book.
func (s *site) describeEntrusted(tx *db.ReadTx, a db.Access, p *entrustedPage) error {
	box, err := tx.Mailbox(a.MailboxID)
	if err != nil {
		return err
	}
	book, agreements, late, err := s.office.BookToday(tx, a.HolderID)
	if err != nil {
		return err
	}
	played := []db.MailboxRow{box}
	asOf(book, played)
	box = played[0]
	view, err := s.office.ViewMailbox(tx, box)
	if err != nil {
		return err
	}
	view.AsOf(book)
	r := areaReader{site: s, tx: tx, page: &areaPage{Frame: p.Frame}, member: a.HolderID, box: box}
	r.book, r.agreements = book.ForGuest(box.ID), agreements
	now, _ := pec.InForce(agreements, p.Today)
	p.Box = &areaBox{Address: box.Address, Kind: kindFor(view.Kind, box.Mailbox, "a carico del titolare"), Status: capital(box.Status.Italian())}
	if box.Status != pec.MailboxActive {
		p.Box.StatusKind = "secondary"
	}
	if !box.Status.Running() {
		p.Box.Next = "Non è ancora attiva: il credito che versa resta a disposizione del titolare."
		if p.GiveNote = noUseOfCredit(now, 0); p.GiveNote != "" {
			p.Box.Next = "Non è ancora attiva."
		}
		return nil
	}
	r.forecast = r.book.Forecast(r.agreements, box.ID, p.Today)
	f, ordered := r.forecast, book.Forecast(agreements, box.ID, p.Today).Order != 0
	if !ordered && mayRenew(box, f, p.Today) {
		if _, err := s.office.QuoteGuestRenewal(tx, box, f.AskedYears); err == nil {
			p.Box.MustRenew, p.Box.Renew, p.Box.RenewWords = true, otherPath(a.ID, "/rinnovo"), "Rinnova la casella"
		} else if pec.AsProblem(err) == nil {
			return err
		}
	}
	p.Box.Expires, p.Box.Near, p.Box.Next = box.ExpiresOn, p.Today.DaysUntil(box.ExpiresOn) <= soon, strings.TrimSpace(nextOfAnother(f, p.Box.MustRenew, ordered)+" "+lateNote(late))
	p.Box.Space = spaceOf(view)
	r.at = view.AtProvider
	r.services(view.Services, view.Kind)
	for _, v := range r.page.Services {
		v.Change = ""  // the holder's to decide
		if v.Refused { // why is between the holder and the Ordine
			v.AtProvider = "Respinto dal gestore. Se ne occupa la segreteria."
		}
		p.Services = append(p.Services, v)
	}
	p.RenewsOn, p.Cost, p.Missing = f.On, f.Cost.Gross, f.Missing
	if p.GiveNote = noUseOfCredit(now, f.Missing); p.GiveNote != "" {
		return nil
	}
	if f.Missing > 0 {
		p.Give = withQuery(p.Give, "importo", f.Missing.Italian())
	}
	return s.offerToGuest(tx, box, book, p)
}

// noUseOfCredit says why a guest's credit would be of no use to the holder: where
// the provider sells, it buys nothing here, unless a renewal lacks it. Empty when
// it would.
func noUseOfCredit(now pec.Agreement, missing pec.Cents) string {
	if now.SoldBy != pec.SoldByProvider || missing > 0 {
		return ""
	}
	return "Gli acquisti per questa casella li fa il titolare presso il gestore" + inBrackets(now.Provider) + ": il credito versato qui non li pagherebbe."
}

// offerToGuest says whether something may be bought for the mailbox.
func (s *site) offerToGuest(tx *db.ReadTx, box db.MailboxRow, book pec.Book, p *entrustedPage) error {
	if problem := book.RefusesGuest(box.ID); problem != nil {
		p.Box.BuyNote = problem.Message
		return nil
	}
	offer, err := s.offerFor(tx, box, 0, p.Today)
	if p.Box.BuyNote = offer.refusal; offer.refusal == "" {
		p.Box.Buy, p.Box.BuyWords = otherPath(p.ID, "/acquisto"), offer.words()
	}
	return err
}

// nextOfAnother says what becomes of another's mailbox on its day; orders is
// whether the guest may order its renewal, ordered whether the holder did.
func nextOfAnother(f pec.Forecast, orders, ordered bool) string {
	switch e := f.Mailbox; {
	case f.On.IsZero():
		return ""
	case ordered:
		return "Del rinnovo decide il titolare: senza, il " + f.On.Italian() + " si chiude."
	case orders:
		return "Senza un ordine di rinnovo, " + f.Asked.Gross.Euro() + " per " + yearsOf(f.AskedYears) + ", il " + f.On.Italian() + " si chiude: lo può ordinare e pagare anche Lei."
	case e.Kind == pec.EventClosed && e.CloseReason == pec.CloseNotRenewed && f.AskedYears > 0:
		return "Senza un ordine di rinnovo del titolare, " + f.Asked.Gross.Euro() + " per " + yearsOf(f.AskedYears) + ", il " + f.On.Italian() + " si chiude: può versargli il credito."
	case e.Kind == pec.EventClosed && e.CloseReason == pec.CloseNotRenewed:
		return "Senza un ordine di rinnovo del titolare, il " + f.On.Italian() + " si chiude."
	case e.Kind == pec.EventClosed:
		return "Si chiude il " + f.On.Italian() + "."
	case e.Kind == pec.EventRenewed && e.Renewal == nil && e.Years > 0:
		return "L’Ordine la rinnova per " + yearsOf(e.Years) + "."
	}
	return ""
}
