-- Cents are INTEGER (_cents, euro cents), civil days TEXT 'YYYY-MM-DD' (_on),
-- instants TEXT in UTC (_at). What is never false is a constraint, with a remark.

CREATE TABLE order_body (                       -- the Ordine: one row
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    name       TEXT NOT NULL CHECK (name <> ''),
    city       TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE domains (                          -- the Ordine's PEC domains
    domain     TEXT PRIMARY KEY CHECK (domain = lower(domain)),
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX domains_default ON domains (is_default) WHERE is_default = 1;

CREATE TABLE operators (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    name          TEXT NOT NULL DEFAULT '',
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'secretariat', 'treasurer', 'reader')),
    password_hash TEXT NOT NULL DEFAULT '',     -- argon2id; empty: cannot log in
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    created_at    TEXT NOT NULL
) STRICT;

CREATE TABLE members (
    id                  INTEGER PRIMARY KEY,
    registration_number TEXT UNIQUE CHECK (registration_number <> ''),
    surname             TEXT NOT NULL CHECK (surname <> ''),
    name                TEXT NOT NULL DEFAULT '',
    sex                 TEXT NOT NULL DEFAULT '' CHECK (sex IN ('', 'M', 'F')),
    tax_code            TEXT UNIQUE CHECK (tax_code <> '' AND tax_code = upper(tax_code)),
    vat_number          TEXT NOT NULL DEFAULT '',
    birth_on            TEXT,
    birth_place         TEXT NOT NULL DEFAULT '',
    birth_province      TEXT NOT NULL DEFAULT '',
    section             TEXT NOT NULL DEFAULT '',
    sector              TEXT NOT NULL DEFAULT '',
    registered_on       TEXT,
    status              TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'cancelled', 'transferred', 'deceased')),
    left_on             TEXT,                   -- first day off the register
    left_registered_on  TEXT,                   -- day on which the leaving was registered (9.3)
    title               TEXT NOT NULL DEFAULT '',
    address             TEXT NOT NULL DEFAULT '',
    postal_code         TEXT NOT NULL DEFAULT '',
    city                TEXT NOT NULL DEFAULT '',
    province            TEXT NOT NULL DEFAULT '',
    phone               TEXT NOT NULL DEFAULT '',
    mobile              TEXT NOT NULL DEFAULT '',
    email               TEXT NOT NULL DEFAULT '',
    own_pec             TEXT NOT NULL DEFAULT '',
    reserved_address    TEXT UNIQUE,            -- address in an own domain that a file gave (9.4)
    password_hash       TEXT NOT NULL DEFAULT '', -- argon2id, for the member's area
    last_event_on       TEXT,                   -- no earlier day may be played for this member
    version             INTEGER NOT NULL DEFAULT 1, -- grows at each change: undo and previews notice it
    created_at          TEXT NOT NULL,
    CHECK (registration_number IS NOT NULL OR tax_code IS NOT NULL), -- known by one of them
    CHECK ((status IN ('active', 'suspended')) = (left_on IS NULL))  -- a leaver has a day, nobody else
) STRICT;
CREATE INDEX members_by_name ON members (surname, name, id);
CREATE INDEX members_by_status ON members (status);

-- What a member is searched by: names in any order, tax code, number, addresses.
-- The tokenizer folds case and accents; surnames stand twice, also without
-- apostrophes. Kept by triggers (below mailboxes).
CREATE VIRTUAL TABLE members_fts USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

CREATE TABLE member_history (                   -- what each field was before
    id        INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    field     TEXT NOT NULL,
    old       TEXT NOT NULL,
    new       TEXT NOT NULL,
    at        TEXT NOT NULL,
    day_on    TEXT NOT NULL,
    actor     TEXT NOT NULL,
    batch_id  INTEGER REFERENCES import_batches (id)
) STRICT;
CREATE INDEX member_history_by_member ON member_history (member_id, id);

CREATE TABLE agreements (                       -- convenzioni
    id         INTEGER PRIMARY KEY,
    starts_on  TEXT NOT NULL UNIQUE,            -- one in force on any day
    name       TEXT NOT NULL,
    document   TEXT NOT NULL CHECK (json_valid(document)),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE mailboxes (                        -- caselle PEC
    id            INTEGER PRIMARY KEY,
    address       TEXT NOT NULL CHECK (address = lower(address) AND address LIKE '%_@_%'),
    member_id     INTEGER NOT NULL REFERENCES members (id),
    kind          TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('requested', 'sent', 'active', 'suspended', 'rejected', 'closed')),
    requested_on  TEXT,
    sent_on       TEXT,
    activated_on  TEXT,
    anchor_on     TEXT,                         -- the day whose anniversaries are the expiries (R2)
    expires_on    TEXT,                         -- E, first day no longer in the term
    term_years    INTEGER NOT NULL DEFAULT 1 CHECK (term_years BETWEEN 1 AND 5),
    auto_renew    INTEGER NOT NULL DEFAULT 1 CHECK (auto_renew IN (0, 1)),
    closed_on     TEXT,
    close_reason  TEXT NOT NULL DEFAULT '',
    used_mb       INTEGER CHECK (used_mb >= 0),
    rejection     TEXT NOT NULL DEFAULT '',
    last_event_on TEXT,
    batch_id      INTEGER REFERENCES import_batches (id),
    created_at    TEXT NOT NULL,
    CHECK (status NOT IN ('active', 'suspended') OR (activated_on IS NOT NULL AND anchor_on IS NOT NULL AND expires_on IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_on IS NOT NULL))
) STRICT;
-- An address is one mailbox's; a closed one's may come back to the same holder
-- only, which the trigger sees to (9.3).
CREATE UNIQUE INDEX mailboxes_by_address ON mailboxes (address) WHERE status <> 'closed';
CREATE INDEX mailboxes_by_any_address ON mailboxes (address, id);
CREATE INDEX mailboxes_by_member ON mailboxes (member_id);
CREATE INDEX mailboxes_by_expiry ON mailboxes (expires_on, address) WHERE status IN ('active', 'suspended');
CREATE INDEX mailboxes_by_status ON mailboxes (status, address);
CREATE TRIGGER mailboxes_address_keeps_holder BEFORE INSERT ON mailboxes
WHEN EXISTS (SELECT 1 FROM mailboxes WHERE address = NEW.address AND member_id <> NEW.member_id)
BEGIN SELECT RAISE(ABORT, 'address was another holder''s'); END;

CREATE VIEW members_search AS
SELECT m.id AS id,
       m.surname || ' ' || replace(replace(m.surname, '''', ''), '’', '') || ' ' || m.name || ' ' ||
       COALESCE(m.registration_number, '') || ' ' || COALESCE(m.tax_code, '') || ' ' || m.email || ' ' || m.own_pec || ' ' ||
       COALESCE((SELECT group_concat(b.address, ' ') FROM mailboxes b WHERE b.member_id = m.id), '') AS text
FROM members m;
CREATE TRIGGER members_fts_insert AFTER INSERT ON members BEGIN
    INSERT INTO members_fts (rowid, text) SELECT id, text FROM members_search WHERE id = NEW.id;
END;
CREATE TRIGGER members_fts_update AFTER UPDATE OF surname, name, registration_number, tax_code, email, own_pec ON members BEGIN
    UPDATE members_fts SET text = (SELECT text FROM members_search WHERE id = NEW.id) WHERE rowid = NEW.id;
END;
CREATE TRIGGER members_fts_delete AFTER DELETE ON members BEGIN
    DELETE FROM members_fts WHERE rowid = OLD.id;
END;
CREATE TRIGGER mailboxes_fts_insert AFTER INSERT ON mailboxes BEGIN
    UPDATE members_fts SET text = (SELECT text FROM members_search WHERE id = NEW.member_id) WHERE rowid = NEW.member_id;
END;
CREATE TRIGGER mailboxes_fts_update AFTER UPDATE OF address, member_id ON mailboxes BEGIN
    UPDATE members_fts SET text = (SELECT text FROM members_search WHERE id = NEW.member_id) WHERE rowid = NEW.member_id;
END;
CREATE TRIGGER mailboxes_fts_delete AFTER DELETE ON mailboxes BEGIN
    UPDATE members_fts SET text = (SELECT text FROM members_search WHERE id = OLD.member_id) WHERE rowid = OLD.member_id;
END;

CREATE TABLE periods (                          -- the terms of a mailbox, end to end (R1)
    id           INTEGER PRIMARY KEY,
    mailbox_id   INTEGER NOT NULL REFERENCES mailboxes (id),
    starts_on    TEXT NOT NULL,
    ends_on      TEXT NOT NULL CHECK (ends_on > starts_on), -- E: not in the period
    origin       TEXT NOT NULL CHECK (origin IN ('activation', 'renewal', 'imported')),
    recorded_on  TEXT NOT NULL,
    UNIQUE (mailbox_id, starts_on)              -- renewed once
) STRICT;
CREATE INDEX periods_by_start ON periods (starts_on);

CREATE TABLE charges (                          -- what the Ordine owes the provider (R4)
    id           INTEGER PRIMARY KEY,
    period_id    INTEGER NOT NULL UNIQUE REFERENCES periods (id), -- one per period, ever
    mailbox_id   INTEGER NOT NULL REFERENCES mailboxes (id),
    starts_on    TEXT NOT NULL,                 -- of the period; its year is the charge's year
    agreement_id INTEGER NOT NULL REFERENCES agreements (id),
    net_cents    INTEGER NOT NULL CHECK (net_cents >= 0),
    vat_cents    INTEGER NOT NULL CHECK (vat_cents >= 0),
    gross_cents  INTEGER NOT NULL CHECK (gross_cents = net_cents + vat_cents),
    recorded_on  TEXT NOT NULL,
    UNIQUE (mailbox_id, starts_on)
) STRICT;
CREATE INDEX charges_by_start ON charges (starts_on);

CREATE TABLE orders (                           -- ordini di acquisto
    id           INTEGER PRIMARY KEY,
    member_id    INTEGER NOT NULL REFERENCES members (id),
    mailbox_id   INTEGER NOT NULL REFERENCES mailboxes (id),
    kind         TEXT NOT NULL CHECK (kind IN ('purchase', 'renewal')),
    state        TEXT NOT NULL CHECK (state IN ('awaiting_payment', 'completed', 'cancelled', 'lapsed')),
    ordered_on   TEXT NOT NULL,
    completed_on TEXT,                          -- the day its figures belong to (9.11)
    ended_on     TEXT,                          -- cancelled or lapsed
    reason       TEXT NOT NULL DEFAULT '',      -- why cancelled
    number_year  INTEGER,
    number       INTEGER CHECK (number > 0),
    agreement_id INTEGER NOT NULL REFERENCES agreements (id),
    net_cents    INTEGER NOT NULL CHECK (net_cents >= 0),
    vat_cents    INTEGER NOT NULL CHECK (vat_cents >= 0),
    gross_cents  INTEGER NOT NULL CHECK (gross_cents = net_cents + vat_cents),
    request_key  TEXT UNIQUE,                   -- a form sent twice is one order
    entered_by   TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    UNIQUE (number_year, number),
    CHECK ((state = 'completed') = (completed_on IS NOT NULL)),
    CHECK ((state = 'completed') = (number IS NOT NULL)),
    CHECK ((number IS NULL) = (number_year IS NULL)),
    CHECK ((state IN ('cancelled', 'lapsed')) = (ended_on IS NOT NULL))
) STRICT;
CREATE INDEX orders_by_member ON orders (member_id, id);
CREATE INDEX orders_by_mailbox ON orders (mailbox_id, id);
CREATE INDEX orders_waiting ON orders (member_id, id) WHERE state = 'awaiting_payment';
CREATE INDEX orders_by_completion ON orders (completed_on) WHERE state = 'completed';
CREATE TRIGGER orders_completed_stays BEFORE UPDATE ON orders WHEN OLD.state <> 'awaiting_payment'
BEGIN SELECT RAISE(ABORT, 'a finished order is not changed'); END;
CREATE TRIGGER orders_stay BEFORE DELETE ON orders
BEGIN SELECT RAISE(ABORT, 'orders are not deleted'); END;

CREATE TABLE services (                         -- servizi attivi e cessati
    id            INTEGER PRIMARY KEY,
    mailbox_id    INTEGER NOT NULL REFERENCES mailboxes (id),
    product       TEXT NOT NULL,
    product_name  TEXT NOT NULL,                -- as the agreement called it when it was bought
    quantity      INTEGER NOT NULL CHECK (quantity > 0),
    next_quantity INTEGER NOT NULL CHECK (next_quantity > 0 AND next_quantity <= quantity), -- R20
    started_on    TEXT NOT NULL,
    expires_on    TEXT NOT NULL,
    auto_renew    INTEGER NOT NULL DEFAULT 1 CHECK (auto_renew IN (0, 1)),
    preference    INTEGER NOT NULL DEFAULT 0 CHECK (preference >= 0),
    source        TEXT NOT NULL CHECK (source IN ('ordine', 'provider')),
    net_cents     INTEGER NOT NULL DEFAULT 0 CHECK (net_cents >= 0), -- last paid, here or by the statement
    ended_on      TEXT,
    end_reason    TEXT NOT NULL DEFAULT '',
    batch_id      INTEGER REFERENCES import_batches (id),
    created_at    TEXT NOT NULL,
    CHECK ((ended_on IS NULL) = (end_reason = ''))
) STRICT;
CREATE INDEX services_by_mailbox ON services (mailbox_id);
CREATE INDEX services_running ON services (expires_on, id) WHERE ended_on IS NULL;

CREATE TABLE order_lines (
    id               INTEGER PRIMARY KEY,
    order_id         INTEGER NOT NULL REFERENCES orders (id),
    service_id       INTEGER REFERENCES services (id), -- null until completed, or one-off
    product          TEXT NOT NULL,
    product_name     TEXT NOT NULL,
    quantity         INTEGER NOT NULL CHECK (quantity > 0),
    unit             TEXT NOT NULL,
    unit_price_cents INTEGER NOT NULL CHECK (unit_price_cents >= 0), -- net
    years            INTEGER NOT NULL DEFAULT 0,
    months           INTEGER NOT NULL DEFAULT 0,
    from_on          TEXT,
    to_on            TEXT,
    vat_rate         TEXT NOT NULL,             -- percent
    net_cents        INTEGER NOT NULL CHECK (net_cents >= 0),
    vat_cents        INTEGER NOT NULL CHECK (vat_cents >= 0),
    gross_cents      INTEGER NOT NULL CHECK (gross_cents = net_cents + vat_cents),
    reason           TEXT NOT NULL DEFAULT ''   -- the quote's sentence
) STRICT;
CREATE INDEX order_lines_by_order ON order_lines (order_id);
CREATE INDEX order_lines_by_service ON order_lines (service_id);

CREATE TABLE ledger (                           -- movimenti: append-only (R14)
    id            INTEGER PRIMARY KEY,
    member_id     INTEGER NOT NULL REFERENCES members (id),
    seq           INTEGER NOT NULL CHECK (seq > 0),     -- per member, without gaps
    day_on        TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('topup', 'order', 'reversal', 'refund', 'claim')),
    amount_cents  INTEGER NOT NULL CHECK (amount_cents <> 0), -- gross, + in, − out
    balance_cents INTEGER NOT NULL CHECK (balance_cents >= 0), -- after the entry: never negative
    order_id      INTEGER UNIQUE REFERENCES orders (id),       -- an order is paid once
    topup_id      INTEGER REFERENCES topups (id),
    reverses_id   INTEGER UNIQUE REFERENCES ledger (id),       -- an entry is reversed once
    reason        TEXT NOT NULL DEFAULT '',
    actor         TEXT NOT NULL,
    at            TEXT NOT NULL,
    UNIQUE (member_id, seq)
) STRICT;
CREATE INDEX ledger_by_day ON ledger (day_on);
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_adds_up BEFORE INSERT ON ledger
WHEN NEW.balance_cents <> NEW.amount_cents + COALESCE((SELECT balance_cents FROM ledger WHERE member_id = NEW.member_id ORDER BY seq DESC LIMIT 1), 0)
  OR NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM ledger WHERE member_id = NEW.member_id), 0)
BEGIN SELECT RAISE(ABORT, 'the ledger does not add up'); END;

CREATE TABLE topups (                           -- ricariche (R15)
    id           INTEGER PRIMARY KEY,
    member_id    INTEGER NOT NULL REFERENCES members (id),
    method       TEXT NOT NULL CHECK (method IN ('card', 'bank_transfer', 'pagopa', 'counter')),
    reference    TEXT NOT NULL CHECK (reference <> ''),      -- as it was typed
    reference_key TEXT NOT NULL CHECK (reference_key <> ''), -- without spaces, in capitals: what tells payments apart
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    day_on       TEXT NOT NULL,
    actor        TEXT NOT NULL,
    at           TEXT NOT NULL,
    UNIQUE (method, reference_key, member_id)       -- entered once, however often it comes
) STRICT;
CREATE UNIQUE INDEX topups_unique_everywhere ON topups (method, reference_key) WHERE method IN ('card', 'pagopa');
CREATE INDEX topups_by_reference ON topups (method, reference_key);
CREATE INDEX topups_by_member ON topups (member_id, id);
CREATE TRIGGER topups_no_update BEFORE UPDATE ON topups BEGIN SELECT RAISE(ABORT, 'top-ups are append-only'); END;
CREATE TRIGGER topups_no_delete BEFORE DELETE ON topups BEGIN SELECT RAISE(ABORT, 'top-ups are append-only'); END;

CREATE TABLE claims (                           -- credito da recuperare: append-only, the sum is what is owed (R14)
    id           INTEGER PRIMARY KEY,
    member_id    INTEGER NOT NULL REFERENCES members (id),
    amount_cents INTEGER NOT NULL CHECK (amount_cents <> 0), -- + owed, − settled
    ledger_id    INTEGER REFERENCES ledger (id), -- the entry that raised or settled it
    day_on       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    actor        TEXT NOT NULL,
    at           TEXT NOT NULL
) STRICT;
CREATE INDEX claims_by_member ON claims (member_id);
CREATE TRIGGER claims_no_update BEFORE UPDATE ON claims BEGIN SELECT RAISE(ABORT, 'claims are append-only'); END;
CREATE TRIGGER claims_no_delete BEFORE DELETE ON claims BEGIN SELECT RAISE(ABORT, 'claims are append-only'); END;

CREATE TRIGGER charges_no_update BEFORE UPDATE ON charges BEGIN SELECT RAISE(ABORT, 'charges are append-only'); END;
CREATE TRIGGER charges_no_delete BEFORE DELETE ON charges BEGIN SELECT RAISE(ABORT, 'charges are append-only'); END;

CREATE TABLE audit (                            -- who did what, in the same transaction
    id        INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    day_on    TEXT NOT NULL,                    -- the program's day
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,                    -- "topup", "import.members"
    entity    TEXT NOT NULL,                    -- "member", "mailbox", …
    entity_id INTEGER,
    detail    TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;
CREATE INDEX audit_by_entity ON audit (entity, entity_id, id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE runs (                             -- each run of the renewals, with its figures
    id          INTEGER PRIMARY KEY,
    until_on    TEXT NOT NULL,
    day_on      TEXT NOT NULL,
    actor       TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT,                           -- null: interrupted
    figures     TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(figures))
) STRICT;

CREATE TABLE uploads (                          -- a file on its way in: kept until written or dropped
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('members', 'mailboxes', 'services')),
    filename   TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    content    BLOB NOT NULL,
    options    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)), -- mapping, encoding, delimiter, sheet
    actor      TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE import_batches (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('members', 'mailboxes', 'services')),
    filename   TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    actor      TEXT NOT NULL,
    day_on     TEXT NOT NULL,
    at         TEXT NOT NULL,
    report     TEXT NOT NULL CHECK (json_valid(report)), -- figures, mapping, problems, refused rows
    undone_at  TEXT,
    undo       TEXT CHECK (json_valid(undo))
) STRICT;

CREATE TABLE import_changes (                   -- what a batch did, for the undo (R24)
    batch_id  INTEGER NOT NULL REFERENCES import_batches (id),
    entity    TEXT NOT NULL CHECK (entity IN ('member', 'mailbox', 'service')),
    entity_id INTEGER NOT NULL,
    version   INTEGER NOT NULL DEFAULT 0,       -- of the member after the write
    before    TEXT CHECK (json_valid(before)),  -- null: created by the batch
    PRIMARY KEY (batch_id, entity, entity_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (                          -- yearly reports made, kept as they were
    id       INTEGER PRIMARY KEY,
    year     INTEGER NOT NULL,
    until_on TEXT NOT NULL,
    actor    TEXT NOT NULL,
    at       TEXT NOT NULL,
    xlsx     BLOB NOT NULL,
    pdf      BLOB NOT NULL,
    figures  TEXT NOT NULL CHECK (json_valid(figures))
) STRICT;

CREATE TABLE acceptances (                      -- conditions a member accepted (R17)
    id        INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members (id),
    document  TEXT NOT NULL,                    -- "condizioni", "clausola-4", "privacy"
    version   TEXT NOT NULL,
    at        TEXT NOT NULL,
    UNIQUE (member_id, document, version)
) STRICT;

CREATE TABLE member_links (                     -- one-time links that set a member's password
    token_hash TEXT PRIMARY KEY,                -- SHA-256; the token itself is not kept
    member_id  INTEGER NOT NULL REFERENCES members (id),
    expires_at TEXT NOT NULL,
    used_at    TEXT
) STRICT;

CREATE TABLE sessions (                         -- technical: web sessions
    key        TEXT PRIMARY KEY,
    value      BLOB NOT NULL,
    expires_at INTEGER NOT NULL                 -- Unix seconds; 0 never
) STRICT, WITHOUT ROWID;

CREATE TABLE throttles (                        -- technical: failed log-ins
    key        TEXT PRIMARY KEY,
    failures   INTEGER NOT NULL,
    until      INTEGER NOT NULL                 -- Unix seconds
) STRICT, WITHOUT ROWID;
