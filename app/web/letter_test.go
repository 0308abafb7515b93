package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// letters are those made, the latest first.
func (s *testSite) letters() (list []db.LetterListed) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) (err error) {
		list, err = tx.LetterList(db.LetterFilter{})
		return err
	})
	return list
}

// letterSample is a letter to the site's member.
func (s *testSite) letterSample() db.LetterListed {
	s.t.Helper()
	if list := s.letters(); len(list) > 0 {
		return list[0]
	}
	r := office.LetterRequest{Kind: pec.LetterActivation, Mailboxes: []int64{s.mailbox}, ByHand: true}
	if _, err := s.office.MakeLetters(context.Background(), "operatore:"+roleEmails[Secretariat], r); err != nil {
		s.t.Fatal(err)
	}
	return s.letters()[0]
}

// postal enters members with what the post needs of them.
func (s *testSite) postal(members ...pec.Member) (ids []int64) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		for _, m := range members {
			m.Status = pec.MemberActive
			id, err := tx.AddMember(db.MemberRow{Member: m})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids
}

// TestFormalNoticesAreMadeForManyOnce: of four chosen one has a mailbox, one no
// address; of the two others one has no CAP and a name that no font of ours
// draws.
func TestFormalNoticesAreMadeForManyOnce(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	ids := s.postal(
		pec.Member{RegistrationNumber: "L1", Surname: "Zeta", Name: "Ada", Sex: "F", Address: "Via Roma 1", PostalCode: "00100", City: "Valdoro", Province: "VD"},
		pec.Member{RegistrationNumber: "L2", Surname: "Li", Name: "中", Address: "Via Roma 2", City: "Valdoro"},
		pec.Member{RegistrationNumber: "L3", Surname: "Verdi", Name: "Ugo"},
	)
	v := s.as(Secretariat)
	chosen := fmt.Sprintf("id=%d&id=%d&id=%d&id=%d", ids[0], ids[1], ids[2], s.member)
	if v.get("/iscritti/azioni?"+chosen).must(200).find("a", "href", "/lettere/nuove?"+chosen) == nil {
		t.Error("no way from the actions on many")
	}
	v.get("/lettere/nuove?"+chosen).must(200).says("Scelga quale lettera", "Diffida").saysNot("Prepara 2 lettere")
	page := v.get("/lettere/nuove?tipo=letter_diffida&"+chosen).must(200).says("Non è ancora stato scritto nulla",
		"Li 中 – Via Roma 2, Valdoro", "Senza CAP. Un riquadro al posto di 中: il carattere non si stampa Zeta Ada – Via Roma 1, 00100 Valdoro (VD)", // by CAP
		"2 restano fuori", "Verdi Ugo Nell’albo non c’è il suo indirizzo postale.", "Ha già un domicilio digitale", "A 1 manca solo l’indirizzo", "Gentile 中 Li,", "art. 16, comma 7")
	if len(s.letters()) != 0 {
		t.Fatal("looking wrote something")
	}
	fields := formOfPage(page)
	v.post("/lettere/nuove", append(fields.with(), "protocollo", strings.Repeat("9", 41))...).must(422).says("Il numero di protocollo supera i 40 caratteri.")
	fields = append(fields, "protocollo", " 345/A ")
	a := v.post("/lettere/nuove", fields...).must(303)
	list := v.follow(a).must(200).says("2 lettere preparate.", "Scarichi il PDF", "1/2018", "2/2018", "prot. 345/A", "Diffida", "Zeta Ada", "Fatte insieme il 01/07/2018", "Tutte in un PDF")
	if list.find("a", "href", "/lettere/serie/1/pdf") == nil {
		t.Error("no PDF of all")
	}
	v.follow(v.post("/lettere/nuove", fields...).must(303)).says("Il modulo era già arrivato: 2 lettere erano già preparate.")
	if n := len(s.letters()); n != 2 {
		t.Fatalf("%d letters", n)
	}
	text := v.get("/lettere/serie/1/pdf").poppler()
	for _, words := range []string{"Lettera n. 1/2018 del 01/07/2018 Prot. n. 345/A", "Ada Zeta Via Roma 1 00100 Valdoro (VD)", "iscritta all’albo al n. L1", "Valdoro, 1 luglio 2018", "Il Presidente"} {
		if !strings.Contains(text, words) {
			t.Errorf("the PDF does not say %q:\n%s", words, text)
		}
	}
	one := v.get("/lettere/2/pdf").must(200)
	if again := v.get("/lettere/2/pdf"); !bytes.Equal(one.body, again.body) || !strings.Contains(one.header.Get("Content-Disposition"), "lettera-2018-2.pdf") {
		t.Errorf("%s", one.header.Get("Content-Disposition"))
	}
	again := v.get("/lettere/nuove?tipo=letter_diffida&"+chosen).must(200).says("Sono già state fatte", "Già fatta il 01/07/2018 ( Lettera n. 1/2018 )", "Di nuovo per Zeta Ada", "Prepara le lettere spuntate").saysNot("Prepara 2 lettere")
	if err := again.wellFormed(); err != nil {
		t.Error(err)
	}
	fields = formOfPage(again)
	v.follow(v.post("/lettere/nuove", fields...).must(303)).says("Nessuna lettera preparata.")
	if n := len(s.letters()); n != 2 {
		t.Fatalf("%d letters, none was ticked", n)
	}
	v.follow(v.post("/lettere/nuove", append(fields, "member", fmt.Sprint(ids[0]))...).must(303)).says("1 lettera preparata.", "3/2018")
	zeta := fmt.Sprint("/iscritti/", ids[0])
	v.get(zeta).must(200).says("Ultime lettere", "01/07/2018 Diffida 3/2018 (PDF)", "01/07/2018 Diffida 2/2018 (PDF)", "Lettera: Diffida Lettera n. 2/2018 , Diffida a comunicare il domicilio digitale")
	v.get(zeta+"/registro").must(200).says("Lettera preparata", "numero 2/2018")
	v.get(fmt.Sprint("/lettere?iscritto=", ids[0])).must(200).says("2/2018").saysNot("1/2018")
	v.get("/lettere?tipo=letter_closing").must(200).says("Nessuna lettera con questi filtri")
	v.get("/lettere?q=zeta&anno=2018").must(200).says("2/2018").saysNot("1/2018")
	v.follow(v.post("/lettere/nuove", "tipo", "letter_diffida").must(303)).says("Nessuna lettera preparata.")
	s.as(ReadOnly).post("/lettere/nuove", "tipo", "letter_diffida").must(403)
}

func TestLettersComeFromMailboxesToo(t *testing.T) {
	s := newTestSite(t, "2018-07-01") // the mailbox expires on 01/10/2018
	s.on("2018-07-15")
	v := s.as(Secretariat)
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Prepara una lettera…")
	v.get("/caselle?stato=expiring").must(200).says("Lettere per questa casella…")
	at := "/lettere/nuove?elenco=caselle&stato=expiring&tipo=letter_notice"
	v.get(at+"&senza=1").must(200).says("Morandi Elena", "scade il")
	v.follow(v.get("/lettere/nuove?elenco=caselle&q=nessuno&tipo=letter_notice").must(303)).says("L’elenco non ha caselle.")
	v.follow(v.get("/lettere/nuove").must(303)).says("Non ha scelto nessun iscritto.")
	v.get("/lettere/nuove?tipo=notice&mailbox=1").must(404).says("Scelga la lettera da preparare.")
}

func TestTheLetterheadIsTheNextLetters(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	v.get("/lettere/intestazione").must(200).says("Chi firma")
	v.post("/lettere/intestazione", "address", strings.Repeat("a", 101), "signer", "X").must(422).says("Una riga dell’indirizzo supera i 100 caratteri.")
	v.follow(v.post("/lettere/intestazione", "address", "Piazza 1\r\n00100 Valdoro", "place", "Valdoro", "signer", "La Presidente").must(303)).says("Carta intestata salvata.")
	text := v.get("/avvisi/testi/letter_diffida/pdf").poppler()
	for _, words := range []string{"Piazza 1 00100 Valdoro", "Elena Morandi Via dei Tigli 7", "Lettera n. 1/2018", "La Presidente", "Diffida a comunicare"} {
		if !strings.Contains(text, words) {
			t.Errorf("the preview does not say %q:\n%s", words, text)
		}
	}
}

func TestTheTextsOfLettersAreEditedLikeThoseOfMessages(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	v.get("/avvisi/testi").must(200).says("Lettere", "Diffida", "Chiusura della casella", "Attivazione")
	const page = "/avvisi/testi/letter_closing"
	v.get(page).must(200).says("Anteprima in PDF", "Gentile Elena Morandi, la casella PEC")
	v.post(page, "subject", "Chiusura", "body", "{{nessuno}}", "azione", "pdf").must(422).says("Il campo «{{nessuno}}» non esiste")
	if text := v.post(page, "subject", "Chiusura", "body", "Solo questo per {{nome}}", "azione", "pdf").poppler(); !strings.Contains(text, "Solo questo per Elena Morandi") {
		t.Errorf("the PDF says %s", text)
	}
	v.get(page).must(200).saysNot("Solo questo")
	v.follow(v.post(page, "subject", "Chiusura", "body", "Nuovo testo per {{nome}}", "azione", "salva").must(303)).says("Vale dalla prossima lettera.", "Nuovo testo per Elena Morandi")
	v.get("/avvisi/testi/notice/pdf").must(404)
}

// logoSample keeps a logo and returns where it is.
func (s *testSite) logoSample() string {
	s.t.Helper()
	if err := s.office.SetLogo(context.Background(), "prova", smallPicture(s.t)); err != nil {
		s.t.Fatal(err)
	}
	return "/lettere/intestazione/logo"
}

func smallPicture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray16(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLogoIsUploadedShownAndRemoved(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	send := func(name string, content []byte) *answer {
		return v.upload("/lettere/intestazione/logo", "logo", name, content)
	}
	v.get("/lettere/intestazione").must(200).says("Il file del logo").saysNot("Togli il logo")
	v.get("/lettere/intestazione/logo").must(404)
	send("logo.png", []byte("non è una foto")).must(422).says("Il file non è un’immagine PNG o JPEG.", "Chi firma")
	send("logo.png", nil).must(422).says("Il file del logo è vuoto.")
	send("", nil).must(422).says("Scelga il file del logo.")
	for _, size := range []int{2 << 20, 40 << 20} {
		a := send("logo.png", make([]byte, size)).must(422).says("Il file supera 1 MB: ne invii uno più piccolo.", "Chi firma")
		if a.find("input", "id", "logo") == nil {
			t.Error("the form is gone")
		}
	}
	v.follow(send("logo.png", smallPicture(t)).must(303)).must(200).says("Logo salvato.", "Un altro logo", "Togli il logo")
	if a := v.get("/lettere/intestazione/logo").must(200); a.header.Get("Content-Type") != "image/png" || !bytes.HasPrefix(a.body, []byte("\x89PNG")) {
		t.Errorf("%s: %.10q", a.header.Get("Content-Type"), a.body)
	}
	v.post("/lettere/intestazione", "signer", strings.Repeat("a", 101)).must(422).says("Togli il logo")
	v.follow(v.post("/lettere/intestazione/logo/togli").must(303)).must(200).says("Logo tolto.").saysNot("Togli il logo")
	s.as(ReadOnly).post("/lettere/intestazione/logo/togli").must(403)
}
