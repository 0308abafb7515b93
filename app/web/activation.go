package web

import (
	"fmt"
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// activationDay is the day on which the provider activated mailboxes, as a form
// has it: term and price are that day's.
type activationDay struct {
	On    string   // as typed
	Shown pec.Date // of which the page shows terms and prices; today until a day is chosen
}

// daySeen names the hidden field with the day whose terms were shown.
const daySeen = "shown"

// read takes the day in. It reports whether the page has only to be shown again:
// the button was that of the prices, or they are of another day than was seen.
func (d *activationDay) read(f *form) (again bool) {
	d.On = f.text("on")
	on := f.day("on")
	if !f.ok() {
		return false
	}
	d.Shown = on
	if f.text("action") == "quote" {
		return true
	}
	if seen := f.text(daySeen); seen != "" && seen != on.Italian() {
		f.wrong("on", "Il giorno è cambiato: ecco durata e costi dal "+on.Italian()+". Li controlli e confermi di nuovo.")
	}
	return false
}

func fromToday(today pec.Date) activationDay { return activationDay{today.Italian(), today} }

// activationsPage is the review before activations are registered.
type activationsPage struct {
	Frame
	activationDay
	Ready   []office.ActivationPreview
	LeftOut []office.ActivationPreview
	Total   pec.Amounts
	Button  string
}

func (s *site) reviewActivations(c *fiber.Ctx) error {
	ids := queryIDs(c)
	if len(ids) == 0 {
		return s.told(c, "/caselle?stato=outstanding", Alert{Kind: "warning", Strong: "Non ha scelto nessuna casella.", Text: "Spunti le righe dell’elenco e riprovi."})
	}
	p, err := s.activationsPage(c, ids, fromToday(s.office.Today()))
	if err != nil {
		return err
	}
	return s.show(c, "activations", p)
}

func (s *site) activationsPage(c *fiber.Ctx, ids []int64, d activationDay) (*activationsPage, error) {
	p := &activationsPage{Frame: s.frame(c, "Registra le attivazioni", Crumb{"Caselle", "/caselle"}), activationDay: d}
	p.Lead = "Nulla è ancora scritto: controlli che il gestore le abbia attivate il " + d.Shown.Italian() + ", e confermi."
	var list []office.ActivationPreview
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		list, err = s.office.PreviewActivations(tx, ids, d.Shown, 0)
		return err
	})
	for _, a := range list {
		if a.Why != "" {
			p.LeftOut = append(p.LeftOut, a)
			continue
		}
		p.Ready = append(p.Ready, a)
		p.Total = p.Total.Plus(a.Price)
	}
	if len(p.Ready) == 0 {
		p.Lead = "Nessuna delle caselle scelte si può attivare."
	}
	p.Button = "Registra " + counted(len(p.Ready), "attivazione", "attivazioni")
	return p, err
}

// OtherDay reports whether some of those left out might be activated on another
// day.
func (p *activationsPage) OtherDay() bool {
	return slices.ContainsFunc(p.LeftOut, func(a office.ActivationPreview) bool { return a.WrongDay })
}

func (s *site) activateMany(c *fiber.Ctx) error {
	f := formOf(c)
	ids := f.ids("id")
	d := fromToday(s.office.Today())
	again := d.read(f)
	n := 0
	if f.ok() && !again {
		var err error
		n, err = s.office.ActivateMany(ctx(c), who(c).Actor(), ids, d.Shown)
		f.add(err)
	}
	if again || !f.ok() { // all or none: the review again, with what changed meanwhile
		p, err := s.activationsPage(c, append(ids, f.ids("other")...), d)
		if err != nil {
			return err
		}
		if again {
			return s.show(c, "activations", p)
		}
		return s.refuse(c, "activations", p, f)
	}
	return s.done(c, "/caselle?stato=active", counted(n, "casella attivata.", "caselle attivate."), "I costi della prima annualità sono registrati.")
}

// activationPage registers the activation of one mailbox for a term.
type activationPage struct {
	Frame
	activationDay
	Address string
	ID      int64
	Holder  template.HTML
	Years   string
	Terms   []Option
	Why     string // it cannot be activated
	WhyDay  string // it cannot be activated on this day
}

// newActivationPage is the page for a day, as a form has it or today.
func (s *site) newActivationPage(c *fiber.Ctx, d activationDay) (*activationPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &activationPage{ID: id, activationDay: d}
	err = s.read(c, func(tx *db.ReadTx) error {
		row, err := tx.Mailbox(id)
		if err != nil {
			return err
		}
		holder, err := tx.Member(row.MemberID)
		if err != nil {
			return err
		}
		p.Address, p.Holder = row.Address, s.memberLink(c, holder.ID, holder.FullName())
		return s.activationTerms(tx, p, row.Kind)
	})
	if err != nil {
		return nil, err
	}
	p.Frame = s.frame(c, "Registra l’attivazione", Crumb{"Caselle", "/caselle"}, Crumb{p.Address, fmt.Sprint("/caselle/", id)})
	if len(p.Terms) > 0 {
		p.Years = p.Terms[0].Value
	}
	return p, nil
}

// activationTerms offers the terms that the kind has on the day, each with its
// cost, or says why the mailbox cannot be activated.
func (s *site) activationTerms(tx *db.ReadTx, p *activationPage, code string) error {
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	agreement, _ := pec.InForce(agreements, p.Shown)
	kind, _ := agreement.Kind(code)
	terms := slices.Sorted(slices.Values(kind.Terms))
	if len(terms) == 0 {
		terms = []int{0} // to hear why
	}
	for _, years := range terms {
		list, err := s.office.PreviewActivations(tx, []int64{p.ID}, p.Shown, years)
		if err != nil {
			return err
		}
		a := list[0]
		if a.Why != "" {
			p.Terms = nil
			if a.WrongDay {
				p.WhyDay = a.Why
			} else {
				p.Why = a.Why
			}
			return nil
		}
		help := "Nessun costo a carico dell’Ordine."
		if a.Price.Gross > 0 {
			help = "A carico dell’Ordine: " + a.Price.Sum() + "."
		}
		p.Terms = append(p.Terms, Option{Value: fmt.Sprint(years), Label: counted(years, "anno", "anni") + ", fino al " + a.ExpiresOn.Italian(), Help: help})
	}
	return nil
}

func (s *site) activationForm(c *fiber.Ctx) error {
	p, err := s.newActivationPage(c, fromToday(s.office.Today()))
	if err != nil {
		return err
	}
	return s.showActivation(c, p, nil)
}

// showActivation shows the page with what is wrong with the day beside it.
func (s *site) showActivation(c *fiber.Ctx, p *activationPage, f *form) error {
	if p.WhyDay != "" && (f == nil || f.ok()) {
		p.Errors = Problems{pec.Refuse("day_invalid", "%s", p.WhyDay).On("on")}
	}
	if f != nil && !f.ok() {
		return s.refuse(c, "activation", p, f)
	}
	return s.show(c, "activation", p)
}

func (s *site) activate(c *fiber.Ctx) error {
	f := formOf(c)
	d := fromToday(s.office.Today())
	again := d.read(f)
	p, err := s.newActivationPage(c, d)
	if err != nil {
		return err
	}
	if years := f.text("years"); slices.ContainsFunc(p.Terms, func(o Option) bool { return o.Value == years }) {
		p.Years = years
	}
	if again {
		return s.showActivation(c, p, f)
	}
	var done office.Activated
	if f.ok() {
		if years := f.whole("years"); f.ok() {
			done, err = s.office.ActivateOn(ctx(c), who(c).Actor(), p.Address, d.Shown, years)
			f.add(err)
		}
	}
	if !f.ok() {
		return s.refuse(c, "activation", p, f)
	}
	return s.done(c, fmt.Sprint("/caselle/", p.ID), "Casella attiva dal "+done.ActivatedOn.Italian()+".", "Scade il "+done.ExpiresOn.Italian()+".")
}
