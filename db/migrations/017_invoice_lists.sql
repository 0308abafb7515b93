-- Completed orders handed to who invoices them (elenco da fatturare), each once
-- and for good: the file of a list is the same whenever it is asked for. Figures
-- come from orders and their lines, which then stay; whom the invoice is for is
-- written here, since a member's data change.
CREATE TABLE invoice_lists (
    id          INTEGER PRIMARY KEY,
    year        INTEGER NOT NULL,               -- of the program's day
    number      INTEGER NOT NULL CHECK (number > 0), -- in the year, without gaps
    invoiced_by TEXT NOT NULL CHECK (invoiced_by IN ('ordine', 'provider')),
    orders      INTEGER NOT NULL CHECK (orders > 0),
    net_cents   INTEGER NOT NULL CHECK (net_cents >= 0),
    vat_cents   INTEGER NOT NULL CHECK (vat_cents >= 0),
    gross_cents INTEGER NOT NULL CHECK (gross_cents = net_cents + vat_cents),
    request_key TEXT UNIQUE,                    -- a form sent twice is one list
    day_on      TEXT NOT NULL,
    actor       TEXT NOT NULL,
    at          TEXT NOT NULL,
    UNIQUE (year, number)
) STRICT;
CREATE TRIGGER invoice_lists_no_update BEFORE UPDATE ON invoice_lists BEGIN SELECT RAISE(ABORT, 'a list is not changed'); END;
CREATE TRIGGER invoice_lists_no_delete BEFORE DELETE ON invoice_lists BEGIN SELECT RAISE(ABORT, 'lists are not deleted'); END;

CREATE TABLE invoiced_orders (
    order_id       INTEGER PRIMARY KEY REFERENCES orders (id), -- in one list, ever
    list_id        INTEGER NOT NULL REFERENCES invoice_lists (id),
    mailbox        TEXT NOT NULL,
    holder         TEXT NOT NULL,
    tax_code       TEXT NOT NULL,
    vat_number     TEXT NOT NULL,
    address        TEXT NOT NULL,
    postal_code    TEXT NOT NULL,
    city           TEXT NOT NULL,
    province       TEXT NOT NULL,
    recipient_code TEXT NOT NULL,
    recipient_pec  TEXT NOT NULL
) STRICT;
CREATE INDEX invoiced_orders_by_list ON invoiced_orders (list_id);
CREATE TRIGGER invoiced_orders_no_update BEFORE UPDATE ON invoiced_orders BEGIN SELECT RAISE(ABORT, 'a list is not changed'); END;
CREATE TRIGGER invoiced_orders_no_delete BEFORE DELETE ON invoiced_orders BEGIN SELECT RAISE(ABORT, 'lists are not deleted'); END;
CREATE TRIGGER invoiced_orders_are_paid BEFORE INSERT ON invoiced_orders
WHEN NOT EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id AND state = 'completed' AND gross_cents > 0)
BEGIN SELECT RAISE(ABORT, 'only what was paid is invoiced'); END;
CREATE TRIGGER order_lines_listed_stay BEFORE UPDATE ON order_lines WHEN EXISTS (SELECT 1 FROM invoiced_orders WHERE order_id = OLD.order_id)
BEGIN SELECT RAISE(ABORT, 'a line that was listed is not changed'); END;
CREATE TRIGGER order_lines_listed_not_deleted BEFORE DELETE ON order_lines WHEN EXISTS (SELECT 1 FROM invoiced_orders WHERE order_id = OLD.order_id)
BEGIN SELECT RAISE(ABORT, 'a line that was listed is not changed'); END;
CREATE TRIGGER order_lines_listed_not_added BEFORE INSERT ON order_lines WHEN EXISTS (SELECT 1 FROM invoiced_orders WHERE order_id = NEW.order_id)
BEGIN SELECT RAISE(ABORT, 'a line that was listed is not changed'); END;
