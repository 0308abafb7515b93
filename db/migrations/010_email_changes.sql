-- A member's new e-mail address holds once it is confirmed from there.
CREATE TABLE email_changes (
    member_id  INTEGER PRIMARY KEY REFERENCES members (id), -- the latest asked for alone can be confirmed
    email      TEXT NOT NULL CHECK (email <> ''),
    token_hash TEXT NOT NULL UNIQUE,
    asked_at   TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
