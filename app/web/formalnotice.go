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

func (s *site) formalNoticeRoutes() []route {
	return []route{
		get("/domicilio/diffide", operators, s.formalNotices),
		get("/domicilio/diffide/esporta", operators, s.exportFormalNotices),
		post("/domicilio/diffide", clerks, s.reviewFormalNotices),
		post("/domicilio/diffide/conferma", clerks, s.takeNoticeStep),
	}
}

// formalNoticesPage lists the formal notices in a state, with what can be done.
type formalNoticesPage struct {
	Frame
	Tabs    Tabs
	States  Tabs
	State   pec.NoticeState
	Rows    []formalNoticeLine
	More    int
	Actions []Option
	Action  string
	On      string
	Until   string
	Text    string
	Export  exportLinks
	Council bool // those listed are the draft for the council
}

type formalNoticeLine struct {
	office.NoticeView
	Person template.HTML
	Badge  template.HTML
	Note   string
	Ticked bool
}

// formalNoticeTabs are the states as the tabs say them, of many.
var formalNoticeTabs = map[pec.NoticeState]string{
	pec.NoticeToSend: "Da inviare", pec.NoticeSent: "Inviate", pec.NoticeRunning: "Termini in corso", pec.NoticePaused: "Termini sospesi",
	pec.NoticeDue: "Per il Consiglio", pec.NoticeSuspended: "Iscritti sospesi", pec.NoticeMet: "PEC comunicata", pec.NoticeOver: "Chiuse",
}

const stateParam = "stato"

// stateIn is the state that an address names; nothing for all that are not over.
func stateIn(l listing) pec.NoticeState {
	if s := pec.NoticeState(l.get(stateParam)); slices.Contains(pec.NoticeStates, s) {
		return s
	}
	return ""
}

// noticesIn are those of a state; of none all that are not over.
func noticesIn(list []office.NoticeView, state pec.NoticeState) []office.NoticeView {
	return slices.DeleteFunc(slices.Clone(list), func(n office.NoticeView) bool {
		if state == "" {
			return n.State == pec.NoticeOver
		}
		return n.State != state
	})
}

func (s *site) formalNotices(c *fiber.Ctx) error {
	p, err := s.formalNoticesPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "formalnotices", p)
}

func (s *site) formalNoticesPage(c *fiber.Ctx) (*formalNoticesPage, error) {
	l := listingOf(c, "/domicilio/diffide", stateParam)
	p := &formalNoticesPage{Frame: s.frame(c, "Diffide", Crumb{"Domicilio digitale", "/domicilio"}), Tabs: domicileTabs("/domicilio/diffide"), State: stateIn(l), Export: l.exports("/domicilio/diffide/esporta")}
	p.Menu, p.On, p.Council = "/domicilio", p.Today.Italian(), p.State == pec.NoticeDue
	for _, a := range pec.NoticeActions {
		p.Actions = append(p.Actions, Option{Value: string(a), Label: a.Italian()})
	}
	err := s.read(c, func(tx *db.ReadTx) error {
		list, err := s.office.FormalNotices(tx)
		if err != nil {
			return err
		}
		counts, open := map[pec.NoticeState]int{}, 0
		for _, n := range list {
			counts[n.State]++
			if n.State != pec.NoticeOver {
				open++
			}
		}
		p.Lead = counted(open, "diffida aperta", "diffide aperte") + ", " + pec.Thousands(counts[pec.NoticeDue]) + " per il Consiglio"
		p.States = Tabs{Label: "Stato", Items: []Tab{{Title: "Aperte", Path: "/domicilio/diffide", Count: pec.Thousands(open), Current: p.State == ""}}}
		for _, state := range pec.NoticeStates {
			p.States.Items = append(p.States.Items, Tab{Title: formalNoticeTabs[state], Path: withQuery("/domicilio/diffide", stateParam, string(state)), Count: pec.Thousands(counts[state]), Current: p.State == state})
		}
		shown := noticesIn(list, p.State)
		if len(shown) > registerSize {
			shown, p.More = shown[:registerSize], len(shown)-registerSize
		}
		for _, n := range shown {
			p.Rows = append(p.Rows, s.formalNoticeLine(c, n, p.Today))
		}
		return nil
	})
	return p, err
}

func (s *site) formalNoticeLine(c *fiber.Ctx, n office.NoticeView, today pec.Date) formalNoticeLine {
	line := formalNoticeLine{NoticeView: n, Person: s.memberLink(c, n.MemberID, n.Member.Member.FullName())}
	kind := map[pec.NoticeState]string{pec.NoticeDue: "danger", pec.NoticeToSend: "warning", pec.NoticeMet: "success", pec.NoticeOver: ""}
	k, known := kind[n.State]
	if !known {
		k = "secondary"
	}
	line.Badge = badge(k, capital(n.State.Italian()))
	switch n.State {
	case pec.NoticeSent:
		line.Note = "inviata il " + n.SentOn.Italian() + ", " + n.SentHow
	case pec.NoticeRunning:
		line.Note = "fino al " + n.LastDay.Italian() + ", " + days(today, n.LastDay)
	case pec.NoticePaused:
		p := n.Pauses[len(n.Pauses)-1]
		line.Note = "dal " + p.From.Italian() + ": " + p.Reason
	case pec.NoticeDue:
		line.Note = "l’ultimo giorno era il " + n.LastDay.Italian()
	case pec.NoticeSuspended:
		line.Note = "dal " + n.SuspendedOn.Italian()
	case pec.NoticeMet:
		line.Note = n.Member.Domicile.Address
		if !n.SuspendedOn.IsZero() {
			line.Note += "; sospensione da revocare"
		}
	case pec.NoticeOver:
		if n.EndedOn.IsZero() {
			line.Note = pec.NoticeLeft.Italian()
			break
		}
		line.Note = "il " + n.EndedOn.Italian() + ", " + n.End.Italian()
		if n.EndReason != "" {
			line.Note += ": " + n.EndReason
		}
	}
	return line
}

func (s *site) exportFormalNotices(c *fiber.Ctx) error {
	state := stateIn(listingOf(c, "/domicilio/diffide", stateParam))
	return s.read(c, func(tx *db.ReadTx) error {
		list, err := s.office.FormalNotices(tx)
		if err != nil {
			return err
		}
		title, name := "Diffide", "diffide"
		if state == pec.NoticeDue {
			title, name = "Diffide per il Consiglio (bozza)", "diffide-consiglio"
		}
		t := office.NoticesTable(noticesIn(list, state), title)
		if state != "" && state != pec.NoticeDue {
			t.Filter = "Stato: " + state.Italian()
		}
		return s.sendList(c, name, t)
	})
}

// noticeStepPage shows what a step would do before it is taken.
type noticeStepPage struct {
	Frame
	Step  office.NoticeStep
	What  string
	Taken int
	Rows  []noticeReviewLine
	Back  string
}

// LastDay is the last day for the members when the notice is delivered on the day
// of the step.
func (p *noticeStepPage) LastDay() pec.Date {
	return pec.FormalNotice{DeliveredOn: p.Step.On}.LastDay(p.Today)
}

type noticeReviewLine struct {
	office.NoticeReview
	Person template.HTML
}

// stepIn reads a step as a form has it.
func stepIn(f *form) office.NoticeStep {
	step := office.NoticeStep{Action: pec.NoticeAction(f.text("azione")), Text: f.text("text")}
	step.IDs = f.ids("id")
	if f.text("on") != "" {
		step.On = f.day("on")
	}
	step.Until = f.dayOrNone("until")
	return step
}

func (s *site) reviewFormalNotices(c *fiber.Ctx) error {
	f := formOf(c)
	step := stepIn(f)
	p := noticeStepPage{Frame: s.frame(c, step.Action.Italian(), Crumb{"Domicilio digitale", "/domicilio"}, Crumb{"Diffide", "/domicilio/diffide"}), Step: step}
	p.Menu, p.Back = "/domicilio", withQuery("/domicilio/diffide", stateParam, f.text("da"))
	if f.ok() {
		err := s.read(c, func(tx *db.ReadTx) error {
			list, err := s.office.ReviewNotices(tx, step)
			for _, n := range list {
				if n.Why == "" {
					p.Taken++
				}
				p.Rows = append(p.Rows, noticeReviewLine{n, s.memberLink(c, n.MemberID, n.Member.Member.FullName())})
			}
			return err
		})
		f.add(err)
	}
	if !f.ok() {
		return s.refuseStep(c, step, f)
	}
	p.Lead = counted(p.Taken, "diffida", "diffide") + ", dal giorno " + step.On.Italian()
	return s.show(c, "noticestep", &p)
}

// refuseStep shows the list again with what was ticked and typed.
func (s *site) refuseStep(c *fiber.Ctx, step office.NoticeStep, f *form) error {
	p, err := s.formalNoticesPage(c)
	if err != nil {
		return err
	}
	p.Action, p.On, p.Until, p.Text = string(step.Action), f.text("on"), f.text("until"), f.text("text")
	for i, r := range p.Rows {
		p.Rows[i].Ticked = slices.Contains(step.IDs, r.ID)
	}
	return s.refuse(c, "formalnotices", p, f)
}

func (s *site) takeNoticeStep(c *fiber.Ctx) error {
	f := formOf(c)
	step := stepIn(f)
	n := 0
	if f.ok() {
		var err error
		n, err = s.office.TakeNoticeStep(ctx(c), who(c).Actor(), step)
		f.add(err)
	}
	switch {
	case !f.ok():
		return s.refuseStep(c, step, f)
	case n == 0:
		return s.told(c, "/domicilio/diffide", Alert{Kind: "warning", Strong: "Nulla è cambiato.", Text: "Per nessuna delle diffide scelte si poteva fare: forse era già fatto."})
	}
	return s.done(c, "/domicilio/diffide", fmt.Sprintf("%s: %s.", step.Action.Italian(), counted(n, "diffida", "diffide")))
}
