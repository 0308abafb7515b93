package reports

import (
	"bytes"
	"strings"
	"testing"

	"albopec/app/pec"

	"github.com/shopspring/decimal"
)

// attivazione is a letter of 20/10/2017 about a standard mailbox at the Ordine's
// expense, extra space at 2,50 € a GB, VAT 22 %, at most 5 GB.
func attivazione(name string) ActivationLetter {
	limit := 5
	kind := pec.Kind{Code: "standard", Name: "Standard", BaseInboxGB: 1, MaxInboxGB: &limit, YearlyPrice: 500, PaidBy: pec.PaidByOrdine, Terms: []int{1}}
	return ActivationLetter{
		Sender: "Ordine degli Ingegneri della Provincia di Valdoro", Place: "Valdoro", On: pec.Day("2017-10-20"),
		To: []string{name, "Via dei Tigli 7", "00100 Valdoro (VD)"}, Name: name, Kind: kind, Iscritto: "iscritto", Renews: true,
		Mailbox: pec.Mailbox{Address: "elena.morandi@pec.ordine.example", ActivatedOn: pec.Day("2017-10-12"), ExpiresOn: pec.Day("2018-10-12"), TermYears: 1, AutoRenew: true},
		Agreement: pec.Agreement{ID: 1, Provider: "Gestore PEC S.p.A.", VATRate: decimal.New(22, 0), SoldBy: pec.SoldByOrdine,
			Products: []pec.Product{{Code: pec.InboxGB, Name: "Spazio in più", Unit: "GB", YearlyPrice: 250, Kinds: []string{"standard"}}}},
	}
}

// readPDF is what Poppler reads on the pages, each a text with single spaces.
func readPDF(t *testing.T, pdf []byte, args ...string) []string {
	t.Helper()
	var pages []string
	for page := range strings.SplitSeq(strings.TrimSuffix(popplerText(t, pdf, args...), "\f"), "\f") {
		pages = append(pages, strings.Join(strings.Fields(page), " "))
	}
	return pages
}

func printed(t *testing.T, letters ...ActivationLetter) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteActivationLetters(&b, letters, pec.Day("2017-10-20")); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestActivationLetterTellsWhoPaysWhat(t *testing.T) {
	more := attivazione("Niccolò D’Alò Šarić")
	more.ExtraGB, more.Mailbox.TermYears = 2, 2
	pages := readPDF(t, printed(t, attivazione("Elena Morandi"), more))
	if len(pages) != 2 {
		t.Fatalf("%d pages for two letters", len(pages))
	}
	for i, each := range [][]string{
		{"Valdoro, 20 ottobre 2017", "Gentile Elena Morandi,", "elena.morandi@pec.ordine.example", "Spazio 1 GB", "Attiva dal 12/10/2017", "Scadenza 12/10/2018",
			"La casella è a carico dell’Ordine. Il 12/10/2018 si rinnova tacitamente, e così di anno in anno, finché Lei è iscritto all’albo",
			"a Suo carico: 2,50 € più IVA al 22 % (3,05 € in tutto) per ogni GB all’anno, fino a 5 GB in tutto.", "presso il gestore, Gestore PEC S.p.A.", "INI-PEC", "domiciliodigitale.gov.it", "Cordiali saluti"},
		{"Gentile Niccolò D’Alò Šarić,", "3 GB: 1 GB della casella e 2 GB in più", "di 2 anni in 2 anni"},
	} {
		for _, words := range each {
			if !strings.Contains(pages[i], words) {
				t.Errorf("letter %d does not say %q:\n%s", i+1, words, pages[i])
			}
		}
	}
}

func TestActivationLetterOfAMailboxThatTheMemberPays(t *testing.T) {
	pro, off, elsewhere := attivazione("Ugo Belli"), attivazione("Ada Neri"), attivazione("Lia Verdi")
	pro.Kind.PaidBy, pro.Kind.YearlyPrice, pro.Renews = pec.PaidByMember, 2000, false
	off.Mailbox.AutoRenew, off.Renews = false, false
	elsewhere.Agreement.SoldBy = pec.SoldByProvider
	pages := readPDF(t, printed(t, pro, off, elsewhere))
	for i, words := range []string{
		"La casella è a Suo carico: 20,00 € più IVA al 22 % (24,40 € in tutto) all’anno. Il 12/10/2018 si rinnova solo se prima è stato pagato il rinnovo; altrimenti si chiude.",
		"Il rinnovo automatico è spento: il 12/10/2018, se non chiede di rinnovarla, si chiude.",
		"Si acquista presso il gestore.",
	} {
		if !strings.Contains(pages[i], words) || strings.Contains(pages[i], "non paga nulla") != (i == 2) {
			t.Errorf("letter %d does not say %q:\n%s", i+1, words, pages[i])
		}
	}
}

// What the letter says of the expiry is what will happen: to a leaver's mailbox,
// to one that the member has paid ahead, to one that goes back to the Ordine.
func TestActivationLetterForetells(t *testing.T) {
	left, paid, back := attivazione("Ada Neri"), attivazione("Ugo Belli"), attivazione("Lia Verdi")
	left.ClosesOn, left.Iscritto, left.Renews = pec.Day("2017-12-31"), "iscritta", false
	paid.Paid = true
	back.Kind.PaidBy, back.Kind.YearlyPrice, back.Ahead, back.Iscritto = pec.PaidByMember, 2000, "Standard", "iscritta"
	pages := readPDF(t, printed(t, left, paid, back))
	for i, words := range []string{
		"Poiché Lei non risulta più iscritta all’albo, la casella si chiude il 31/12/2017: salvi prima una copia dei messaggi che Le servono.",
		"La casella è già pagata da Lei fino al 12/10/2018. Il 12/10/2018 si rinnova tacitamente a carico dell’Ordine, finché Lei è iscritto all’albo: non deve fare nulla.",
		"Il 12/10/2018 passa alla tipologia Standard e si rinnova tacitamente a carico dell’Ordine, e così di anno in anno, finché Lei è iscritta all’albo: non deve fare nulla.",
	} {
		if !strings.Contains(pages[i], words) {
			t.Errorf("letter %d does not say %q:\n%s", i+1, words, pages[i])
		}
	}
}

// The window of an envelope, 90 mm wide and 35 mm high, shows the address and
// nothing else.
func TestActivationLetterShowsTheAddressInTheWindow(t *testing.T) {
	l := attivazione("Elena Morandi")
	l.To = append(l.To, "quarta riga", "quinta riga", "sesta riga", "settima riga")
	// At 72 dots an inch a millimetre is 2,83 dots.
	seen := readPDF(t, printed(t, l), "-r", "72", "-x", "312", "-y", "130", "-W", "255", "-H", "110")
	if want := "Elena Morandi Via dei Tigli 7 00100 Valdoro (VD) quarta riga quinta riga sesta riga"; seen[0] != want {
		t.Errorf("the window shows %q, want %q", seen[0], want)
	}
}

func TestNoActivationsIsAPageThatSaysSo(t *testing.T) {
	if pages := readPDF(t, printed(t)); len(pages) != 1 || pages[0] != "Nessuna casella attivata." {
		t.Errorf("%q", pages)
	}
}
