package office_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// withServices sells conservazione and users beside archive space.
func withServices(a *pec.Agreement) {
	a.Products = append(a.Products,
		pec.Product{Code: "conservazione", Name: "Conservazione a norma", Unit: "GB", YearlyPrice: 4_00, Kinds: []string{"standard"}},
		pec.Product{Code: "multiutente", Name: "Multiutente", Unit: "utente", YearlyPrice: 6_00, Kinds: []string{"standard"}})
}

// servicesOffice is an office on 12/10/2016 that sells services too, with Mario
// Rossi's mailbox, activated on that day, and his credit.
func servicesOffice(t testing.TB, credit pec.Cents) (o *testOffice, address string) {
	t.Helper()
	o = bareOffice(t, "2016-10-12")
	o.agree(withServices)
	address = o.mailbox("A1", "Rossi", "Mario")
	o.topUp(address, credit)
	return o, address
}

// orders buys a product at once and returns its service.
func (o *testOffice) orders(address, product string, quantity int) int64 {
	o.t.Helper()
	p, err := o.Order(ctx, "prova", office.Purchase{Address: address, Product: product, Quantity: quantity})
	o.must(err)
	if p.Order.State != pec.OrderCompleted {
		o.t.Fatalf("on %s %d of %s are %s", o.day, quantity, product, p.Order.State)
	}
	v, err := o.Mailbox(ctx, address)
	o.must(err)
	return slices.MaxFunc(v.Services, func(a, b db.ServiceRow) int { return int(a.ID - b.ID) }).ID
}

// atProvider says of each service of a mailbox where it is at the provider.
func (o *testOffice) atProvider(address string) (lines []string) {
	o.t.Helper()
	v, err := o.Mailbox(ctx, address)
	o.must(err)
	for _, s := range v.Services {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s %s", s.Quantity, s.Product, v.AtProvider[s.ID].Italian())))
	}
	return lines
}

func (o *testOffice) expectAtProvider(address string, want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.atProvider(address)); diff != "" {
		o.t.Errorf("on %s, %s at the provider (-want +got):\n%s", o.day, address, diff)
	}
}

func (o *testOffice) toSend() (s office.ToSend) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		s, err = o.ToSend(tx)
		return err
	}))
	return s
}

// TestServicesGoToTheProviderAndComeBack: bought on 10/01/2017 on a mailbox with E
// 12/10/2017; of the answers one is good, one bad, and one is lost.
func TestServicesGoToTheProviderAndComeBack(t *testing.T) {
	o, address := servicesOffice(t, 200_00)
	o.on("2017-01-10")
	o.completed(address, 1, 3_05)
	o.orders(address, "archive_gb", 5)
	lowered := o.orders(address, "conservazione", 3)
	off := o.orders(address, "multiutente", 2)
	kit, err := o.Order(ctx, "prova", office.Purchase{Address: address, Product: "signature_kit", Quantity: 1})
	o.must(err)
	if kit.Order.State != pec.OrderCompleted {
		t.Errorf("the kit is %s", kit.Order.State)
	}
	o.expectAtProvider(address,
		"1 inbox_gb acquistato, in attivazione presso il gestore", "5 archive_gb acquistato, in attivazione presso il gestore",
		"3 conservazione acquistato, in attivazione presso il gestore", "2 multiutente acquistato, in attivazione presso il gestore")
	o.files( // the kit is handed over
		"spazio "+address+" 2 R000001",
		"servizio: Archivio, in tutto 5 GB "+address+"  R000002",
		"servizio: Conservazione a norma, in tutto 3 GB "+address+"  R000003",
		"servizio: Multiutente, in tutto 2 "+address+"  R000004")
	o.files() // each once
	o.sound()

	o.on("2017-01-16")
	r := o.taken(3, 0, 0, address+";spazio;OK;12/01/2017;;", address+";servizio: Archivio, in tutto 5 GB;attivato;13/01/2017;;", ";;KO;;manca il contratto;R000003")
	if *r.Answers != (pec.OutcomeCounts{Resized: 1, Services: 1, Rejected: 1}) {
		t.Errorf("the answers count %+v", *r.Answers)
	}
	o.expectAtProvider(address,
		"1 inbox_gb attivo presso il gestore dal 12/01/2017", "5 archive_gb attivo presso il gestore dal 13/01/2017",
		"3 conservazione respinto dal gestore: manca il contratto", "2 multiutente acquistato, in attivazione presso il gestore: chiesto il 10/01/2017")
	o.files()
	for _, want := range []int{1, 0} { // the refusal once, and the lost answer
		if n, err := o.AskAgain(ctx, "prova", []int64{3}); n != want || err != nil {
			t.Errorf("asked again %d, %v", n, err)
		}
	}
	if n, err := o.AskFileAgain(ctx, "prova", 1); n != 1 || err != nil {
		t.Errorf("asked again %d, %v", n, err)
	}
	o.files("servizio: Conservazione a norma, in tutto 3 GB "+address+"  R000005", "servizio: Multiutente, in tutto 2 "+address+"  R000004")
	o.on("2017-01-20")
	o.taken(2, 0, 0, address+";conservazione a norma;OK;19/01/2017;;", address+";multiutente;OK;17/01/2017;;")
	o.taken(0, 1, 1, address+";conservazione a norma;OK;19/01/2017;;", address+";conservazione a norma;KO;19/01/2017;;")
	o.expectAtProvider(address,
		"1 inbox_gb attivo presso il gestore dal 12/01/2017", "5 archive_gb attivo presso il gestore dal 13/01/2017",
		"3 conservazione attivo presso il gestore dal 19/01/2017", "2 multiutente attivo presso il gestore dal 17/01/2017")
	o.sound()

	// One more is bought before the expiry; then one is lowered, one ends, the rest
	// goes on as it was.
	o.on("2017-06-01")
	o.orders(address, "conservazione", 1)
	o.files("servizio: Conservazione a norma, in tutto 4 GB " + address + "  R000006")
	o.taken(1, 0, 0, ";;OK;;;R000006")
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: lowered, AutoRenew: true, NextQuantity: 1}))
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: off, AutoRenew: false}))
	o.files() // until the expiry all is as it was
	o.on("2017-10-14")
	o.files()
	o.night()
	o.files(
		"servizio: Conservazione a norma, in tutto 2 GB "+address+"  R000007",
		"servizio: Multiutente, da togliere "+address+"  R000008")
	for _, r := range o.requests(address)[6:] {
		if r.DueOn != pec.Day("2017-10-12") {
			t.Errorf("%s is due since %s", r.Reference(), r.DueOn)
		}
	}
	o.taken(2, 0, 0, address+";servizio: Conservazione a norma, in tutto 2 GB;OK;14/10/2017;;R000007", address+";servizio: Multiutente, da togliere;disattivato;14/10/2017;;")
	o.files()
	o.expectAtProvider(address,
		"1 inbox_gb attivo presso il gestore dal 12/01/2017", "5 archive_gb attivo presso il gestore dal 13/01/2017",
		"1 conservazione attivo presso il gestore dal 19/01/2017", "1 conservazione attivo presso il gestore dal 01/06/2017")
	o.sound()
}

// TestServicesEndWithTheirMailbox: asked for and not answered, the answer given
// up; then the holder leaves. The closing alone is told (R7).
func TestServicesEndWithTheirMailbox(t *testing.T) {
	o, address := servicesOffice(t, 200_00)
	o.orders(address, "conservazione", 3)
	o.orders(address, "multiutente", 1)
	o.file()
	o.taken(1, 0, 0, ";;KO;;manca il contratto;R000001")
	if n, err := o.AskFileAgain(ctx, "prova", 1); n != 1 || err != nil {
		t.Errorf("asked again %d, %v", n, err)
	}
	o.leaves(o.holder(address), "2016-10-12")
	o.on("2017-01-10") // closed on 11/12/2016
	o.files("chiusura " + address + "  R000003")
	for i, want := range []pec.RequestState{pec.RequestRejected, pec.RequestDropped, pec.RequestSent} {
		if r := o.requests(address)[i]; r.State != want {
			t.Errorf("%s is %s, want %s", r.Reference(), r.State, want)
		}
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		n, _, err := tx.RequestCount(db.RequestFilter{State: "rejected"})
		if n != 0 {
			t.Errorf("%d refusals of a closed mailbox are still to be decided", n)
		}
		return err
	}))
	o.taken(1, 0, 0, address+";chiusura;OK;;;")
	o.files()
	o.sound()
}

// TestServicesOfAReversedPaymentAreTakenOff: the payment is taken back on
// 01/03/2017, after it was spent. Nothing changes until E; what then ends for the
// claim is told.
func TestServicesOfAReversedPaymentAreTakenOff(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices)
	address := o.mailbox("A1", "Rossi", "Mario")
	paid := o.topUp(address, 14_64)
	o.orders(address, "conservazione", 3) // 3 x 4,00 + 22 %
	o.file()
	o.taken(1, 0, 0, ";;OK;;;R000001")
	o.on("2017-03-01")
	_, claim, err := o.ReverseTopUp(ctx, "prova", paid.EntryID, nil, "assegno scoperto")
	o.must(err)
	if claim != 14_64 {
		t.Errorf("the claim is %s", claim)
	}
	o.files()
	o.on("2017-10-13")
	o.night()
	o.files("servizio: Conservazione a norma, da togliere " + address + "  R000002")
	o.sound()
}

// TestWhatMembersBuyAtTheProviderIsNotAsked: a statement tells of services bought
// there, and is taken back; from E on members buy there what the Ordine sold.
func TestWhatMembersBuyAtTheProviderIsNotAsked(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices)
	address := o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-01-10")
	data := "Casella;Servizio;Quantità;Dal;Al;Importo netto\n" + address + ";Conservazione a norma;2;01/12/2016;12/10/2017;8,00\n"
	r, err := o.WriteImport(ctx, "prova", office.ImportServices, office.ImportFile{Name: "servizi.csv", Data: []byte(data)}, "", false)
	o.must(err)
	if r.Created != 1 {
		t.Fatalf("the statement: %+v", r)
	}
	o.files()
	o.expectAtProvider(address, "2 conservazione")
	o.topUp(address, 200_00)
	o.orders(address, "conservazione", 1) // bought here besides
	o.files("servizio: Conservazione a norma, in tutto 1 GB " + address + "  R000001")
	o.taken(1, 0, 0, ";;OK;;;R000001")
	_, err = o.UndoImport(ctx, "prova", r.Batch)
	o.must(err)
	o.files()
	o.expectAtProvider(address, "1 conservazione attivo presso il gestore dal 10/01/2017")

	o.agree(withServices, from("2017-10-01"), func(a *pec.Agreement) { a.SoldBy = pec.SoldByProvider })
	o.on("2017-10-13")
	o.night()
	o.files()
	o.expect(address, "active to 2018-10-12, credit 195.12", "1 conservazione from 2017-01-10 ended on 2017-10-12 (sold_elsewhere)")
	o.sound()
}

// TestAnswersAboutServicesAreTakenBack undoes a file of outcomes: both requests
// await their answers again, unless a later one was sent on the strength of it.
func TestAnswersAboutServicesAreTakenBack(t *testing.T) {
	o, address := servicesOffice(t, 200_00)
	o.orders(address, "conservazione", 3)
	o.orders(address, "multiutente", 2)
	o.file()
	r := o.taken(2, 0, 0, ";;OK;;;R000001", ";;KO;;errore;R000002")
	o.orders(address, "conservazione", 1)
	o.files("servizio: Conservazione a norma, in tutto 4 GB " + address + "  R000003")
	done, err := o.UndoImport(ctx, "prova", r.Batch)
	o.must(err)
	if done.Restored != 1 || len(done.Kept) != 1 || done.Kept[0].Name != address+", servizio Conservazione a norma" {
		t.Errorf("undone: %+v", done)
	}
	o.expectAtProvider(address, "3 conservazione attivo presso il gestore dal 12/10/2016", "2 multiutente acquistato, in attivazione presso il gestore: chiesto il 12/10/2016",
		"1 conservazione acquistato, in attivazione presso il gestore: chiesto il 12/10/2016")
	o.sound()
}

// TestServicesMarkedByHand: an Ordine that sends nothing by file writes down what
// it did in the provider's panel, on which day; who did is kept.
func TestServicesMarkedByHand(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices)
	layout := pec.DefaultFileLayout()
	layout.WithoutServices = true
	o.must(o.SetProviderLayout(ctx, "prova", layout))
	address, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Anna")
	o.topUp(address, 200_00)
	o.topUp(second, 200_00)
	o.on("2017-01-10")
	o.orders(address, "conservazione", 3)
	o.orders(address, "multiutente", 2)
	o.orders(second, "conservazione", 1)
	o.completed(second, 1, 3_05)
	if s := o.toSend(); len(s.Asks) != 1 || len(s.Apart) != 3 || len(s.Services()) != 3 {
		t.Fatalf("to send: %d, apart: %d", len(s.Asks), len(s.Apart))
	}
	o.files("spazio " + second + " 2 R000001")
	key := func(address, rest string) string { return fmt.Sprintf("%d/service/%s", o.id(address), rest) }
	o.on("2017-01-12")
	mark := func(d office.ServicesDone) int {
		t.Helper()
		n, err := o.ServicesDoneByHand(ctx, "operatore:mara@ordine.example", d)
		o.must(err)
		return n
	}
	for code, on := range map[string]string{"date_before_request": "2017-01-09", "date_in_future": "2017-01-13"} {
		_, err := o.ServicesDoneByHand(ctx, "prova", office.ServicesDone{Keys: []string{key(address, "conservazione/3")}, On: pec.Day(on)})
		o.refuses(code, err)
	}
	d := office.ServicesDone{Keys: []string{key(address, "conservazione/3"), key(second, "conservazione/1"), key(address, "multiutente/1")}, On: pec.Day("2017-01-11")}
	for _, want := range []int{2, 0} { // of users another total is due
		if n := mark(d); n != want {
			t.Errorf("%d marked, want %d", n, want)
		}
	}
	o.expectAtProvider(address, "3 conservazione attivo presso il gestore dal 11/01/2017", "2 multiutente acquistato, in attivazione presso il gestore")
	r := o.requests(address)[0]
	if r.By != "operatore:mara@ordine.example" || r.FileID != 0 || !r.SentOn.IsZero() || r.Product != "conservazione" || r.Quantity != 3 {
		t.Errorf("marked as %+v", r)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.Audit("mailbox", o.id(address), 10)
		if e := list[0]; e.Action != "provider.told" || e.Actor != "operatore:mara@ordine.example" || e.On != pec.Day("2017-01-12") || !strings.Contains(string(e.Detail), `"quantity":3`) {
			t.Errorf("the log has %+v", e)
		}
		return err
	}))
	o.sound()

	// Marked by mistake, it is asked for after all, by file this time; and what was
	// sent is marked by hand, without losing its file.
	if n, err := o.AskAgain(ctx, "prova", []int64{r.ID}); n != 1 || err != nil {
		t.Errorf("%d taken back, %v", n, err)
	}
	layout.WithoutServices = false
	o.must(o.SetProviderLayout(ctx, "prova", layout))
	o.files("servizio: Conservazione a norma, in tutto 3 GB "+address+"  R000004", "servizio: Multiutente, in tutto 2 "+address+"  R000005")
	for _, want := range []int{1, 0} {
		if n := mark(office.ServicesDone{Requests: []int64{4}}); n != want {
			t.Errorf("%d marked, want %d", n, want)
		}
	}
	if r := o.requests(address)[1]; r.State != pec.RequestDone || r.FileID != 2 || r.AnsweredOn != o.day || r.By == "" {
		t.Errorf("marked as %+v", r)
	}
	o.taken(0, 1, 0, ";;OK;;;R000004")
	o.sound()

	// What is overdue is carried out first (R6): the service has ended.
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(second, 0).ID, AutoRenew: false}))
	o.on("2017-10-13")
	if n := mark(office.ServicesDone{Keys: []string{key(second, "conservazione/0")}}); n != 0 {
		t.Errorf("%d marked before the renewals", n)
	}
	o.night()
	if n := mark(office.ServicesDone{Keys: []string{key(second, "conservazione/0")}}); n != 1 {
		t.Errorf("%d marked as taken off", n)
	}
	list := o.requests(second)
	for want, r := range list[1:] { // only the latest total is taken back; without it the one before is the latest
		if n, err := o.AskAgain(ctx, "prova", []int64{r.ID}); n != want || err != nil {
			t.Errorf("request %d: %d taken back, want %d; %v", r.ID, n, want, err)
		}
	}
	o.sound()
}

// presumes writes what a database has of a service that ran before the program
// asked the provider for any.
func (o *testOffice) presumes(address, product string, quantity int, since string) {
	o.t.Helper()
	id := o.id(address)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		_, err := tx.AddProviderRequest(db.ProviderRequest{Request: pec.Request{
			MailboxID: id, Operation: pec.AskService, Kind: "standard", Product: product, Quantity: quantity, DueOn: pec.Day(since), State: pec.RequestDone,
		}})
		return err
	}))
}

// TestServicesFromBeforeAreNotAskedAllAtOnce: of three that ran before the program
// asked, one is confirmed, one is asked for, one is left alone and lowered at E.
func TestServicesFromBeforeAreNotAskedAllAtOnce(t *testing.T) {
	o, address := servicesOffice(t, 200_00)
	o.orders(address, "archive_gb", 1)
	o.orders(address, "conservazione", 3)
	lowered := o.orders(address, "multiutente", 2)
	for product, quantity := range map[string]int{"archive_gb": 1, "conservazione": 3, "multiutente": 2} {
		o.presumes(address, product, quantity, "2016-10-12")
	}
	o.on("2017-01-10")
	o.files()
	o.expectAtProvider(address, "1 archive_gb", "3 conservazione", "2 multiutente") // nobody has said
	var ids = map[string]int64{}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.RequestList(db.RequestFilter{State: "presumed", Services: true})
		for _, r := range list {
			ids[r.Product] = r.ID
		}
		return err
	}))
	if len(ids) != 3 {
		t.Fatalf("presumed are %v", ids)
	}
	if n, err := o.ServicesDoneByHand(ctx, "prova", office.ServicesDone{Requests: []int64{ids["archive_gb"]}}); n != 1 || err != nil {
		t.Errorf("%d confirmed, %v", n, err)
	}
	if n, err := o.AskAgain(ctx, "prova", []int64{ids["conservazione"]}); n != 1 || err != nil {
		t.Errorf("%d to be asked, %v", n, err)
	}
	o.expectAtProvider(address, "1 archive_gb attivo presso il gestore dal 12/10/2016", "3 conservazione acquistato, in attivazione presso il gestore", "2 multiutente")
	o.files("servizio: Conservazione a norma, in tutto 3 GB " + address + "  R000004")
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: lowered, AutoRenew: true, NextQuantity: 1}))
	o.on("2017-10-13")
	o.night()
	o.files("servizio: Multiutente, in tutto 1 " + address + "  R000005")
	o.sound()
}

// TestProviderGetsColumnsOfServices: a layout with columns for them.
func TestProviderGetsColumnsOfServices(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices)
	address := o.mailbox("A1", "Rossi", "Mario")
	o.ask("A2", "Verdi", "Anna")
	o.topUp(address, 200_00)
	o.orders(address, "multiutente", 2)
	o.must(o.SetProviderLayout(ctx, "prova", pec.FileLayout{Format: "csv", Delimiter: ";", Columns: []pec.FileColumn{
		{Field: pec.FileOperation, Title: "tipo"}, {Field: pec.FileAddress, Title: "casella"}, {Field: pec.FileSpace, Title: "GB"},
		{Field: pec.FileProduct, Title: "cod"}, {Field: pec.FileService, Title: "servizio"}, {Field: pec.FileQuantity, Title: "n"}, {Field: pec.FileReference, Title: "rif"},
	}}))
	sent, err := o.SendToProvider(ctx, "prova", "", "", false)
	o.must(err)
	want := "\uFEFFtipo;casella;GB;cod;servizio;n;rif\r\nattivazione;anna.verdi@pec.ordine.example;1;;;;R000001\r\nservizio;" + address + ";;multiutente;Multiutente;2;R000002\r\n"
	if diff := cmp.Diff(want, string(sent.File.Content)); diff != "" {
		t.Errorf("the file differs (-want +got):\n%s", diff)
	}
}

// refused lists what is still to be decided of what the provider refused.
func (o *testOffice) refused() (lines []string) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.RequestList(db.RequestFilter{State: "rejected"})
		for _, r := range list {
			services, err := office.RefusedServices(tx, r.Request)
			if err != nil {
				return err
			}
			line := fmt.Sprintf("%s %d:", r.Reference(), r.Quantity+r.ExtraGB)
			for _, s := range services {
				line += fmt.Sprintf(" %d %s", s.Quantity, s.At.State)
			}
			lines = append(lines, line)
		}
		return err
	}))
	return lines
}

func (o *testOffice) expectRefused(want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.refused()); diff != "" {
		o.t.Errorf("on %s, refused and to be decided (-want +got):\n%s", o.day, diff)
	}
}

// TestRefusalStandsWhileMoreIsAskedFor: 2 users are there, 3 more are refused on
// 12/01/2017; then another is bought, and all six are asked for.
func TestRefusalStandsWhileMoreIsAskedFor(t *testing.T) {
	o, address := servicesOffice(t, 200_00)
	o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;OK;;;R000001")
	o.on("2017-01-10")
	o.orders(address, "multiutente", 3)
	o.files("servizio: Multiutente, in tutto 5 " + address + "  R000002")
	o.on("2017-01-12")
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000002")
	o.expectRefused("R000002 5: 3 rejected")
	o.files()

	o.on("2017-02-01")
	o.orders(address, "multiutente", 1)
	o.expectRefused("R000002 5: 3 due")
	o.files("servizio: Multiutente, in tutto 6 " + address + "  R000003")
	o.expectRefused("R000002 5: 3 asked")
	o.on("2017-02-03")
	r := o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000003")
	o.expectRefused("R000003 6: 3 rejected 1 rejected")
	_, err := o.UndoImport(ctx, "prova", r.Batch)
	o.must(err)
	o.expectRefused("R000002 5: 3 asked")
	o.taken(1, 0, 0, ";;OK;;;R000003")
	o.expectRefused()
	o.expectAtProvider(address, "2 multiutente attivo presso il gestore dal 12/10/2016", "3 multiutente attivo presso il gestore dal 03/02/2017", "1 multiutente attivo presso il gestore dal 03/02/2017")
	o.files()
	o.sound()
}

// TestAsMuchAgainIsNotRefusedBefore: 2 users are refused and end on E for want of
// a renewal; two bought afterwards are asked for.
func TestAsMuchAgainIsNotRefusedBefore(t *testing.T) {
	o, address := servicesOffice(t, 200_00)
	first := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000001")
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: first, AutoRenew: false}))
	o.on("2017-10-13")
	o.night()
	o.expectRefused()
	o.orders(address, "multiutente", 2)
	o.expectAtProvider(address, "2 multiutente acquistato, in attivazione presso il gestore")
	o.files("servizio: Multiutente, in tutto 2 " + address + "  R000002")
	o.taken(1, 0, 0, ";;OK;;;R000002")
	o.sound()
}

// TestRefusedSpaceIsNoLongerToBeDecided: 1 GB refused stays to be decided, also
// while a second is asked for; once the provider has both, no longer.
func TestRefusedSpaceIsNoLongerToBeDecided(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree()
	address := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(address, 200_00)
	o.orders(address, pec.InboxGB, 1)
	o.file()
	o.taken(1, 0, 0, ";;KO;;disco pieno;R000001")
	o.expectRefused("R000001 1: 1 rejected")
	o.on("2016-10-20")
	o.orders(address, pec.InboxGB, 1)
	o.expectRefused("R000001 1: 1 due")
	o.files("spazio " + address + " 3 R000002")
	o.taken(1, 0, 0, ";;OK;;;R000002")
	o.expectRefused()
	o.sound()
}

// TestProviderReadsWhatIsAddedAndWhatIsThereInAll: the kind has 8 GB of archive and
// 1 of inbox space; one of each is bought. In the words of the default file, in
// columns, and as the provider answers.
func TestProviderReadsWhatIsAddedAndWhatIsThereInAll(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices, func(a *pec.Agreement) { a.Kinds[0].BaseArchiveGB = 8 })
	address := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(address, 200_00)
	o.on("2017-01-10")
	archive := o.orders(address, pec.ArchiveGB, 1)
	o.orders(address, "multiutente", 2)
	o.completed(address, 1, 3_05)
	o.files("spazio "+address+" 2 R000001", "servizio: Archivio, aggiuntivo 1 GB, totale 9 GB "+address+"  R000002", "servizio: Multiutente, in tutto 2 "+address+"  R000003")
	o.on("2017-01-12")
	o.taken(0, 0, 1, address+";servizio: Archivio, aggiuntivo 1 GB, totale 9 GB;KO;;;R000001") // that is the space's
	r := o.taken(1, 0, 0, address+";servizio: Archivio, aggiuntivo 1 GB, totale 9 GB;OK;12/01/2017;;")
	o.expectAtProvider(address, "1 archive_gb attivo presso il gestore dal 12/01/2017", "2 multiutente acquistato, in attivazione presso il gestore: chiesto il 10/01/2017",
		"1 inbox_gb acquistato, in attivazione presso il gestore: chiesto il 10/01/2017")
	_, err := o.UndoImport(ctx, "prova", r.Batch)
	o.must(err)
	for _, row := range []struct {
		n       int
		refused string
	}{{2, "La richiesta è di avere 1 oltre a quanto ha la tipologia, 9 in tutto, e il gestore risponde per 2."}, {9, ""}, {1, ""}} {
		data := "Indirizzo PEC;Operazione;Servizio;Quantità;Esito\n" + address + fmt.Sprintf(";servizio;Archivio;%d;OK\n", row.n)
		r, err := o.WriteImport(ctx, "prova", office.ImportOutcomes, office.ImportFile{Name: "esiti.csv", Data: []byte(data)}, "", false)
		o.must(err)
		switch {
		case row.refused != "":
			if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, row.refused) {
				t.Errorf("answered for %d: %+v", row.n, r.Problems)
			}
		case r.Updated != 1:
			t.Errorf("answered for %d: %+v", row.n, r)
		default:
			_, err = o.UndoImport(ctx, "prova", r.Batch)
			o.must(err)
		}
	}

	o.must(o.SetProviderLayout(ctx, "prova", pec.FileLayout{Format: "csv", Delimiter: ";", Columns: []pec.FileColumn{
		{Field: pec.FileOperation, Title: "tipo"}, {Field: pec.FileAddress, Title: "casella"}, {Field: pec.FileSpace, Title: "GB"}, {Field: pec.FileExtra, Title: "di cui in più"},
		{Field: pec.FileService, Title: "servizio"}, {Field: pec.FileQuantity, Title: "in più"}, {Field: pec.FileTotal, Title: "totale"}, {Field: pec.FileReference, Title: "rif"},
	}}))
	if n, err := o.AskFileAgain(ctx, "prova", 1); n != 3 || err != nil {
		t.Errorf("asked again %d, %v", n, err)
	}
	sent, err := o.SendToProvider(ctx, "prova", "", "", false)
	o.must(err)
	want := "\uFEFFtipo;casella;GB;di cui in più;servizio;in più;totale;rif\r\nspazio;" + address + ";2;1;;;;R000001\r\nservizio;" + address + ";;;Archivio;1;9;R000002\r\nservizio;" + address + ";;;Multiutente;2;2;R000003\r\n"
	if diff := cmp.Diff(want, string(sent.File.Content)); diff != "" {
		t.Errorf("the file differs (-want +got):\n%s", diff)
	}

	// Taken off, the kind's own stays.
	o.taken(1, 0, 0, ";;OK;;;R000002")
	o.must(o.SetProviderLayout(ctx, "prova", pec.DefaultFileLayout()))
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: archive, AutoRenew: false}))
	o.on("2017-10-13")
	o.night()
	o.files("servizio: Archivio, aggiuntivo da togliere, totale 8 GB " + address + "  R000004")
	o.taken(1, 0, 0, address+";servizio: Archivio, aggiuntivo da togliere, totale 8 GB;disattivato;13/10/2017;;")
	o.sound()
}

// TestTotalAskedForAgainIsOfAllThatWasRefused: 2 users and 1 more are refused one
// after the other. The 3 are asked for again: so are the 2, and when the 1 ends they
// are in the next file.
func TestTotalAskedForAgainIsOfAllThatWasRefused(t *testing.T) {
	o, address := servicesOffice(t, 100_00)
	users := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000001")
	o.on("2017-01-10")
	third := o.orders(address, "multiutente", 1)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000002")
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: third, AutoRenew: false}))
	n, err := o.AskAgain(ctx, "prova", []int64{2})
	o.must(err)
	if n != 1 {
		t.Errorf("%d asked again", n)
	}
	o.expectRefused()
	o.refuses("service_not_refused", o.recreditFails(users))
	o.on("2017-11-01")
	o.night()
	o.files("servizio: Multiutente, in tutto 2 " + address + "  R000003")
	o.sound()
}
