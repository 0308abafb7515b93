package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"albopec/app/pec"
)

// archive is a zip whose directory was looked at before anything is unpacked.
type archive struct {
	parts map[string]*zip.File // by name, in lower case with forward slashes
}

// Limits of archives.
const (
	maxUnzipped = 400 << 20 // bytes of all that an archive declares
	maxParts    = 5_000
)

// openArchive looks at the archive's directory: a small file that declares to
// become huge, or to have parts without number, is refused by its declaration,
// and parts are held to what they declare.
func openArchive(data []byte) (*archive, error) {
	if bytes.Count(data, []byte("PK\x01\x02")) > maxParts {
		return nil, pec.Refuse("file_too_large", "Il foglio di calcolo è un archivio di troppe parti. Lo apra, lo salvi di nuovo e riprovi.")
	}
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, damaged()
	}
	a := &archive{parts: map[string]*zip.File{}}
	var total uint64
	for _, part := range reader.File {
		if total += min(part.UncompressedSize64, maxUnzipped+1); total > maxUnzipped {
			return nil, pec.Refuse("file_too_large", "Aperto, il foglio di calcolo occuperebbe più di %d MB. Tolga i fogli e le immagini che non servono, o lo divida.", maxUnzipped>>20)
		}
		if part.Flags&1 != 0 {
			return nil, locked()
		}
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(part.Name, "\\", "/"), "/"))
		if _, twice := a.parts[name]; !twice {
			a.parts[name] = part
		}
	}
	return a, nil
}

func (a *archive) has(name string) bool { return a.parts[strings.ToLower(name)] != nil }

// part opens a part of the archive as XML and hands it to the function. A part
// that is not there is nothing.
func (a *archive) part(name string, read func(*xmlReader) error) error {
	part := a.parts[strings.ToLower(name)]
	if part == nil {
		return nil
	}
	r, err := part.Open()
	if err != nil {
		return damaged()
	}
	defer r.Close()
	x, err := newXMLReader(io.LimitReader(r, int64(min(part.UncompressedSize64, maxUnzipped))+1))
	if err == nil {
		err = read(x)
	}
	switch {
	case err == nil, errors.Is(err, errEnough), pec.AsProblem(err) != nil:
		return err
	}
	return damaged()
}

// maxSmall is the size of the parts that only tell about others.
const maxSmall = 48 << 20

// small is part, for those that are never large.
func (a *archive) small(name string, read func(*xmlReader) error) error {
	if part := a.parts[strings.ToLower(name)]; part != nil && part.UncompressedSize64 > maxSmall {
		return damaged()
	}
	return a.part(name, read)
}

// resolve is the part that a relationship of another part leads to.
func resolve(from, target string) string {
	target = strings.ReplaceAll(target, "\\", "/")
	if strings.HasPrefix(target, "/") {
		return strings.ToLower(path.Clean(target)[1:])
	}
	return strings.ToLower(path.Join(path.Dir(from), target))
}

func damaged() *pec.Problem {
	return notReadable("Il foglio di calcolo è rovinato. Lo apra, lo salvi di nuovo come .xlsx e riprovi.")
}

func locked() *pec.Problem {
	return notReadable("Il foglio di calcolo è protetto da una password. Lo apra, lo salvi senza password e riprovi.")
}

// readArchive reads the sheets of an .xlsx or .ods; other archives are told by
// what they hold.
func readArchive(data []byte, layout pec.Layout, o Options) (*File, error) {
	a, err := openArchive(data)
	if err != nil {
		return nil, err
	}
	switch {
	case a.has("xl/workbook.bin"):
		return nil, notReadable("È una cartella di lavoro binaria (.xlsb). La salvi come .xlsx e riprovi.")
	case a.has("index/document.iwa") || a.has("index.zip"):
		return nil, notReadable("È un documento di Numbers. Lo esporti come .xlsx o .csv e riprovi.")
	case a.has("word/document.xml"):
		return nil, notReadable("È un documento di testo, non un foglio di calcolo. Copi la tabella in un foglio, lo salvi come .xlsx e riprovi.")
	case a.has("content.xml"):
		book, err := openODS(a)
		if err != nil {
			return nil, err
		}
		return readBook(book, FormatODS, layout, o)
	}
	if main := a.mainPart(); main != "" {
		book, err := openXLSX(a, main)
		if err != nil {
			return nil, err
		}
		return readBook(book, FormatXLSX, layout, o)
	}
	return nil, notReadable("È un archivio che non contiene un foglio di calcolo. Esporti l’elenco come .xlsx o .csv e riprovi.")
}

// mainPart is the workbook of an .xlsx, empty when there is none.
func (a *archive) mainPart() string {
	if a.has("xl/workbook.xml") {
		return "xl/workbook.xml"
	}
	main := ""
	_ = a.small("_rels/.rels", func(x *xmlReader) error { // what cannot be read leads nowhere
		return eachElement(x, func() error {
			if x.is("Relationship") && strings.HasSuffix(x.attr("Type"), "/officeDocument") {
				main = resolve("", x.attr("Target"))
			}
			return nil
		})
	})
	if a.has(main) && strings.Contains(main, "workbook") {
		return main
	}
	return ""
}

// eachElement calls the function at every start of an element.
func eachElement(x *xmlReader, f func() error) error {
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token != xmlStart {
			continue
		}
		if err := f(); err != nil {
			return err
		}
	}
}
