package web

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/xuri/excelize/v2"

	"albopec/app/office"
	"albopec/app/pec"
)

func TestListsAreTakenAwayAsPDF(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(ReadOnly)
	for page, export := range map[string]struct{ path, title, holds string }{
		"/iscritti":               {"/iscritti/elenco.pdf", "Iscritti", "Foglio 2 di 2"},
		"/caselle?stato=active":   {"/caselle/esporta?formato=pdf", "Caselle", "MRNLNE80A41H501U"},
		"/credito":                {"/credito/esporta?formato=pdf", "Credito degli iscritti", "righe, al 01/07/2018"},
		"/credito/movimenti":      {"/credito/movimenti/esporta?formato=pdf", "Movimenti", "Registrato da"},
		"/ordini":                 {"/ordini/esporta?formato=pdf", "Ordini", "Completato"},
		"/servizi":                {"/servizi/esporta?formato=pdf", "Servizi", "righ"},
		"/rinnovi":                {"/rinnovi/esporta?formato=pdf", "Rinnovi fino al", "ott 2018"},
		"/rinnovi/elenco?tutti=1": {"/rinnovi/elenco/esporta?formato=pdf", "Rinnovi", "Morandi Elena"},
	} {
		v.get(page).must(200)
		a := v.get(export.path).must(200)
		if a.header.Get("Content-Type") != mimePDF || !strings.Contains(a.header.Get("Content-Disposition"), ".pdf") {
			t.Errorf("%s: %v", export.path, a.header)
			continue
		}
		a.prints("Ordine degli Ingegneri della Provincia di Valdoro", export.title, export.holds, "Pagina 1 di ")
	}
	page := v.get("/caselle?stato=active").must(200)
	if page.find("a", "href", "/caselle/esporta?formato=pdf&stato=active") == nil {
		t.Error("the page of the mailboxes has no link to the PDF of its filter")
	}
	v.get("/iscritti/elenco.pdf?colonne=numero,cf").prints("Iscritti", "Morandi Elena", "MRNLNE80A41H501U", "1 riga")
}

// TestLongListsAreDocuments: what takes long to print is made beside the request,
// once for the same rows, and stays with its filters.
func TestLongListsAreDocuments(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	var waiting []func()
	s.office.Spawn = func(f func()) { waiting = append(waiting, f) }
	s.site.longList = 0
	v := s.as(ReadOnly)
	if first := v.get("/caselle/esporta?stato=active&formato=pdf").must(303); first.location != "/documenti/1" {
		t.Fatalf("the list leads to %s", first.location)
	}
	if again := v.get("/caselle/esporta?stato=active&formato=pdf").must(303); again.location != "/documenti/1" || len(waiting) != 1 {
		t.Errorf("again: %s, %d under way", again.location, len(waiting))
	}
	if other := s.as(Treasurer).get("/caselle/esporta?stato=active&formato=pdf").must(303); other.location != "/documenti/2" {
		t.Errorf("another operator's: %s", other.location)
	}
	if csv := v.get("/caselle/esporta?formato=csv").must(303); csv.location != "/documenti/3" {
		t.Errorf("another file: %s", csv.location)
	}
	v.get("/documenti/1").must(200).says("In preparazione", "Stato: attive")
	for _, work := range waiting {
		work()
	}
	v.get("/documenti/1").must(200).says("Il documento è pronto", "1 riga", "Lucia Andreoli")
	if file := v.get("/documenti/1/file/caselle-2018-07-01.pdf").must(200); !bytes.HasPrefix(file.body, []byte("%PDF-")) {
		t.Errorf("no PDF: %.20q", file.body)
	}
	v.get("/documenti/3").must(200).says("CSV")
	if file := v.get("/documenti/3/file/caselle-2018-07-01.csv").must(200); !bytes.Contains(file.body, []byte("elena.morandi@pec.ordine.example")) {
		t.Errorf("the file is %.80q", file.body)
	}
	for path, words := range map[string]string{
		"/iscritti/elenco.pdf?stato=active&casella=with&q=morandi&colonne=numero": "Cerca: «morandi»; Stato: iscritto; Casella: con casella",
		"/ordini/esporta?formato=pdf&tipo=purchase&anno=2018":                     "Tipo: acquisti; Completati nel 2018",
		"/credito/movimenti/esporta?formato=pdf&dal=01/01/2018&tipo=topup":        "Tipo: ricarica; Dal 01/01/2018",
		"/servizi/esporta?formato=pdf&stato=cessati":                              "Stato: cessati",
		"/rinnovi/elenco/esporta?formato=pdf&cosa=rinnovano":                      "Che cosa accade: si rinnovano",
		"/credito/esporta?formato=pdf&solo=leavers":                               "Usciti dall’albo",
	} {
		s.site.longList = -1 // even of no row
		v.get(v.get(path).must(303).location).must(200).says("Righe " + words)
	}
	v.get("/caselle/esporta?formato=doc").must(422).says("Un elenco si scarica in Excel (xlsx), CSV o PDF: «doc» non è uno di questi formati.")
	s.site.longList = 1
	if short := v.get("/caselle/esporta?formato=pdf").must(200); !bytes.HasPrefix(short.body, []byte("%PDF-")) {
		t.Errorf("a short list: %.20q", short.body)
	}
}

// A list on paper says which rows it holds: «Iscritti, 1 riga» is not the register.
func TestFilteredListSaysSo(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.enters(pec.Member{RegistrationNumber: "B7", Surname: "Verdi", Name: "Bruno"})
	v := s.as(ReadOnly)
	v.get("/iscritti/elenco.pdf?q=morandi&stato=active").prints("Iscritti", "1 riga", "Solo: Cerca: «morandi»; Stato: iscritto")
	whole := v.get("/iscritti/elenco.pdf").must(200)
	if strings.Contains(whole.poppler(), "Solo:") {
		t.Error("the whole register says that it is part of it")
	}
	book, err := excelize.OpenReader(bytes.NewReader(v.get("/iscritti/elenco.xlsx?q=morandi").must(200).body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	props, err := book.GetDocProps()
	if err != nil || props.Description != "Solo: Cerca: «morandi»" {
		t.Errorf("%+v, %v", props, err)
	}
	if head, err := book.GetHeaderFooter(book.GetSheetName(0)); err != nil || !strings.Contains(head.OddHeader, "Solo: Cerca: «morandi»") {
		t.Errorf("%+v, %v", head, err)
	}
}

// Every list that goes on paper has letters of 6,5 points or more, with surname and
// name of 100 characters each on it too.
func TestListsOnPaperHaveNoSmallLetters(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Administrator)
	long := strings.Repeat("Castiglioncello ", 7)[:99] + "o"
	v.imports(v.uploads(office.ImportMembers, "lunghi.csv", albo("A77;"+long+";"+strings.ReplaceAll(long, "cello", "della")+";;massimiliano.ferdinando@posta.example"))).must(303)
	printed := 0
	for _, r := range s.routes() {
		if r.method != fiber.MethodGet || !strings.HasSuffix(r.path, "/esporta") && !strings.HasSuffix(r.path, "/elenco.pdf") {
			continue
		}
		addresses := s.samples()[r.path]
		if addresses == nil {
			addresses = []string{r.path}
		}
		address, query, _ := strings.Cut(addresses[0], "?")
		address += "?formato=pdf"
		if query != "" {
			address += "&" + query
		}
		a := v.get(address)
		if a.header.Get("Content-Type") != mimePDF {
			continue
		}
		printed++
		n := 0
		for _, m := range pdfStreams.FindAllSubmatch(a.body, -1) {
			content := m[1]
			if r, err := zlib.NewReader(bytes.NewReader(content)); err == nil {
				if content, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Contains(content, []byte("BT ")) {
				continue // a font
			}
			for _, m := range pdfSizes.FindAllSubmatch(content, -1) {
				n++
				if size, err := strconv.ParseFloat(string(m[1]), 64); err != nil || size < 6.5 {
					t.Errorf("%s: letters of %s points", address, m[1])
				}
			}
		}
		if n < 5 {
			t.Errorf("%s: %d sizes set", address, n)
		}
	}
	if printed < 12 {
		t.Errorf("%d lists on paper", printed)
	}
	v.get("/iscritti/elenco.pdf").prints("Castiglioncello", "Castigliondella")
}

// pdfStreams are the contents of the objects of a PDF, pdfSizes the sizes of letters
// that a page sets, in points.
var (
	pdfStreams = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	pdfSizes   = regexp.MustCompile(`([\d.]+) Tf`)
)
