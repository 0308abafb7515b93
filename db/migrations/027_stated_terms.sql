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
