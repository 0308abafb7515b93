package web

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// mayHaveBoxes is an agreement and two members without a mailbox.
func (s *testSite) mayHaveBoxes() {
	s.agree(fullYearAgreement)
	s.write(func(tx *db.Tx) error {
		for _, m := range []pec.Member{{RegistrationNumber: "A1", Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S"}, {RegistrationNumber: "A2", Surname: "Moretti", Name: "Matteo", TaxCode: "MRTMTT91D08F205J"}} {
			m.Status = pec.MemberActive
			if _, err := tx.AddMember(db.MemberRow{Member: m}); err != nil {
				return err
			}
		}
		return nil
	})
}

// boxesAtProvider is a provider's list: two new ones, the one that is there with
// its use, one of nobody.
func (s *testSite) boxesAtProvider() []byte {
	return []byte("Account;CF;Prodotto;Attivata il;Scade il;Quota extra;MB usati\n" +
		"mario.rossi@pec.ordine.example;RSSMRA85T10A562S;Standard;12/10/2014;12/10/2018;2;512\n" +
		"m.moretti@pec.ordine.example;MRTMTT91D08F205J;Standard;20/05/2017;31/12/2018;;\n" +
		s.address + ";;;;;;700\n" +
		"chi@pec.ordine.example;MLLSNT82P65Z404U;Standard;20/05/2017;31/12/2018;;\n")
}

// TestMailboxesAtTheProviderAreImported: the four steps, the batch's page and
// the way back, for the boxes that an Ordine starts with.
func TestMailboxesAtTheProviderAreImported(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.mayHaveBoxes()
	v := s.as(Secretariat)
	v.get("/importazioni/nuova").must(200).says("Caselle presso il gestore", "Importi prima l’albo.")
	file := v.uploads(office.ImportMailboxes, "caselle.csv", s.boxesAtProvider())
	v.get(file).must(200).says("Importazione delle caselle presso il gestore: colonne", "Quota extra", "GB extra")
	a := v.sees(file).says("Nelle caselle non è ancora cambiato nulla.", "2 + 1 + 0 + 1 = 4 righe lette", "Nuove: 2 caselle", "Rossi Mario", "12/10/2018", "2 GB",
		"Variate: 1 casella", "MB usati", "Respinte: 1 riga", "Nell’albo nessuno ha il codice fiscale MLLSNT82P65Z404U. Importi prima l’albo, o corregga il codice.", "Importa 3 caselle")
	if textOf(a.find("ins")) != "700" {
		t.Errorf("new %q", textOf(a.find("ins")))
	}
	to := v.imports(file).must(303).location
	v.get(to).must(200).says("3 caselle importate.", "2 nuove e 1 variata; 1 riga respinta.", "Nuove: 2 caselle", "m.moretti@pec.ordine.example", "Moretti Matteo", "31/12/2018")
	v.get("/caselle?q=rossi").must(200).says("mario.rossi@pec.ordine.example", "12/10/2018", "2 GB")

	// what the list of mailboxes sends is read in again as it is
	out := v.get("/caselle/esporta?formato=csv").must(200)
	if body := string(out.body); !strings.HasPrefix(body, "\ufeffCasella;Codice fiscale;Tipologia;Data attivazione;Data scadenza;GB extra;MB usati;Titolare;") {
		t.Errorf("%s", body)
	}
	v.sees(v.uploads(office.ImportMailboxes, "nostre.csv", out.body)).says("Nulla da scrivere", "Invariate: 3 caselle")

	v.get("/importazioni/1/annulla").must(200).says("1 torna com’era, 2 sono tolte.")
	v.follow(v.post("/importazioni/1/annulla").must(303)).must(200).says("L’importazione n. 1 è annullata.", "1 torna com’era, 2 sono tolte.")
	v.get("/caselle").must(200).says("1 casella").saysNot("mario.rossi@pec.ordine.example")
	v.get("/importazioni").must(200).says("Caselle presso il gestore")
}

func TestMailboxImportInABrowser(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.mayHaveBoxes()
	v := s.as(Secretariat)
	written := v.uploads(office.ImportMailboxes, "caselle.csv", s.boxesAtProvider())
	v.sees(written)
	v.imports(written).must(303)
	file := v.uploads(office.ImportMailboxes, "caselle-2.csv", append(s.boxesAtProvider(), "altra@pec.ordine.example;MRTMTT91D08F205J;Standard;20/05/2017;30/05/2018;1;\n"...))
	s.inBrowser(t,
		v.page("caselle-importazione-nuova", "/importazioni/nuova"),
		v.page("caselle-colonne", file),
		v.page("caselle-anteprima", file+"/anteprima"),
		v.page("caselle-importazione", "/importazioni/1"),
		v.page("caselle-annulla", "/importazioni/1/annulla"),
	)
}
