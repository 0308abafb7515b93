-- A member lets another see one of their mailboxes and pay for it (casella
-- affidata): a studio that pays for its engineers. The guest asks by address and
-- does not learn from the answer whether there is such a mailbox: then the row
-- has none.
CREATE TABLE accesses (
    id         INTEGER PRIMARY KEY,
    address    TEXT NOT NULL CHECK (address = lower(address) AND address <> ''), -- as it was asked for
    mailbox_id INTEGER REFERENCES mailboxes (id),
    guest_id   INTEGER NOT NULL REFERENCES members (id),
    state      TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn')),
    asked_on   TEXT NOT NULL,
    asked_by   TEXT NOT NULL,
    decided_on TEXT,                            -- granted or refused
    decided_by TEXT NOT NULL DEFAULT '',
    ended_on   TEXT,                            -- taken back by the holder, or given up by the guest
    ended_by   TEXT NOT NULL DEFAULT '',
    CHECK (state NOT IN ('granted', 'refused') OR decided_on IS NOT NULL),
    CHECK (state <> 'granted' OR mailbox_id IS NOT NULL),
    CHECK ((state = 'withdrawn') = (ended_on IS NOT NULL))
) STRICT;
-- One that is open for each guest and mailbox, or address of none.
CREATE UNIQUE INDEX accesses_open ON accesses (guest_id, mailbox_id) WHERE state IN ('asked', 'granted');
CREATE UNIQUE INDEX accesses_open_nowhere ON accesses (guest_id, address) WHERE state IN ('asked', 'granted') AND mailbox_id IS NULL;
CREATE INDEX accesses_by_mailbox ON accesses (mailbox_id) WHERE mailbox_id IS NOT NULL;

-- What a guest moved from their own credit to the holder's: the entry that took
-- it; its opposite is the holder's.
CREATE TABLE access_payments (
    entry_id    INTEGER PRIMARY KEY REFERENCES ledger (id),
    access_id   INTEGER NOT NULL REFERENCES accesses (id),
    request_key TEXT UNIQUE                     -- a form sent twice is one payment; null: an order has the key
) STRICT;
CREATE INDEX access_payments_by_access ON access_payments (access_id);
CREATE TRIGGER access_payments_no_update BEFORE UPDATE ON access_payments BEGIN SELECT RAISE(ABORT, 'payments are append-only'); END;
CREATE TRIGGER access_payments_no_delete BEFORE DELETE ON access_payments BEGIN SELECT RAISE(ABORT, 'payments are append-only'); END;
