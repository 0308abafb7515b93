package reports

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// templateName is what messages of text/template call the file's template.
const templateName = "modello"

// templateSays are the things that text/template says of a template, as they
// begin after the line, with what a person is told. The brackets of a pattern
// fill the verbs.
var templateSays = []struct {
	pattern *regexp.Regexp
	said    string
}{
	{regexp.MustCompile(`^unclosed action`), "la doppia graffa aperta «{{» non è chiusa da «}}»"},
	{regexp.MustCompile(`^unclosed comment`), "il commento aperto da «{{/*» non è chiuso da «*/}}»"},
	{regexp.MustCompile(`^comment ends before`), "dopo la fine del commento «*/» deve venire subito «}}»"},
	{regexp.MustCompile(`^unexpected EOF`), "il modello finisce prima che un «{{range}}», un «{{if}}» o un «{{with}}» sia chiuso dal suo «{{end}}»"},
	{regexp.MustCompile(`^unexpected (\{\{(?:end|else).*\}\})`), "«%s» non chiude niente: manca il «{{range}}» o l’«{{if}}» che gli sta davanti"},
	{regexp.MustCompile(`^expected end; found (\{\{.*\}\})`), "qui serve «{{end}}», non «%s»"},
	{regexp.MustCompile(`^(\{\{(?:break|continue)\}\}) outside`), "«%s» può stare solo fra «{{range}}» e «{{end}}»"},
	{regexp.MustCompile(`^function "(.*)" not defined`), "«%s» non è un comando che il modello conosce; il nome di un campo comincia con il punto"},
	{regexp.MustCompile(`^undefined variable "(.*)"`), "la variabile «%s» non è mai stata scritta prima"},
	{regexp.MustCompile(`^missing value for command`), "fra le doppie graffe non c’è niente"},
	{regexp.MustCompile(`^missing value for (\S+)`), "dopo «%s» manca il campo"},
	{regexp.MustCompile(`^unterminated`), "un testo fra virgolette non è chiuso"},
	{regexp.MustCompile(`^unclosed left paren`), "una parentesi aperta non è chiusa"},
	{regexp.MustCompile(`^unexpected right paren`), "una parentesi è chiusa senza essere stata aperta"},
	{regexp.MustCompile(`^bad character U\+\S+ '(.*)'`), "fra le doppie graffe c’è il carattere «%s», che lì non può stare"},
	{regexp.MustCompile(`^(?:unexpected|bad number syntax:) "(.*)"`), "«%s» lì non può stare"},
	{regexp.MustCompile(`^unexpected <?(\S+?)>? `), "«%s» lì non può stare"},
	{regexp.MustCompile(`^template "(.*)" not defined`), "il pezzo di modello «%s» non c’è"},
	{regexp.MustCompile(`^range can't iterate over`), "dopo «range» serve un elenco: l’unico è «.Subjects»"},
	{regexp.MustCompile(`^(\S+) has arguments but cannot be invoked`), "«.%s» è un campo: dopo il suo nome non può venire altro"},
	{regexp.MustCompile(`^wrong number of args for (\w+)`), "il comando «%s» ha troppi valori o troppo pochi"},
	{regexp.MustCompile(`^error calling (\w+)`), "il comando «%s» non si può usare su questi valori"},
}

// xmlSays are the things that encoding/xml says of what comes out, in the same way.
var xmlSays = []struct {
	pattern *regexp.Regexp
	said    string
}{
	{regexp.MustCompile(`^element (<.*>) closed by (</.*>)`), "l’elemento %s è chiuso da %s"},
	{regexp.MustCompile(`^unexpected end element (</.*>)`), "%s chiude un elemento che non è aperto"},
	{regexp.MustCompile(`^unexpected EOF`), "finisce prima che tutti gli elementi siano chiusi"},
	{regexp.MustCompile(`^(?:attribute name without =|unquoted or missing attribute value)`), "il valore di un attributo non è scritto fra virgolette dopo il segno «=»"},
	{regexp.MustCompile(`^invalid character entity (&\w+;)`), "l’XML non conosce «%s»"},
	{regexp.MustCompile(`^invalid character entity`), "la «&» si scrive «&amp;»"},
	{regexp.MustCompile(`^illegal character code (\S+)`), "c’è un carattere che nell’XML non può stare (%s)"},
	{regexp.MustCompile(`^invalid UTF-8`), "c’è un carattere che non è scritto in UTF-8"},
	{regexp.MustCompile(`^(?:invalid XML name: (.*)|expected \w+ name after)`), "un elemento o un attributo non ha un nome valido"},
	{regexp.MustCompile(`^invalid sequence "--"`), "in un commento ci sono due trattini"},
	{regexp.MustCompile(`^unescaped \]\]>`), "«]]>» si scrive «]]&gt;»"},
}

var (
	faultPlace   = regexp.MustCompile(`^template: ` + templateName + `:(\d+)(?::\d+)?: (?:executing "[^"]*" at <(?s:(.*?))>: )?((?s).*)$`)
	faultStart   = regexp.MustCompile(`started at ` + templateName + `:(\d+)`)
	unknownField = regexp.MustCompile(`^(?:can't evaluate field (\S+) in type (\S+)|map has no entry for key "(.*)")`)
)

// templateFault says in Italian what is wrong with a template: the line, and what
// is to be mended there. What text/template says is never shown as it is.
func templateFault(err error) string {
	found := faultPlace.FindStringSubmatch(err.Error())
	if found == nil {
		return "c’è un’istruzione fra doppie graffe che non si capisce"
	}
	line, at, said := found[1], found[2], found[3]
	if start := faultStart.FindStringSubmatch(said); start != nil {
		line = start[1]
	}
	where := "riga " + line + ": "
	if f := unknownField.FindStringSubmatch(said); f != nil {
		return where + unknown(f[1]+f[3], f[2])
	}
	for _, s := range templateSays {
		if f := s.pattern.FindStringSubmatch(said); f != nil {
			return where + fill(s.said, f[1:])
		}
	}
	if at != "" {
		return where + "«" + at + "» non si può stampare"
	}
	return where + "c’è un’istruzione fra doppie graffe che non si capisce"
}

// unknown says that a field is not there, and which are: of the whole file, or of
// a subject, as text/template's type tells.
func unknown(name, in string) string {
	file, subject := []string{"BodyCode", "Whole", "Subjects"}, subjectFieldNames()
	listed := func(names []string) string { return "." + strings.Join(names, ", .") }
	switch {
	case in == "" && slices.Contains(file, name):
		return fmt.Sprintf("il campo «.%s» è del file: fra «{{range .Subjects}}» e il suo «{{end}}» si scrive «$.%[1]s»", name)
	case in == "":
		return fmt.Sprintf("un soggetto non ha il campo «.%s»; ha %s", name, listed(subject))
	case in != "reports.subjectsView":
		return fmt.Sprintf("«.%s» non c’è: ciò che gli sta davanti non ha altri campi", name)
	case slices.Contains(subject, name):
		return fmt.Sprintf("il campo «.%s» è di un soggetto: sta fra «{{range .Subjects}}» e il suo «{{end}}»", name)
	}
	return fmt.Sprintf("il file non ha il campo «.%s»; ha %s", name, listed(file))
}

// xmlFault says in Italian why what comes out of a template is not XML, and in
// which of its lines.
func xmlFault(err error) string {
	var syntax *xml.SyntaxError
	if !errors.As(err, &syntax) {
		return "la prima riga deve dire versione 1.0 e codifica UTF-8"
	}
	said := "c’è qualcosa che nell’XML non può stare"
	for _, s := range xmlSays {
		if f := s.pattern.FindStringSubmatch(syntax.Msg); f != nil {
			said = fill(s.said, f[1:])
			break
		}
	}
	return fmt.Sprintf("riga %d di ciò che ne esce: %s", syntax.Line, said)
}

// fill puts what was found into the verbs of a sentence.
func fill(sentence string, found []string) string {
	for _, f := range found {
		sentence = strings.Replace(sentence, "%s", f, 1)
	}
	return sentence
}
