package reports_test

import (
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/reports"
)

// What is wrong with a template is told with its line and without the words of
// the libraries that read it.
func TestFaultOfATemplateIsToldInItalian(t *testing.T) {
	subject := []pec.SubjectChange{{Operation: pec.SubjectInsert, Subject: pec.Subject{TaxCode: "RSSMRA80A01H501U"}}}
	for template, want := range map[string]string{
		"<a>\n{{.Nulla}}</a>":                     "riga 2: il file non ha il campo «.Nulla»; ha .BodyCode, .Whole, .Subjects.",
		"<a>\n\n{{.PEC}}</a>":                     "riga 3: il campo «.PEC» è di un soggetto: sta fra «{{range .Subjects}}» e il suo «{{end}}».",
		"{{range .Subjects}}\n{{.Whole}}{{end}}":  "riga 2: il campo «.Whole» è del file: fra «{{range .Subjects}}» e il suo «{{end}}» si scrive «$.Whole».",
		"{{range .Subjects}}\n{{.Codice}}{{end}}": "riga 2: un soggetto non ha il campo «.Codice»; ha .BirthDate, .BirthPlace, .BirthProvince, .City, .Email, .Name, .Operation, .PEC, .Phone, .PostalCode, .Province, .Role, .Status, .Street, .Surname, .TaxCode.",
		"{{.BodyCode.X}}":                         "riga 1: «.X» non c’è: ciò che gli sta davanti non ha altri campi.",
		"<a>\n{{.Whole":                           "riga 2: la doppia graffa aperta «{{» non è chiusa da «}}».",
		"a\n{{\n":                                 "riga 2: la doppia graffa aperta «{{» non è chiusa da «}}».",
		"<a>{{.Whole}":                            "riga 1: fra le doppie graffe c’è il carattere «}», che lì non può stare.",
		"{{/* nota":                               "riga 1: il commento aperto da «{{/*» non è chiuso da «*/}}».",
		"{{range .Subjects}}\n<s/>\n":             "riga 3: il modello finisce prima che un «{{range}}», un «{{if}}» o un «{{with}}» sia chiuso dal suo «{{end}}».",
		"<a/>\n{{end}}":                           "riga 2: «{{end}}» non chiude niente: manca il «{{range}}» o l’«{{if}}» che gli sta davanti.",
		"{{if .Whole}}{{else}}{{else}}{{end}}":    "riga 1: qui serve «{{end}}», non «{{else}}».",
		"{{BodyCode}}":                            "riga 1: «BodyCode» non è un comando che il modello conosce; il nome di un campo comincia con il punto.",
		"{{if}}x{{end}}":                          "riga 1: dopo «if» manca il campo.",
		"{{}}":                                    "riga 1: fra le doppie graffe non c’è niente.",
		"{{$x}}":                                  "riga 1: la variabile «$x» non è mai stata scritta prima.",
		"{{\"abc}}":                               "riga 1: un testo fra virgolette non è chiuso.",
		"{{(.BodyCode}}":                          "riga 1: una parentesi aperta non è chiusa.",
		"{{%}}":                                   "riga 1: «%» lì non può stare.",
		"{{template}}":                            "riga 1: «}}» lì non può stare.",
		"{{.BodyCode \"x\"}}":                     "riga 1: «.BodyCode» è un campo: dopo il suo nome non può venire altro.",
		"{{range .BodyCode}}x{{end}}":             "riga 1: dopo «range» serve un elenco: l’unico è «.Subjects».",
		"{{template \"piede\"}}":                  "riga 1: il pezzo di modello «piede» non c’è.",
		"{{index .Subjects 9}}":                   "riga 1: il comando «index» non si può usare su questi valori.",
		"{{nil}}":                                 "riga 1: «nil» non si può stampare.",
		"<a>\n{{range .Subjects}}{{.TaxCode}}{{end}}":     "riga 2 di ciò che ne esce: finisce prima che tutti gli elementi siano chiusi.",
		"<a>\n{{range .Subjects}}{{.TaxCode}}{{end}}</b>": "riga 2 di ciò che ne esce: l’elemento <a> è chiuso da </b>.",
		"<a x=1/>":                            "riga 1 di ciò che ne esce: il valore di un attributo non è scritto fra virgolette dopo il segno «=».",
		"<a>D & G</a>":                        "riga 1 di ciò che ne esce: la «&» si scrive «&amp;».",
		"<a>D&agrave;</a>":                    "riga 1 di ciò che ne esce: l’XML non conosce «&agrave;».",
		"<?xml version=\"1.1\"?><a/>":         "la prima riga deve dire versione 1.0 e codifica UTF-8.",
		"<a/><b/>":                            "ciò che ne esce non ha un solo elemento radice.",
		"<a/>":                                "in ciò che ne esce manca il soggetto RSSMRA80A01H501U.",
		"{{range 1000000}}molto lungo{{end}}": "ciò che ne esce è troppo lungo.",
	} {
		var b strings.Builder
		err := reports.WriteSubjects(&b, template, reports.SubjectsFile{BodyCode: "01234567897", Subjects: subject})
		p := pec.AsProblem(err)
		if p == nil || p.Field != "template" {
			t.Errorf("%q is taken: %v", template, err)
			continue
		}
		if got := strings.TrimPrefix(p.Message, "Il modello del file non va bene: "); !strings.HasSuffix(got, want) {
			t.Errorf("%q:\n got %s\nwant %s", template, got, want)
		}
	}
}
