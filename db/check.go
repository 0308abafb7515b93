package db

import "fmt"

// Check looks for what can never be: damage to the file, sums that do not add
// up, periods with gaps or overlaps, charges twice or missing, numbers with
// gaps, a search index behind the register. It returns what it finds, each in
// one Italian sentence.
func (tx *ReadTx) Check() ([]string, error) {
	var found []string
	for _, c := range checks {
		rows, err := all(tx, func(row scanner) (string, error) {
			var s string
			return s, row.Scan(&s)
		}, c.query)
		if err != nil {
			return found, fmt.Errorf("checking: %w", err)
		}
		for _, r := range rows {
			found = append(found, fmt.Sprintf(c.sentence, r))
		}
	}
	return found, nil
}

// checks are queries that return a row for each thing that is wrong.
var checks = []struct{ sentence, query string }{
	{"Il file è danneggiato: %s.",
		`SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`},
	{"Un riferimento tra le tabelle è rotto: %s.",
		`SELECT "table" || ', riga ' || rowid FROM pragma_foreign_key_check`},
	{"Il credito dell’iscritto %s non è la somma dei suoi movimenti.",
		`SELECT member_id FROM ledger l GROUP BY member_id
		 HAVING SUM(amount_cents) <> (SELECT balance_cents FROM ledger x WHERE x.member_id = l.member_id ORDER BY seq DESC LIMIT 1)`},
	{"Dopo il movimento %s il saldo non torna.",
		`SELECT id FROM (SELECT id, balance_cents, SUM(amount_cents) OVER (PARTITION BY member_id ORDER BY seq) AS total FROM ledger) WHERE balance_cents <> total`},
	{"Dopo il movimento %s il saldo è negativo.",
		`SELECT id FROM ledger WHERE balance_cents < 0`},
	{"I movimenti dell’iscritto %s non sono numerati senza salti.",
		`SELECT member_id FROM ledger GROUP BY member_id HAVING MAX(seq) <> COUNT(*)`},
	{"I movimenti dell’iscritto %s non sono in ordine di giorno.",
		`SELECT DISTINCT member_id FROM (SELECT member_id, day_on, LAG(day_on) OVER (PARTITION BY member_id ORDER BY seq) AS before_on FROM ledger) WHERE day_on < before_on`},
	{"Il credito da recuperare dell’iscritto %s è negativo.",
		`SELECT member_id FROM claims GROUP BY member_id HAVING SUM(amount_cents) < 0`},
	{"La ricarica %s non ha il suo movimento.",
		`SELECT t.id FROM topups t LEFT JOIN ledger l ON l.topup_id = t.id AND l.kind = 'topup' AND l.amount_cents = t.amount_cents AND l.member_id = t.member_id WHERE l.id IS NULL`},
	{"L’ordine %s è completato ma non pagato per intero.",
		`SELECT o.id FROM orders o LEFT JOIN ledger l ON l.order_id = o.id WHERE o.state = 'completed' AND COALESCE(-l.amount_cents, 0) <> o.gross_cents`},
	{"L’ordine %s è stato pagato senza essere completato.",
		`SELECT o.id FROM orders o JOIN ledger l ON l.order_id = o.id WHERE o.state <> 'completed'`},
	{"L’ordine %s non è la somma delle sue righe.",
		`SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
		 HAVING o.net_cents <> COALESCE(SUM(l.net_cents), -1) OR o.vat_cents <> SUM(l.vat_cents) OR o.gross_cents <> SUM(l.gross_cents)`},
	{"I numeri degli ordini del %s hanno un salto.",
		`SELECT number_year FROM orders WHERE number IS NOT NULL GROUP BY number_year HAVING MAX(number) <> COUNT(*) OR MIN(number) <> 1`},
	{"I periodi della casella %s hanno un vuoto o si sovrappongono.",
		`SELECT DISTINCT address FROM (SELECT b.address, p.starts_on, LAG(p.ends_on) OVER (PARTITION BY p.mailbox_id ORDER BY p.starts_on) AS before_on
		 FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id) WHERE before_on IS NOT NULL AND before_on <> starts_on`},
	{"La casella %s non ha un periodo che arrivi alla sua scadenza.",
		`SELECT b.address FROM mailboxes b WHERE b.status IN ('active', 'suspended')
		 AND NOT EXISTS (SELECT 1 FROM periods p WHERE p.mailbox_id = b.id AND p.ends_on = b.expires_on AND p.starts_on = (SELECT MAX(starts_on) FROM periods x WHERE x.mailbox_id = b.id))`},
	{"Il primo periodo della casella %s non comincia con l’attivazione.",
		`SELECT b.address FROM mailboxes b JOIN periods p ON p.mailbox_id = b.id WHERE p.origin = 'activation' AND p.starts_on <> b.activated_on`},
	{"Il periodo %s è a carico dell’Ordine e non ha il suo costo.",
		`SELECT b.address || ' dal ' || p.starts_on FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id
		 LEFT JOIN charges c ON c.period_id = p.id
		 JOIN agreements a ON a.starts_on = (SELECT MAX(starts_on) FROM agreements WHERE starts_on <= p.starts_on)
		 WHERE p.origin <> 'imported' AND c.id IS NULL
		 AND EXISTS (SELECT 1 FROM json_each(a.document, '$.kinds') k WHERE k.value ->> 'code' = b.kind AND k.value ->> 'paid_by' = 'ordine') AND b.auto_renew = 1`},
	{"Il costo %s non comincia con il suo periodo.",
		`SELECT c.id FROM charges c JOIN periods p ON p.id = c.period_id WHERE c.starts_on <> p.starts_on OR c.mailbox_id <> p.mailbox_id OR p.origin = 'imported'`},
	{"Il servizio %s è attivo su una casella che non lo è.",
		`SELECT s.id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.ended_on IS NULL AND b.status NOT IN ('active', 'suspended')`},
	{"Il servizio %s non scade con la sua casella.",
		`SELECT s.id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.ended_on IS NULL AND s.source = 'ordine' AND s.expires_on <> b.expires_on`},
	{"Il servizio %s non ha un ordine completato.",
		`SELECT s.id FROM services s WHERE s.source = 'ordine' AND NOT EXISTS (SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.service_id = s.id AND o.state = 'completed')`},
	{"La ricerca non è aggiornata per l’iscritto %s.",
		`SELECT v.id FROM members_search v LEFT JOIN members_fts f ON f.rowid = v.id WHERE f.rowid IS NULL OR f.text <> v.text`},
	{"La ricerca ha una voce in più: %s.",
		`SELECT f.rowid FROM members_fts f LEFT JOIN members m ON m.id = f.rowid WHERE m.id IS NULL`},
}
