package intake

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var corpusDay = pec.Day("2026-07-01")

// corpusFile is a file as secretariats send them, and what it must give.
type corpusFile struct {
	what    string
	name    string // as it is sent; empty for "albo.csv"
	data    []byte
	options Options

	format   string
	header   int
	created  int
	refused  int
	problems []string // row, severity and code
	after    string   // fields of the first row: see shown
}

// The register of registerBook, whoever has written it.
var registerProblems = []string{"7 warning email_several", "7 warning pec_ordinary", "8 warning names_swapped", "9 error date_invalid", "9 warning left_on_missing", "12 warning left_on_missing"}

const registerFirst = "12|Rossi|Mario|RSSMRA85T10A562S|1985-12-10|San Giuliano Terme|A|a b|2012-03-01|active|Via Po, 3|01100|Viterbo|mario.rossi@posta.example|mario.rossi@pec.example"

func corpus(t *testing.T) []corpusFile {
	register := func(what, file, format string) corpusFile {
		return corpusFile{what: what, data: testdata(t, file), format: format, header: 4, created: 4, refused: 1, problems: registerProblems, after: registerFirst}
	}
	mac := func(what, file, format string) corpusFile {
		return corpusFile{what: what, data: testdata(t, file), format: format, header: 1, created: 2, after: "A1|Rossi|Mario||1985-12-10||||2012-03-01|active|||||"}
	}
	sheets := func(what, file, format string) corpusFile {
		return corpusFile{what: what, data: testdata(t, file), format: format, header: 4, created: 2, after: "A1|Rossi|Mario|RSSMRA85T10A562S||||||active|||||"}
	}
	csv := func(what string, text string, c corpusFile) corpusFile {
		c.what, c.data = what, []byte(text)
		if c.format == "" {
			c.format = FormatCSV
		}
		return c
	}
	const line = "A1;Rossi;Niccolò;RSSNCL85T10A562B"
	return []corpusFile{
		{what: "the register as excelize writes it", data: registerBook(t), format: FormatXLSX, header: 4, created: 4, refused: 1, problems: registerProblems, after: registerFirst},
		register("the register from LibreOffice, xlsx", "albo-libreoffice.xlsx", FormatXLSX),
		register("the register from LibreOffice, xls", "albo-libreoffice.xls", FormatXLS),
		register("the register from LibreOffice, ods", "albo-libreoffice.ods", FormatODS),
		register("the register from LibreOffice, html", "albo-libreoffice.html", FormatHTML),
		register("the register from Gnumeric, xlsx", "albo-gnumeric.xlsx", FormatXLSX),
		register("the register from Gnumeric, xls", "albo-gnumeric.xls", FormatXLS),
		register("the register from Gnumeric, xls of 1995", "albo-gnumeric-95.xls", FormatXLS),
		register("the register from Gnumeric, ods", "albo-gnumeric.ods", FormatODS),
		mac("days from 1904, xlsx", "mac-libreoffice.xlsx", FormatXLSX),
		mac("days from 1904, xls", "mac-libreoffice.xls", FormatXLS),
		mac("days from 1904, ods", "mac-libreoffice.ods", FormatODS),
		mac("days from 1904, xls of Gnumeric", "mac-gnumeric.xls", FormatXLS),
		sheets("the third of several sheets, xlsx", "fogli-libreoffice.xlsx", FormatXLSX),
		sheets("the third of several sheets, xls", "fogli-libreoffice.xls", FormatXLS),
		sheets("the third of several sheets, ods", "fogli-libreoffice.ods", FormatODS),
		sheets("the third of several sheets, xls of 1995", "fogli-gnumeric-95.xls", FormatXLS),

		csv("semicolons", "N. Iscr.;Cognome;Nome;Cod. Fisc.\n"+line+"\n", corpusFile{header: 1, created: 1, after: "A1|Rossi|Niccolò|RSSNCL85T10A562B||||||active|||||"}),
		csv("commas and quotation marks", "Matricola,Cognome,Nome,C.F.,Indirizzo\nA1,Rossi,Ada,,\"Via Po, 3\nscala \"\"B\"\"\"\n", corpusFile{header: 1, created: 1, after: "A1|Rossi|Ada|||||||active|Via Po, 3 scala \"B\"||||"}),
		csv("tabulators and CR alone", "Matricola\tCognome\tNome\rA1\tRossi\tAda\rA2\tNeri\tUgo\r", corpusFile{header: 1, created: 2}),
		csv("bars", "Matricola|Cognome|Nome\r\nA1|Rossi|Ada\r\n", corpusFile{header: 1, created: 1}),
		csv("a line that tells the separator", "sep=,\nMatricola,Cognome,Nome\nA1,Rossi,Ada\n", corpusFile{header: 2, created: 1}),
		{what: "Windows-1252", data: encodedBytes(t, "Matricola;Cognome;Nome\nA1;D’Alò;Zoë\n", charmap.Windows1252), format: FormatCSV, header: 1, created: 1, after: "A1|D’Alò|Zoë|||||||active|||||"},
		{what: "ISO-8859-15 with a euro", data: encodedBytes(t, "Matricola;Cognome;Nome;Quota €\nA1;Alò;Zoë;10 €\n", charmap.ISO8859_15), format: FormatCSV, header: 1, created: 1, after: "A1|Alò|Zoë|||||||active|||||"},
		{what: "DOS", data: encodedBytes(t, "Matricola;Cognome;Nome\nA1;Alò;Niccolò\nA2;Nardò;Cesarè\n", charmap.CodePage850), format: FormatCSV, header: 1, created: 2, after: "A1|Alò|Niccolò|||||||active|||||"},
		{what: "an old Mac", data: encodedBytes(t, "Matricola;Cognome;Nome\rA1;Alò;Niccolò\r", charmap.Macintosh), format: FormatCSV, header: 1, created: 1, after: "A1|Alò|Niccolò|||||||active|||||"},
		{what: "UTF-16 of Excel's «Testo Unicode»", name: "albo.txt", data: encodedBytes(t, "Matricola\tCognome\tNome\r\nA1\tAlò\tZoë\r\n", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)), format: FormatCSV, header: 1, created: 1, after: "A1|Alò|Zoë|||||||active|||||"},
		{what: "UTF-16 the other way", data: encodedBytes(t, "Matricola;Cognome;Nome\nA1;Alò;Zoë\n", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)), format: FormatCSV, header: 1, created: 1},
		csv("UTF-8 with its mark", "\ufeffMatricola;Cognome;Nome\nA1;Alò;Zoë\n", corpusFile{header: 1, created: 1, after: "A1|Alò|Zoë|||||||active|||||"}),
		{what: "UTF-8 with one line of Windows-1252", data: append([]byte("Matricola;Cognome;Nome\nA2;Nardò;Cesarè\nA3;Così;Perché\nA4;Città;Più\nA5;à;è\nA6;ì;ù\n"), "A1;Al\xf2;Ada\n"...), format: FormatCSV, header: 1, created: 6},

		csv("titles, blanks, headings, remarks and totals around the rows", "ORDINE DEI GEOMETRI;;\nElenco al 31/12/2025;;\n;;\nMatricola;Cognome;Nome\nSEZIONE A;;\nA1;Rossi;Ada\n;;\nMatricola;Cognome;Nome\nA2;Neri;Ugo\n------;;\nTotale iscritti: 2;;\nN. iscritti 2;;\nPagina 1 di 1;;\nStampato il 12/10/2018;;\n", corpusFile{header: 4, created: 2}),
		csv("two rows of titles", "Matricola;Nominativo;Nascita;;Residenza;;;Recapiti;\n;;Data;Comune;Via;CAP;Comune;Tel.;Cell.\nA1;Rossi Mario;10/12/1985;Pisa;Via Po 3;184;Roma;06 1;333 1\n", corpusFile{header: 2, created: 1, after: "A1|Rossi|Mario||1985-12-10|Pisa||||active|Via Po 3|00184|Roma||"}),
		csv("titles in other words", "Nº ordine;COGNOME;NOME;CodFiscale;Nato/a il;Nato/a a;Iscrizione: data;Prov. di residenza;E-mail (PEC)\nA1;Rossi;Mario;RSSMRA85T10A562S;10.12.85;Pisa;1-3-2012;(rm);m@pec.example\n", corpusFile{header: 1, created: 1, after: "A1|Rossi|Mario|RSSMRA85T10A562S|1985-12-10|Pisa|||2012-03-01|active|||||m@pec.example"}),
		csv("a column of tax codes under another title", "Cognome;Nome;Chiave\nRossi;Mario;RSSMRA85T10A562S\nMoretti;Matteo;MRTMTT91D08F205J\n", corpusFile{header: 1, created: 2}),
		csv("surname and name under each other's title", "Nome;Cognome;CF\nRossi;Mario;RSSMRA85T10A562S\nMoretti;Matteo;MRTMTT91D08F205J\nMiller;Samantha;MLLSNT82P65Z404U\n", corpusFile{header: 1, created: 3, after: "|Rossi|Mario|RSSMRA85T10A562S||||||active|||||"}),
		csv("surname and name in one column", "Nominativo;CF\nIng. Donati Grasso Carmela;DNTCML40T61D810O\nCarmela Donati Grasso;\nDE ROSSI Anna;\n", corpusFile{header: 1, created: 1, refused: 2, problems: []string{"3 warning name_split_guess", "3 error required_missing", "4 error required_missing"}, after: "|Donati Grasso|Carmela|DNTCML40T61D810O||||||active|||||"}),
		csv("name first", "Nome e cognome;Matricola\nAnna Maria De Rossi;A1\n", corpusFile{header: 1, created: 1, problems: []string{"2 warning name_split_guess"}, after: "A1|De Rossi|Anna Maria|||||||active|||||"}),
		csv("days in every form", "Matricola;Cognome;Nome;Data iscrizione\n1;N;A;12/10/2018\n2;N;B;12.10.18\n3;N;C;2018-10-12\n4;N;D;12/10/2018 00:00\n5;N;E;43385\n6;N;F;12 ottobre 2018\n7;N;G;venerdì 12 ott 2018\n8;N;H;20181012\n", corpusFile{header: 1, created: 8, after: "1|N|A||||||2018-10-12|active|||||"}),
		csv("days that cannot be", "Matricola;Cognome;Nome;Data iscrizione\n1;N;A;31/02/2001\n2;N;B;12/25/1999\n3;N;C;01/01/2999\n4;N;D;ieri\n5;N;E;00/00/0000\n", corpusFile{header: 1, created: 1, refused: 4, problems: []string{"2 error date_invalid", "3 error date_invalid", "4 error date_in_future", "5 error date_invalid"}}),
		csv("what sheets do to numbers", "Matricola;Cognome;Nome;CF;CAP;Cell.\n12.0;Rossi;Ada;1.23E+10;184;3,39E+09\n13;Neri;Ugo;1,2345678903E+10;\"=\"\"00042\"\"\";+39 333 1234567\n", corpusFile{header: 1, created: 1, refused: 1, problems: []string{"2 error tax_code_invalid", "2 warning value_rounded"}}),
		csv("words for nothing", "Matricola;Cognome;Nome;CF;E-mail;CAP;Comune\nA1;Rossi;Ada;n.d.;null;-;None\nA2;Neri;Ugo;#N/D;N.D.;//;\n", corpusFile{header: 1, created: 2, after: "A1|Rossi|Ada|||||||active|||None||"}),
		csv("tax codes right and wrong", "Cognome;Nome;CF\nRossi;Mario;rss mra 85t10 a562s\nRossi;Mario;RSSMRA85T10A562T\nMoretti;Matteo;MRTMTT91DO8F205J\nNeri;Ada;12345678901\nMiller;Samantha;MLLSNT82P65Z40QR\n", corpusFile{header: 1, created: 2, refused: 3, problems: []string{"3 error tax_code_invalid", "4 error tax_code_invalid", "5 error tax_code_invalid"}}),
		csv("a code that agrees with nothing", "Cognome;Nome;CF;Data di nascita;Sesso\nBianchi;Carla;RSSMRA85T10A562S;11/12/1985;F\n", corpusFile{header: 1, created: 1, problems: []string{"2 warning tax_code_mismatch"}}),
		csv("the same twice, and a number taken", "Matricola;Cognome;Nome;CF\nA1;Rossi;Mario;RSSMRA85T10A562S\nA2;Rossi;Mario;RSSMRA85T10A562S\nA1;Moretti;Matteo;MRTMTT91D08F205J\n", corpusFile{header: 1, created: 1, refused: 2, problems: []string{"3 error duplicate_in_file", "4 error registration_number_taken"}}),
		csv("one PEC for two", "Matricola;Cognome;Nome;PEC\nA1;Rossi;Ada;studio@pec.example\nA2;Neri;Ugo;STUDIO@pec.example\n", corpusFile{header: 1, created: 1, refused: 1, problems: []string{"3 error mailbox_taken"}}),
		csv("addresses", "Matricola;Cognome;Nome;E-mail;PEC\nA1;Rossi;Ada;;ada@gmail.example\nA2;Neri;Ugo;ugo@posta.example / u2@posta.example;\nA3;Neri;Eva;eva chiocciola posta;\nA4;Neri;Leo;Leo Neri <leo@posta.example>;\n", corpusFile{header: 1, created: 4, problems: []string{"2 warning pec_ordinary", "3 warning email_several", "4 warning email_invalid"}, after: "A1|Rossi|Ada|||||||active||||ada@gmail.example|"}),
		csv("statuses in many words", "Matricola;Cognome;Nome;Stato;Data canc.\n1;N;A;ISCRITTO ALL’ALBO;\n2;N;B;Cancellata d’ufficio;1/2/2020\n3;N;C;Cancellato per decesso;1/2/2020\n4;N;D;Trasferito ad altro Ordine;1/2/2020\n5;N;E;sosp.;\n6;N;F;in bilico;\n", corpusFile{header: 1, created: 5, refused: 1, problems: []string{"7 error status_unknown"}}),
		csv("formulas that are text", "Matricola;Cognome;Nome;Telefono\nA1;=HYPERLINK(1);Ugo;+39 06 1234\nA2;'=SOMMA(1);Ada;'+39 06 5678\n", corpusFile{header: 1, created: 2, after: "A1|=HYPERLINK(1)|Ugo|||||||active|||||"}),
		csv("values too many and too long", "Matricola;Cognome;Nome\nA1;Rossi;Ada;Roma\nA2;"+strings.Repeat("x", 101)+";Ugo\n", corpusFile{header: 1, refused: 2, problems: []string{"2 error row_malformed", "3 error value_too_long"}}),
		csv("who is missing", "Matricola;Cognome;Nome;CF\n;Rossi;Ada;\nA2;;Ugo;\nA3;Neri;;\n", corpusFile{header: 1, refused: 3, problems: []string{"2 error required_missing", "3 error required_missing", "4 error required_missing"}}),

		{what: "text under the name of a workbook", name: "albo.xls", data: []byte("Matricola\tCognome\tNome\nA1\tRossi\tAda\n"), format: FormatCSV, header: 1, created: 1},
		{what: "an xlsx under the name of an xls", name: "albo.xls", data: testdata(t, "albo-libreoffice.xlsx"), format: FormatXLSX, header: 4, created: 4, refused: 1, problems: registerProblems},
		{what: "a page under the name of an xls", name: "albo.xls", data: []byte("<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><meta charset=utf-8></head><body><table><tr><td colspan=3>Albo<tr><th>Matricola<th>Cognome<th>Nome<tr><td>A1<td>Al&ograve;<td>Zo&#235;</table></body></html>"), format: FormatHTML, header: 2, created: 1, after: "A1|Alò|Zoë|||||||active|||||"},
		{what: "a page of tables within tables", name: "albo.xls", data: []byte("<table><tr><td><table><tr><td>Menu</table><table><tr><td>Matricola<td>Cognome<td>Nome<tr><td>A1<td>Rossi<td>Ada</table></table>"), format: FormatHTML, header: 1, created: 1},
		{what: "the XML of Excel 2003", name: "albo.xls", data: []byte(spreadsheet2003), format: FormatXML, header: 2, created: 2, after: "A1|Rossi|Mario||1985-12-10|||||active||00184|||"},
	}
}

const spreadsheet2003 = `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Note"><Table><Row><Cell><Data ss:Type="String">Leggere</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="Albo"><Table>
<Row><Cell ss:MergeAcross="4"><Data ss:Type="String">Elenco</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Matricola</Data></Cell><Cell><Data ss:Type="String">Cognome</Data></Cell><Cell><Data ss:Type="String">Nome</Data></Cell><Cell><Data ss:Type="String">Nato il</Data></Cell><Cell ss:Index="6"><Data ss:Type="String">CAP</Data><Comment><Data>cinque cifre</Data></Comment></Cell></Row>
<Row ss:Index="4"><Cell><Data ss:Type="String">A1</Data></Cell><Cell><Data ss:Type="String">Rossi</Data></Cell><Cell><Data ss:Type="String">Mario</Data></Cell><Cell><Data ss:Type="DateTime">1985-12-10T00:00:00.000</Data></Cell><Cell ss:Index="6"><Data ss:Type="Number">184</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">12</Data></Cell><Cell><Data ss:Type="String">D&apos;Al&#242;</Data></Cell><Cell><ss:Data ss:Type="String"><B>Zo</B>ë</ss:Data></Cell></Row>
</Table></Worksheet></Workbook>`

func testdata(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encodedBytes(t testing.TB, s string, e encoding.Encoding) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shown are the fields of a member that a corpus file tells of its first row.
func shown(m pec.Member) string {
	return strings.Join([]string{
		m.RegistrationNumber, m.Surname, m.Name, m.TaxCode, m.BirthDate.String(), m.BirthPlace, m.Section, m.Sector, m.RegisteredOn.String(), string(m.Status),
		m.Address, m.PostalCode, m.City, m.Email, m.OwnPEC,
	}, "|")
}

func TestCorpus(t *testing.T) {
	files := corpus(t)
	if len(files) < 40 {
		t.Errorf("only %d files", len(files))
	}
	for _, c := range files {
		t.Run(c.what, func(t *testing.T) {
			name := c.name
			if name == "" {
				name = "albo.csv"
			}
			f, err := Read(c.data, name, pec.MemberLayout, c.options)
			if err != nil {
				t.Fatal(err)
			}
			if f.Format != c.format || f.HeaderRow != c.header {
				t.Errorf("%s, header in row %d; want %s, %d", f.Format, f.HeaderRow, c.format, c.header)
			}
			in := pec.MemberImport{Rows: f.Rows, Mapping: f.Mapping, Today: corpusDay, Domains: []string{"pec.ordine.example"}}
			plan := pec.PlanMembers(in)
			if n := plan.Counts(); n.Created != c.created || n.Refused != c.refused || n.Rows != c.created+c.refused {
				t.Errorf("%+v, want %d created, %d refused", n, c.created, c.refused)
			}
			var problems []string
			for _, p := range plan.Problems() {
				problems = append(problems, fmt.Sprintf("%d %s %s", p.Row, p.Severity, p.Code))
				if p.Message == "" || p.Column == "" && p.Code != "row_malformed" {
					t.Errorf("no message or column: %+v", p)
				}
			}
			if !slices.Equal(problems, c.problems) {
				t.Errorf("problems %q\nwant %q", problems, c.problems)
			}
			if c.after != "" && shown(plan.Rows[0].After) != c.after {
				t.Errorf("first row %s\nwant      %s", shown(plan.Rows[0].After), c.after)
			}
			checkAgain(t, in, plan)
		})
	}
}

// checkAgain imports a file once more, after what it did the first time: it
// changes nothing.
func checkAgain(t *testing.T, in pec.MemberImport, plan pec.MemberPlan) {
	t.Helper()
	for i, r := range plan.With(pec.OutcomeCreated) {
		r.After.ID = int64(i + 1)
		in.Known = append(in.Known, r.After)
	}
	if c := pec.PlanMembers(in).Counts(); c.Created+c.Updated > 0 || c.Unchanged != len(in.Known) {
		t.Errorf("imported again: %+v", c)
	}
}

// The same list gives the same rows whatever format it comes in.
func TestFormatsAgree(t *testing.T) {
	want := readSheet(t, registerBook(t), Options{})
	for _, file := range []string{"albo-libreoffice.xlsx", "albo-libreoffice.xls", "albo-libreoffice.ods", "albo-gnumeric.xlsx", "albo-gnumeric.xls", "albo-gnumeric-95.xls", "albo-gnumeric.ods"} {
		f := readSheet(t, testdata(t, file), Options{})
		for i, r := range want.Rows {
			if got := f.Rows[i]; got.Number != r.Number || !slices.Equal(got.Cells, r.Cells) {
				t.Errorf("%s, row %d: %q\nwant row %d: %q", file, got.Number, got.Cells, r.Number, r.Cells)
			}
		}
	}
}

// What cannot be read is told by what it is, and never by a fault of ours.
func TestFilesThatCannotBeRead(t *testing.T) {
	plain := registerBook(t)
	xls, ods := testdata(t, "albo-libreoffice.xls"), testdata(t, "albo-libreoffice.ods")
	for _, c := range []struct {
		what, name, code, says string
		data                   []byte
	}{
		{"an xlsx with a password", "a.xlsx", "file_not_readable", "password", withPassword(t, plain)},
		{"an xls with a password", "a.xls", "file_not_readable", "password", bytes.Replace(xls, []byte{0x5c, 0, 0x70, 0}, []byte{0x2f, 0, 0x70, 0}, 1)},
		{"an ods with a password", "a.ods", "file_not_readable", "password", zipOf(t, 0, map[string]string{"content.xml": "\x01\x02", "META-INF/manifest.xml": `<manifest><file-entry full-path="content.xml"><encryption-data checksum="x"/></file-entry></manifest>`})},
		{"half an xlsx", "a.xlsx", "file_not_readable", "rovinato", plain[:len(plain)/2]},
		{"half an xls", "a.xls", "file_not_readable", "rovinato", xls[:len(xls)/2]},
		{"half an ods", "a.ods", "file_not_readable", "rovinato", ods[:len(ods)/2]},
		{"the beginning of an xls", "a.xls", "file_not_readable", "rovinato", xls[:512]},
		{"half a page", "a.xls", "no_rows", "", []byte("<html><table><tr><td>Matricola<td>Cognome<td>Nome<tr><td>")},
		{"half the XML of 2003", "a.xls", "file_not_readable", "rovinato", []byte(spreadsheet2003[:1200])},
		{"a page that asks to log in", "albo.xls", "file_not_readable", "pagina web", []byte("<!DOCTYPE html><html><body><form>Accedi</form></body></html>")},
		{"an RTF", "albo.doc", "file_not_readable", "RTF", []byte(`{\rtf1\ansi Rossi}`)},
		{"a million columns", "a.csv", "file_too_large", "colonne", []byte("Cognome;Nome;Matricola\n" + strings.Repeat("x;", 1_000_000))},
		{"a million columns of titles", "a.csv", "file_too_large", "colonne", []byte(strings.Repeat("Cognome;", 1_000_000))},
		{"one endless line", "a.csv", "header_not_found", "", bytes.Repeat([]byte("x"), 20<<20)},
		{"a quotation mark that nothing closes", "a.csv", "file_too_large", "milione di caratteri", []byte("Cognome;Nome;Matricola\n\"" + strings.Repeat("x", 3<<20))},
		{"a billion laughs", "a.xlsx", "file_not_readable", "rovinato", laughs(t)},
		{"a cell of megabytes", "a.xlsx", "file_too_large", "milione di caratteri", withStrings(t, "<si><t>"+strings.Repeat("x", 3<<20)+"</t></si>")},
		{"a text that is not there", "a.xlsx", "file_not_readable", "rovinato", withStrings(t, "<si/>")},
		{"rows without number", "a.csv", "file_too_large", "righe", []byte("Cognome;Nome;Matricola\n" + strings.Repeat("x\n", maxRows+1))},
		{"an ods of rows without number", "a.ods", "file_too_large", "righe", odsOf(t, `<table:table-row table:number-rows-repeated="1048000">`+odsCells("A", "B", "C")+`</table:table-row>`)},
		{"an ods of columns without number", "a.ods", "file_too_large", "colonne", odsOf(t, `<table:table-row><table:table-cell table:number-columns-repeated="1000000" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>`)},
		{"an ods of repeats within repeats", "a.ods", "file_too_large", "righe", odsOf(t, strings.Repeat(`<table:table-row table:number-rows-repeated="100000"><table:table-cell table:number-columns-repeated="299" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>`, 10))},
		{"an xls of tables without number", "a.xls", "file_too_large", "righe", []byte("<table>" + strings.Repeat("<tr><td>x", maxRows+1))},
		{"an archive of parts without number", "a.xlsx", "file_too_large", "parti", manyParts(t)},
	} {
		f, err := Read(c.data, c.name, pec.MemberLayout, Options{})
		if p := pec.AsProblem(err); p == nil || p.Code != c.code || !strings.Contains(p.Message, c.says) {
			t.Errorf("%s: %v, %v", c.what, f != nil, err)
		}
	}
}

func withPassword(t testing.TB, data []byte) []byte {
	t.Helper()
	out, err := excelize.Encrypt(data, &excelize.Options{Password: "segreta"})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// withStrings is a workbook with shared strings, of which it uses the third.
func withStrings(t testing.TB, shared string) []byte {
	parts := bareBook(`<row r="2"><c t="s"><v>2</v></c></row>`)
	parts["xl/sharedStrings.xml"] = "<sst>" + shared + "</sst>"
	return zipOf(t, 0, parts)
}

// laughs is a workbook whose sheet declares ten lines that would become a
// thousand million.
func laughs(t testing.TB) []byte {
	parts := bareBook("")
	doctype := `<!DOCTYPE x [<!ENTITY a0 "ah">`
	for i := range 10 {
		doctype += fmt.Sprintf(`<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	parts["xl/worksheets/sheet1.xml"] = doctype + "]>" + strings.Replace(parts["xl/worksheets/sheet1.xml"], "Cognome", "&a10;", 1)
	return zipOf(t, 0, parts)
}

// odsOf is an OpenDocument sheet of a header and the rows given as XML.
func odsOf(t testing.TB, rows string) []byte {
	t.Helper()
	return zipOf(t, 0, map[string]string{"content.xml": odsContent(rows)})
}

func odsContent(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="Albo"><table:table-row>` +
		odsCells("Cognome", "Nome", "Matricola") + `</table:table-row>` + rows + `</table:table></office:spreadsheet></office:body></office:document-content>`
}

func odsCells(values ...string) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(`<table:table-cell office:value-type="string"><text:p>` + v + `</text:p></table:table-cell>`)
	}
	return b.String()
}

func manyParts(t testing.TB) []byte {
	parts := bareBook("")
	for i := range maxParts + 1 {
		parts[fmt.Sprintf("xl/media/%d.png", i)] = ""
	}
	return zipOf(t, 0, parts)
}
