-- What the Ordine put down for mailboxes in a year's budget (importo a bilancio).
CREATE TABLE budgets (
    year        INTEGER PRIMARY KEY CHECK (year BETWEEN 1900 AND 9999),
    gross_cents INTEGER NOT NULL CHECK (gross_cents > 0), -- VAT included
    actor       TEXT NOT NULL,
    at          TEXT NOT NULL
) STRICT;

-- The Ordine's logo, as documents print it.
CREATE TABLE logo (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    png   BLOB NOT NULL CHECK (length(png) BETWEEN 1 AND 8388608),
    actor TEXT NOT NULL,
    at    TEXT NOT NULL
) STRICT;
