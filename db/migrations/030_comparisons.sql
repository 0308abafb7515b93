-- The provider's lists and invoices held against our books, kept as they were.

CREATE TABLE comparisons (
    id       INTEGER PRIMARY KEY,
    filename TEXT NOT NULL,
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    content  BLOB NOT NULL,
    rows     INTEGER NOT NULL CHECK (rows >= 0),   -- of the file
    equal    INTEGER NOT NULL CHECK (equal >= 0),  -- mailboxes without a difference
    expired  INTEGER NOT NULL CHECK (expired >= 0),
    made_on  TEXT NOT NULL,
    at       TEXT NOT NULL,
    actor    TEXT NOT NULL
) STRICT;
CREATE INDEX comparisons_by_file ON comparisons (sha256);
CREATE TRIGGER comparisons_no_update BEFORE UPDATE ON comparisons BEGIN SELECT RAISE(ABORT, 'a comparison is kept as it was'); END;
CREATE TRIGGER comparisons_no_delete BEFORE DELETE ON comparisons BEGIN SELECT RAISE(ABORT, 'a comparison is kept as it was'); END;

CREATE TABLE differences (
    id            INTEGER PRIMARY KEY,
    comparison_id INTEGER NOT NULL REFERENCES comparisons (id),
    kind          TEXT NOT NULL,
    row           INTEGER NOT NULL CHECK (row >= 0), -- in the file; 0 for what it lacks
    address       TEXT NOT NULL,
    mailbox_id    INTEGER REFERENCES mailboxes (id) ON DELETE SET NULL,
    member_id     INTEGER REFERENCES members (id) ON DELETE SET NULL,
    holder        TEXT NOT NULL,
    left_register INTEGER NOT NULL CHECK (left_register IN (0, 1)),
    theirs        TEXT NOT NULL,
    ours          TEXT NOT NULL,
    net_cents     INTEGER NOT NULL,                  -- a year of it, more there than here
    vat_cents     INTEGER NOT NULL,
    gross_cents   INTEGER NOT NULL,
    note          TEXT NOT NULL,
    state         TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'to_tell', 'told', 'import', 'ignored')),
    state_note    TEXT NOT NULL DEFAULT '',
    state_on      TEXT,
    state_actor   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX differences_by_comparison ON differences (comparison_id, id);
CREATE TRIGGER differences_no_delete BEFORE DELETE ON differences BEGIN SELECT RAISE(ABORT, 'a comparison is kept as it was'); END;
CREATE TRIGGER differences_no_update BEFORE UPDATE OF comparison_id, kind, row, address, holder, left_register, theirs, ours, net_cents, vat_cents, gross_cents, note ON differences
BEGIN SELECT RAISE(ABORT, 'a comparison is kept as it was'); END;
