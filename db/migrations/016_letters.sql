-- What letters and their PDFs say of the Ordine beside its name and city.
CREATE TABLE letterhead (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    address TEXT NOT NULL DEFAULT '',           -- lines
    signer  TEXT NOT NULL DEFAULT ''            -- who signs by hand
) STRICT;

CREATE TABLE letter_sets (                      -- letters made together
    id          INTEGER PRIMARY KEY,
    request_key TEXT UNIQUE,                    -- a form sent twice makes one set
    kind        TEXT NOT NULL CHECK (kind <> ''),
    made_on     TEXT NOT NULL,
    actor       TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    letters     INTEGER CHECK (letters > 0)     -- how many it has; null while it is being made
) STRICT;

CREATE TABLE letters (                          -- letters on paper, with all that their PDF prints
    id             INTEGER PRIMARY KEY,
    set_id         INTEGER NOT NULL REFERENCES letter_sets (id),
    target         TEXT NOT NULL CHECK (target <> ''), -- what it is about, "casella:12" or "iscritto:7": once in its set
    year           INTEGER NOT NULL,
    number         INTEGER NOT NULL CHECK (number > 0), -- without gaps in its year: the protocol's
    kind           TEXT NOT NULL CHECK (kind <> ''),
    member_id      INTEGER NOT NULL REFERENCES members (id),
    mailbox_id     INTEGER REFERENCES mailboxes (id),
    made_on        TEXT NOT NULL,
    actor          TEXT NOT NULL,
    sender         TEXT NOT NULL,
    sender_address TEXT NOT NULL,
    place          TEXT NOT NULL,
    signer         TEXT NOT NULL,
    recipient      TEXT NOT NULL CHECK (recipient <> ''), -- the first line of the envelope: who it is for
    address        TEXT NOT NULL,               -- the others, as they were; blanked with the contact data (9.10)
    subject        TEXT NOT NULL CHECK (subject <> ''),
    body           TEXT NOT NULL CHECK (body <> ''),
    created_at     TEXT NOT NULL,
    UNIQUE (year, number),
    UNIQUE (set_id, target),
    CHECK (year = CAST(substr(made_on, 1, 4) AS INTEGER))
) STRICT;
CREATE INDEX letters_by_member ON letters (member_id, id);
CREATE INDEX letters_by_mailbox ON letters (mailbox_id) WHERE mailbox_id IS NOT NULL;
CREATE INDEX letters_by_kind ON letters (kind, id);
-- A letter stays as it was made: only its address may go. Its member may become
-- another's position.
CREATE TRIGGER letters_stay BEFORE UPDATE OF set_id, target, year, number, kind, mailbox_id, made_on, actor, sender, sender_address, place, signer, recipient, subject, body, created_at ON letters
BEGIN SELECT RAISE(ABORT, 'a letter is not rewritten'); END;
CREATE TRIGGER letters_address BEFORE UPDATE OF address ON letters WHEN NEW.address NOT IN (OLD.address, '')
BEGIN SELECT RAISE(ABORT, 'a letter is not rewritten'); END;
CREATE TRIGGER letters_no_delete BEFORE DELETE ON letters BEGIN SELECT RAISE(ABORT, 'letters are kept'); END;
