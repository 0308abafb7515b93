-- The outcomes of INI-PEC's rows (esiti) that were corrected, as they were told
-- before: what the index said, when that was registered, who corrected it.
CREATE TABLE inipec_corrections (
    id           INTEGER PRIMARY KEY,
    row_id       INTEGER NOT NULL REFERENCES inipec_rows (id),
    outcome      TEXT NOT NULL CHECK (outcome IN ('accepted', 'refused')),
    outcome_text TEXT NOT NULL,
    outcome_on   TEXT NOT NULL,
    day_on       TEXT NOT NULL,                 -- of the correction
    at           TEXT NOT NULL,
    actor        TEXT NOT NULL
) STRICT;
CREATE INDEX inipec_corrections_by_row ON inipec_corrections (row_id, id);
CREATE TRIGGER inipec_corrections_no_update BEFORE UPDATE ON inipec_corrections BEGIN SELECT RAISE(ABORT, 'a corrected outcome stays'); END;
CREATE TRIGGER inipec_corrections_no_delete BEFORE DELETE ON inipec_corrections BEGIN SELECT RAISE(ABORT, 'a corrected outcome stays'); END;
