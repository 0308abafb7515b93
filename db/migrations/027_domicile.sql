-- The digital domicile, and what INI-PEC, the national index, was told (R26).

CREATE TABLE domicile_choices (                 -- the address that a member wants, where it is not the Ordine's mailbox
    member_id INTEGER PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    address   TEXT NOT NULL CHECK (address <> '' AND address = lower(address)),
    chosen_on TEXT NOT NULL,
    actor     TEXT NOT NULL
) STRICT;

CREATE TABLE domicile_marks (                   -- own PECs that no longer take messages, as the secretariat learnt
    member_id INTEGER PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    address   TEXT NOT NULL CHECK (address <> '' AND address = lower(address)), -- another address is not marked
    fault     TEXT NOT NULL CHECK (fault IN ('expired', 'closed', 'wrong')),
    note      TEXT NOT NULL DEFAULT '',
    marked_on TEXT NOT NULL,
    actor     TEXT NOT NULL
) STRICT;

CREATE TABLE inipec_format (                    -- how the file is written: one row once it was changed
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;

CREATE TABLE inipec_files (                     -- files for the index, kept as they were
    id           INTEGER PRIMARY KEY,
    content      BLOB NOT NULL,
    sha256       TEXT NOT NULL CHECK (length(sha256) = 64),
    rows         INTEGER NOT NULL CHECK (rows > 0),
    made_on      TEXT NOT NULL,
    at           TEXT NOT NULL,
    actor        TEXT NOT NULL,
    withdrawn_on TEXT                           -- it was never given to the index: its rows do not count
) STRICT;
CREATE TRIGGER inipec_files_stay BEFORE DELETE ON inipec_files BEGIN SELECT RAISE(ABORT, 'a file that was sent is not deleted'); END;
CREATE TRIGGER inipec_files_no_update BEFORE UPDATE OF content, sha256, rows, made_on, at, actor ON inipec_files
BEGIN SELECT RAISE(ABORT, 'a file that was sent is not changed'); END;

CREATE TABLE inipec_rows (
    id                  INTEGER PRIMARY KEY,
    file_id             INTEGER NOT NULL REFERENCES inipec_files (id),
    line                INTEGER NOT NULL CHECK (line > 0), -- in the file, a header not counted
    member_id           INTEGER REFERENCES members (id) ON DELETE SET NULL,
    state               INTEGER NOT NULL CHECK (state IN (1, 2, 3)), -- update, insertion, removal
    address             TEXT NOT NULL,
    name                TEXT NOT NULL,
    surname             TEXT NOT NULL,
    registration_number TEXT NOT NULL,
    tax_code            TEXT NOT NULL,
    registered_on       TEXT,
    cancelled_on        TEXT,
    why                 TEXT NOT NULL,
    outcome             TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'accepted', 'refused')), -- empty: none registered
    outcome_text        TEXT NOT NULL DEFAULT '',
    outcome_on          TEXT,
    UNIQUE (file_id, line),
    UNIQUE (file_id, tax_code),
    CHECK ((outcome = '') = (outcome_on IS NULL))
) STRICT;
CREATE INDEX inipec_rows_by_person ON inipec_rows (tax_code, id);
CREATE INDEX inipec_rows_by_member ON inipec_rows (member_id, id);
CREATE TRIGGER inipec_rows_stay BEFORE DELETE ON inipec_rows BEGIN SELECT RAISE(ABORT, 'a row that was sent is not deleted'); END;

CREATE TABLE inipec_confirmations (             -- days on which the index was told that nothing changed
    day_on TEXT PRIMARY KEY,
    at     TEXT NOT NULL,
    actor  TEXT NOT NULL
) STRICT;
