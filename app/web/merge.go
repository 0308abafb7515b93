package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) mergeRoutes() []route {
	return []route{
		get("/iscritti/doppioni", operators, s.twins),
		post("/iscritti/doppioni", clerks, s.tellApart),
		post("/iscritti/doppioni/rimetti", clerks, s.doubtAgain),
		get("/iscritti/:id/unione", clerks, s.mergeForm),
		post("/iscritti/:id/unione", clerks, s.mergeMembers),
	}
}

// twinsSize is how many pairs a page shows: whoever mends some sees the next.
const twinsSize = 50

// twinsPage lists the positions that may be one person.
type twinsPage struct {
	Frame
	Pairs []twinsLine
	Found int
	Apart []apartLine // what was said to be two persons
}

// apartLine is a pair that somebody told apart.
type apartLine struct {
	A, B db.MemberRow
	Who  string
	On   pec.Date
}

type twinsLine struct {
	Keep, Gone pec.Member
	Why        string
	Merge      string // address of the review, empty for who may not
}

func (s *site) twins(c *fiber.Ctx) error {
	p := twinsPage{Frame: s.frame(c, "Possibili doppioni", Crumb{"Iscritti", "/iscritti"})}
	p.Menu = "/iscritti"
	var found []office.Twins
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if found, err = s.office.Duplicates(tx); err != nil {
			return err
		}
		return p.toldApart(tx)
	})
	if err != nil {
		return err
	}
	p.Found = len(found)
	for _, t := range found[:min(len(found), twinsSize)] {
		line := twinsLine{}
		line.Keep, line.Gone = t.Stays()
		line.Why = capital(t.Why())
		line.Merge = s.linkTo(c, "/iscritti/:id/unione", reviewOf(line.Keep.ID, line.Gone.ID))
		p.Pairs = append(p.Pairs, line)
	}
	p.Lead = counted(p.Found, "coppia di posizioni che può essere una persona sola", "coppie di posizioni che possono essere una persona sola")
	return s.show(c, "twins", &p)
}

// toldApart lists the pairs that somebody said to be two persons.
func (p *twinsPage) toldApart(tx *db.ReadTx) error {
	names, err := actorsOf(tx)
	if err != nil {
		return err
	}
	pairs, err := tx.PairsToldApart()
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		line := apartLine{Who: names.of(pair.Actor), On: pec.DateOf(pair.At)}
		if line.A, err = tx.Member(pair.First); err != nil {
			return err
		}
		if line.B, err = tx.Member(pair.Second); err != nil {
			return err
		}
		p.Apart = append(p.Apart, line)
	}
	return nil
}

func reviewOf(keep, gone int64) string { return fmt.Sprintf("/iscritti/%d/unione?con=%d", keep, gone) }

func (s *site) tellApart(c *fiber.Ctx) error {
	f := formOf(c)
	if err := s.office.TellApart(ctx(c), who(c).Actor(), f.id("a"), f.id("b")); err != nil {
		return err
	}
	return s.done(c, "/iscritti/doppioni", "Segnate come due persone.", "La coppia non compare più tra i possibili doppioni; la ritrova in fondo alla pagina.")
}

func (s *site) doubtAgain(c *fiber.Ctx) error {
	f := formOf(c)
	if err := s.office.DoubtAgain(ctx(c), who(c).Actor(), f.id("a"), f.id("b")); err != nil {
		return err
	}
	return s.done(c, "/iscritti/doppioni", "Rimesse fra i possibili doppioni.", "La coppia ricompare finché le due posizioni si somigliano.")
}

// mergePage asks with whom a position is to be merged, then shows both side by
// side before anything is written.
type mergePage struct {
	Frame
	Member db.MemberRow
	Q      string
	Found  []db.MemberListed
	office.Merging
	Review bool
	Choose []mergeChoice // fields that differ
	Same   []fact        // fields that are alike
	Moves  []mergeMove
	Reason string
	Swap   string // the review with the other position staying
}

// mergeChoice is one field of which a value has to be chosen.
type mergeChoice struct {
	Name, Title string
	Keep, Gone  string
	TakeGone    bool
}

// mergeMove is something that one of the two holds.
type mergeMove struct {
	What             string
	Keep, Gone, Then string
}

func (s *site) mergeForm(c *fiber.Ctx) error {
	p, err := s.mergePage(c, int64(c.QueryInt("con")), strings.TrimSpace(c.Query("q")))
	if err != nil {
		return err
	}
	return s.show(c, "merge", p)
}

func (s *site) mergePage(c *fiber.Ctx, gone int64, q string) (*mergePage, error) {
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	p := &mergePage{Frame: s.frame(c, "Unisci con un’altra posizione", way...), Member: m, Q: q}
	p.Menu = "/iscritti"
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		if gone == 0 {
			p.Found, err = found(tx, m.ID, q)
			return err
		}
		p.Merging, err = s.office.ProposeMerge(tx, m.ID, gone)
		return err
	})
	if err != nil || gone == 0 {
		return p, err
	}
	p.Review = true
	p.Swap = reviewOf(gone, m.ID)
	p.sort()
	p.moves()
	return p, nil
}

// found are the positions that match what was typed, the one to be merged left
// out.
func found(tx *db.ReadTx, but int64, q string) ([]db.MemberListed, error) {
	if q == "" {
		return nil, nil
	}
	list, err := tx.MemberList(db.MemberFilter{Search: q, Limit: 20})
	return slices.DeleteFunc(list, func(m db.MemberListed) bool { return m.ID == but }), err
}

// sort parts the fields into those to choose and those that are alike.
func (p *mergePage) sort() {
	for _, f := range p.Fields {
		keep, gone := f.Field.InWords(f.Keep), f.Field.InWords(f.Gone)
		switch {
		case f.Differs():
			p.Choose = append(p.Choose, mergeChoice{"campo-" + string(f.Field), f.Field.Italian(), keep, gone, f.TakeGone})
		case keep != "":
			p.Same = append(p.Same, fact{Title: f.Field.Italian(), Value: keep})
		}
	}
}

// moves lists what each of the two holds, and what becomes of it.
func (p *mergePage) moves() {
	k, g := p.KeepHolds, p.GoneHolds
	add := func(what, keep, gone, then string) {
		if gone != "" && gone != "0" {
			p.Moves = append(p.Moves, mergeMove{what, keep, gone, then})
		}
	}
	boxes := func(h db.Holdings) string {
		var list []string
		for _, b := range h.Mailboxes {
			list = append(list, b.Address+" ("+b.Status.Italian()+")")
		}
		return strings.Join(list, ", ")
	}
	number := func(n int) string { return pec.Thousands(n) }
	add("Caselle PEC", boxes(k), boxes(g), "passano, con periodi, costi e servizi")
	add("Servizi attivi", number(k.Services), number(g.Services), "continuano sulle loro caselle")
	add("Ordini in attesa", number(k.Waiting), number(g.Waiting), "passano; si completano dal più vecchio")
	add("Ordini conclusi", number(k.Orders), number(g.Orders), "restano come sono, si vedono anche da qui")
	if g.Balance != 0 {
		add("Credito", k.Balance.Euro(), g.Balance.Euro(), "passa con due movimenti opposti")
	}
	if g.Claim != 0 {
		add("Credito da recuperare dall’iscritto", k.Claim.Euro(), g.Claim.Euro(), "passa con due registrazioni opposte")
	}
	add("Movimenti", number(k.Entries), number(g.Entries), "restano nel loro estratto conto")
	add("Ricariche", number(k.TopUps), number(g.TopUps), "restano; uno stesso pagamento non si conta due volte")
	add("Variazioni dei dati", number(k.Changes), number(g.Changes), "si vedono insieme nella linea del tempo")
	add("Condizioni accettate", number(k.Acceptances), number(g.Acceptances), "passano, con il primo momento")
	add("Importazioni", number(k.Imports), number(g.Imports), "restano; annullarle non tocca più queste posizioni")
	add("Password dell’area", hasPassword(p.Keep), hasPassword(p.Gone), passwordThen(p.PasswordMoves))
	add("Collegamenti per la password", number(k.Links), number(g.Links), "non valgono più")
	if p.ReservationMoves {
		add("Indirizzo riservato", p.Keep.ReservedAddress, p.Gone.ReservedAddress, "passa")
	} else {
		add("Indirizzo riservato", p.Keep.ReservedAddress, p.ReservationDropped, "torna libero")
	}
}

func hasPassword(m db.MemberRow) string {
	if m.PasswordHash == "" {
		return ""
	}
	return "impostata"
}

func passwordThen(moves bool) string {
	if moves {
		return "passa"
	}
	return "si entra con quella della posizione che resta"
}

func (s *site) mergeMembers(c *fiber.Ctx) error {
	f := formOf(c)
	gone := f.id("con")
	m := office.Merge{Gone: gone, Reason: f.needed("reason", "Scriva perché sono la stessa persona: l’unione non si può disfare."), Seen: f.needed("visto", "Apra prima l’anteprima dell’unione.")}
	m.Keep, _ = idOf(c) // memberOf below says it when it is none
	for _, known := range pec.MemberFields {
		if f.text("campo-"+string(known.Field)) == "gone" {
			m.FromGone = append(m.FromGone, known.Field)
		}
	}
	var done office.Merged
	if f.ok() {
		var err error
		done, err = s.office.MergeMembers(ctx(c), who(c).Actor(), m)
		f.add(err)
	}
	if !f.ok() {
		p, err := s.mergePage(c, gone, "")
		if err != nil {
			return err
		}
		p.Reason = m.Reason
		return s.refuse(c, "merge", p, f)
	}
	page := fmt.Sprint("/iscritti/", m.Keep)
	if done.Already {
		return s.done(c, page, "Le due posizioni sono già una.", "Non c’era più nulla da fare.")
	}
	return s.done(c, page, "Le due posizioni sono una.", mergedInWords(done))
}

// mergedInWords says what came with a merge.
func mergedInWords(done office.Merged) string {
	var parts []string
	if done.Mailboxes > 0 {
		parts = append(parts, counted(done.Mailboxes, "casella", "caselle"))
	}
	if done.Waiting > 0 {
		parts = append(parts, counted(done.Waiting, "ordine in attesa", "ordini in attesa"))
	}
	if done.Credit > 0 {
		parts = append(parts, done.Credit.Euro()+" di credito")
	}
	if done.Claim > 0 {
		parts = append(parts, done.Claim.Euro()+" da recuperare dall’iscritto")
	}
	words := "Dall’altra posizione non è passato nulla."
	if len(parts) > 0 {
		words = "Dall’altra posizione: " + strings.Join(parts, ", ") + "."
	}
	if done.Settled > 0 {
		words += " " + done.Settled.Euro() + " da recuperare dall’iscritto sono saldati con il suo credito."
	}
	if done.OrdersCompleted > 0 {
		words += " Con il credito unito: " + counted(done.OrdersCompleted, "ordine completato", "ordini completati") + "."
	}
	return words
}

// goneTo leads from a merged position to the one that it became part of.
func (s *site) goneTo(c *fiber.Ctx, m db.MemberRow) error {
	return s.told(c, fmt.Sprint("/iscritti/", m.MergedInto), Alert{
		Kind: "primary", Strong: fmt.Sprintf("La posizione di %s è stata unita a questa il %s.", m.FullName(), m.MergedOn.Italian()),
		Text: "Qui trova tutto ciò che aveva.",
	})
}

// standing is a page of one member: of a position that was merged it leads to
// the one that stays, and writes nothing.
func (s *site) standing(page fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		m, _, err := s.memberOf(c)
		if err != nil {
			return err
		}
		if m.Merged() {
			return s.goneTo(c, m)
		}
		return page(c)
	}
}

// merged adds the lives of the positions that were merged into a member: what
// was written of them, their money, and the day on which they came here.
func (l *life) merged(member int64) error {
	former, err := l.tx.MergedInto(member)
	if err != nil {
		return err
	}
	for _, m := range former {
		entries, err := l.tx.Entries(m.ID)
		if err != nil {
			return err
		}
		l.money(entries)
		if err := l.changes(m.Member); err != nil {
			return err
		}
	}
	return nil
}

// mergedHere tells of a position that was merged into this one, with what came
// from it.
func (l *life) mergedHere(e db.AuditEntry) {
	var d struct {
		Other              int64
		Holder             string
		RegistrationNumber string `json:"registration_number"`
		TaxCode            string `json:"tax_code"`
		Mailboxes, Waiting int
		Amount, Claim      pec.Cents
		Settled            pec.Cents
		Reason             string
	}
	if json.Unmarshal([]byte(e.Detail), &d) != nil {
		return
	}
	title := "Unito con la posizione di " + d.Holder
	if d.RegistrationNumber != "" {
		title = "Unito con la posizione n. " + d.RegistrationNumber + " di " + d.Holder
	}
	text := mergedInWords(office.Merged{Mailboxes: d.Mailboxes, Waiting: d.Waiting, Credit: d.Amount, Claim: d.Claim, Settled: d.Settled})
	if d.TaxCode != "" {
		text += " Codice fiscale " + d.TaxCode + "."
	}
	if d.Reason != "" {
		text += " Motivo: " + d.Reason + "."
	}
	statement := l.linkTo(l.c, "/credito/:id", fmt.Sprint("/credito/", d.Other))
	if statement == "" {
		l.add(e.On, e.At, title, text, l.by(e.Actor, e.At))
		return
	}
	l.add(e.On, e.At, title, joinHTML(text+" ", anchor(statement, "Il suo estratto conto"), "."), l.by(e.Actor, e.At))
}
