package office_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// newProStudio is a studio where Mario's mailbox is Pro until 12/10/2018: 24,40 €
// a year with the tax.
func newProStudio(t *testing.T) *studio {
	t.Helper()
	s := newStudio(t, withPro)
	s.topUp(s.box, 1830)
	s.wishes(s.box, "pro", 0, 0)
	return s
}

func (s *studio) renews(years int, key string) (office.RenewalOrdered, error) {
	return s.OrderRenewalAsGuest(ctx, as(s.guest), office.GuestRenewal{AccessID: s.access, Guest: s.guest, Years: years, RequestKey: key, Accepted: pec.TermCodes()})
}

// Two years at 20,00 € are 48,80 € with the tax, of the 50,00 € that Anna has;
// three would be 73,20 €.
func TestGuestRenewsForTheHolderAtTheHoldersPrice(t *testing.T) {
	s := newProStudio(t)
	s.topUp(s.mine, 5000)
	invoices := pec.Recipient{Code: "ABC1234"}
	s.must(s.DB.Write(ctx, s.stamp(), func(tx *db.Tx) error { return tx.SetRecipient(s.holder, invoices) }))
	price := pec.Cents(4880)
	wish := office.GuestRenewal{AccessID: s.access, Guest: s.guest, Years: 2, RequestKey: "modulo", Seen: &price}
	_, err := s.OrderRenewalAsGuest(ctx, as(s.guest), wish)
	s.refuses("terms_missing", err) // the guest's own acceptance (R17)
	wish.Accepted = pec.TermCodes()
	old := pec.Cents(4000)
	stale := wish
	stale.Seen = &old
	_, err = s.OrderRenewalAsGuest(ctx, as(s.guest), stale)
	s.refuses("price_changed", err)
	_, err = s.renews(3, "")
	if p := s.refuses("credit_short", err); !strings.Contains(p.Message, "mancano 23,20") {
		t.Errorf("%+v", p)
	}
	for _, years := range []int{-1, 0, 6} {
		_, err = s.renews(years, "")
		s.refuses("term_not_offered", err)
	}
	s.expect(s.mine, "active to 2018-10-12, credit 50.00")
	s.expect(s.box, "active to 2018-10-12, credit 0.00")

	done, err := s.OrderRenewalAsGuest(ctx, as(s.guest), wish)
	s.must(err)
	again, err := s.OrderRenewalAsGuest(ctx, as(s.guest), wish)
	s.must(err)
	if !again.Repeated || again.Order.ID != done.Order.ID || done.Repeated {
		t.Errorf("%+v then %+v", done, again)
	}
	if o := done.Order; o.MemberID != s.holder || o.EnteredBy != as(s.guest) || o.Number() != "2017/000002" || o.Kind != pec.OrderRenewal || done.ExpiresOn != pec.Day("2020-10-12") {
		t.Errorf("%+v until %s", o, done.ExpiresOn)
	}
	s.expect(s.mine, "active to 2018-10-12, credit 1.20")
	s.expect(s.box, "active to 2020-10-12, credit 0.00")
	s.expectLedger(s.mine, "2017-12-07 topup 50.00 = 50.00", "2017-12-07 transfer -48.80 = 1.20")
	s.expectLedger(s.box, "2017-12-07 topup 18.30 = 18.30", "2017-12-07 order -18.30 = 0.00 2017/000001",
		"2017-12-07 transfer 48.80 = 48.80", "2017-12-07 order -48.80 = 0.00 2017/000002")
	if got := s.reasons(s.box)[2]; got != "Ricevuto da Bianchi Anna per la casella "+s.box+": rinnovo fino al 12/10/2020" {
		t.Errorf("%q", got)
	}
	s.must(s.DB.Read(ctx, func(tx *db.ReadTx) error {
		order, _, err := tx.RenewalOrder(done.Order.ID)
		if order.Recipient != invoices || order.Holder != "Rossi Mario" {
			t.Errorf("invoiced to %+v", order)
		}
		accepted, failed := tx.Accepted(s.holder, pec.TermsVersion)
		mine, failedToo := tx.Accepted(s.guest, pec.TermsVersion)
		if mine != len(pec.Terms) || accepted != 0 {
			t.Errorf("%d accepted by the guest, %d by the holder", mine, accepted)
		}
		return errors.Join(err, failed, failedToo)
	}))
	s.topUp(s.mine, 5000)
	_, err = s.renews(1, "")
	s.refuses("already_renewed", err)
	s.sound()
	s.expectSound()
}

// A holder who never said where invoices go has said nothing by a guest's order.
func TestGuestsRenewalLeavesTheHoldersData(t *testing.T) {
	s := newProStudio(t)
	s.must(s.DB.Write(ctx, s.stamp(), func(tx *db.Tx) error { return tx.SetRecipient(s.holder, pec.Recipient{}) }))
	s.topUp(s.mine, 2440)
	done, err := s.renews(1, "")
	s.must(err)
	s.must(s.DB.Read(ctx, func(tx *db.ReadTx) error {
		order, _, err := tx.RenewalOrder(done.Order.ID)
		kept, failed := tx.Recipient(s.holder)
		if order.Recipient.Code != pec.NoChannel || kept != (pec.Recipient{}) {
			t.Errorf("invoiced to %+v, kept %+v", order.Recipient, kept)
		}
		return errors.Join(err, failed)
	}))
	s.sound()
}

func TestGuestRenewsOnlyWhatWaitsForAnOrder(t *testing.T) {
	for _, row := range []struct {
		name   string
		before func(*studio)
		code   string
	}{
		{"what the Ordine renews", func(s *studio) { *s = *newStudio(t, withPro); s.topUp(s.mine, 5000) }, "renews_by_itself"},
		{"the holder owes", func(s *studio) {
			payment := s.topUp(s.box, 305)
			s.completed(s.box, 1, 305)
			_, _, err := s.ReverseTopUp(ctx, "prova", payment.EntryID, nil, "assegno scoperto")
			s.must(err)
		}, "holder_first"},
		{"a renewal waits", func(s *studio) { s.wishes(s.box, "pro", 1, 0) }, "holder_first"},
		{"a purchase waits", func(s *studio) { s.waits(s.box, 1, 305, 305) }, "holder_first"},
		{"the holder chose another kind", func(s *studio) { s.must(s.ChooseKind(ctx, as(s.holder), s.box, "standard", s.holder)) }, "holder_first"},
		{"on its expiry", func(s *studio) { s.on("2018-10-12") }, "mailbox_expired"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newProStudio(t)
			s.topUp(s.mine, 5000)
			row.before(s)
			_, err := s.renews(1, "")
			if p := s.refuses(row.code, err); strings.Contains(p.Message, "€") || p.Field == "kind" {
				t.Errorf("%+v", p)
			}
			s.expectLedger(s.mine, "2017-12-07 topup 50.00 = 50.00")
			s.sound()
		})
	}
}

// Of eight clicks one renews, whether they are of one form or not.
func TestEightAtOnceRenewOnce(t *testing.T) {
	s := newProStudio(t)
	s.topUp(s.mine, 20000)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, err := s.renews(1, []string{"modulo", ""}[i%2])
			if err != nil && pec.AsProblem(err).Code != "already_renewed" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.expect(s.box, "active to 2019-10-12, credit 0.00")
	s.expectLedger(s.mine, "2017-12-07 topup 200.00 = 200.00", "2017-12-07 transfer -24.40 = 175.60")
	s.sound()
	s.expectSound()
}
