package web

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) activationLetterRoutes() []route {
	return []route{
		get("/caselle/lettere", operators, s.activationLetters),
		get("/caselle/:id/lettera", operators, s.activationLetter),
	}
}

// activationLetter is the letter of one mailbox's activation.
func (s *site) activationLetter(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	letters, err := s.office.ActivationLetters(ctx(c), []int64{id})
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		return s.told(c, fmt.Sprint("/caselle/", id), Alert{Kind: "warning", Strong: "La casella non è attiva.", Text: "La lettera si prepara dopo l’attivazione."})
	}
	return s.sendActivationLetters(c, "lettera-"+letters[0].Mailbox.Address, letters)
}

// maxLetters bounds one file: what is more is asked for in two.
const maxLetters = 2000

// activationLetters are those of the mailboxes activated between two days, or of those
// that one file for the provider asked for.
func (s *site) activationLetters(c *fiber.Ctx) error {
	l := listingOf(c, "/caselle/lettere", "dal", "al", "file", "senza")
	from, to, file := dayIn(l, "dal"), dayIn(l, "al"), l.id("file")
	for name, day := range map[string]pec.Date{"dal": from, "al": to} {
		if typed := l.get(name); typed != "" && day.IsZero() {
			return s.told(c, "/caselle/gestore#lettere", Alert{Kind: "warning", Strong: "«" + typed + "» non è una data.", Text: "La scriva come 12/10/2026."})
		}
	}
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		return s.told(c, "/caselle/gestore#lettere", Alert{Kind: "warning", Strong: "Il secondo giorno viene prima del primo.", Text: "Controlli i due giorni: dal " + from.Italian() + " al " + to.Italian() + "."})
	}
	if from.IsZero() && to.IsZero() && file == 0 {
		from, to = s.office.Today(), s.office.Today()
	}
	if to.IsZero() {
		to = s.office.Today()
	}
	back := "/caselle/gestore#lettere"
	if file != 0 {
		back = fmt.Sprint("/caselle/gestore/", file)
	}
	var boxes []int64
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		boxes, err = tx.ActivatedMailboxes(from, to, file)
		return err
	})
	switch {
	case err != nil:
		return err
	case len(boxes) == 0:
		return s.told(c, back, Alert{Kind: "warning", Strong: "Nessuna lettera da preparare.", Text: "In quei giorni non è stata attivata nessuna casella."})
	case len(boxes) > maxLetters:
		return s.told(c, back, Alert{Kind: "warning", Strong: counted(len(boxes), "lettera è troppa per un file.", "lettere sono troppe per un file."), Text: "Ne prepari al massimo " + pec.Thousands(maxLetters) + ": scelga meno giorni."})
	}
	letters, err := s.office.ActivationLetters(ctx(c), boxes)
	if err != nil {
		return err
	}
	switch l.get("senza") {
	case "":
		if lacking := withoutAddress(letters); len(lacking) > 0 {
			return s.told(c, back, lacking.alert(l, len(letters)))
		}
	case "no":
		letters = slices.DeleteFunc(letters, reports.ActivationLetter.NoAddress)
	}
	return s.sendActivationLetters(c, "lettere-attivazione-"+s.office.Today().String(), letters)
}

// lacking are letters that no postman could deliver.
type lacking []reports.ActivationLetter

func withoutAddress(letters []reports.ActivationLetter) (list lacking) {
	for _, l := range letters {
		if l.NoAddress() {
			list = append(list, l)
		}
	}
	return list
}

// mostNamed bounds how many people an alert names.
const mostNamed = 10

// alert names whose address is missing and offers the letters with them and
// without them.
func (list lacking) alert(l listing, all int) Alert {
	var names []string
	for _, letter := range list[:min(len(list), mostNamed)] {
		names = append(names, letter.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(list) - len(names); more > 0 {
		text += " e " + counted(more, "altro", "altri")
	}
	words := joinHTML(text, ". ", anchor(l.with("senza", "si"), "Le prepari tutte"), " per consegnarle a mano")
	if rest := all - len(list); rest > 0 {
		words = joinHTML(words, ", oppure ", anchor(l.with("senza", "no"), "solo "+counted(rest, "quella", "quelle")+" con l’indirizzo"))
	}
	return Alert{Kind: "warning", Strong: counted(len(list), "lettera è", "lettere sono") + " senza indirizzo postale:", Text: joinHTML(words, ".")}
}

func (s *site) sendActivationLetters(c *fiber.Ctx, name string, letters []reports.ActivationLetter) error {
	var out bytes.Buffer
	if err := reports.WriteActivationLetters(&out, letters, s.office.Today()); err != nil {
		return err
	}
	return download(c, name+".pdf", mimePDF, out.Bytes())
}
