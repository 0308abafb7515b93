package web

import (
	"html/template"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

func (s *site) guideRoutes() []route {
	return []route{
		get("/guida", operators, s.guide),
		get("/guida/:topic", operators, s.guideTopic),
	}
}

// guideTopic is a page of the manual: a task of the secretariat's, in Italian, in
// views/guida.
type guideTopic struct {
	Slug  string
	Title string
	Lead  string
	// Pages are the addresses to which it belongs, with all that is under them: of
	// several the longest one decides.
	Pages []string
}

// Path is the topic's address.
func (t guideTopic) Path() string { return "/guida/" + t.Slug }

// guideTopics are the manual in the order in which it is read.
var guideTopics = []guideTopic{
	{"primi-passi", "I primi passi", "Dalla convenzione alla prima casella, e che cosa guardare ogni giorno", []string{"/"}},
	{"iscritti", "L’albo", "Cercare, correggere, cambiare lo stato, tenere elenchi", []string{"/iscritti"}},
	{"importazioni", "Importare un file", "L’albo, le caselle, i pagamenti e gli esiti del gestore", []string{"/importazioni"}},
	{"domicilio", "Il domicilio digitale", "Chi non ha una PEC, le diffide, INI-PEC e ReGIndE", []string{"/domicilio"}},
	{"caselle", "Le caselle", "Richiederle, inviarle al gestore, attivarle", []string{"/caselle"}},
	{"rinnovi", "I rinnovi", "Che cosa accade alla scadenza, e che cosa fare quando non va da sé", []string{"/rinnovi"}},
	{"servizi", "I servizi degli iscritti", "Lo spazio in più e il resto: chi lo ha, se continua, se basta il credito", []string{"/servizi"}},
	{"confronto", "Il confronto con il gestore", "Il suo elenco o la sua fattura contro i nostri dati", []string{"/confronto"}},
	{"area", "L’area dell’iscritto", "Che cosa vede, e che cosa dire a chi telefona", nil},
	{"avvisi", "Avvisi e lettere", "Che cosa parte da sé, che cosa si manda su carta", []string{"/avvisi", "/lettere"}},
	{"pagamenti", "Ordini, pagamenti, credito", "Registrare un pagamento, correggerlo, rimborsare", []string{"/ordini", "/credito"}},
	{"convenzioni", "Le convenzioni", "Prezzi e regole concordati con il gestore", []string{"/convenzioni"}},
	{"report", "L’anno su carta", "Il report, la chiusura dell’anno, la previsione, il credito presso il gestore", []string{"/report", "/documenti"}},
	{"amministrazione", "Amministrazione", "Operatori, lavori notturni, salvataggi, registro", []string{"/amministrazione"}},
}

// guideFor is the topic to which an address belongs; the manual itself has none.
func guideFor(path string) *guideTopic {
	var found *guideTopic
	longest := ""
	for i, t := range guideTopics {
		for _, p := range t.Pages {
			if (path == p || p != "/" && within(path, p)) && len(p) > len(longest) {
				found, longest = &guideTopics[i], p
			}
		}
	}
	return found
}

// guidePage is the list of topics.
type guidePage struct {
	Frame
	Topics []guideTopic
}

func (s *site) guide(c *fiber.Ctx) error {
	p := guidePage{Frame: s.frame(c, "Guida"), Topics: guideTopics}
	p.Lead = "Pagine brevi, un compito alla volta"
	return s.show(c, "guide", &p)
}

// guideTopicPage is one topic.
type guideTopicPage struct {
	Frame
	Text       template.HTML
	Prev, Next *guideTopic
}

func (s *site) guideTopic(c *fiber.Ctx) error {
	i := slices.IndexFunc(guideTopics, func(t guideTopic) bool { return t.Slug == c.Params("topic") })
	if i < 0 {
		return fiber.ErrNotFound
	}
	t := guideTopics[i]
	p := guideTopicPage{Frame: s.frame(c, t.Title, Crumb{"Guida", "/guida"})}
	p.Lead, p.Menu = t.Lead, "/guida"
	var text strings.Builder
	if err := s.views.Render(&text, "guida/"+t.Slug, nil); err != nil {
		return err
	}
	p.Text = template.HTML(text.String())
	if i > 0 {
		p.Prev = &guideTopics[i-1]
	}
	if i+1 < len(guideTopics) {
		p.Next = &guideTopics[i+1]
	}
	return s.show(c, "guidetopic", &p)
}
