-- Documents that the program made, kept as they were: the yearly report, a long
-- list. What is ready never changes again.
CREATE TABLE documents (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('report', 'list')),
    title       TEXT NOT NULL CHECK (title <> ''),
    filter      TEXT NOT NULL DEFAULT '',         -- of a list: which rows, in Italian words
    year        INTEGER,                          -- of a report
    until_on    TEXT,                             -- of a report: the last day in it
    figures     TEXT CHECK (figures IS NULL OR json_valid(figures)),
    state       TEXT NOT NULL DEFAULT 'making' CHECK (state IN ('making', 'ready', 'failed')),
    error       TEXT NOT NULL DEFAULT '',         -- why it failed, in Italian
    actor       TEXT NOT NULL,
    day_on      TEXT NOT NULL,                    -- the program's day on which it was asked for
    at          TEXT NOT NULL,
    ready_at    TEXT,
    request_key TEXT UNIQUE,                      -- one press of a button makes one document
    CHECK ((state = 'ready') = (ready_at IS NOT NULL)),
    CHECK ((state = 'failed') = (error <> '')),
    CHECK (kind <> 'report' OR (year IS NOT NULL AND until_on IS NOT NULL)),
    CHECK (kind <> 'report' OR state <> 'ready' OR figures IS NOT NULL)
) STRICT;
CREATE INDEX documents_by_year ON documents (year) WHERE year IS NOT NULL;

CREATE TABLE document_files (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    name        TEXT NOT NULL CHECK (name <> ''),
    mime        TEXT NOT NULL,
    size        INTEGER NOT NULL CHECK (size >= 0),                      -- bytes
    sha256      TEXT NOT NULL CHECK (length(sha256) IN (0, 64)),         -- hex; empty of files older than this table
    UNIQUE (document_id, name)
) STRICT;

CREATE TABLE document_pieces (                    -- a file's bytes, in order from 0
    file_id INTEGER NOT NULL REFERENCES document_files (id),
    n       INTEGER NOT NULL CHECK (n >= 0),
    data    BLOB NOT NULL CHECK (length(data) BETWEEN 1 AND 1048576),
    PRIMARY KEY (file_id, n)
) STRICT;

-- The yearly reports made so far. Their day is that of their audit entry.
INSERT INTO documents (id, kind, title, year, until_on, figures, actor, day_on, at)
SELECT id, 'report', 'Report annuale ' || year, year, until_on, figures, actor,
    COALESCE((SELECT a.day_on FROM audit a WHERE a.entity = 'report' AND a.entity_id = r.id), substr(at, 1, 10)), at FROM reports r;
INSERT INTO document_files (document_id, name, mime, size, sha256)
SELECT id, 'albopec-' || year || '-al-' || until_on || '.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', length(xlsx), '' FROM reports
UNION ALL
SELECT id, 'albopec-' || year || '-al-' || until_on || '.pdf', 'application/pdf', length(pdf), '' FROM reports
ORDER BY 1, 2 DESC;
WITH RECURSIVE piece (file_id, document_id, workbook, size, n) AS (
    SELECT id, document_id, name LIKE '%.xlsx', size, 0 FROM document_files WHERE size > 0
    UNION ALL
    SELECT file_id, document_id, workbook, size, n + 1 FROM piece WHERE (n + 1) * 1048576 < size
)
INSERT INTO document_pieces (file_id, n, data)
SELECT p.file_id, p.n, substr(CASE WHEN p.workbook THEN r.xlsx ELSE r.pdf END, p.n * 1048576 + 1, 1048576) FROM piece p JOIN reports r ON r.id = p.document_id;
UPDATE documents SET state = 'ready', ready_at = at;
DROP TABLE reports;

CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents WHEN OLD.state <> 'making' BEGIN SELECT RAISE(ABORT, 'a document that was made does not change'); END;
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents BEGIN SELECT RAISE(ABORT, 'documents are kept'); END;
CREATE TRIGGER document_files_only_while_making BEFORE INSERT ON document_files
WHEN (SELECT state FROM documents WHERE id = NEW.document_id) <> 'making' BEGIN SELECT RAISE(ABORT, 'a document that was made does not change'); END;
CREATE TRIGGER document_files_no_update BEFORE UPDATE ON document_files
WHEN (SELECT state FROM documents WHERE id = OLD.document_id) <> 'making' BEGIN SELECT RAISE(ABORT, 'a document that was made does not change'); END;
CREATE TRIGGER document_files_no_delete BEFORE DELETE ON document_files BEGIN SELECT RAISE(ABORT, 'documents are kept'); END;
CREATE TRIGGER document_pieces_only_while_making BEFORE INSERT ON document_pieces
WHEN (SELECT d.state FROM documents d JOIN document_files f ON f.document_id = d.id WHERE f.id = NEW.file_id) <> 'making'
BEGIN SELECT RAISE(ABORT, 'a document that was made does not change'); END;
CREATE TRIGGER document_pieces_no_update BEFORE UPDATE ON document_pieces BEGIN SELECT RAISE(ABORT, 'a document that was made does not change'); END;
CREATE TRIGGER document_pieces_no_delete BEFORE DELETE ON document_pieces BEGIN SELECT RAISE(ABORT, 'documents are kept'); END;

-- A year that was closed: which report holds for it, with its figures.
CREATE TABLE year_closings (
    year        INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL UNIQUE REFERENCES documents (id),
    figures     TEXT NOT NULL CHECK (json_valid(figures)),
    actor       TEXT NOT NULL,
    day_on      TEXT NOT NULL,
    at          TEXT NOT NULL
) STRICT;
CREATE TRIGGER year_closings_are_of_a_report BEFORE INSERT ON year_closings
WHEN NOT EXISTS (SELECT 1 FROM documents d WHERE d.id = NEW.document_id AND d.kind = 'report' AND d.state = 'ready'
    AND d.year = NEW.year AND d.until_on = NEW.year || '-12-31' AND NEW.day_on > d.until_on)
BEGIN SELECT RAISE(ABORT, 'a year is closed on its whole report'); END;
CREATE TRIGGER year_closings_no_update BEFORE UPDATE ON year_closings BEGIN SELECT RAISE(ABORT, 'closings are append-only'); END;
CREATE TRIGGER year_closings_no_delete BEFORE DELETE ON year_closings BEGIN SELECT RAISE(ABORT, 'closings are append-only'); END;
