package office_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// parts opens a person's file: the page and the data.
func (o *testOffice) parts(file []byte) (page string, data map[string][]map[string]any) {
	o.t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	o.must(err)
	for _, f := range archive.File {
		r, err := f.Open()
		o.must(err)
		body, err := io.ReadAll(r)
		o.must(err)
		if f.Name == "i-suoi-dati.html" {
			page = string(body)
			continue
		}
		var doc struct {
			Data map[string][]map[string]any
		}
		o.must(json.Unmarshal(body, &doc))
		data = doc.Data
	}
	return page, data
}

// shouted stands for the words of the pages.
func shouted(e db.AuditEntry) (what, detail string) { return strings.ToUpper(e.Action), "" }

func TestPersonalFileHoldsAllThereIs(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	first, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	member := o.holder(first)
	o.must(o.ChangeContacts(ctx, "operatore:giulia@ordine.example", member, office.Contacts{City: "Borgo", Email: "mario@posta.example"}))
	o.topUp(first, 1000)
	o.completed(first, 1, 305)
	o.topUp(second, 500)
	o.merges(member, o.holder(second))

	file, err := o.PersonalFile(ctx, "operatore:giulia@ordine.example", member, shouted)
	o.must(err)
	page, data := o.parts(file)
	for _, part := range []struct {
		key  string
		rows int
	}{
		{"mailboxes", 2}, {"periods", 2}, {"services", 1}, {"orders", 1}, {"history", 2}, {"claims", 0},
		{"movements", 5}, // two top-ups, an order, the credit of the second position out and in
	} {
		if len(data[part.key]) != part.rows {
			t.Errorf("%d %s, want %d", len(data[part.key]), part.key, part.rows)
		}
	}
	if m := data["movements"][2]; m["kind"] != "transfer" || m["amount"] != "5.00" || m["balance"] != "11.95" || m["on"] != "2017-10-12" {
		t.Errorf("%v", m)
	}
	for _, words := range []string{"Rossi Mario", "Borgo", "mario@posta.example", "3,05\u00a0€", "12/10/2027, dieci anni", "segreteria", "MEMBER.CONTACTS"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if strings.Contains(page, "giulia") { // the staff's data are not the member's
		t.Error("the page names an operator")
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		taken, err := tx.LatestAudit("member", "member.data")
		if taken.EntityID != member || taken.Actor != "operatore:giulia@ordine.example" {
			t.Errorf("%+v", taken)
		}
		return err
	}))
	_, err = o.PersonalFile(ctx, "prova", o.row(member).ID+1, shouted)
	o.refuses("member_merged", err)
}

func TestErasureWaitsForWhatIsOpen(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	member := o.holder(box)
	o.topUp(box, 1000)
	erase := func() error {
		_, err := o.EraseContacts(ctx, "prova", member, "PEC del 01/06/2018")
		return err
	}
	o.refuses("member_on_register", erase())
	o.on("2018-01-10")
	o.leaves(member, "2018-01-10")
	o.refuses("mailbox_open", erase()) // until 11/03/2018
	o.on("2018-03-12")
	o.refuses("credit_left", erase()) // the mailbox has closed
	_, err := o.Refund(ctx, "prova", member, 1000, "bonifico")
	o.must(err)
	_, err = o.EraseContacts(ctx, "prova", member, " ")
	o.refuses("reason_missing", err)
	o.must(erase())
	if got := o.row(member).ErasedOn.String(); got != "2018-03-12" {
		t.Errorf("erased on %s", got)
	}
	o.sound()
}

func TestErasureTakesContactsAndLeavesMoney(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	const head = "N. iscrizione;Cognome;Nome;Codice fiscale;Comune;E-mail;Stato\n"
	bring := func(rows string) {
		_, err := o.WriteImport(ctx, "prova", office.ImportMembers, office.ImportFile{Name: "albo.csv", Data: []byte(head + rows)}, "", false)
		o.must(err)
	}
	bring("A1;Rossi;Mario;RSSMRA85T10A562S;Borgo;mario@posta.example;Iscritto\n")
	bring("A1;Rossi;Mario;RSSMRA85T10A562S;Valdoro;mario.nuovo@posta.example;Iscritto\n")
	bring("A1;Rossi;Mario;RSSMRA85T10A562S;Altavalle;segreto@posta.example;inventato\nA2;Verdi;Ugo;;Altavalle;ugo@posta.example;inventato\n") // refused
	box := o.activate("A1")
	member := o.holder(box)
	o.topUp(box, 305)
	o.completed(box, 1, 305)
	o.must(o.SetAutoRenew(ctx, "prova", box, false))
	renewal, err := o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}, RecipientPEC: "mario@fatture.example"})
	o.must(err)
	o.must(o.CancelOrder(ctx, "prova", renewal.Order.ID, 0, "prova"))
	o.must(o.SetMemberPassword(ctx, "prova", box, "parola di prova"))
	o.on("2018-01-10")
	o.leaves(member, "2018-01-10")
	o.on("2018-06-01")
	o.night() // closed on 11/03/2018
	before := o.figures(2017)

	_, err = o.EraseContacts(ctx, "prova", member, "PEC del 01/06/2018")
	o.refuses("order_to_invoice", err) // the list would lack the address for good
	o.lists(pec.SoldByOrdine)
	done, err := o.EraseContacts(ctx, "prova", member, "PEC del 01/06/2018")
	o.must(err)
	if done.KeptUntil.String() != "2027-10-12" || len(done.Goes) != 2 {
		t.Errorf("%+v", done)
	}
	if o.figures(2017) != before {
		t.Error("the year's figures changed")
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		r, err := tx.Recipient(member)
		if r != (pec.Recipient{}) {
			t.Errorf("e-invoices still go to %+v", r)
		}
		return err
	}))
	m := o.row(member)
	if m.City != "" || m.Email != "" || m.PasswordHash != "" || m.TaxCode != "RSSMRA85T10A562S" || m.Surname != "Rossi" || m.RegistrationNumber != "A1" {
		t.Errorf("%+v", m)
	}
	file, err := o.PersonalFile(ctx, "prova", member, shouted)
	o.must(err)
	page, _ := o.parts(file)
	for _, gone := range []string{"Borgo", "mario@posta.example", "mario.nuovo@posta.example"} {
		if strings.Contains(page, gone) {
			t.Errorf("%q is still held", gone)
		}
	}
	if n := strings.Count(page, "Valdoro"); n != 1 { // on the list, as it was handed on
		t.Errorf("the town is held %d times", n)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		for batch := int64(1); batch <= 3; batch++ {
			b, err := tx.Batch(batch)
			if err != nil {
				return err
			}
			changes, err := tx.Changes(batch)
			if err != nil {
				return err
			}
			kept := string(b.Report)
			for _, c := range changes {
				kept += string(c.Before)
			}
			for _, gone := range []string{"Borgo", "mario@posta.example", "segreto@posta.example"} {
				if strings.Contains(kept, gone) {
					t.Errorf("import %d still holds %q", batch, gone)
				}
			}
			if batch == 3 && !strings.Contains(kept, "ugo@posta.example") { // another's row stays
				t.Error("the other's refused row went too")
			}
		}
		found, err := tx.MemberCount(db.MemberFilter{Search: "mario.nuovo"})
		if found != 0 {
			t.Error("the search still finds the e-mail")
		}
		return err
	}))
	o.sound()

	// Asked again, nothing happens; back by an import, the data are the file's.
	if again, err := o.EraseContacts(ctx, "prova", member, "di nuovo"); err != nil || !again.Already {
		t.Errorf("%+v, %v", again, err)
	}
	bring("A1;Rossi;Mario;RSSMRA85T10A562S;Altavalle;nuova@posta.example;Iscritto\n")
	if m := o.row(member); m.City != "Altavalle" || m.Status != pec.MemberActive || !m.ErasedOn.IsZero() {
		t.Errorf("%+v", m)
	}
	// Gone again, what is known of after the return is no longer what was erased.
	o.leaves(member, "2018-06-01")
	bring("A1;Rossi;Mario;RSSMRA85T10A562S;Borgo;;\n")
	if m := o.row(member); m.City != "Borgo" {
		t.Errorf("%+v", m)
	}
}

func TestFileDoesNotBringErasedContactsBack(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	const head = "N. iscrizione;Cognome;Nome;Codice fiscale;Stato;Comune;E-mail;PEC\n"
	bring := func(row string) office.ImportReport {
		r, err := o.WriteImport(ctx, "prova", office.ImportMembers, office.ImportFile{Name: "albo.csv", Data: []byte(head + row + "\n")}, "", false)
		o.must(err)
		return r
	}
	bring("A1;Rossi;Mario;RSSMRA85T10A562S;iscritto;Borgo;mario@posta.example;")
	member := o.byNumber("A1")
	o.on("2018-01-10")
	o.leaves(member, "2018-01-10")
	_, err := o.EraseContacts(ctx, "prova", member, "PEC del 10/01/2018")
	o.must(err)

	kept := func() (until string) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			list, err := o.Kept(tx, o.row(member))
			until = list[1].Until
			return err
		}))
		return until
	}
	o.on("2018-02-01")
	r := bring("A1;Rossi;Mario;RSSMRA85T10A562S;;Valdoro;m2@posta.example;mario@pec.ordine.example")
	if r.Unchanged != 1 || len(r.Problems) != 1 || r.Problems[0].Code != "contacts_erased" {
		t.Errorf("%+v", r.Problems)
	}
	m := o.row(member)
	if m.City != "" || m.Email != "" || m.ReservedAddress != "" || m.ErasedOn.String() != "2018-01-10" {
		t.Errorf("%+v", m)
	}
	if until := kept(); until != "cancellati il 10/01/2018 su richiesta" {
		t.Error(until)
	}
	o.must(o.ChangeContacts(ctx, "prova", member, office.Contacts{City: "Borgo"})) // the leaver gave it again
	if until := kept(); until != "cancellati il 10/01/2018 su richiesta; quelli scritti dopo, fino a una nuova richiesta" {
		t.Error(until)
	}
	o.sound()
}

// Two called Rossi Mario: what imports keep of the one who asks goes, under the
// old number and the old code too, and what they keep of the other stays.
func TestErasureFindsTheOwnRowsAndLeavesANamesakes(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	bring := func(rows ...string) int64 {
		r, err := o.WriteImport(ctx, "prova", office.ImportMembers, office.ImportFile{Name: "albo.csv",
			Data: []byte("N. iscrizione;Cognome;Nome;Codice fiscale;Indirizzo;E-mail\n" + strings.Join(rows, "\n") + "\n")}, "", false)
		o.must(err)
		return r.Batch
	}
	bring("A1;Rossi;Mario;RSSMRA85T10A562S;;", "A2;Rossi;Mario;00488410010;;", "A9;Rossi;Mario;;;")
	keep, gone := o.byNumber("A1"), o.byNumber("A2")
	o.merges(keep, gone)
	batch := bring(
		"A1;Rossi M.;;;via del Numero 1;",                              // refused: no given name
		"A1;Rossi;Mario;RSSMRA85T10A562S;via del Codice 2;sbagliata@@", // taken, with a warning
		"A2;Rossi;Mario;RSSMRA85T10A562X;via Vecchia 3;",               // the old number, a code that is none
		"A8;Rossi;Mario;RSSMRA85T10A562X;via Ignota 4;",                // nobody's number
		"A9;Rossi;Mario;;via del Vicino 5;vicino@@",                    // taken, with a warning
		"A9;Rossi;Mario;;via del Vicino 6;",                            // refused: twice in the file
	)
	o.leaves(keep, "2017-10-12")
	_, err := o.EraseContacts(ctx, "prova", keep, "PEC del 12/10/2017")
	o.must(err)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		b, err := tx.Batch(batch)
		for _, gone := range []string{"via del Numero 1", "sbagliata@@", "via Vecchia 3"} {
			if strings.Contains(string(b.Report), gone) {
				t.Errorf("%q is still kept", gone)
			}
		}
		for _, stays := range []string{"via Ignota 4", "vicino@@", "via del Vicino 6"} {
			if !strings.Contains(string(b.Report), stays) {
				t.Errorf("%q went too", stays)
			}
		}
		return err
	}))
}

func (o *testOffice) byNumber(number string) (id int64) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		m, err := tx.MemberByNumber(number)
		id = m.ID
		return err
	}))
	return id
}

// What was told to the indexes is proof and stays, in the person's own file too;
// what the Ordine noted of the PEC goes, and the log never held it.
func TestErasureTakesWhatIsKnownOfTheDomicile(t *testing.T) {
	o := writing(t)
	o.on("2026-09-01")
	const own = "pia@pec.altrove.example"
	id := o.colleague("A2", "Verdi", "Pia", "VRDPIA80A41H501I", own)
	address := o.activate("A2")
	o.lives(id, "Via Po 2", "38100")
	o.must(o.SetSubjectSettings(ctx, "prova", pec.SubjectSettings{BodyCode: "01234567897", Role: "Avvocato", FileName: pec.SubjectFileNames[0]}))
	o.must(o.ChooseDomicile(ctx, "prova", id, own))
	o.tells()
	o.expectRegister("insert VRDPIA80A41H501I attivo")
	o.must(o.MarkDomicile(ctx, "prova", id, pec.DomicileExpired, "la signora ha telefonato"))
	file, err := o.PersonalFile(ctx, "prova", id, shouted)
	o.must(err)
	page, data := o.parts(file)
	for _, key := range []string{"domicile", "inipec", "reginde"} {
		if len(data[key]) != 1 {
			t.Errorf("%d %s", len(data[key]), key)
		}
	}
	if !strings.Contains(page, "la signora ha telefonato") || !strings.Contains(page, "Via Po 2") {
		t.Error("something that is held is not in the file")
	}
	o.leaves(id, "2026-09-01")
	o.on("2026-11-30") // the mailbox has closed
	_, err = o.EraseContacts(ctx, "prova", id, "PEC del 30/11/2026")
	o.must(err)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		facts, err := tx.DomicileFactsOf(id)
		if err != nil {
			return err
		}
		if f := facts[0]; f.Chosen != "" || f.Mark != (pec.DomicileMark{}) || f.Member.OwnPEC != "" {
			t.Errorf("%+v", f)
		}
		log, err := tx.MemberAudit(id, 0, -1)
		for _, e := range log {
			if strings.Contains(string(e.Detail), own) {
				t.Errorf("the log holds it: %s %s", e.Action, e.Detail)
			}
		}
		return err
	}))
	file, err = o.PersonalFile(ctx, "prova", id, shouted)
	o.must(err)
	if page, _ = o.parts(file); !strings.Contains(page, own) || !strings.Contains(page, address) {
		t.Error("what the index was told is gone")
	}
}

func TestFormalNoticesAreInThePersonsFile(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	id := o.member("A1", "Rossi", "Mario")
	o.diffida(id)
	o.steps(1, pec.NoticeDeliver, "", 0)
	o.on("2026-12-05")
	o.steps(1, pec.NoticePauseIt, "ricovero", 0)
	file, err := o.PersonalFile(ctx, "prova", id, shouted)
	o.must(err)
	_, data := o.parts(file)
	if n := data["formal_notices"]; len(n) != 1 || n[0]["number"] != "1/2026" || n[0]["delivered_on"] != "2026-12-01" {
		t.Errorf("%v", n)
	}
	if p := data["formal_notice_pauses"]; len(p) != 1 || p[0]["reason"] != "ricovero" {
		t.Errorf("%v", p)
	}
}
