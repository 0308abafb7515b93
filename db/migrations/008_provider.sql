-- What is asked of the provider, in which file, and what it answers.

CREATE TABLE provider_layout (                  -- the provider's file: one row once it was changed
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;

CREATE TABLE provider_files (                   -- files for the provider, kept as they were
    id        INTEGER PRIMARY KEY,
    format    TEXT NOT NULL CHECK (format IN ('csv', 'xlsx')),
    requests  INTEGER NOT NULL CHECK (requests > 0),
    content   BLOB NOT NULL,
    made_on   TEXT NOT NULL,
    at        TEXT NOT NULL,
    actor     TEXT NOT NULL
) STRICT;
CREATE TRIGGER provider_files_no_update BEFORE UPDATE ON provider_files BEGIN SELECT RAISE(ABORT, 'a file that was sent is not changed'); END;
CREATE TRIGGER provider_files_no_delete BEFORE DELETE ON provider_files BEGIN SELECT RAISE(ABORT, 'a file that was sent is not deleted'); END;

CREATE TABLE provider_requests (                -- richieste al gestore: once sent, or told by hand
    id          INTEGER PRIMARY KEY,            -- the reference that the provider gets
    mailbox_id  INTEGER NOT NULL REFERENCES mailboxes (id),
    operation   TEXT NOT NULL CHECK (operation IN ('activate', 'close', 'space')),
    kind        TEXT NOT NULL,
    extra_gb    INTEGER NOT NULL CHECK (extra_gb >= 0), -- beyond the kind's: a total, so that asking twice adds nothing
    due_on      TEXT,
    state       TEXT NOT NULL CHECK (state IN ('sent', 'unknown', 'done', 'rejected', 'dropped')),
    first_on    TEXT,
    sent_on     TEXT,
    file_id     INTEGER REFERENCES provider_files (id), -- the latest
    answered_on TEXT,
    reason      TEXT NOT NULL DEFAULT '',
    batch_id    INTEGER REFERENCES import_batches (id), -- the file of outcomes that answered
    CHECK (state IN ('done', 'rejected', 'dropped') OR sent_on IS NOT NULL), -- what is awaited was sent
    CHECK ((first_on IS NULL) = (sent_on IS NULL))
) STRICT;
CREATE INDEX provider_requests_by_mailbox ON provider_requests (mailbox_id, id);
CREATE INDEX provider_requests_by_file ON provider_requests (file_id);
CREATE INDEX provider_requests_by_state ON provider_requests (state, sent_on);
-- One activation and one closing at a time: sent twice they are one request.
CREATE UNIQUE INDEX provider_requests_once ON provider_requests (mailbox_id, operation)
    WHERE operation IN ('activate', 'close') AND state IN ('sent', 'unknown', 'done');
CREATE TRIGGER provider_requests_stay BEFORE DELETE ON provider_requests WHEN OLD.sent_on IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a request that was sent is not deleted'); END;

CREATE TABLE provider_file_rows (               -- in which files a request was
    file_id    INTEGER NOT NULL REFERENCES provider_files (id),
    request_id INTEGER NOT NULL REFERENCES provider_requests (id),
    PRIMARY KEY (file_id, request_id)
) STRICT, WITHOUT ROWID;

-- What a database already closed, or gave in space, was told by other means
-- before there were files.
INSERT INTO provider_requests (mailbox_id, operation, kind, extra_gb, due_on, state, answered_on, reason)
SELECT b.id, 'close', b.kind, 0, b.closed_on, 'done', b.closed_on, 'comunicata prima che ci fossero i file'
FROM mailboxes b WHERE b.status = 'closed' AND b.activated_on IS NOT NULL;
INSERT INTO provider_requests (mailbox_id, operation, kind, extra_gb, due_on, state, answered_on, reason)
SELECT b.id, 'space', b.kind, SUM(s.quantity), MAX(s.started_on), 'done', MAX(s.started_on), 'comunicato prima che ci fossero i file'
FROM mailboxes b JOIN services s ON s.mailbox_id = b.id AND s.ended_on IS NULL AND s.product = 'inbox_gb' AND s.source = 'ordine'
WHERE b.status IN ('active', 'suspended') GROUP BY b.id;

-- The address is chosen until it is sent, and a closed one comes back to its
-- holder only (9.3), however it gets there.
CREATE TRIGGER mailboxes_address_is_sent BEFORE UPDATE OF address ON mailboxes
WHEN OLD.address <> NEW.address AND OLD.status NOT IN ('requested', 'rejected')
BEGIN SELECT RAISE(ABORT, 'the provider has this address'); END;
CREATE TRIGGER mailboxes_address_keeps_holder_later BEFORE UPDATE OF address ON mailboxes
WHEN EXISTS (SELECT 1 FROM mailboxes WHERE address = NEW.address AND member_id <> NEW.member_id)
BEGIN SELECT RAISE(ABORT, 'address was another holder''s'); END;

-- A provider's answers come in as any other file does. A CHECK cannot be
-- altered; rewriting it so is the way of https://www.sqlite.org/lang_altertable.html
-- for tables that others refer to.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''mailboxes'', ''services'')', '''mailboxes'', ''services'', ''outcomes'')')
WHERE type = 'table' AND name IN ('uploads', 'import_batches');
UPDATE sqlite_schema SET sql = replace(sql, '''mailbox'', ''service'')', '''mailbox'', ''service'', ''request'')')
WHERE type = 'table' AND name = 'import_changes';
PRAGMA writable_schema = RESET;
