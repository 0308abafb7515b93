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

-- What a member is searched by, made anew: letters that the tokenizer does not
-- fold are folded here, as pec.Fold does; surnames, names and numbers stand also
-- without the signs and spaces inside them. Streets and towns are a column of
-- their own, asked only when a street is typed: nobody who looks for «Rossi»
-- wants all who live in via Rossi.
DROP TRIGGER members_fts_insert;
DROP TRIGGER members_fts_update;
DROP TRIGGER members_fts_delete;
DROP TRIGGER mailboxes_fts_insert;
DROP TRIGGER mailboxes_fts_update;
DROP TRIGGER mailboxes_fts_delete;
DROP VIEW members_search;
DROP TABLE members_fts;

CREATE VIRTUAL TABLE members_fts USING fts5 (text, place, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
CREATE VIEW members_folded AS
WITH folded AS (
    SELECT id, registration_number AS number, tax_code, email, own_pec,
           replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(surname, 'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd'), 'Ð', 'd'), 'þ', 'th'), 'Þ', 'th'), 'ħ', 'h'), 'Ħ', 'h'), 'ı', 'i'), 'ŋ', 'n'), 'Ŋ', 'n'), 'ʼ', '''') AS surname,
           replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(name, 'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd'), 'Ð', 'd'), 'þ', 'th'), 'Þ', 'th'), 'ħ', 'h'), 'Ħ', 'h'), 'ı', 'i'), 'ŋ', 'n'), 'Ŋ', 'n'), 'ʼ', '''') AS name,
           replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(address || ' ' || city, 'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd'), 'Ð', 'd'), 'þ', 'th'), 'Þ', 'th'), 'ħ', 'h'), 'Ħ', 'h'), 'ı', 'i'), 'ŋ', 'n'), 'Ŋ', 'n'), 'ʼ', '''') AS place
    FROM members
)
SELECT m.id AS id,
       m.surname || ' ' ||
       replace(replace(replace(replace(replace(replace(replace(replace(m.surname, '''', ''), '’', ''), '‘', ''), '`', ''), '´', ''), ' ', ''), '-', ''), '.', '') || ' ' ||
       m.name || ' ' ||
       replace(replace(replace(replace(replace(replace(replace(replace(m.name, '''', ''), '’', ''), '‘', ''), '`', ''), '´', ''), ' ', ''), '-', ''), '.', '') || ' ' ||
       COALESCE(m.number, '') || ' ' ||
       COALESCE(replace(replace(replace(replace(replace(m.number, ' ', ''), '-', ''), '/', ''), '.', ''), '_', ''), '') || ' ' ||
       COALESCE(m.tax_code, '') || ' ' || m.email || ' ' || m.own_pec || ' ' ||
       COALESCE((SELECT group_concat(b.address, ' ') FROM mailboxes b WHERE b.member_id = m.id), '') AS text,
       m.place AS place
FROM folded m;
CREATE VIEW members_search AS SELECT id, text, place FROM members_folded;
CREATE TRIGGER members_fts_insert AFTER INSERT ON members BEGIN
    INSERT INTO members_fts (rowid, text, place) SELECT id, text, place FROM members_search WHERE id = NEW.id;
END;
CREATE TRIGGER members_fts_update AFTER UPDATE OF surname, name, registration_number, tax_code, email, own_pec, address, city ON members BEGIN
    UPDATE members_fts SET (text, place) = (SELECT text, place FROM members_search WHERE id = NEW.id) WHERE rowid = NEW.id;
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
INSERT INTO members_fts (rowid, text, place) SELECT id, text, place FROM members_search;
