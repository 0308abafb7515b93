package db

import "fmt"

// Check looks for what can never be: damage to the file, sums that do not add
// up, periods with gaps or overlaps, charges twice or missing, numbers with
// gaps, a search index behind the register. It returns what it finds, each in
// one Italian sentence.
func (tx *ReadTx) Check() ([]string, error) {
	// A search makes FTS5 look at what other connections have written since; its
	// own integrity check does not, and finds damage where there is none.
	if _, err := value[int64](tx, `SELECT rowid FROM members_fts LIMIT 1`); err != nil {
		return nil, fmt.Errorf("checking: %w", err)
	}
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

// serviceIsImported holds for the space that a list of mailboxes told of: paid
// at the provider, until the end of the period that the list told of too. From
// then on it is renewed by an order like any other.
const serviceIsImported = `s.product = 'inbox_gb' AND s.net_cents = 0
	AND EXISTS (SELECT 1 FROM import_batches i WHERE i.id = s.batch_id AND i.kind = 'mailboxes')
	AND EXISTS (SELECT 1 FROM periods p WHERE p.mailbox_id = s.mailbox_id AND p.origin = 'imported' AND p.ends_on = s.expires_on)`

// checks are queries that return a row for each thing that is wrong.
var checks = []struct{ sentence, query string }{
	{"Il file è danneggiato: %s.",
		`SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`},
	{"Un riferimento tra le tabelle è rotto: %s.",
		`SELECT "table" || ', riga ' || rowid FROM pragma_foreign_key_check`},
	{"Il file «%s» di un documento non è intero.",
		`SELECT name FROM document_files f JOIN documents d ON d.id = f.document_id AND d.state = 'ready' WHERE size <> (SELECT COALESCE(SUM(length(data)), 0) FROM document_pieces p WHERE p.file_id = f.id)`},
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
	{"La posizione unita %s ha ancora una casella, un credito o un ordine in attesa.",
		`SELECT m.id FROM members m WHERE m.merged_into IS NOT NULL AND (EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id)
		 OR EXISTS (SELECT 1 FROM orders o WHERE o.member_id = m.id AND o.state = 'awaiting_payment')
		 OR (SELECT COALESCE(SUM(amount_cents), 0) FROM ledger l WHERE l.member_id = m.id) <> 0
		 OR (SELECT COALESCE(SUM(amount_cents), 0) FROM claims c WHERE c.member_id = m.id) <> 0)`},
	{"La posizione unita %s porta a una che non c’è più.",
		`SELECT m.id FROM members m JOIN members x ON x.id = m.merged_into WHERE x.merged_into IS NOT NULL OR x.id = m.id`},
	{"Il passaggio di credito %s non ha il suo opposto.",
		`SELECT l.id FROM ledger l WHERE l.kind = 'transfer' AND NOT EXISTS (SELECT 1 FROM ledger r
		 WHERE r.kind = 'transfer' AND r.amount_cents = -l.amount_cents AND r.day_on = l.day_on
		 AND CASE WHEN l.amount_cents > 0 THEN r.id = l.reverses_id ELSE r.reverses_id = l.id END)`},
	{"Il passaggio di credito %s non è di una posizione unita né di chi paga una casella affidata.",
		`SELECT l.id FROM ledger l JOIN ledger r ON r.id = l.reverses_id JOIN members m ON m.id = r.member_id WHERE l.kind = 'transfer' AND m.merged_into IS NULL
		 AND NOT EXISTS (SELECT 1 FROM access_payments p WHERE p.entry_id = r.id)`},
	{"Il pagamento per una casella affidata non è un’uscita di chi lo ha fatto: movimento %s.",
		`SELECT p.entry_id FROM access_payments p JOIN ledger l ON l.id = p.entry_id WHERE l.kind <> 'transfer' OR l.amount_cents >= 0`},
	{"La casella %s è affidata al suo titolare.",
		`SELECT b.address FROM accesses a JOIN mailboxes b ON b.id = a.mailbox_id WHERE a.guest_id = b.member_id AND a.state IN ('asked', 'granted')`},
	{"La ricarica %s non ha il suo movimento.",
		`SELECT t.id FROM topups t LEFT JOIN ledger l ON l.topup_id = t.id AND l.kind = 'topup' AND l.amount_cents = t.amount_cents AND l.member_id = t.member_id WHERE l.id IS NULL`},
	{"Il pagamento %s è registrato più di una volta.",
		`SELECT MIN(t.reference) FROM topups t JOIN ledger l ON l.topup_id = t.id AND l.kind = 'topup' WHERE t.method IN ('card', 'pagopa') AND NOT (` + takenBack + `)
		 GROUP BY t.method, ` + bareKey + ` HAVING COUNT(*) > 1`},
	{"L’ordine %s è completato ma non pagato per intero.",
		`SELECT o.id FROM orders o LEFT JOIN ledger l ON l.order_id = o.id WHERE o.state = 'completed' AND COALESCE(-l.amount_cents, 0) <> o.gross_cents`},
	{"L’ordine %s è stato pagato senza essere completato.",
		`SELECT o.id FROM orders o JOIN ledger l ON l.order_id = o.id WHERE o.state <> 'completed'`},
	{"L’ordine %s non è la somma delle sue righe.",
		`SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
		 HAVING o.net_cents <> COALESCE(SUM(l.net_cents), -1) OR o.vat_cents <> SUM(l.vat_cents) OR o.gross_cents <> SUM(l.gross_cents)`},
	{"I numeri degli ordini del %s hanno un salto.",
		`SELECT number_year FROM orders WHERE number IS NOT NULL GROUP BY number_year HAVING MAX(number) <> COUNT(*) OR MIN(number) <> 1`},
	{"La numerazione delle lettere del %s ha dei salti.",
		`SELECT year FROM letters GROUP BY year HAVING MAX(number) <> COUNT(*)`},
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
		 WHERE p.origin <> 'imported' AND c.id IS NULL AND p.order_id IS NULL
		 AND EXISTS (SELECT 1 FROM json_each(a.document, '$.kinds') k WHERE k.value ->> 'code' = p.kind AND k.value ->> 'paid_by' = 'ordine')`},
	{"Il costo %s non è il prezzo della sua convenzione.",
		`SELECT c.id FROM charges c JOIN periods p ON p.id = c.period_id JOIN agreements a ON a.id = c.agreement_id
		 JOIN json_each(a.document, '$.kinds') k ON k.value ->> 'code' = p.kind
		 WHERE c.net_cents <> CAST(replace(k.value ->> 'yearly_price', '.', '') AS INTEGER) * (substr(p.ends_on, 1, 4) - substr(p.starts_on, 1, 4))`},
	{"Il costo %s è di una convenzione che quel giorno non era in vigore.",
		`SELECT c.id FROM charges c WHERE c.agreement_id <> (SELECT id FROM agreements WHERE starts_on <= c.starts_on ORDER BY starts_on DESC LIMIT 1)`},
	{"L’IVA del costo %s non è quella della sua convenzione.",
		`SELECT c.id FROM charges c JOIN agreements a ON a.id = c.agreement_id
		 WHERE abs(c.vat_cents * 100.0 - c.net_cents * (a.document ->> 'vat_rate')) > 50.001`},
	{"La casella %s è stata attivata e non ha il primo periodo.",
		`SELECT b.address FROM mailboxes b WHERE b.activated_on IS NOT NULL AND b.batch_id IS NULL
		 AND NOT EXISTS (SELECT 1 FROM periods p WHERE p.mailbox_id = b.id AND p.origin = 'activation')`},
	{"Il periodo %s risulta importato, ma la sua casella non lo è.",
		`SELECT p.id FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id WHERE p.origin = 'imported'
		 AND NOT EXISTS (SELECT 1 FROM import_batches i WHERE i.id = b.batch_id AND i.kind = 'mailboxes')`},
	{"Il periodo importato %s non è il primo della sua casella, o comincia prima dell’attivazione.",
		`SELECT p.id FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id WHERE p.origin = 'imported'
		 AND (p.starts_on < b.activated_on OR EXISTS (SELECT 1 FROM periods x WHERE x.mailbox_id = p.mailbox_id AND x.starts_on < p.starts_on))`},
	{"Il periodo %s non finisce in un anniversario dell’attivazione.",
		`SELECT p.id FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id
		 WHERE substr(p.ends_on, 6) <> substr(b.anchor_on, 6) AND NOT (substr(b.anchor_on, 6) = '02-29' AND substr(p.ends_on, 6) = '02-28')`},
	{"La casella %s è stata chiusa prima del suo ultimo periodo.",
		`SELECT b.address FROM mailboxes b WHERE b.closed_on < (SELECT MAX(starts_on) FROM periods p WHERE p.mailbox_id = b.id AND p.order_id IS NULL)`},
	{"Il movimento %s è una ricarica senza il suo pagamento.",
		`SELECT l.id FROM ledger l LEFT JOIN topups t ON t.id = l.topup_id WHERE l.kind = 'topup' AND (t.id IS NULL OR t.member_id <> l.member_id OR t.day_on <> l.day_on)`},
	{"Il movimento %s è di un ordine che non c’è.",
		`SELECT l.id FROM ledger l LEFT JOIN orders o ON o.id = l.order_id WHERE l.kind = 'order' AND o.id IS NULL`},
	{"Il movimento %s e il suo ordine non sono dello stesso iscritto e giorno.",
		`SELECT l.id FROM ledger l JOIN orders o ON o.id = l.order_id WHERE l.member_id <> o.member_id OR l.day_on <> o.completed_on`},
	{"Lo storno %s non è opposto a un movimento dello stesso iscritto.",
		`SELECT l.id FROM ledger l LEFT JOIN ledger r ON r.id = l.reverses_id WHERE l.kind = 'reversal' AND (r.id IS NULL OR (SELECT COALESCE(merged_into, id) FROM members WHERE id = l.member_id) <> (SELECT COALESCE(merged_into, id) FROM members WHERE id = r.member_id) OR -l.amount_cents > r.amount_cents)`},
	{"Il credito da recuperare %s non viene da un movimento.",
		`SELECT c.id FROM claims c LEFT JOIN ledger l ON l.id = c.ledger_id WHERE l.id IS NULL
		 OR (SELECT COALESCE(merged_into, id) FROM members WHERE id = l.member_id) <> (SELECT COALESCE(merged_into, id) FROM members WHERE id = c.member_id)`},
	{"L’ordine %s è di una casella di un altro iscritto.",
		`SELECT o.id FROM orders o JOIN mailboxes b ON b.id = o.mailbox_id JOIN members m ON m.id = o.member_id WHERE b.member_id <> COALESCE(m.merged_into, m.id)`},
	{"L’ordine %s è completato prima di essere stato fatto.",
		`SELECT id FROM orders WHERE completed_on < ordered_on`},
	{"La riga %s di un ordine non vale prezzo per quantità.",
		`SELECT id FROM order_lines WHERE years > 0 AND net_cents <> unit_price_cents * quantity * years
		 OR months > 0 AND abs(net_cents * 12 - unit_price_cents * quantity * months) > 6`},
	{"Il servizio %s è cessato prima di cominciare.",
		`SELECT id FROM services WHERE ended_on < started_on`},
	{"La quantità del servizio %s non è quella del suo ultimo ordine.",
		`SELECT s.id FROM services s WHERE s.source = 'ordine' AND iif((SELECT turns_on FROM mailboxes b WHERE b.id = s.mailbox_id) < s.expires_on, s.next_quantity, s.quantity) <> (SELECT l.quantity FROM order_lines l JOIN orders o ON o.id = l.order_id
		 WHERE l.service_id = s.id AND o.state = 'completed' ORDER BY l.id DESC LIMIT 1)`},
	{"Manca la protezione «%s»: movimenti, costi o registro si potrebbero cambiare.",
		`SELECT value FROM json_each('["ledger_no_update","ledger_no_delete","ledger_adds_up","topups_no_update","topups_stand_once","topups_no_delete","claims_no_update","claims_no_delete",
		 "charges_no_update","charges_no_delete","audit_no_update","audit_no_delete","orders_completed_stays","orders_stay","renewal_orders_no_update","renewal_orders_no_delete","mailboxes_address_keeps_holder","mailboxes_not_of_merged",
		 "notices_no_update","notices_no_delete","messages_stay","access_payments_no_update","access_payments_no_delete",
		 "mailboxes_address_is_sent","mailboxes_address_keeps_holder_later","provider_files_no_update","provider_files_no_delete","provider_requests_stay",
		 "invoice_lists_no_update","invoice_lists_no_delete","invoiced_orders_no_update","invoiced_orders_no_delete","invoiced_orders_are_paid",
		 "order_lines_listed_stay","order_lines_listed_not_deleted","order_lines_listed_not_added",
		 "recredits_no_update","recredits_no_delete","recredits_were_paid",
		 "provider_deposits_no_update","provider_deposits_no_delete","provider_deposits_are_opposite"]')
		 WHERE value NOT IN (SELECT name FROM sqlite_schema WHERE type = 'trigger')`},
	{"L’elenco da fatturare %s non è la somma dei suoi ordini.",
		`SELECT l.year || '/' || l.number FROM invoice_lists l LEFT JOIN invoiced_orders i ON i.list_id = l.id LEFT JOIN orders o ON o.id = i.order_id GROUP BY l.id
		 HAVING l.orders <> COUNT(o.id) OR l.net_cents <> COALESCE(SUM(` + net + `), 0) OR l.vat_cents <> COALESCE(SUM(` + vat + `), 0) OR l.gross_cents <> COALESCE(SUM(` + gross + `), 0)`},
	{"Il riaccredito %s non è la somma delle righe di un ordine che restituisce.",
		`SELECT l.id FROM ledger l LEFT JOIN recredits c ON c.entry_id = l.id LEFT JOIN order_lines x ON x.id = c.line_id WHERE l.kind = 'recredit' GROUP BY l.id
		 HAVING l.amount_cents <> COALESCE(SUM(x.gross_cents), 0) OR COUNT(DISTINCT x.order_id) <> 1`},
	{"Il riaccredito %s non è dello stesso iscritto del suo ordine, o è di un altro giorno.",
		`SELECT l.id FROM recredits c JOIN ledger l ON l.id = c.entry_id JOIN order_lines x ON x.id = c.line_id JOIN orders o ON o.id = x.order_id
		 JOIN members m ON m.id = l.member_id JOIN members h ON h.id = o.member_id
		 WHERE COALESCE(m.merged_into, m.id) <> COALESCE(h.merged_into, h.id) OR c.day_on <> l.day_on OR l.day_on < o.completed_on`},
	{"Il servizio %s è stato riaccreditato e non è cessato.",
		`SELECT DISTINCT s.id FROM recredits c JOIN order_lines x ON x.id = c.line_id JOIN services s ON s.id = x.service_id WHERE s.ended_on IS NULL OR s.ended_on > c.day_on`},
	{"I numeri degli elenchi da fatturare del %s hanno un salto.",
		`SELECT year FROM invoice_lists GROUP BY year HAVING MAX(number) <> COUNT(*)`},
	{"L’ordine %s è in un elenco di chi non lo fattura.",
		`SELECT o.id FROM invoiced_orders i JOIN invoice_lists l ON l.id = i.list_id JOIN orders o ON o.id = i.order_id JOIN agreements a ON a.id = o.agreement_id
		 WHERE l.invoiced_by <> COALESCE(a.document ->> 'invoiced_by', a.document ->> 'sold_by', 'ordine')`},
	{"Il messaggio %s è partito senza un tentativo riuscito.",
		`SELECT g.id FROM messages g WHERE g.state = 'sent' AND NOT EXISTS (SELECT 1 FROM message_attempts t WHERE t.message_id = g.id AND t.outcome = 'accepted')`},
	{"L’avviso della casella %s e il suo messaggio non sono della stessa casella.",
		`SELECT b.address FROM notices n JOIN mailboxes b ON b.id = n.mailbox_id JOIN messages g ON g.id = n.message_id WHERE g.kind <> 'notice' OR g.mailbox_id IS NOT n.mailbox_id`},
	{"Il periodo %s è pagato dall’iscritto, ma il suo ordine non lo comprende.",
		`SELECT b.address || ' dal ' || p.starts_on FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id WHERE p.order_id IS NOT NULL AND NOT EXISTS (
		 SELECT 1 FROM orders o JOIN renewal_orders r ON r.order_id = o.id JOIN order_lines l ON l.order_id = o.id WHERE o.id = p.order_id AND o.state = 'completed'
		 AND o.mailbox_id = p.mailbox_id AND r.kind = p.kind AND l.kind = p.kind AND l.from_on = p.starts_on AND l.to_on = p.ends_on AND l.years = r.years)`},
	{"Il periodo %s è pagato dall’iscritto e ha anche un costo a carico dell’Ordine.",
		`SELECT b.address || ' dal ' || p.starts_on FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id JOIN charges c ON c.period_id = p.id WHERE p.order_id IS NOT NULL`},
	{"Il periodo %s è rinnovato senza un costo e senza un ordine.",
		`SELECT b.address || ' dal ' || p.starts_on FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id LEFT JOIN charges c ON c.period_id = p.id
		 WHERE p.origin = 'renewal' AND c.id IS NULL AND p.order_id IS NULL`},
	{"L’ordine di rinnovo %s è completato e non ha il suo periodo.",
		`SELECT o.id FROM orders o JOIN renewal_orders r ON r.order_id = o.id WHERE o.state = 'completed' AND r.years > 0
		 AND NOT EXISTS (SELECT 1 FROM periods p WHERE p.order_id = o.id)`},
	{"La casella %s ha un rinnovo anticipato che non torna con i suoi periodi.",
		`SELECT b.address FROM mailboxes b WHERE b.turns_on IS NOT NULL AND b.status IN ('active', 'suspended')
		 AND NOT EXISTS (SELECT 1 FROM periods p WHERE p.mailbox_id = b.id AND p.starts_on = b.turns_on AND p.ends_on = b.expires_on AND p.order_id IS NOT NULL)`},
	{"Il costo %s non comincia con il suo periodo.",
		`SELECT c.id FROM charges c JOIN periods p ON p.id = c.period_id WHERE c.starts_on <> p.starts_on OR c.mailbox_id <> p.mailbox_id OR p.origin = 'imported'`},
	{"Il servizio %s è attivo su una casella che non lo è.",
		`SELECT s.id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.ended_on IS NULL AND b.status NOT IN ('active', 'suspended')`},
	{"Il servizio %s non scade con la sua casella.",
		`SELECT s.id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.ended_on IS NULL AND s.source = 'ordine' AND s.expires_on <> b.expires_on AND s.expires_on IS NOT b.turns_on`},
	{"Il servizio %s risulta attivo, ma è scaduto prima del periodo in corso della sua casella.",
		`SELECT s.id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.ended_on IS NULL AND s.source = 'provider' AND b.turns_on IS NULL
		 AND s.expires_on <= (SELECT MAX(p.starts_on) FROM periods p WHERE p.mailbox_id = b.id)`},
	{"Il servizio %s non ha un ordine completato.",
		`SELECT s.id FROM services s WHERE s.source = 'ordine' AND NOT EXISTS (SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.service_id = s.id AND o.state = 'completed')
		 AND NOT (` + serviceIsImported + `)`},
	{"La casella %s risulta inviata al gestore, ma non c’è una richiesta che attenda risposta.",
		`SELECT b.address FROM mailboxes b WHERE b.status = 'sent'
		 AND NOT EXISTS (SELECT 1 FROM provider_requests r WHERE r.mailbox_id = b.id AND r.operation = 'activate' AND r.state IN ('sent', 'unknown'))`},
	{"La richiesta al gestore %s è eseguita, ma la sua casella non è mai stata attiva.",
		`SELECT r.id FROM provider_requests r JOIN mailboxes b ON b.id = r.mailbox_id WHERE r.operation = 'activate' AND r.state = 'done' AND b.activated_on IS NULL`},
	{"La richiesta al gestore %s attende risposta, ma la sua casella non è più in attesa.",
		`SELECT r.id FROM provider_requests r JOIN mailboxes b ON b.id = r.mailbox_id WHERE r.operation = 'activate' AND r.state IN ('sent', 'unknown') AND b.status <> 'sent'`},
	{"La richiesta al gestore %s non è nel file con cui risulta inviata.",
		`SELECT r.id FROM provider_requests r WHERE r.file_id IS NOT NULL
		 AND NOT EXISTS (SELECT 1 FROM provider_file_rows x WHERE x.file_id = r.file_id AND x.request_id = r.id)`},
	{"La ricerca non è aggiornata per l’iscritto %s.",
		`SELECT v.id FROM members_search v LEFT JOIN members_fts f ON f.rowid = v.id WHERE f.rowid IS NULL OR f.text <> v.text OR f.place <> v.place`},
	{"La ricerca ha una voce in più: %s.",
		`SELECT f.rowid FROM members_fts f LEFT JOIN members m ON m.id = f.rowid WHERE m.id IS NULL OR m.merged_into IS NOT NULL`},
}
