package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"albopec/app/pec"
	"albopec/db"
)

// agreementSamples are addresses for the pages of agreements; the one of 2030
// is made once, and nothing was charged by it.
func (s *testSite) agreementSamples() map[string][]string {
	s.t.Helper()
	list := s.agreementList()
	if len(list) < 2 {
		if len(list) == 0 {
			s.agree(fullYearAgreement)
		}
		s.agree(strings.Replace(fullYearAgreement, "2016-01-01", "2030-01-01", 1))
		list = s.agreementList()
	}
	path := func(i int, rest string) string { return fmt.Sprintf("/convenzioni/%d%s", list[i].ID, rest) }
	last := len(list) - 1
	return map[string][]string{
		"/convenzioni":              {"/convenzioni", "/convenzioni?giorno=07/12/2017&scadenza=12/10/2018&quantita=1", "/convenzioni?giorno=ieri&quantita=0"},
		"/convenzioni/nuova":        {"/convenzioni/nuova", fmt.Sprintf("/convenzioni/nuova?da=%d", list[0].ID)},
		"/convenzioni/:id":          {path(0, ""), path(last, ""), path(0, "?quantita=99")},
		"/convenzioni/:id/file":     {path(0, "/file")},
		"/convenzioni/:id/modifica": {path(last, "/modifica")},
		"/convenzioni/:id/elimina":  {path(last, "/elimina")},
	}
}

func (s *testSite) agreementList() (list []pec.Agreement) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) (err error) {
		list, err = tx.Agreements()
		return err
	})
	return list
}

// typedAgreement is what a browser sends of the form of a small agreement:
// names and values in turn. Changes replace values.
func typedAgreement(changes ...string) []string {
	fields := []string{
		"name", "Convenzione PEC 2019", "provider", "Gestore PEC", "starts_on", "01/01/2019", "vat_rate", "22", "policy", "full_year",
		"free_window_months", "3", "leaver_grace_days", "60", "notice_days", "90, 60, 30", "sold_by", "ordine",
		"kinds_n", "1", "kinds[0].code", "standard", "kinds[0].name", "Standard", "kinds[0].base_inbox_gb", "1", "kinds[0].base_archive_gb", "0",
		"kinds[0].max_inbox_gb", "5", "kinds[0].yearly_price", "5,00", "kinds[0].paid_by", "ordine", "kinds[0].terms", "1",
		"products_n", "1", "products[0].code", "inbox_gb", "products[0].name", "Spazio Extra Inbox", "products[0].unit", "GB",
		"products[0].yearly_price", "3,00", "products[0].kinds", "0",
	}
	for i := 0; i+1 < len(changes); i += 2 {
		found := false
		for j := 0; j < len(fields); j += 2 {
			if fields[j] == changes[i] {
				fields[j+1], found = changes[i+1], true
			}
		}
		if !found {
			fields = append(fields, changes[i], changes[i+1])
		}
	}
	return fields
}

func TestAgreementIsWrittenAndRead(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Treasurer)
	v.get("/convenzioni").must(200).says("Nessuna convenzione", "Scriva la prima convenzione")
	v.get("/convenzioni/nuova").must(200).says("Nuova convenzione", "Aggiungi una tipologia")

	to := v.post("/convenzioni/nuova", typedAgreement("kinds[0].max_inbox_gb", "", "kinds[0].terms", "1", "vat_rate", "22,5", "leaver_grace_days", "")...).must(303).location
	v.get(to).must(200).says("La convenzione «Convenzione PEC 2019» è salvata.", "Entra in vigore il 01/01/2019, fra 184 giorni", "22,5 %", "nessun limite", "5,00 €", "3,00 €", "Ancora nulla: si può cambiare o eliminare.", "Modifica")
	want := pec.Agreement{
		ID: 1, Name: "Convenzione PEC 2019", Provider: "Gestore PEC", StartsOn: pec.Day("2019-01-01"), Policy: pec.FullYear, FreeWindowMonths: 3,
		NoticeDays: []int{90, 60, 30}, SoldBy: pec.SoldByOrdine,
		Kinds:    []pec.Kind{{Code: "standard", Name: "Standard", BaseInboxGB: 1, YearlyPrice: 500, PaidBy: pec.PaidByOrdine, Terms: []int{1}}},
		Products: []pec.Product{{Code: "inbox_gb", Name: "Spazio Extra Inbox", Unit: "GB", YearlyPrice: 300, Kinds: []string{"standard"}}},
	}
	got := s.agreementList()
	if len(got) != 1 || got[0].VATRate.String() != "22.5" {
		t.Fatalf("%+v", got)
	}
	want.VATRate = got[0].VATRate
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
	// The same form pressed twice is one agreement.
	again := v.post("/convenzioni/nuova", typedAgreement("kinds[0].max_inbox_gb", "", "vat_rate", "22,5", "leaver_grace_days", "")...).must(303).location
	if again != to || len(s.agreementList()) != 1 {
		t.Errorf("pressed twice: %s, %d agreements", again, len(s.agreementList()))
	}
	// The days of notices come back largest first, each once.
	v.post(to+"/modifica", typedAgreement("notice_days", "7; 90 30,7")...).must(303)
	if got := s.agreementList()[0].NoticeDays; !slices.Equal(got, []int{90, 30, 7}) {
		t.Errorf("notices %v", got)
	}
	// A dearer kind begins on E only where the box is ticked, and the form keeps it.
	v.get(to).must(200).says("Tipologia più alta Appena pagata")
	v.post(to+"/modifica", typedAgreement("upgrade_at_expiry", "1")...).must(303)
	if a := v.get(to + "/modifica").must(200); !s.agreementList()[0].UpgradeAtExpiry {
		t.Error("a dearer kind begins at once")
	} else if _, ticked := attributeOf(a.find("input", "id", "upgrade_at_expiry"), "checked"); !ticked {
		t.Error("the box came back empty")
	}
	v.get(to).must(200).says("Tipologia più alta Dalla scadenza")
}

// TestEveryFaultOfAnAgreementIsToldAtOnce: each beside its field, and what was
// typed stays.
func TestEveryFaultOfAnAgreementIsToldAtOnce(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	v := s.as(Secretariat)
	a := v.post("/convenzioni/nuova", typedAgreement(
		"starts_on", "01/01/2016", "vat_rate", "ventidue", "free_window_months", "13", "notice_days", "90, tanti", "sold_by", "altrove",
		"kinds[0].max_inbox_gb", "0", "kinds[0].yearly_price", "cinque", "kinds[0].code", "Standard!", "kinds[0].terms", "0",
		"products[0].yearly_price", "", "products[0].kinds", "7", "products[0].name", "")...).must(422)
	a.says("12 errori: Nuova convenzione", "Ci sono 12 campi da correggere:",
		"Dal 01/01/2016 vale già «Convenzione 2016».", "Scriva un numero fra 0 e 100, per esempio 22.", "Il periodo gratuito va da 0 a 12 mesi.",
		"«tanti» non è un numero di giorni", "Scelga dove comprano gli iscritti.", "Tipologia Standard: lo spazio massimo (0 GB) è minore di quello di base (1 GB). Scriva 1 o più.",
		"«cinque» non è un importo", "può avere solo lettere minuscole, cifre e «_».", "Tipologia Standard: scelga almeno una durata.",
		"Nuovo servizio: scriva il prezzo; se non costa nulla, 0,00.", "Nuovo servizio: scelga almeno una tipologia.", "Nuovo servizio: scriva il nome.")
	v.post("/convenzioni/nuova", typedAgreement("free_window_months", "tre", "leaver_grace_days", "-1", "kinds[0].base_inbox_gb", "uno", "kinds[0].max_inbox_gb", "99999999")...).must(422).says(
		"Nel campo «Finestra gratuita, mesi» scriva un numero intero da 0 a 1.000.000, per esempio 0.", "Nel campo «Tolleranza per chi lascia l’albo, giorni» scriva un numero intero da 0",
		"Tipologia Standard: nel campo «Spazio di base» scriva un numero intero da 0", "Tipologia Standard: nel campo «Spazio massimo» scriva un numero intero da 0")
	for _, field := range []string{"starts_on", "vat_rate", "free_window_months", "notice_days", "kinds[0].max_inbox_gb", "kinds[0].yearly_price", "kinds[0].code", "products[0].yearly_price", "products[0].name"} {
		if input := a.find("input", "id", field); input == nil || attribute(input, "aria-invalid") != "true" {
			t.Errorf("%s does not say that it is wrong", field)
		}
		if !slices.ContainsFunc(a.all("a"), func(n *html.Node) bool { return unescaped(attribute(n, "href")) == "#"+field }) {
			t.Errorf("no link to %s", field)
		}
	}
	for field, typed := range map[string]string{"vat_rate": "ventidue", "kinds[0].yearly_price": "cinque", "notice_days": "90, tanti"} {
		if got := attribute(a.find("input", "id", field), "value"); got != typed {
			t.Errorf("%s came back as %q", field, got)
		}
	}
	a.says("Il prezzo si calcola con i valori accanto, quando ci sono tutti e sono giusti.").saysNot("2 GB × 2,50 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if n := len(s.agreementList()); n != 1 {
		t.Errorf("%d agreements", n)
	}
}

// unescaped is an address as a browser looks for its anchor.
func unescaped(address string) string {
	text, err := url.PathUnescape(address)
	if err != nil {
		return address
	}
	return text
}

func TestRowsOfAnAgreementComeAndGoWithoutScript(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	send := func(action string, changes ...string) *answer {
		return v.post("/convenzioni/nuova", typedAgreement(append(changes, "azione", action)...)...)
	}
	a := send("aggiungi-tipologia").must(200).saysNot("errori")
	if a.find("input", "id", "kinds[1].code") == nil || attribute(a.find("input", "name", "kinds_n"), "value") != "2" {
		t.Error("no second kind")
	}
	if _, focus := attributeOf(a.find("input", "id", "kinds[1].name"), "autofocus"); !focus {
		t.Error("the new row is not where one goes on")
	}
	if a = send("aggiungi-servizio").must(200); a.find("input", "id", "products[1].code") == nil {
		t.Error("no second product")
	}
	if a = send("togli-servizio-0").must(200); a.find("input", "id", "products[0].code") != nil {
		t.Error("the product is still there")
	}
	// With the first kind gone, the second takes its place and keeps its products.
	two := []string{"kinds_n", "2", "kinds[1].code", "pro", "kinds[1].name", "Pro", "kinds[1].base_inbox_gb", "2", "kinds[1].base_archive_gb", "3", "kinds[1].max_inbox_gb", "",
		"kinds[1].yearly_price", "20,00", "kinds[1].paid_by", "member", "kinds[1].terms", "3", "products[0].kinds", "1"}
	a = send("togli-tipologia-0", two...).must(200)
	if got := attribute(a.find("input", "id", "kinds[0].code"), "value"); got != "pro" {
		t.Errorf("the first kind is %q", got)
	}
	if _, chosen := attributeOf(a.find("input", "id", "products[0].kinds-0"), "checked"); !chosen {
		t.Error("the product has lost its kind")
	}
	if _, chosen := attributeOf(a.find("input", "id", "kinds[0].terms-3"), "checked"); !chosen {
		t.Error("the kind has lost its term")
	}
	if n := len(s.agreementList()); n != 0 {
		t.Errorf("changing rows saved %d agreements", n)
	}
	// A form without kinds says so; a number of rows that cannot be is none.
	send("salva", "kinds_n", "0").must(422).says("La convenzione deve avere almeno una tipologia di casella.")
	send("salva", "kinds_n", "99999999").must(422)

	to := send("salva", two...).must(303).location
	v.get(to).must(200).says("Pro", "20,00 €", "l’iscritto", "nessun limite")
}

// TestPriceBesideTheForm is worked out from the unsaved values (R8, R10): 1 GB
// at 3,00 € bought on 15/06/2026 until 01/12/2026 is 3,66 €.
func TestPriceBesideTheForm(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	v := s.as(Secretariat)
	ask := func(changes ...string) *answer {
		return v.post("/convenzioni/nuova", typedAgreement(append(changes, "azione", "calcola")...)...).must(200)
	}
	ask("giorno", "15/06/2026", "scadenza", "01/12/2026", "quantita", "1").says("Con i valori accanto.", "1 GB × 3,00 € × 1 anno", "3,66 €", "si rinnova per un anno a 3,00 € + IVA 0,66 € = 3,66 €")
	ask("giorno", "10/10/2026", "scadenza", "01/12/2026", "quantita", "1").says("non costa nulla", "0,00 €")
	ask("policy", "monthly", "products[0].yearly_price", "2,50", "giorno", "12/06/2026", "scadenza", "12/12/2026", "quantita", "4").says("4 GB × 2,50 € all’anno × 6/12", "6,10 €")
	// One running mailbox, Elena's: 5,00 € and VAT now, 8,00 € and VAT then.
	ask("kinds[0].yearly_price", "8,00").says("1 casella, lordo", "9,76 €", "Con la convenzione in vigore oggi", "6,10 €")
	ask("quantita", "9").says("può arrivare a 5")
	ask("giorno", "oggi").says("«oggi» non è una data")
	ask("giorno", "12/10/2026", "scadenza", "12/10/2026").says("La scadenza deve venire dopo il giorno dell’acquisto.")
	ask("name", "", "starts_on", "", "quantita", "1").says("1 GB × 3,00 € × 1 anno") // neither makes the price
	for field, typed := range map[string]string{"products[0].yearly_price": "tre euro", "kinds[0].yearly_price": "cinque", "vat_rate": "x"} {
		a := v.post("/convenzioni/nuova", typedAgreement(field, typed, "name", "", "quantita", "4", "azione", "calcola")...).must(422).
			says("Il prezzo si calcola con i valori accanto, quando ci sono tutti e sono giusti.").saysNot("2,50 €", "Scriva il nome")
		if input := a.find("input", "id", field); attribute(input, "value") != typed || attribute(input, "aria-invalid") != "true" {
			t.Errorf("%s is not marked, or lost", field)
		}
		if attribute(a.find("input", "id", "quantita"), "value") != "4" {
			t.Errorf("%s: the quantity asked for is lost", field)
		}
	}
}

func TestPriceOnAnyDay(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	s.agree(strings.NewReplacer("2016-01-01", "2019-01-01", "Convenzione 2016", "Convenzione 2019", `"2.50"`, `"4.00"`).Replace(fullYearAgreement))
	v := s.as(ReadOnly)
	v.get("/convenzioni").must(200).says("In arrivo", "Convenzione 2019", "Entra in vigore fra 184 giorni", "Convenzione 2016", "In vigore oggi, fino al 31/12/2018").saysNot("Nuova convenzione")
	v.get("/convenzioni?giorno=07/12/2017&scadenza=12/10/2018&quantita=1").must(200).says("Il 07/12/2017 vale «Convenzione 2016».", "3,05 €")
	// Bought under the old one, renewed under the new one.
	v.get("/convenzioni?giorno=01/08/2018&scadenza=12/10/2019&quantita=1").must(200).says("Il 01/08/2018 vale «Convenzione 2016».", "1 GB × 2,50 € × 2 anni", "si rinnova per un anno a 4,00 € + IVA 0,88 € = 4,88 €")
	v.get("/convenzioni?giorno=01/06/2019&scadenza=12/10/2019&quantita=1").must(200).says("Il 01/06/2019 vale «Convenzione 2019».", "4,88 €")
	v.get("/convenzioni?giorno=01/06/2015").must(200).says("Il 01/06/2015 non c’è ancora una convenzione")
	for _, rest := range []string{"", "&scadenza=01/07/2027"} {
		v.get("/convenzioni?giorno=1/1/27"+rest).must(200).says("«1/1/27» non è una data: la scriva come 12/10/2018.").saysNot("«» non è una data", "entro 10 anni")
	}
}

func TestAgreementIsFixedOnceSomethingWasCharged(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.on("2018-06-15")
	s.agree(fullYearAgreement)
	v := s.as(Treasurer)
	v.get("/convenzioni/1").must(200).says("Modifica", "Elimina…")
	s.pays(610)
	s.buys(2)
	v.get("/convenzioni/1").must(200).says("1 ordine completato per 6,10 € lordi", "Per questo non si può più cambiare", "Nuova da questa").saysNot("Modifica", "Elimina…")
	for _, path := range []string{"/convenzioni/1/modifica", "/convenzioni/1/elimina"} {
		v.get(path).must(422).says("sono già stati registrati costi o acquisti")
		v.post(path, typedAgreement()...).must(422)
	}
	// Nor can another one slip in before what was bought.
	v.post("/convenzioni/nuova", typedAgreement("starts_on", "01/06/2018")...).must(422).says("Dal 01/06/2018 in poi ci sono già costi o acquisti registrati: la prima data possibile è 16/06/2018.")
	copied := v.get("/convenzioni/nuova?da=1").must(200).says("I valori sono quelli di «Convenzione 2016»")
	if got := attribute(copied.find("input", "id", "products[0].yearly_price"), "value"); got != "2,50" {
		t.Errorf("the price was not copied: %q", got)
	}
	if got := s.agreementList(); len(got) != 1 || got[0].Products[0].YearlyPrice != 250 {
		t.Errorf("%+v", got)
	}
}

// TestAgreementSaysWhoInvoices: who sells unless another is chosen, on its page
// and on the line of time.
func TestAgreementSaysWhoInvoices(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	v := s.as(Treasurer)
	v.get("/convenzioni/1").must(200).says("Chi fattura agli iscritti L’Ordine")
	v.get("/convenzioni").must(200).saysNot("fattura il gestore")
	v.get("/convenzioni/nuova").must(200).says("Le fatture agli iscritti le fa", "Chi vende L’Ordine se comprano qui, il gestore se comprano da lui.")
	v.post("/convenzioni/nuova", typedAgreement("provider_area", "gestore")...).must(422).says("L’area del gestore si scrive come https://www.gestore.example.")
	v.post("/convenzioni/nuova", typedAgreement("invoiced_by", "altri")...).must(422).says("Scelga chi fattura agli iscritti.")
	v.follow(v.post("/convenzioni/nuova", typedAgreement("invoiced_by", "provider")...).must(303)).must(200).says("Chi fattura agli iscritti Il gestore")
	v.get("/convenzioni").must(200).says("fattura il gestore")
	a := v.get("/convenzioni/2/modifica").must(200)
	if _, chosen := attributeOf(a.find("input", "id", "invoiced_by-2"), "checked"); !chosen {
		t.Error("the form does not say that the provider invoices")
	}
	v.post("/convenzioni/2/modifica", typedAgreement("invoiced_by", "ordine")...).must(303)
	if got := s.agreementList()[1]; got.InvoicedBy != "" || got.Invoicer() != pec.SoldByOrdine {
		t.Errorf("kept %q, invoiced by %q", got.InvoicedBy, got.Invoicer())
	}
}

func TestAgreementIsDeletedAfterAQuestion(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	v := s.as(Treasurer)
	v.post("/convenzioni/nuova", typedAgreement()...).must(303)
	v.get("/convenzioni/2/elimina").must(200).says("Eliminare «Convenzione PEC 2019»?", "Anche dopo il 01/01/2019 varrebbe «Convenzione 2016».")
	v.get("/convenzioni/1/elimina").must(200).says("non ci sarebbe nessuna convenzione")
	if n := len(s.agreementList()); n != 2 {
		t.Fatalf("the question deleted one: %d", n)
	}
	v.follow(v.post("/convenzioni/2/elimina").must(303)).must(200).says("La convenzione «Convenzione PEC 2019» è eliminata.")
	v.follow(v.post("/convenzioni/2/elimina").must(303)).must(200).says("La convenzione non c’è più.")
	v.get("/convenzioni/2").must(404)
}

// TestAgreementGoesOutAndInAsAFile: what is downloaded can be loaded again, and
// is shown before it is saved.
func TestAgreementGoesOutAndInAsAFile(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(manyProducts)
	v := s.as(Secretariat)
	file := v.get("/convenzioni/1/file").must(200)
	if !strings.Contains(file.header.Get("Content-Disposition"), "convenzione-2016-01-01.json") || !json.Valid(file.body) {
		t.Fatalf("%v %s", file.header, file.body)
	}
	back, err := pec.ReadAgreement(file.body)
	if err != nil || !sameAgreement(back, s.agreementList()[0]) {
		t.Fatalf("%v: %s", err, file.body)
	}
	next := []byte(strings.Replace(string(file.body), "2016-01-01", "2019-01-01", 1))
	a := v.upload("/convenzioni/carica", "file", "nuova.json", next).must(200).says("I valori vengono da «nuova.json». Non è ancora stato salvato nulla", "Kit di Firma", "Multiutente")
	if got := attribute(a.find("input", "id", "starts_on"), "value"); got != "01/01/2019" {
		t.Errorf("starts on %q", got)
	}
	if _, once := attributeOf(a.find("input", "id", "products[3].one_off"), "checked"); !once || attribute(a.find("input", "id", "products[3].yearly_price"), "value") != "45,00" {
		t.Error("the kit is not sold once for 45,00")
	}
	if n := len(s.agreementList()); n != 1 {
		t.Errorf("an upload saved: %d agreements", n)
	}

	for _, row := range []struct{ what, file, says string }{
		{"not JSON", "Nome: prova", "non è una convenzione in formato JSON"},
		{"an unknown field", strings.Replace(string(next), `"name"`, `"nome"`, 1), "La convenzione non ha un campo «nome»"},
		{"a price in words", strings.Replace(string(next), `"45.00"`, `"molto"`, 1), "non è un prezzo"},
		{"nothing", "", "Il file è vuoto"},
	} {
		a := v.upload("/convenzioni/carica", "file", "x.json", []byte(row.file)).must(422).says(row.says)
		if attribute(a.find("input", "id", "file"), "aria-invalid") != "true" {
			t.Errorf("%s: not beside the file", row.what)
		}
	}
	// What is only wrong can be put right in the form.
	v.upload("/convenzioni/carica", "file", "x.json", []byte(strings.Replace(string(next), `"vat_rate": "22"`, `"vat_rate": "220"`, 1))).must(422).
		says("L’aliquota IVA deve stare tra 0 e 100.", "Salva la convenzione")
	v.post("/convenzioni/carica").must(422).says("Scelga il file della convenzione.")
}

func TestWhoMayWriteAgreements(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	v := s.as(ReadOnly)
	v.get("/convenzioni/1").must(200).saysNot("Modifica", "Elimina…", "Nuova da questa")
	for _, path := range []string{"/convenzioni/nuova", "/convenzioni/carica", "/convenzioni/1/modifica", "/convenzioni/1/elimina"} {
		v.get(path).must(403)
		v.post(path, typedAgreement()...).must(403)
	}
	s.as(Member).get("/convenzioni/1").must(403)
	if n := len(s.agreementList()); n != 1 {
		t.Errorf("%d agreements", n)
	}
}

// TestFormOfAnAgreementLosesNothing: any agreement, shown in the form and sent
// back, is the same agreement.
func TestFormOfAnAgreementLosesNothing(t *testing.T) {
	for _, document := range []string{fullYearAgreement, manyProducts} {
		a, err := pec.ReadAgreement([]byte(document))
		if err != nil {
			// manyProducts names a kind that it does not have, see agree.
			a, err = pec.ReadAgreement([]byte(strings.ReplaceAll(document, `"premium"`, `"standard"`)))
		}
		if err != nil {
			t.Fatal(err)
		}
		read, problems := agreementFormOf(a).read()
		if len(problems) > 0 || !sameAgreement(a, read) {
			t.Errorf("%v\n%s", problems, cmp.Diff(a, read))
		}
	}
}

func TestAgreementsInABrowser(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agreementSamples()
	v := s.as(Secretariat)
	s.inBrowser(t,
		v.page("convenzioni", "/convenzioni"),
		v.page("convenzione", "/convenzioni/1"),
		v.page("convenzione-nuova", "/convenzioni/nuova?da=1"),
		v.page("convenzione-file", "/convenzioni/carica"),
		v.page("convenzione-elimina", "/convenzioni/2/elimina"),
	)
}
