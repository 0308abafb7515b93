-- Inbox space asked for together with a mailbox: ordered when it is activated (9.9).
CREATE TABLE asked_space (
    mailbox_id INTEGER PRIMARY KEY REFERENCES mailboxes (id),
    quantity   INTEGER NOT NULL CHECK (quantity > 0), -- GB beyond the kind's base
    actor      TEXT NOT NULL,                         -- who asked
    asked_on   TEXT NOT NULL
) STRICT;
