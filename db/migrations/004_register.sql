-- Why a member's status is what it is, as the secretariat entered it.
ALTER TABLE members ADD COLUMN status_since   TEXT;                     -- first day of a suspension or of a return
ALTER TABLE members ADD COLUMN status_until   TEXT CHECK (status_until IS NULL OR status = 'suspended' AND status_until >= status_since);
ALTER TABLE members ADD COLUMN status_reason  TEXT NOT NULL DEFAULT ''; -- the Council's decision
ALTER TABLE members ADD COLUMN transferred_to TEXT NOT NULL DEFAULT '' CHECK (transferred_to = '' OR status = 'transferred'); -- the Ordine

CREATE TABLE saved_lists (                      -- elenchi salvati of the register, shared by all operators
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''),
    query      TEXT NOT NULL,                   -- filters, order and columns, as in the page's address
    actor      TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE list_columns (                     -- the columns that an operator chose for a list
    operator_id INTEGER NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    list        TEXT NOT NULL,                  -- "iscritti"
    columns     TEXT NOT NULL,                  -- their names, with spaces between
    PRIMARY KEY (operator_id, list)
) STRICT, WITHOUT ROWID;
