package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

// kindsPage compares the kinds of mailbox that the agreement in force has: what
// is in each, what costs extra.
type kindsPage struct {
	Frame
	Kinds []kindOffer
	None  bool // no agreement is in force
}

// kindOffer is one kind as a member compares it.
type kindOffer struct {
	Code, Name string
	Own        bool   // of the mailbox looked at
	Price      string // who pays, and how much
	Included   []string
	Extra      []string // what can be added, each with its price
	Without    string   // what it cannot have and others can
	Choose     string   // where to order it; empty when it cannot be
}

func (s *site) kinds(c *fiber.Ctx) error {
	p := kindsPage{Frame: s.frame(c, "Confronta le tipologie")}
	err := s.read(c, func(tx *db.ReadTx) error {
		r := areaReader{site: s, tx: tx, page: &areaPage{Frame: p.Frame}, member: who(c).ID}
		if err := r.read(int64(c.QueryInt("casella"))); err != nil {
			return err
		}
		agreement, ok := pec.InForce(r.agreements, p.Today)
		p.None = !ok
		renew := ""
		if b := r.page.Box; b != nil {
			renew = b.Renew
		}
		for _, k := range agreement.Kinds {
			o := offerOfKind(agreement, k, r.box.ID == 0 || r.box.AutoRenew)
			o.Own = r.box.ID != 0 && k.Code == r.box.Kind
			if renew != "" && !o.Own {
				o.Choose = withQuery("/area/rinnovo", "casella", itoa(r.box.ID), "kind", k.Code)
			}
			p.Kinds = append(p.Kinds, o)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(c, "areakinds", &p)
}

// offerOfKind is a kind for a mailbox, that renews by itself or by orders only: what
// the Ordine pays it pays on the first.
func offerOfKind(a pec.Agreement, k pec.Kind, autoRenew bool) kindOffer {
	o := kindOffer{Code: k.Code, Name: k.Name, Price: "A carico dell’Ordine"}
	if k.PaidBy == pec.PaidByMember || !autoRenew {
		o.Price = a.KindPrice(k, 1).Sum() + " all’anno, a Suo carico"
		if k.YearlyPrice == 0 {
			o.Price = "Senza costi"
		}
	}
	o.Included = []string{gb(k.BaseInboxGB) + " di spazio"}
	if k.BaseArchiveGB > 0 {
		o.Included = append(o.Included, gb(k.BaseArchiveGB)+" di archivio")
	}
	if k.MaxInboxGB != nil {
		o.Included = append(o.Included, "spazio ampliabile fino a "+gb(*k.MaxInboxGB)+" in tutto")
	} else {
		o.Included = append(o.Included, "spazio ampliabile senza un massimo")
	}
	o.Included = append(o.Included, "durata di "+termsInWords(k.Terms))
	var without []string
	for _, p := range a.Products {
		if !p.AllowedOn(k.Code) {
			without = append(without, p.Name)
			continue
		}
		o.Extra = append(o.Extra, p.Name+": "+perUnit(a, p))
	}
	o.Without = strings.Join(without, ", ")
	return o
}

// perUnit is what one unit costs: "2,50 € + IVA 0,55 € = 3,05 € all’anno, per
// GB".
func perUnit(a pec.Agreement, p pec.Product) string {
	amounts := a.YearPrice(p, 1, 1)
	if amounts.Gross == 0 {
		return "senza costo, per " + p.Unit
	}
	price := amounts.Sum()
	if p.OneOff {
		return price + " una volta sola, per " + p.Unit
	}
	return price + " all’anno, per " + p.Unit
}

// termsInWords is "1 anno", "1, 2 o 3 anni".
func termsInWords(terms []int) string {
	var words []string
	for _, n := range terms {
		words = append(words, strconv.Itoa(n))
	}
	switch n := len(words); n {
	case 0:
		return "1" + nbsp + "anno"
	case 1:
		return counted(terms[0], "anno", "anni")
	default:
		return strings.Join(words[:n-1], ", ") + " o " + words[n-1] + nbsp + "anni"
	}
}
