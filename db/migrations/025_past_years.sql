-- Every time a mailbox was asked for (richieste): a refused one that is asked for
-- again, or one withdrawn later, stays in the year in which it was asked for.
CREATE TABLE mailbox_requests (
    id           INTEGER PRIMARY KEY,
    mailbox_id   INTEGER NOT NULL,              -- no reference: a mailbox goes when its request is withdrawn
    member_id    INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    address      TEXT NOT NULL,                 -- this and the next as they were when it was withdrawn; of others not looked at
    kind         TEXT NOT NULL,
    requested_on TEXT NOT NULL,
    withdrawn_on TEXT
) STRICT;
CREATE INDEX mailbox_requests_by_mailbox ON mailbox_requests (mailbox_id, id);
CREATE INDEX mailbox_requests_by_member ON mailbox_requests (member_id);
CREATE INDEX mailbox_requests_withdrawn ON mailbox_requests (withdrawn_on) WHERE withdrawn_on IS NOT NULL;

-- Of those made before, the log tells; one after the mailbox's own day was
-- withdrawn.
INSERT INTO mailbox_requests (mailbox_id, member_id, address, kind, requested_on)
SELECT b.id, b.member_id, b.address, b.kind, a.day_on
FROM mailboxes b JOIN audit a ON a.entity = 'mailbox' AND a.entity_id = b.id AND a.action = 'mailbox.requested' AND a.day_on <= b.requested_on
ORDER BY a.id;
INSERT INTO mailbox_requests (mailbox_id, member_id, address, kind, requested_on)
SELECT b.id, b.member_id, b.address, b.kind, b.requested_on
FROM mailboxes b WHERE b.requested_on IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM mailbox_requests r WHERE r.mailbox_id = b.id AND r.requested_on = b.requested_on);

-- Terms of services bought at the provider that are over: a later statement says
-- what runs now, and a year that is past keeps what ran then.
CREATE TABLE stated_terms (
    service_id INTEGER NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    to_on      TEXT NOT NULL,                   -- E: the first day that was no longer in it
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    net_cents  INTEGER NOT NULL CHECK (net_cents >= 0),
    batch_id   INTEGER NOT NULL REFERENCES import_batches (id), -- the statement that told of the next
    PRIMARY KEY (service_id, to_on)
) STRICT, WITHOUT ROWID;

-- A large document is stored in several transactions: what is there of one that
-- does not come to be may go again.
DROP TRIGGER document_files_no_delete;
CREATE TRIGGER document_files_no_delete BEFORE DELETE ON document_files
WHEN (SELECT state FROM documents WHERE id = OLD.document_id) <> 'making' BEGIN SELECT RAISE(ABORT, 'documents are kept'); END;
DROP TRIGGER document_pieces_no_delete;
CREATE TRIGGER document_pieces_no_delete BEFORE DELETE ON document_pieces
WHEN (SELECT d.state FROM documents d JOIN document_files f ON f.document_id = d.id WHERE f.id = OLD.file_id) <> 'making'
BEGIN SELECT RAISE(ABORT, 'documents are kept'); END;
