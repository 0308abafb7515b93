package intake

import (
	"reflect"
	"strings"
	"testing"

	"albopec/app/pec"
)

func TestAnswersOfReGIndE(t *testing.T) {
	const rossi, verdi = "RSSMRA80A01H501U", "VRDPIA80A41H501I"
	for name, c := range map[string]struct {
		file string
		want pec.SubjectOutcomes
	}{
		"elements": {`<?xml version="1.0" encoding="UTF-8"?><Esiti><CodiceEnte>01234567897</CodiceEnte>
			<Esito><CodiceFiscale>rssmra80a01h501u</CodiceFiscale><Codice>S000</Codice></Esito>
			<Esito><CodiceFiscale>VRDPIA80A41H501I</CodiceFiscale><Codice>E001</Codice><Descrizione>PEC non valida</Descrizione></Esito></Esiti>`,
			pec.SubjectOutcomes{BodyCode: "01234567897", Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "S000", Said: ""}, {TaxCode: verdi, Code: "E001", Said: "PEC non valida"}}}},
		"attributes and a namespace": {`<e:Esiti xmlns:e="urn:prova" ente="COAH501"><e:Soggetto codiceFiscale="RSSMRA80A01H501U" esito="W001"/></e:Esiti>`,
			pec.SubjectOutcomes{BodyCode: "COAH501", Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "W001", Said: ""}}}},
		"nested": {`<Esiti><Soggetto><Anagrafica><CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale></Anagrafica><Esito><Codice>E005</Codice><Messaggio>sconosciuto</Messaggio></Esito></Soggetto></Esiti>`,
			pec.SubjectOutcomes{Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "E005", Said: "sconosciuto"}}}},
		"flat": {`<Esiti><CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale><Codice>S000</Codice><Descrizione>ok</Descrizione><CodiceFiscale>VRDPIA80A41H501I</CodiceFiscale><Codice>E999</Codice></Esiti>`,
			pec.SubjectOutcomes{Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "S000", Said: "ok"}, {TaxCode: verdi, Code: "E999", Said: ""}}}},
		"a sender and a name beside the body's code": {`<Esiti><CodiceEnte>01234567897</CodiceEnte><DescrizioneEnte>Ordine degli Ingegneri</DescrizioneEnte><Mittente>ordine@pec.ordine.example</Mittente><Errore><Codice>F002</Codice></Errore></Esiti>`,
			pec.SubjectOutcomes{BodyCode: "01234567897", File: "F002"}},
		"the whole file": {`<Esiti><CodiceEnte>01234567897</CodiceEnte><Errore><Codice>F003</Codice><Descrizione>non valido</Descrizione></Errore></Esiti>`, pec.SubjectOutcomes{BodyCode: "01234567897", File: "F003", Said: "non valido"}},
		"other names": {`<esiti><soggetto cf="RSSMRA80A01H501U"><esito>W001</esito></soggetto><soggetto cf="VRDPIA80A41H501I"><esito>S000</esito></soggetto></esiti>`,
			pec.SubjectOutcomes{Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "W001"}, {TaxCode: "VRDPIA80A41H501I", Code: "S000"}}}},
		"words behind the code": {`<Esiti><Soggetto><CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale><Esito>E001 - PEC non valida</Esito><Descrizione>E001: PEC non valida</Descrizione></Soggetto>
			<Soggetto><CodiceFiscale>VRDPIA80A41H501I</CodiceFiscale><Esito>S000: eseguito</Esito></Soggetto></Esiti>`,
			pec.SubjectOutcomes{Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "E001", Said: "E001: PEC non valida"}, {TaxCode: "VRDPIA80A41H501I", Code: "S000", Said: "eseguito"}}}},
		"words behind the file's code": {`<Esiti><Errore>F003 - non valido</Errore></Esiti>`, pec.SubjectOutcomes{File: "F003", Said: "non valido"}},
		"UTF-16":                       {inUTF16(`<?xml version="1.0" encoding="UTF-16"?><Esiti><Esito><CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale><Codice>S000</Codice></Esito></Esiti>`), pec.SubjectOutcomes{Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "S000"}}}},
		"another charset":              {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Esiti><Esito><CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale><Codice>E002</Codice><Descrizione>gi\xe0</Descrizione></Esito></Esiti>", pec.SubjectOutcomes{Subjects: []pec.SubjectOutcome{{TaxCode: rossi, Code: "E002", Said: "già"}}}},
	} {
		got, err := ReadSubjectOutcomes([]byte(c.file))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, c := range map[string]struct{ file, code string }{
		"nothing":      {" \n", "file_empty"},
		"no XML":       {"PK\x03\x04", "file_not_readable"},
		"broken":       {"<Esiti><Esito>", "file_not_readable"},
		"an entity":    {`<!DOCTYPE e [<!ENTITY a "aaaa">]><Esiti><Codice>&a;</Codice></Esiti>`, "file_not_readable"},
		"one unknown":  {`<Esiti><Codice>&mille;</Codice></Esiti>`, "file_not_readable"},
		"no outcome":   {`<Esiti><Esito/></Esiti>`, "outcomes_missing"},
		"a code alone": {`<Esiti><Esito><Codice>S000</Codice></Esito></Esiti>`, "outcomes_missing"},
		"too deep":     {strings.Repeat("<a>", 1000), "file_not_readable"},
		"no charset":   {`<?xml version="1.0" encoding="klingon"?><Esiti/>`, "file_not_readable"},
	} {
		_, err := ReadSubjectOutcomes([]byte(c.file))
		if p := pec.AsProblem(err); p == nil || p.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// inUTF16 writes a text of ASCII in UTF-16, the small end first, with its mark.
func inUTF16(s string) string {
	out := "\xff\xfe"
	for _, c := range s {
		out += string([]byte{byte(c), 0})
	}
	return out
}

func FuzzSubjectOutcomes(f *testing.F) {
	f.Add([]byte(`<Esiti><CodiceEnte>01234567897</CodiceEnte><Esito><CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale><Codice>S000</Codice></Esito></Esiti>`))
	f.Add([]byte(`<a ente="x" b="E001"><c fiscale="RSSMRA80A01H501U"/></a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := ReadSubjectOutcomes(data)
		if err != nil && pec.AsProblem(err) == nil {
			t.Errorf("not said in Italian: %v", err)
		}
		for _, s := range out.Subjects {
			if !subjectCode.MatchString(s.Code) || len(s.TaxCode) != 16 {
				t.Errorf("%+v", s)
			}
		}
	})
}
