package pec

import (
	"strings"
	"testing"
)

func TestWaitingOrderKeepsItsPriceThirtyDaysOrUntilE(t *testing.T) {
	for _, row := range []struct{ ordered, expires, want string }{
		{"2018-01-10", "2018-10-12", "2018-02-10"}, // payable through 9 February, the thirtieth day after
		{"2018-09-20", "2018-10-12", "2018-10-12"}, // E comes first
		{"2018-09-11", "2018-10-12", "2018-10-12"}, // both on the same day
		{"2018-09-10", "2018-10-12", "2018-10-11"},
		{"2024-01-30", "2024-10-12", "2024-03-01"}, // 29 days of February
	} {
		w := WaitingOrder{OrderedOn: Day(row.ordered)}
		if got := w.LapsesOn(Day(row.expires)); got != Day(row.want) {
			t.Errorf("ordered on %s with E %s it lapses on %s, want %s", row.ordered, row.expires, got, row.want)
		}
	}
}

func TestReversalTakesWhatIsThere(t *testing.T) {
	for _, row := range []struct{ amount, credit, taken, claim Cents }{
		{1000, 1000, 1000, 0}, {1000, 5000, 1000, 0}, {1000, 305, 305, 695}, {1000, 0, 0, 1000},
	} {
		taken, claim := ReversalSplit(row.amount, row.credit)
		if taken != row.taken || claim != row.claim {
			t.Errorf("%s back from %s: takes %s, claims %s", row.amount, row.credit, taken, claim)
		}
	}
}

func TestMethods(t *testing.T) {
	unique := map[TopUpMethod]bool{ByCard: true, ByPagoPA: true, ByBankTransfer: false, ByCounter: false}
	for _, m := range TopUpMethods {
		if !m.Known() || m.UniqueReference() != unique[m] {
			t.Errorf("%s: known %v, unique %v", m, m.Known(), m.UniqueReference())
		}
	}
	for _, m := range []TopUpMethod{"", "cash", "PAGOPA", "bonifico"} {
		if m.Known() {
			t.Errorf("%q is known", m)
		}
	}
}

func TestEveryWordHasItsItalian(t *testing.T) {
	words := map[string]string{}
	add := func(code, italian string) { words[code] = italian }
	for _, s := range []MailboxStatus{MailboxRequested, MailboxSent, MailboxActive, MailboxSuspended, MailboxRejected, MailboxClosed} {
		add(string(s), s.Italian())
	}
	for _, s := range MemberStatuses {
		add("member "+string(s), s.Italian())
	}
	for _, s := range []OrderState{OrderAwaitingPayment, OrderCompleted, OrderCancelled, OrderLapsed} {
		add("order "+string(s), s.Italian())
	}
	for _, k := range []EntryKind{EntryTopUp, EntryOrder, EntryReversal, EntryRefund, EntryClaim} {
		add("entry "+string(k), k.Italian())
	}
	for _, r := range []CloseReason{CloseLeaver, CloseNotRenewed} {
		add(string(r), r.Italian())
	}
	for _, r := range []EndReason{EndNoCredit, EndRenewalOff, EndClaim, EndMailboxClosed, EndProductGone, EndSoldElsewhere, EndNotInFile} {
		add("end "+string(r), r.Italian())
	}
	for code, italian := range words {
		if italian == "" || italian == code || len(code) > len(italian) && code[len(code)-len(italian):] == italian {
			t.Errorf("%q is called %q", code, italian)
		}
	}
}

// What is missing can be added up by who reads it.
func TestLackTellsHowItIsMadeUp(t *testing.T) {
	for _, row := range []struct {
		lack    Lack
		missing Cents
		sum     string
	}{
		{Lack{Waiting: 5490, Orders: 1, Price: 1952, Credit: 268}, 7174, "54,90 € per un ordine in attesa + 19,52 € per questo ordine − 2,68 € di credito = 71,74 €"},
		{Lack{Claim: 800, Waiting: 610, Orders: 2, Price: 305, Other: 305}, 2020, "8,00 € da restituire all’Ordine + 6,10 € per 2 ordini in attesa + 3,05 € per questo ordine + 3,05 € di altri rinnovi fino a quel giorno = 20,20 €"},
		{Lack{Price: 610, Credit: 170}, 440, "6,10 € per questo ordine − 1,70 € di credito = 4,40 €"},
		{Lack{Price: 610}, 610, ""},
		{Lack{Price: 610, Credit: 700}, 0, "6,10 € per questo ordine − 7,00 € di credito = 0,00 €"},
	} {
		if got := strings.ReplaceAll(row.lack.Sum("per questo ordine"), "\u00a0", " "); row.lack.Missing() != row.missing || got != row.sum {
			t.Errorf("%+v: %s, %q", row.lack, row.lack.Missing(), got)
		}
	}
}
