package office_test

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// boxesListed takes in a provider's list of mailboxes; its lines are casella;codice
// fiscale;tipologia;attivazione;scadenza;GB extra.
func (o *testOffice) boxesListed(lines ...string) office.ImportReport {
	o.t.Helper()
	data := "Casella;Codice fiscale;Tipologia;Data attivazione;Data scadenza;GB extra\n" + strings.Join(lines, "\n") + "\n"
	r, err := o.WriteImport(ctx, "prova", office.ImportMailboxes, office.ImportFile{Name: "caselle.csv", Data: []byte(data)}, "", false)
	o.must(err)
	if r.Refused > 0 {
		o.t.Fatalf("on %s: %+v", o.day, r.Problems)
	}
	return r
}

// rossi enters Mario Rossi with his tax code.
func (o *testOffice) rossi() {
	o.t.Helper()
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		_, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "1", Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S", Status: pec.MemberActive}})
		return err
	}))
}

// lowers chooses less of a mailbox's n-th service from its next renewal on.
func (o *testOffice) lowers(address string, n, to int) {
	o.t.Helper()
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(address, n).ID, AutoRenew: true, NextQuantity: to}))
}

const listedRossi = "mario.rossi@pec.ordine.example;RSSMRA85T10A562S;"

// TestProviderIsToldThatListedSpaceWasLowered: 2 GB that the provider's list told
// of, 1 GB from the renewal of 12/10/2018 on. The provider has 1 + 2 GB and shall
// have 2; a GB bought afterwards makes 3 GB again, and nothing is to be asked.
func TestProviderIsToldThatListedSpaceWasLowered(t *testing.T) {
	o := newOffice(t, "2018-07-01")
	o.rossi()
	o.boxesListed(listedRossi + "standard;12/10/2014;12/10/2018;2")
	box := "mario.rossi@pec.ordine.example"
	o.files()
	o.lowers(box, 0, 1)
	o.files() // from the renewal on only
	o.topUp(box, 3_05)
	o.on("2018-10-13")
	o.night()
	s := o.toSend()
	if len(s.Asks) != 1 || s.Asks[0].DueOn != pec.Day("2018-10-12") {
		t.Errorf("due: %+v", s.Asks)
	}
	o.files("spazio " + box + " 2 R000001")
	o.expectAtProvider(box, "1 inbox_gb attivo presso il gestore dal 12/10/2017")
	o.on("2018-10-14")
	o.taken(1, 0, 0, box+";spazio;OK;14/10/2018;;R000001")
	o.expectAtProvider(box, "1 inbox_gb attivo presso il gestore dal 12/10/2017")
	o.files()
	o.topUp(box, 3_05)
	o.on("2018-10-15")
	o.completed(box, 1, 3_05)
	o.files("spazio " + box + " 3 R000002")
	o.sound()
}

// TestListedSpaceThatIsBoughtAgainIsThereAlready: lowered from 2 GB to 1 and a GB
// bought before anybody made a file: the provider still has what it shall have.
func TestListedSpaceThatIsBoughtAgainIsThereAlready(t *testing.T) {
	o := newOffice(t, "2018-07-01")
	o.rossi()
	o.boxesListed(listedRossi + "standard;12/10/2014;12/10/2018;2")
	box := "mario.rossi@pec.ordine.example"
	o.lowers(box, 0, 1)
	o.topUp(box, 6_10)
	o.on("2018-10-13")
	o.night()
	o.completed(box, 1, 3_05)
	o.files()
	o.on("2019-10-13") // the credit is used up: both end
	o.night()
	o.files("spazio " + box + " 1 R000001")
	o.sound()
}

// TestProviderIsToldThatAListedProMailboxWasLowered: a mailbox of a kind that the
// member pays, renewed by an order in advance and by one a few days before E: it
// has 2 GB until E and 1 from then on.
func TestProviderIsToldThatAListedProMailboxWasLowered(t *testing.T) {
	for _, on := range []string{"2018-07-10", "2018-10-09"} {
		o := bareOffice(t, "2018-07-01")
		o.agree(withPro)
		o.rossi()
		o.boxesListed(listedRossi + "pro;12/10/2014;12/10/2018;2")
		box := "mario.rossi@pec.ordine.example"
		o.lowers(box, 0, 1)
		o.topUp(box, 100_00)
		o.on(on)
		o.wishes(box, "", 1, 0)
		o.files()
		o.on("2018-10-13")
		o.night()
		s := o.toSend()
		if len(s.Asks) != 1 || s.Asks[0].ExtraGB != 1 || s.Asks[0].DueOn != pec.Day("2018-10-12") {
			t.Errorf("renewed on %s: due %+v", on, s.Asks)
		}
		o.sound()
	}
}

// TestListWithoutSpaceAndItsUndo: the provider's second list no longer has the 2 GB
// of its first, and is taken back: each time the provider knows what the list in
// force says, and is asked for nothing.
func TestListWithoutSpaceAndItsUndo(t *testing.T) {
	o := newOffice(t, "2018-07-01")
	o.rossi()
	o.boxesListed(listedRossi + "standard;12/10/2014;12/10/2018;2")
	for _, gb := range []string{"0", "1"} {
		r := o.boxesListed(listedRossi + "standard;12/10/2014;12/10/2018;" + gb)
		o.files()
		_, err := o.UndoImport(ctx, "prova", r.Batch)
		o.must(err)
		o.files()
	}
	told := o.listedGB("mario.rossi@pec.ordine.example")
	if diff := cmp.Diff(2, told); diff != "" {
		t.Error(diff)
	}
	o.sound()
}

// listedGB is the extra space that the provider's lists told of.
func (o *testOffice) listedGB(address string) (gb int) {
	o.t.Helper()
	id := o.id(address)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		m, err := tx.ProviderMailbox(id)
		gb = m.ListedGB
		return err
	}))
	return gb
}
