-- What ReGIndE, the Ministry of Justice's register of addresses, was told.

CREATE TABLE reginde_settings (                 -- one row once they were set
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;

CREATE TABLE reginde_templates (                -- the file's template, every version of the Ordine's own
    id     INTEGER PRIMARY KEY,
    text   TEXT NOT NULL,                       -- empty: the program's own again
    day_on TEXT NOT NULL,
    at     TEXT NOT NULL,
    actor  TEXT NOT NULL
) STRICT;
CREATE TRIGGER reginde_templates_no_update BEFORE UPDATE ON reginde_templates BEGIN SELECT RAISE(ABORT, 'versions of a template stay'); END;
CREATE TRIGGER reginde_templates_no_delete BEFORE DELETE ON reginde_templates BEGIN SELECT RAISE(ABORT, 'versions of a template stay'); END;

CREATE TABLE reginde_files (                    -- kept as they were
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    whole        INTEGER NOT NULL CHECK (whole IN (0, 1)),
    body_code    TEXT NOT NULL,
    template_id  INTEGER REFERENCES reginde_templates (id), -- null: the program's own
    content      BLOB NOT NULL,
    sha256       TEXT NOT NULL CHECK (length(sha256) = 64),
    subjects     INTEGER NOT NULL CHECK (subjects > 0),
    made_on      TEXT NOT NULL,
    at           TEXT NOT NULL,
    actor        TEXT NOT NULL,
    withdrawn_on TEXT,                          -- it was never sent: its subjects do not count
    answer       BLOB,                          -- Esiti.xml, the latest
    answer_sha256 TEXT,
    answer_code  TEXT NOT NULL DEFAULT '',      -- of the whole file, F…
    answer_said  TEXT NOT NULL DEFAULT '',
    answered_on  TEXT,
    CHECK ((answer IS NULL) = (answered_on IS NULL))
) STRICT;
CREATE TRIGGER reginde_files_stay BEFORE DELETE ON reginde_files BEGIN SELECT RAISE(ABORT, 'a file that was sent is not deleted'); END;
CREATE TRIGGER reginde_files_no_update BEFORE UPDATE OF name, whole, body_code, content, sha256, subjects, made_on, at, actor ON reginde_files
BEGIN SELECT RAISE(ABORT, 'a file that was sent is not changed'); END;

CREATE TABLE reginde_rows (
    id        INTEGER PRIMARY KEY,
    file_id   INTEGER NOT NULL REFERENCES reginde_files (id),
    line      INTEGER NOT NULL CHECK (line > 0),
    member_id INTEGER REFERENCES members (id) ON DELETE SET NULL,
    operation TEXT NOT NULL CHECK (operation IN ('insert', 'modify', 'delete')),
    tax_code  TEXT NOT NULL,
    subject   TEXT NOT NULL CHECK (json_valid(subject)),
    why       TEXT NOT NULL,
    cuts      TEXT NOT NULL DEFAULT '',
    code      TEXT NOT NULL DEFAULT '',         -- of the answer; empty: none
    said      TEXT NOT NULL DEFAULT '',
    UNIQUE (file_id, line),
    UNIQUE (file_id, tax_code)
) STRICT;
CREATE INDEX reginde_rows_by_member ON reginde_rows (member_id, id);
CREATE TRIGGER reginde_rows_stay BEFORE DELETE ON reginde_rows BEGIN SELECT RAISE(ABORT, 'a row that was sent is not deleted'); END;
