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

// lowers chooses less of the mailbox's only service from the next renewal on.
func (s *testSite) lowers(to int) {
	s.t.Helper()
	if err := s.office.ChangeService(context.Background(), "prova", office.ServiceChange{ServiceID: s.services()[0].ID, AutoRenew: true, NextQuantity: to}); err != nil {
		s.t.Fatal(err)
	}
}

// TestQuantityLoweredByARenewalPaidAhead: 2 GB, of which an order renews 1 from
// 01/10/2018 to 01/10/2019: both periods are told until the second begins.
func TestQuantityLoweredByARenewalPaidAhead(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	s.pays(20_000)
	s.buys(2)
	s.lowers(1)
	began := s.services()[0].StartedOn.Italian()
	if _, err := s.office.OrderRenewal(context.Background(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Years: 1}, RecipientCode: "ABC1234"}); err != nil {
		t.Fatal(err)
	}
	s.as(Member).get("/area").must(200).says("Dal " + began + ": 2 GB fino al 01/10/2018, poi 1 GB fino al 01/10/2019.").saysNot("Dal " + began + " al 01/10/2019")
	s.as(ReadOnly).get("/servizi").must(200).says("2 GB fino al 01/10/2018, poi 1 GB", "01/10/2019").saysNot("Per 1 GB")
	s.as(ReadOnly).get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("In arrivo", "Comincia il periodo già pagato Pagato fino al 01/10/2019. 2 GB in più: da allora 1 GB.")
	s.on("2018-10-02")
	if _, err := s.office.Renew(context.Background(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	s.as(Member).get("/area").must(200).says("Dal " + began + " al 01/10/2019.").saysNot("poi 1 GB")
	s.as(ReadOnly).get("/servizi").must(200).saysNot("poi 1 GB")
	s.as(ReadOnly).get(fmt.Sprint("/caselle/", s.mailbox)).must(200).saysNot("Comincia il periodo già pagato")
	s.sound()
}

// TestLoweredServiceThatLacksCreditSaysItsQuantity: 2 GB bought for 6,10 €, 1 GB of
// them to be renewed for 3,05 €, and no credit left.
func TestLoweredServiceThatLacksCreditSaysItsQuantity(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(6_10)
	s.buys(2)
	s.as(Member).get("/area").must(200).says("Il rinnovo del 01/10/2018 costa 6,10 €, IVA compresa.")
	s.lowers(1)
	s.as(Member).get("/area").must(200).says("Il rinnovo del 01/10/2018 con 1 GB costa 3,05 €, IVA compresa.")
	s.on("2018-09-01")
	if _, err := s.office.TellShort(context.Background(), "prova", pec.Day("2018-10-01"), []int64{s.member}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.office.RaiseNotices(context.Background(), "prova", false); err != nil {
		t.Fatal(err)
	}
	s.look(func(tx *db.ReadTx) error {
		for kind, want := range map[pec.MessageKind]string{
			pec.MessageCreditShort: "2 GB in più, che si rinnoverebbero con 1 GB, casella " + s.address + ", il 01/10/2018",
			pec.MessageNotice:      "2 GB in più cessano: credito insufficiente; si rinnoverebbero con 1 GB.",
		} {
			list, err := tx.MessageList(db.MessageFilter{Kind: kind, Limit: 1})
			if err != nil {
				return err
			}
			if len(list) != 1 || !strings.Contains(plainSpaces(list[0].Letter.Text), want) {
				t.Errorf("%s: %+v", kind, list)
			}
		}
		return nil
	})
}
