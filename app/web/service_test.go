package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// soldElsewhere is an agreement under which members buy at the provider.
var soldElsewhere = strings.Replace(fullYearAgreement, `"sold_by": "ordine"`, `"sold_by": "provider"`, 1)

// TestServicesTellWhoHasWhatAndWhatBecomesOfIt: on 15/07/2018 Elena has 2 GB
// that lack 4,40 € on 01/10 and 1 GB, bought later and free, that does not renew.
func TestServicesTellWhoHasWhatAndWhatBecomesOfIt(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	s.on("2018-07-15")
	s.buys(1) // free: less than three months to E
	if err := s.office.ChangeService(context.Background(), "prova", office.ServiceChange{ServiceID: s.services()[1].ID}); err != nil {
		t.Fatal(err)
	}
	v := s.as(ReadOnly)
	a := v.get("/servizi").must(200)
	a.says("2 servizi: 3 GB di spazio; 5,00 € netti per i periodi in corso", "Servizi attivi 2 1 iscritto: 3 GB di spazio", "In scadenza entro 90 giorni 2",
		"A rischio entro 90 giorni 1 Da avvisare: 1 A 1 iscritto mancano 4,40 €",
		"Morandi Elena "+s.address+" Spazio Extra Inbox Acquistato qui, dal 15/06/2018 2 GB 5,00 € 5,00 € 01/10/2018 Sì Cessa credito insufficiente 1,70 € 4,40 €",
		"dal 15/07/2018 1 GB 2,50 € 0,00 € 01/10/2018 No Cessa rinnovo disattivato 1,70 € –",
		"Totale 2 3 GB di spazio 5,00 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/servizi?scadenza=rischio").must(200).says("1 servizio: 2 GB di spazio", "Senza credito entro 90 giorni").saysNot("rinnovo disattivato")
	v.get("/servizi?mese=2018-10").must(200).says("2 servizi", "Scadenza ottobre 2018")
	v.get("/servizi?mese=2018-11").must(200).says("Nessun servizio con questi filtri")
	v.get("/servizi?acquistato=provider").must(200).says("Nessun servizio con questi filtri")
	v.get("/servizi?q=elena+mor").must(200).says("2 servizi")
	v.get("/servizi?q=neri").must(200).says("Nessun servizio con questi filtri")
	v.get("/servizi?stato=cessati").must(200).says("Nessun servizio con questi filtri")

	s.pays(440)
	v.get("/servizi").must(200).says("Si rinnova fino al 01/10/2019 per 6,10 €", "Il credito basta per tutti")
	v.get("/servizi?scadenza=rischio").must(200).says("Nessun servizio a rischio")

	s.on("2018-10-02")
	if _, err := s.office.Renew(context.Background(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	v = s.as(Secretariat)
	v.get("/servizi").must(200).says("1 servizio: 2 GB di spazio")
	v.get("/servizi?stato=cessati").must(200).says("Cessato il 01/10/2018: rinnovo disattivato", "0,00 € netti per i loro ultimi periodi", "«Pagato, netto» è per i loro ultimi periodi.").saysNot("15/06/2018", "netti per i periodi in corso")
	v.get("/servizi?stato=tutti").must(200).says("2 servizi", "per i periodi in corso e, dei cessati, per gli ultimi")
}

// TestRenewalPaidAheadIsToldApart: 2 GB and 3 users until 01/10/2018 cost 5,00 and
// 24,00 €, and as much again for the year after it. When that runs it is the one
// that counts. A product is added up by its own unit.
func TestRenewalPaidAheadIsToldApart(t *testing.T) {
	s := areaSite(t, strings.Replace(manyProducts, `"monthly"`, `"full_year"`, 1))
	s.pays(20_000)
	s.buys(2)
	if _, err := s.office.Order(context.Background(), "prova", office.Purchase{Address: s.address, Product: "user", Quantity: 3}); err != nil {
		t.Fatal(err)
	}
	if err := s.office.SetAutoRenew(context.Background(), "prova", s.address, false); err != nil {
		t.Fatal(err)
	}
	v := s.as(ReadOnly)
	running := "Servizi attivi 2 1 iscritto: 2 GB di spazio, 3 × Multiutente"
	v.get("/servizi").must(200).says(running, "29,00 € netti per i periodi in corso").saysNot("periodi futuri 10")
	if _, err := s.office.OrderRenewal(context.Background(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Years: 1}, RecipientCode: "ABC1234"}); err != nil {
		t.Fatal(err)
	}
	a := v.get("/servizi").must(200).says(running, "Pagato dagli iscritti 29,00 € Netto, per i periodi in corso; già pagato per periodi futuri: 29,00 €",
		"29,00 € netti per i periodi in corso, 29,00 € già pagati per periodi futuri", "5,00 € poi 5,00 €", "Totale 2 2 GB di spazio, 3 × Multiutente 29,00 € per periodi futuri 29,00 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/servizi/1").must(200).says("Pagato per il periodo 5,00 € netti già pagati per periodi futuri 5,00 €")
	if csv := string(v.get("/servizi/esporta?formato=csv").must(200).body); !strings.Contains(csv, ";2;5,00;5,00;5,00;") {
		t.Errorf("export: %s", csv)
	}
	s.on("2018-10-02")
	if _, err := s.office.Renew(context.Background(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	s.as(ReadOnly).get("/servizi").must(200).says("Pagato dagli iscritti 29,00 € Netto, per i periodi in corso").saysNot("già pagato per periodi futuri:")
}

// TestArchiveThatWasBoughtIsShown beside the kind's own: 3 + 2 GB.
func TestArchiveThatWasBoughtIsShown(t *testing.T) {
	s := areaSite(t, strings.NewReplacer(`"base_inbox_gb": 1`, `"base_inbox_gb": 1, "base_archive_gb": 3`,
		`"products": [`, `"products": [{"code": "archive_gb", "name": "Conservazione", "unit": "GB", "yearly_price": "4.00", "kinds": ["standard"]},`).Replace(fullYearAgreement))
	s.as(Member).get("/area").must(200).says("Inoltre 3 GB di archivio, compresi nella tipologia.")
	s.pays(5000)
	if _, err := s.office.Order(context.Background(), "prova", office.Purchase{Address: s.address, Product: "archive_gb", Quantity: 2}); err != nil {
		t.Fatal(err)
	}
	s.buys(1)
	told := "Inoltre 5 GB di archivio: 3 GB compresi nella tipologia, 2 GB acquistati."
	for _, page := range []string{"/caselle/gestore", servicesToActivate} {
		s.as(Secretariat).get(page).must(200).says("aggiuntivo 2 GB, totale 5 GB")
	}
	s.as(Treasurer).get("/caselle/gestore/colonne").must(200).says("Quantità con la base", "Del servizio in tutto: quanto ne ha già la tipologia", "Spazio aggiuntivo: solo i GB acquistati")
	s.as(Member).get("/area").must(200).says("2 GB in tutto", told)
	v := s.as(Secretariat)
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("2 GB in tutto", told)
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("2 GB, archivio 5 GB")
	v.get("/servizi").must(200).says("1 iscritto: 1 GB di spazio, 2 GB di Conservazione")
}

// TestAtRiskListSaysHowMuchIsMissing, net and gross, and leads to the payment.
func TestAtRiskListSaysHowMuchIsMissing(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	v := s.as(Treasurer)
	v.get("/servizi/a-rischio").must(200).says("Nessun servizio a rischio", "Fino al 13/09/2018 il credito basta")
	s.on("2018-07-03") // 90 days before 01/10/2018
	v = s.as(Treasurer)
	a := v.get("/servizi/a-rischio").must(200)
	// 4,40 € gross are 3,61 € net: 3,61 + 0,79.
	a.says("Fino al 01/10/2018 1 servizio cesserà per mancanza di credito: a 1 iscritto mancano 4,40 €",
		"Morandi Elena "+s.address+" 01/10/2018 fra 90 giorni 2 GB in più 5,00 € 6,10 € 1,70 € 3,61 € 4,40 € Registra", "Totale 1 servizio 3,61 € 4,40 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(string(a.body), fmt.Sprintf(`href="/credito/nuovo?iscritto=%d&amp;manca=4%%2C40"`, s.member)) {
		t.Error("no way to register what is missing")
	}
	s.as(ReadOnly).get("/servizi/a-rischio").must(200).saysNot("Registra")
	if csv := string(v.get("/servizi/a-rischio/esporta?formato=csv").must(200).body); !strings.Contains(csv, "Morandi Elena;A15266;elena.morandi@pec.ordine.example;01/10/2018;2\u00a0GB in più;5,00;1,10;6,10;1,70;0,00;3,61;4,40") {
		t.Errorf("export: %s", csv)
	}
	s.as(Member).get("/servizi/a-rischio").must(403)
}

// TestServicesExportIsWhatIsListed, under the filters of the page.
func TestServicesExportIsWhatIsListed(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	v := s.as(Treasurer)
	csv := string(v.get("/servizi/esporta?formato=csv").must(200).body)
	if !strings.Contains(csv, "Morandi Elena;A15266;elena.morandi@pec.ordine.example;Spazio Extra Inbox;2;5,00;5,00;0,00;15/06/2018;01/10/2018;Acquistato qui;sì;2;Cessa;credito insufficiente;0,00;1,70;4,40;") {
		t.Errorf("export: %s", csv)
	}
	if csv := string(v.get("/servizi/esporta?formato=csv&acquistato=provider").must(200).body); strings.Contains(csv, "Morandi") {
		t.Errorf("the filter is not in the export: %s", csv)
	}
	book := v.get("/servizi/esporta").must(200)
	if book.header.Get("Content-Type") != mimeXLSX || !strings.HasPrefix(string(book.body), "PK") {
		t.Errorf("no workbook: %s", book.header.Get("Content-Type"))
	}
}

// TestServicesBoughtAtTheProviderAreShownAsItStatesThem: nothing is said of a
// credit that lives there.
func TestServicesBoughtAtTheProviderAreShownAsItStatesThem(t *testing.T) {
	s := areaSite(t, soldElsewhere)
	v := s.as(ReadOnly)
	v.get("/servizi").must(200).says("Gli iscritti acquistano presso il gestore.", "Non è ancora stato importato nessun suo estratto")
	v.get("/servizi/a-rischio").must(200).says("Il credito sta presso il gestore")
	s.write(func(tx *db.Tx) error {
		batch, err := tx.AddBatch("services", "estratto.csv", "00")
		if err != nil {
			return err
		}
		_, err = tx.AddService(db.ServiceRow{Service: pec.Service{
			MailboxID: s.mailbox, Product: pec.InboxGB, Quantity: 2, StartedOn: pec.Day("2018-01-10"), ExpiresOn: pec.Day("2018-10-01"), Source: pec.SoldByProvider,
		}, ProductName: "Spazio Extra Inbox", Net: 500, BatchID: batch})
		return err
	})
	a := v.get("/servizi").must(200)
	a.says("l’ultimo importato è «estratto.csv», del 15/06/2018", "Presso il gestore, dal 10/01/2018 2 GB – 5,00 € 01/10/2018 – Lo decide il gestore lo dirà il prossimo estratto – –").saysNot("A rischio entro")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/servizi?acquistato=ordine").must(200).says("Nessun servizio con questi filtri")
}

// Of two services of one mailbox the credit of 6,10 € renews the first, 2 GB, and
// lacks 3,05 € for the second: the sum stands where something ends for want of it.
func TestWhatIsMissingStandsWhereSomethingEnds(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1525)
	s.buys(2)
	s.buys(1)
	a := s.as(Secretariat).get("/servizi").must(200).says("6,10 € – ", "6,10 € 3,05 €", "Si legge sulle righe che per questo cessano").saysNot("è lo stesso su ogni riga")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
}
