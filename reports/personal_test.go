package reports

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
)

func personalSample() Personal {
	return Personal{
		OrderBody: "Ordine di prova", Holder: "D’Alò <Ugo>", MadeOn: pec.Day("2026-07-01"),
		Parts: []PersonalPart{
			{Key: "movements", Title: "Movimenti", Columns: []PersonalColumn{{"on", "Giorno"}, {"amount", "Importo"}, {"kind", "Movimento"}, {"at", "Quando"}, {"paid", "Pagato"}, {"detail", ""}},
				Rows: [][]any{{pec.Day("2026-06-15"), pec.Cents(-123450), pec.EntryOrder, time.Date(2026, 6, 15, 22, 30, 0, 0, time.UTC), true, "solo per programmi"}, {pec.Date{}, pec.Cents(5), "", nil, false, nil}}},
			{Key: "orders", Title: "Ordini", Columns: []PersonalColumn{{"number", "Numero"}}},
		},
		Kept: []Kept{{"Movimenti", "legge", "fino al 15/06/2036"}},
	}
}

func filesOf(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range r.File {
		body, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

func TestPersonalIsReadByPeopleAndPrograms(t *testing.T) {
	var b, again bytes.Buffer
	for _, w := range []*bytes.Buffer{&b, &again} {
		if err := WritePersonal(w, personalSample()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same data give other bytes")
	}
	files := filesOf(t, b.Bytes())
	for _, words := range []string{"D’Alò &lt;Ugo&gt;", "15/06/2026", "−1.234,50\u00a0€", "ordine", "16/06/2026 00:30", "sì", "Nulla.", "fino al 15/06/2036"} {
		if !strings.Contains(files["i-suoi-dati.html"], words) {
			t.Errorf("the page does not say %q: %s", words, files["i-suoi-dati.html"])
		}
	}
	if strings.Contains(files["i-suoi-dati.html"], "solo per programmi") {
		t.Error("the page shows what is for programs")
	}
	for _, words := range []string{`"on": "2026-06-15"`, `"amount": "-1234.50"`, `"kind": "order"`, `"at": "2026-06-15T22:30:00Z"`, `"paid": true`, `"detail": "solo per programmi"`, `"on": null`, `"orders": []`} {
		if !strings.Contains(files["dati.json"], words) {
			t.Errorf("the data do not have %s: %s", words, files["dati.json"])
		}
	}
}
