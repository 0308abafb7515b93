package web

import (
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/db"
	"albopec/reports"
)

func (s *site) labelRoutes() []route {
	return []route{
		get("/iscritti/etichette", operators, s.labelSheets),
		get("/iscritti/etichette.pdf", operators, s.labelFile),
	}
}

// labelsPage asks where on the sheet the labels begin, and says who has none.
type labelsPage struct {
	Frame
	Start    string
	Hidden   []Option // of the address: whose labels
	Labels   [][]string
	Sheets   int
	Noted    []labelNote // that are printed with something amiss
	NotedAll int
	Out      []db.MemberRow // without a postal address
	OutAll   int
}

type labelNote struct {
	Name  template.HTML
	Notes []string
}

// newLabelsPage gathers the labels of the members that the address chose, in the
// order of the register's list.
func (s *site) newLabelsPage(c *fiber.Ctx) (*labelsPage, error) {
	p := &labelsPage{Frame: s.frame(c, "Etichette", Crumb{"Iscritti", "/iscritti"}), Start: "1"}
	p.Menu = "/iscritti"
	if typed := strings.TrimSpace(c.Query("da")); typed != "" {
		p.Start = typed
	}
	c.Context().QueryArgs().VisitAll(func(name, value []byte) {
		if string(name) != "da" {
			p.Hidden = append(p.Hidden, Option{Label: string(name), Value: string(value)})
		}
	})
	ids, err := s.chosenMembers(c)
	if err != nil || len(ids) == 0 {
		return p, err
	}
	return p, s.read(c, func(tx *db.ReadTx) error {
		members, err := tx.MembersOf(ids)
		place := map[int64]int{}
		for i, id := range ids {
			place[id] = i
		}
		slices.SortFunc(members, func(a, b db.MemberRow) int { return place[a.ID] - place[b.ID] })
		for _, m := range members {
			p.take(s, c, m)
		}
		p.OutAll, p.NotedAll = len(p.Out), len(p.Noted)
		p.Out, p.Noted = p.Out[:min(len(p.Out), reviewSize)], p.Noted[:min(len(p.Noted), reviewSize)]
		return err
	})
}

func (p *labelsPage) take(s *site, c *fiber.Ctx, m db.MemberRow) {
	if !office.HasPostalAddress(m.Member) {
		p.Out = append(p.Out, m)
		return
	}
	label := office.Addressee(m)
	p.Labels = append(p.Labels, label)
	if notes := addressNotes(m.Member, reports.Unprintable(label...)); len(notes) > 0 {
		p.Noted = append(p.Noted, labelNote{s.memberLink(c, m.ID, m.FullName()), notes})
	}
}

// first is the label of the sheet on which they begin.
func (p *labelsPage) first(f *form) int {
	n, err := strconv.Atoi(p.Start)
	if err != nil || n < 1 || n > reports.LabelsOnSheet {
		f.wrong("da", fmt.Sprintf("Scriva un numero da 1 a %d: la prima etichetta ancora sul foglio.", reports.LabelsOnSheet))
	}
	p.Sheets = (max(n, 1) - 1 + len(p.Labels) + reports.LabelsOnSheet - 1) / reports.LabelsOnSheet
	return n
}

func (s *site) labelSheets(c *fiber.Ctx) error {
	p, err := s.newLabelsPage(c)
	if err != nil {
		return err
	}
	if len(p.Labels)+p.OutAll == 0 {
		return s.toldNobody(c)
	}
	p.Lead = counted(len(p.Labels), "etichetta", "etichette") + " di 70 × 36 mm, 24 per foglio A4"
	f := formOf(c)
	if p.first(f); !f.ok() {
		return s.refuse(c, "labels", p, f)
	}
	return s.show(c, "labels", p)
}

// labelFile prints the labels; a start that is none leads back to the page.
func (s *site) labelFile(c *fiber.Ctx) error {
	p, err := s.newLabelsPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	first := p.first(f)
	if !f.ok() || len(p.Labels) == 0 {
		return s.labelSheets(c)
	}
	var owner string
	err = s.read(c, func(tx *db.ReadTx) error {
		body, err := tx.OrderBody()
		owner = body.Name
		return err
	})
	if err != nil {
		return err
	}
	return sendPDF(c, "etichette-"+p.Today.String(), func(w io.Writer) error {
		return reports.WriteLabelsPDF(w, slices.Values(p.Labels), first, owner, p.Today)
	})
}
