CREATE TABLE messages (                         -- what goes out to people (R22)
    id               INTEGER PRIMARY KEY,
    key              TEXT NOT NULL UNIQUE CHECK (key <> ''), -- what it is about: never written twice
    kind             TEXT NOT NULL CHECK (kind <> ''),
    member_id        INTEGER REFERENCES members (id),   -- null: for an operator
    mailbox_id       INTEGER REFERENCES mailboxes (id),
    recipient        TEXT NOT NULL DEFAULT '',  -- e-mail address; empty: on paper
    subject          TEXT NOT NULL,
    body             TEXT NOT NULL,             -- plain text, as it was filled in
    html             TEXT NOT NULL,
    message_id       TEXT NOT NULL UNIQUE,      -- of the e-mail, the same on every attempt
    state            TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'unknown', 'sent', 'given_up', 'paper', 'posted')),
    day_on           TEXT NOT NULL,             -- the program's day on which it was written
    useful_until_on  TEXT NOT NULL,             -- later it is not sent any more
    attempts         INTEGER NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 8), -- since written, or since an operator asked again
    next_try_at      TEXT,
    claimed_until_at TEXT,                      -- an attempt that has not answered by then was cut short
    last_error       TEXT NOT NULL DEFAULT '',
    gone_at          TEXT,                      -- sent or posted
    created_at       TEXT NOT NULL,
    CHECK ((state IN ('waiting', 'unknown')) = (next_try_at IS NOT NULL)),
    CHECK ((state = 'sending') = (claimed_until_at IS NOT NULL)),
    CHECK ((state IN ('sent', 'posted')) = (gone_at IS NOT NULL)),
    CHECK (recipient <> '' OR state IN ('sent', 'paper', 'posted', 'given_up')) -- what is to be sent has somebody to go to
) STRICT;
CREATE INDEX messages_due ON messages (next_try_at, id) WHERE state IN ('waiting', 'unknown');
CREATE INDEX messages_by_state ON messages (state, id);
CREATE INDEX messages_by_member ON messages (member_id, id);
CREATE INDEX messages_by_mailbox ON messages (mailbox_id, id);
-- What was written stays as it was; it may be blanked (9.10), never rewritten.
CREATE TRIGGER messages_stay BEFORE UPDATE OF subject, body, html ON messages
WHEN NEW.subject NOT IN (OLD.subject, '') OR NEW.body NOT IN (OLD.body, '') OR NEW.html NOT IN (OLD.html, '')
BEGIN SELECT RAISE(ABORT, 'a message is not rewritten'); END;

CREATE TABLE message_attempts (                 -- each attempt to send, with what the server said
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    outcome    TEXT NOT NULL CHECK (outcome IN ('accepted', 'refused', 'deferred', 'unreachable', 'uncertain')),
    reply      TEXT NOT NULL DEFAULT '',
    day_on     TEXT NOT NULL,
    at         TEXT NOT NULL
) STRICT;
CREATE INDEX message_attempts_by_message ON message_attempts (message_id, id);
CREATE INDEX message_attempts_by_day ON message_attempts (day_on);

CREATE TABLE notices (                          -- avvisi di scadenza raised (R21)
    mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id),
    expires_on TEXT NOT NULL,
    step       INTEGER NOT NULL CHECK (step >= 0), -- days before E
    raised_on  TEXT NOT NULL,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    PRIMARY KEY (mailbox_id, expires_on, step)  -- one per mailbox, E and step, ever
) STRICT, WITHOUT ROWID;
CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, 'notices are append-only'); END;
CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices BEGIN SELECT RAISE(ABORT, 'notices are append-only'); END;

CREATE TABLE message_texts (                    -- the secretariat's texts; a kind without a row has the program's
    kind       TEXT PRIMARY KEY,
    subject    TEXT NOT NULL CHECK (subject <> ''),
    body       TEXT NOT NULL CHECK (body <> ''),
    actor      TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
