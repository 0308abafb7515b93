package pec

import (
	"strings"
	"testing"
)

func spaceWaits(id int64, gb int, on string) WaitingOrder {
	return WaitingOrder{ID: id, MailboxID: 1, Product: InboxGB, Quantity: gb, OrderedOn: Day(on)}
}

// TestDoubtsAboutAPurchase: 1 GB of at most 5, so that 4 may be added.
func TestDoubtsAboutAPurchase(t *testing.T) {
	top := 5
	a := Agreement{Kinds: []Kind{{Code: "standard", BaseInboxGB: 1, MaxInboxGB: &top}, {Code: "pro", BaseInboxGB: 10}}}
	inbox, users := Product{Code: InboxGB, Unit: "GB"}, Product{Code: "user", Name: "Multiutente", Unit: "utente"}
	done, waits := OrderMade{ID: 12, Number: "2026/000012", Own: true}, OrderMade{ID: 13, Own: true}
	for _, row := range []struct {
		what     string
		product  Product
		quantity int
		kind     string
		extra    int
		waiting  []WaitingOrder
		same     []OrderMade
		asked    string
		says     string // of what is asked and told
	}{
		{"the first of the day", inbox, 2, "standard", 0, nil, nil, "", ""},
		{"the same again", inbox, 2, "standard", 0, nil, []OrderMade{done}, "12",
			"Oggi ha già acquistato 2 GB per questa casella (ordine 2026/000012): conferma un secondo acquisto?"},
		{"the same while the first waits", users, 1, "standard", 0, nil, []OrderMade{waits}, "13",
			"Oggi ha già ordinato 1 × Multiutente per questa casella (ordine in attesa di pagamento): conferma un secondo acquisto?"},
		{"a third time", inbox, 1, "standard", 0, nil, []OrderMade{done, {ID: 14, Number: "2026/000013", Own: true}}, "12,14",
			"Oggi ha già acquistato 1 GB, 2 volte, per questa casella (ordine 2026/000013): conferma un altro acquisto?"},
		{"bought by the secretariat", inbox, 2, "standard", 0, nil, []OrderMade{{ID: 12, Number: "2026/000012"}}, "12",
			"Oggi risulta già l’acquisto di 2 GB per questa casella (ordine 2026/000012): conferma un secondo acquisto?"},
		{"bought by somebody whose orders are not shown", inbox, 2, "standard", 0, nil, []OrderMade{{ID: 12, Number: "2026/000012", Hidden: true}}, "12",
			"Oggi risulta già l’acquisto di 2 GB per questa casella: conferma un secondo acquisto?"},
		{"3 GB beside 3 that wait: 6 of 4", inbox, 3, "standard", 0, []WaitingOrder{spaceWaits(7, 3, "2026-06-01")}, nil, "7",
			"Un ordine in attesa di 3 GB del 01/06/2026 occuperà già 3 GB dei 4 che si possono ancora aggiungere: con questi sarebbero 6, perciò dei due ordini se ne può completare uno solo. Quello che non ci sta più si annulla quando è pagato, e il suo importo resta credito. Se vuole questo acquisto al posto di quello in attesa, prima annulli quello in attesa."},
		{"1 GB beside 3 that wait: 4 of 4", inbox, 1, "standard", 0, []WaitingOrder{spaceWaits(7, 3, "2026-06-01")}, nil, "",
			"Un ordine in attesa di 3 GB del 01/06/2026 occuperà già 3 GB dei 4 che si possono ancora aggiungere: con questi sono 4."},
		{"2 GB beside 2 and 1 that wait", inbox, 2, "standard", 0, []WaitingOrder{spaceWaits(7, 2, "2026-06-01"), spaceWaits(8, 1, "2026-06-02")}, nil, "7,8",
			"Gli ordini in attesa di 2 GB del 01/06/2026 e di 1 GB del 02/06/2026 occuperanno già 3 GB dei 4 che si possono ancora aggiungere: con questi sarebbero 5, perciò gli ordini non si possono completare tutti. Quello che non ci sta più si annulla quando è pagato, e il suo importo resta credito. Se vuole questo acquisto al posto di quelli in attesa, prima annulli quelli in attesa."},
		{"what waits does not fit any more itself", inbox, 1, "standard", 3, []WaitingOrder{spaceWaits(7, 3, "2026-06-01")}, nil, "", ""},
		{"no cap", inbox, 30, "pro", 0, []WaitingOrder{spaceWaits(7, 30, "2026-06-01")}, nil, "", ""},
		{"not inbox space", users, 30, "standard", 0, []WaitingOrder{spaceWaits(7, 4, "2026-06-01")}, nil, "", ""},
		{"the same again, and too much", inbox, 3, "standard", 0, []WaitingOrder{spaceWaits(13, 3, "2026-06-01")}, []OrderMade{waits}, "13",
			"Oggi ha già ordinato 3 GB per questa casella (ordine in attesa di pagamento): conferma un secondo acquisto? Un ordine in attesa di 3 GB"},
	} {
		b := Book{Mailboxes: []Mailbox{{ID: 1, Kind: row.kind}}, Waiting: row.waiting}
		if row.extra > 0 {
			b.Services = []Service{{MailboxID: 1, Product: InboxGB, Quantity: row.extra}, {MailboxID: 2, Product: InboxGB, Quantity: 9}}
		}
		d := b.Doubt(a, 1, row.product, row.quantity, row.same)
		said := strings.ReplaceAll(strings.TrimSpace(d.Again()+" "+d.Crowd()+d.Beside()), "\u00a0", " ")
		if d.Asked() != row.asked || !strings.HasPrefix(said, row.says) || row.says == "" && said != "" {
			t.Errorf("%s: asks about %q and says %q", row.what, d.Asked(), said)
		}
		if p := d.Refuse(""); (p != nil) != (row.asked != "") {
			t.Errorf("%s: refused with %v", row.what, p)
		}
		if p := d.Refuse(row.asked); p != nil {
			t.Errorf("%s: refused although confirmed: %v", row.what, p)
		}
	}
}

// TestSpaceThatWaitsForAKindToCome: on E the mailbox becomes one with less room,
// and what is bought goes on with it.
func TestSpaceThatWaitsForAKindToCome(t *testing.T) {
	ten, four := 10, 4
	a := Agreement{Kinds: []Kind{{Code: "pro", BaseInboxGB: 1, MaxInboxGB: &ten}, {Code: "standard", BaseInboxGB: 1, MaxInboxGB: &four}}}
	b := Book{Mailboxes: []Mailbox{{ID: 1, Kind: "pro", NextKind: "standard"}}, Waiting: []WaitingOrder{spaceWaits(7, 2, "2026-06-01")}}
	if d := b.Doubt(a, 1, Product{Code: InboxGB}, 2, nil); d.Free != 3 || !d.Crowded() {
		t.Errorf("%d GB may be added, crowded %v; the kind to come has room for 3", d.Free, d.Crowded())
	}
}
