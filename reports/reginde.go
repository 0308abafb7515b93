package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"text/template"

	"albopec/app/pec"
)

// SubjectsFile is a file for ReGIndE.
type SubjectsFile struct {
	BodyCode string
	Whole    bool // the register deletes all of the body's subjects and takes these
	Subjects []pec.SubjectChange
}

// SubjectsTemplate is the program's own template of the file. The Ministry's
// schema could not be had: names and order of the elements are to be checked with
// it, and the template replaced where they differ. Values come escaped.
const SubjectsTemplate = `<?xml version="1.0" encoding="UTF-8"?>
<ComunicazioniSoggetti>
  <CodiceEnte>{{.BodyCode}}</CodiceEnte>
  <AlboCompleto>{{.Whole}}</AlboCompleto>
{{- range .Subjects}}
  <Soggetto>
    <Operazione>{{.Operation}}</Operazione>
    <Ruolo>{{.Role}}</Ruolo>
    <Stato>{{.Status}}</Stato>
    <Nome>{{.Name}}</Nome>
    <Cognome>{{.Surname}}</Cognome>
    <CodiceFiscale>{{.TaxCode}}</CodiceFiscale>
    {{- if .BirthDate}}
    <DataNascita>{{.BirthDate}}</DataNascita>
    {{- end}}
    {{- if .BirthPlace}}
    <LuogoNascita>{{.BirthPlace}}</LuogoNascita>
    {{- end}}
    {{- if .BirthProvince}}
    <ProvinciaNascita>{{.BirthProvince}}</ProvinciaNascita>
    {{- end}}
    <PEC>{{.PEC}}</PEC>
    <Indirizzo tipo="D">
      <Via>{{.Street}}</Via>
      {{- if .PostalCode}}
      <CAP>{{.PostalCode}}</CAP>
      {{- end}}
      <Comune>{{.City}}</Comune>
      {{- if .Province}}
      <Provincia>{{.Province}}</Provincia>
      {{- end}}
      {{- if .Phone}}
      <Telefono>{{.Phone}}</Telefono>
      {{- end}}
      {{- if .Email}}
      <Email>{{.Email}}</Email>
      {{- end}}
    </Indirizzo>
  </Soggetto>
{{- end}}
</ComunicazioniSoggetti>
`

// subjectsView is what a template sees: texts that XML can hold as they are.
type subjectsView struct {
	BodyCode string
	Whole    bool
	Subjects []map[string]string
}

// WriteSubjects prints a file for ReGIndE by a template and checks it: that it is
// well-formed and holds every subject once. The error of a template is a Problem.
func WriteSubjects(w io.Writer, text string, f SubjectsFile) error {
	refuse := func(said string) error {
		return pec.Refuse("template_invalid", "Il modello del file non va bene: %s.", said).On("template")
	}
	t, err := template.New(templateName).Option("missingkey=error").Parse(text)
	if err != nil {
		return refuse(templateFault(err))
	}
	view := subjectsView{BodyCode: escapeXML(f.BodyCode), Whole: f.Whole}
	for _, s := range f.Subjects {
		view.Subjects = append(view.Subjects, subjectFields(s))
	}
	b := bounded{left: 1<<20 + len(f.Subjects)*maxSubjectBytes}
	switch err := t.Execute(&b, view); {
	case errors.Is(err, errTooLong):
		return refuse("ciò che ne esce è troppo lungo")
	case err != nil:
		return refuse(templateFault(err))
	}
	if fault := subjectsFault(b.buffer.Bytes(), f); fault != "" {
		return refuse(fault)
	}
	_, err = w.Write(b.buffer.Bytes())
	return err
}

// maxSubjectBytes is more than any subject takes: a template that prints more goes
// round in circles.
const maxSubjectBytes = 40_000

var errTooLong = errors.New("what comes out of a template is too long")

// bounded is a buffer that takes so many bytes and no more.
type bounded struct {
	buffer bytes.Buffer
	left   int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errTooLong
	}
	return b.buffer.Write(p)
}

func subjectFields(c pec.SubjectChange) map[string]string {
	fields := map[string]string{
		"Operation": c.Operation.Italian(), "Role": c.Role, "Status": string(c.Status), "Name": c.Name, "Surname": c.Surname, "TaxCode": c.TaxCode,
		"BirthDate": "", "BirthPlace": c.BirthPlace, "BirthProvince": c.BirthProvince, "PEC": c.PEC, "Street": c.Street, "PostalCode": c.PostalCode,
		"City": c.City, "Province": c.Province, "Phone": c.Phone, "Email": c.Email,
	}
	if !c.BirthDate.IsZero() {
		fields["BirthDate"] = c.BirthDate.String()
	}
	for name, value := range fields {
		fields[name] = escapeXML(value)
	}
	return fields
}

func escapeXML(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// subjectFieldNames are the fields of a subject that a template may print, sorted.
func subjectFieldNames() []string {
	return slices.Sorted(maps.Keys(subjectFields(pec.SubjectChange{})))
}

// subjectsFault reads a file back: one root, every tax code as often as it was
// given. It says in Italian what is wrong; empty when nothing is.
func subjectsFault(data []byte, f SubjectsFile) string {
	want := map[string]int{}
	for _, s := range f.Subjects {
		want[s.TaxCode]++
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "non esce un XML ben formato; " + xmlFault(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); want[text] > 0 {
				want[text]--
			}
		}
	}
	if roots != 1 {
		return "ciò che ne esce non ha un solo elemento radice"
	}
	for code, missing := range want {
		if missing > 0 {
			return "in ciò che ne esce manca il soggetto " + code
		}
	}
	return ""
}
