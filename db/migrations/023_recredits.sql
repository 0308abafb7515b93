-- A service that the provider refused is cancelled and what its order's lines
-- cost comes back to the member's credit (riaccredito): an entry for each order,
-- above zero. The order stays as it is, and so does its number; which lines came
-- back is kept here, each once, ever.
PRAGMA writable_schema = ON; -- a CHECK cannot be altered, see 005
UPDATE sqlite_schema SET sql = replace(sql, '''claim'', ''transfer''', '''claim'', ''transfer'', ''recredit''') WHERE type = 'table' AND name = 'ledger';
PRAGMA writable_schema = RESET;

CREATE TABLE recredits (                        -- righe d'ordine riaccreditate
    line_id  INTEGER PRIMARY KEY REFERENCES order_lines (id),
    entry_id INTEGER REFERENCES ledger (id),        -- null for a line that cost nothing
    list_id  INTEGER REFERENCES invoice_lists (id), -- the list to be invoiced in which the order was by then: a credit note is due
    reason   TEXT NOT NULL CHECK (reason <> ''),
    day_on   TEXT NOT NULL,
    actor    TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;
CREATE INDEX recredits_by_entry ON recredits (entry_id);
CREATE INDEX recredits_by_list ON recredits (list_id) WHERE list_id IS NOT NULL;
CREATE TRIGGER recredits_no_update BEFORE UPDATE ON recredits BEGIN SELECT RAISE(ABORT, 'what came back is not changed'); END;
CREATE TRIGGER recredits_no_delete BEFORE DELETE ON recredits BEGIN SELECT RAISE(ABORT, 'what came back is not changed'); END;
CREATE TRIGGER recredits_were_paid BEFORE INSERT ON recredits
WHEN NOT EXISTS (SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.id = NEW.line_id AND o.state = 'completed' AND l.service_id IS NOT NULL
    AND (l.gross_cents > 0) = (NEW.entry_id IS NOT NULL))
  OR NEW.entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger WHERE id = NEW.entry_id AND kind = 'recredit' AND amount_cents > 0)
  OR NEW.list_id IS NOT (SELECT i.list_id FROM invoiced_orders i JOIN order_lines l ON l.order_id = i.order_id WHERE l.id = NEW.line_id)
BEGIN SELECT RAISE(ABORT, 'only what was paid comes back'); END;

CREATE TABLE credit_notes (                     -- note di credito: lines that came back after their order was listed, once who invoices has made the note
    line_id INTEGER PRIMARY KEY REFERENCES recredits (line_id),
    day_on  TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
