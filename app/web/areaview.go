package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
)

func (s *site) areaViewRoutes() []route {
	return []route{
		post("/iscritti/:id/area", clerks, s.standing(s.lookAsMember)),
		post("/iscritti/:id/area/chiudi", operators, s.lookNoMore),
	}
}

// viewing is the session's key for the member whose area an operator looks at.
const viewing = "viewing"

// lookAsMember opens a member's area to an operator as the member sees it, to
// look only; that somebody looked is in the log.
func (s *site) lookAsMember(c *fiber.Ctx) error {
	p, err := s.newAccessPage(c)
	if err != nil {
		return err
	}
	if p.Member.Status == pec.MemberDeceased {
		return pec.Refuse("access_off", "%s", p.Off)
	}
	if err := s.office.LookAsMember(ctx(c), who(c).Actor(), p.Member.ID); err != nil {
		return err
	}
	sess, err := s.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("looking at a member's area: %w", err)
	}
	sess.Set(viewing, p.Member.ID)
	if err := sess.Save(); err != nil {
		return fmt.Errorf("looking at a member's area: %w", err)
	}
	return c.Redirect("/area", fiber.StatusSeeOther)
}

func (s *site) lookNoMore(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	sess, err := s.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("leaving a member's area: %w", err)
	}
	sess.Delete(viewing)
	if err := sess.Save(); err != nil {
		return fmt.Errorf("leaving a member's area: %w", err)
	}
	return c.Redirect(fmt.Sprint("/iscritti/", id), fiber.StatusSeeOther)
}

var errLookingOnly = pec.Refuse("looking_only", "Sta guardando l’area come la vede l’iscritto: da qui non si cambia nulla. Per agire per conto suo usi le pagine della segreteria.")
