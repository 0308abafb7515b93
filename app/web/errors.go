package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
)

// errorPage says what happened and where to go on.
type errorPage struct {
	Frame
	Sentence string
	Code     string // reference code in the log, for faults
	Back     string // address and words of the way out
	BackText string
}

// failed is where every error of a handler ends. A Problem is told as it is;
// anything else is logged with a code, and the person gets the code.
func (s *site) failed(c *fiber.Ctx, err error) error {
	p := errorPage{Back: "/", BackText: "Torna alla scrivania"}
	status := fiber.StatusInternalServerError
	title := "Qualcosa non ha funzionato"

	var fault *fiber.Error
	switch problem := pec.AsProblem(err); {
	case problem != nil:
		status, title = statusOf(problem), titleOf(problem)
		p.Sentence = problem.Message
	case errors.As(err, &fault) && fault.Code == fiber.StatusNotFound, errors.As(err, &fault) && fault.Code == fiber.StatusMethodNotAllowed:
		status, title = fiber.StatusNotFound, "Pagina non trovata"
		p.Sentence = "L’indirizzo «" + c.Path() + "» non porta a nessuna pagina. Controlli l’indirizzo o riparta dall’inizio."
	case errors.As(err, &fault) && fault.Code == fiber.StatusRequestEntityTooLarge:
		status, title, p.Sentence = fault.Code, "Modulo troppo grande", "Il testo inviato supera "+inMegabytes(maxForm)+": lo abbrevi e lo invii di nuovo."
		if sendsFiles(c) {
			title, p.Sentence = "File troppo grande", "Ciò che ha inviato supera "+inMegabytes(maxRequest)+". Un file può avere al massimo "+inMegabytes(maxUpload)+", il logo 1"+nbsp+"MB: torni al modulo e ne invii uno più piccolo."
		}
	case errors.As(err, &fault) && fault.Code < fiber.StatusInternalServerError:
		status, title = fault.Code, "Richiesta non valida"
		p.Sentence = "Il programma non ha potuto leggere la richiesta: torni indietro e riprovi."
	default:
		p.Code = referenceCode()
		s.log.Error("request failed", "code", p.Code, "method", c.Method(), "path", c.Path(), "error", err)
		p.Sentence = "Nulla è stato scritto. Riprovi; se accade ancora, comunichi all’assistenza il codice qui sotto."
	}
	p.Frame = s.frame(c, title)
	if p.IsArea() {
		p.Back, p.BackText = "/area", "Torna alla mia PEC"
	} else if !p.IsOffice() {
		p.Back, p.BackText = "/accesso", "Vai all’accesso"
	}
	if form := formBefore(c); status == fiber.StatusRequestEntityTooLarge && form != "" {
		p.Back, p.BackText = form, "Torna al modulo"
	}
	c.Status(status)
	if err := s.show(c, "error", &p); err != nil {
		// The error page itself fails: a line of text has to do.
		s.log.Error("error page failed", "code", p.Code, "error", err)
		return c.Type("txt", "utf-8").SendString(p.Sentence + " " + p.Code)
	}
	return nil
}

// formBefore is the page of ours from which a request came, empty when none is
// known.
func formBefore(c *fiber.Ctx) string {
	from, err := url.Parse(c.Get(fiber.HeaderReferer))
	if err != nil || from.Host == "" || from.Host != c.Hostname() || !strings.HasPrefix(from.Path, "/") {
		return ""
	}
	return from.RequestURI()
}

// statusOf is the answer's status for a Problem outside a form.
func statusOf(p *pec.Problem) int {
	switch {
	case p.Code == "forbidden" || p.Code == "form_expired" || p.Code == "looking_only":
		return fiber.StatusForbidden
	case p.Code == "too_many_tries":
		return fiber.StatusTooManyRequests
	case isUnknown(p) || p.Code == "link_invalid":
		return fiber.StatusNotFound
	}
	return fiber.StatusUnprocessableEntity
}

func titleOf(p *pec.Problem) string {
	switch {
	case p.Code == "forbidden":
		return "Pagina non consentita"
	case p.Code == "looking_only":
		return "Sola lettura"
	case p.Code == "form_expired":
		return "Modulo scaduto"
	case p.Code == "link_invalid":
		return "Collegamento non valido"
	case isUnknown(p):
		return "Non trovato"
	}
	return "Non è stato possibile"
}

// isUnknown reports whether a Problem says that something does not exist:
// their codes end so ("member_unknown").
func isUnknown(p *pec.Problem) bool { return p != nil && strings.HasSuffix(p.Code, "_unknown") }

// referenceCode is short enough to be read out on the telephone: "E-7F3A-19C2".
func referenceCode() string {
	var b [4]byte
	rand.Read(b[:])
	return fmt.Sprintf("E-%02X%02X-%02X%02X", b[0], b[1], b[2], b[3])
}

func (s *site) panicked(c *fiber.Ctx, e any) {
	s.log.Error("panic", "method", c.Method(), "path", c.Path(), "value", fmt.Sprint(e), "stack", string(debug.Stack()))
}
