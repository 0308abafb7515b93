-- What the Ordine pays in to its prepaid credit at the provider (credito presso
-- il gestore), gross; charges draw it down. Append-only: a mistake is mended by an
-- opposite entry of the same day.
CREATE TABLE provider_deposits (
    id            INTEGER PRIMARY KEY,
    day_on        TEXT NOT NULL,
    amount_cents  INTEGER NOT NULL CHECK (amount_cents <> 0), -- gross, + in, − taken back
    reference     TEXT NOT NULL CHECK (reference <> ''),      -- as it was typed
    reference_key TEXT NOT NULL CHECK (reference_key <> ''),  -- what tells payments apart, as in topups
    note          TEXT NOT NULL DEFAULT '',
    reverses_id   INTEGER UNIQUE REFERENCES provider_deposits (id), -- a deposit is taken back once
    reason        TEXT NOT NULL DEFAULT '',
    actor         TEXT NOT NULL,
    at            TEXT NOT NULL,
    CHECK ((reverses_id IS NULL) = (amount_cents > 0)),
    CHECK ((reverses_id IS NULL) = (reason = ''))
) STRICT;
CREATE UNIQUE INDEX provider_deposits_once ON provider_deposits (reference_key) WHERE reverses_id IS NULL;
CREATE TRIGGER provider_deposits_no_update BEFORE UPDATE ON provider_deposits BEGIN SELECT RAISE(ABORT, 'deposits are append-only'); END;
CREATE TRIGGER provider_deposits_no_delete BEFORE DELETE ON provider_deposits BEGIN SELECT RAISE(ABORT, 'deposits are append-only'); END;
CREATE TRIGGER provider_deposits_are_opposite BEFORE INSERT ON provider_deposits
WHEN NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM provider_deposits d
    WHERE d.id = NEW.reverses_id AND d.reverses_id IS NULL AND d.amount_cents = -NEW.amount_cents AND d.day_on = NEW.day_on)
BEGIN SELECT RAISE(ABORT, 'an opposite entry is of the same day and amount'); END;
