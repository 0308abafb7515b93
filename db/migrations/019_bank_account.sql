-- The account to which members pay by bank transfer: at most one row.
CREATE TABLE bank_account (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    iban   TEXT NOT NULL CHECK (iban <> ''),    -- without spaces, in capitals
    holder TEXT NOT NULL DEFAULT '',            -- empty: the Ordine
    bank   TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''             -- what the reason of a payment begins with; empty: the usual word
) STRICT;
