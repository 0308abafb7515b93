-- The answers of ReGIndE (Esiti.xml) to a file that later ones replaced, as they
-- came: what the register said, when it was registered, who replaced it.
CREATE TABLE reginde_answers (
    id          INTEGER PRIMARY KEY,
    file_id     INTEGER NOT NULL REFERENCES reginde_files (id),
    answer      BLOB NOT NULL,
    sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
    code        TEXT NOT NULL,                  -- of the whole file, F…; empty: of subjects
    said        TEXT NOT NULL,
    answered_on TEXT NOT NULL,
    day_on      TEXT NOT NULL,                  -- of the replacement
    at          TEXT NOT NULL,
    actor       TEXT NOT NULL
) STRICT;
CREATE INDEX reginde_answers_by_file ON reginde_answers (file_id, id);
CREATE TRIGGER reginde_answers_no_update BEFORE UPDATE ON reginde_answers BEGIN SELECT RAISE(ABORT, 'a replaced answer stays'); END;
CREATE TRIGGER reginde_answers_no_delete BEFORE DELETE ON reginde_answers BEGIN SELECT RAISE(ABORT, 'a replaced answer stays'); END;
