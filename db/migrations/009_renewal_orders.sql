-- A mailbox may be renewed by an order that its holder pays (R18), and its kind
-- may change (9.9): each term keeps the kind it began with, and the order that
-- paid it when the Ordine did not.
ALTER TABLE mailboxes ADD COLUMN turns_on TEXT;                   -- E as it was before a renewal paid ahead, while it is to come
ALTER TABLE mailboxes ADD COLUMN next_kind TEXT NOT NULL DEFAULT ''; -- the kind from turns_on, or from E, on; empty: the same

CREATE INDEX mailboxes_turning ON mailboxes (turns_on) WHERE turns_on IS NOT NULL;

ALTER TABLE periods ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE periods ADD COLUMN order_id INTEGER REFERENCES orders (id); -- null: not paid by the member
UPDATE periods SET kind = (SELECT kind FROM mailboxes b WHERE b.id = mailbox_id);

ALTER TABLE order_lines ADD COLUMN kind TEXT NOT NULL DEFAULT ''; -- of a line that is the mailbox itself; its product is empty

CREATE TABLE renewal_orders (                   -- what an order does to its mailbox once it is paid
    order_id       INTEGER PRIMARY KEY REFERENCES orders (id),
    years          INTEGER NOT NULL CHECK (years BETWEEN 0 AND 5), -- 0: only the kind changes
    kind           TEXT NOT NULL CHECK (kind <> ''),
    at_once        INTEGER NOT NULL CHECK (at_once IN (0, 1)), -- the kind changes when it is paid, not on E
    added_gb       INTEGER NOT NULL CHECK (added_gb >= 0),
    -- holder and e-invoice as they were confirmed
    holder         TEXT NOT NULL,
    tax_code       TEXT NOT NULL,
    vat_number     TEXT NOT NULL,
    recipient_code TEXT NOT NULL,               -- codice destinatario
    recipient_pec  TEXT NOT NULL
) STRICT;

CREATE TRIGGER renewal_orders_no_update BEFORE UPDATE ON renewal_orders BEGIN SELECT RAISE(ABORT, 'an order is not changed'); END;
CREATE TRIGGER renewal_orders_no_delete BEFORE DELETE ON renewal_orders BEGIN SELECT RAISE(ABORT, 'orders are not deleted'); END;

-- Where a member's e-invoices go.
ALTER TABLE members ADD COLUMN recipient_code TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN recipient_pec TEXT NOT NULL DEFAULT '';
