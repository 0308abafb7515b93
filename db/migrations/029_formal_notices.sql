-- Formal notices (diffide) to communicate a digital domicile, and what follows.

CREATE TABLE formal_notices (
    id           INTEGER PRIMARY KEY,
    member_id    INTEGER NOT NULL REFERENCES members (id),
    letter_id    INTEGER NOT NULL UNIQUE REFERENCES letters (id),
    made_on      TEXT NOT NULL,
    sent_on      TEXT,
    sent_how     TEXT NOT NULL DEFAULT '',
    delivered_on TEXT,
    suspended_on TEXT,                          -- from the register, for this notice
    ended_on     TEXT,
    end          TEXT NOT NULL DEFAULT '' CHECK (end IN ('', 'complied', 'revoked', 'withdrawn', 'left')),
    end_reason   TEXT NOT NULL DEFAULT '',
    CHECK ((ended_on IS NULL) = (end = ''))
) STRICT;
CREATE UNIQUE INDEX formal_notices_open ON formal_notices (member_id) WHERE ended_on IS NULL; -- one at a time
CREATE INDEX formal_notices_by_member ON formal_notices (member_id, id);
CREATE TRIGGER formal_notices_stay BEFORE DELETE ON formal_notices BEGIN SELECT RAISE(ABORT, 'formal notices are kept'); END;

CREATE TABLE formal_notice_pauses (             -- days that do not count
    id        INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES formal_notices (id),
    from_on   TEXT NOT NULL,
    to_on     TEXT,                             -- the first day that counts again; null while it lasts
    reason    TEXT NOT NULL CHECK (reason <> ''),
    actor     TEXT NOT NULL,
    CHECK (to_on IS NULL OR to_on >= from_on)
) STRICT;
CREATE UNIQUE INDEX formal_notice_pauses_open ON formal_notice_pauses (notice_id) WHERE to_on IS NULL;
CREATE INDEX formal_notice_pauses_by_notice ON formal_notice_pauses (notice_id, id);

-- The letters that were made before: the latest of each member is followed from
-- now on.
INSERT INTO formal_notices (member_id, letter_id, made_on)
SELECT member_id, MAX(id), made_on FROM letters WHERE kind = 'letter_diffida' GROUP BY member_id;
