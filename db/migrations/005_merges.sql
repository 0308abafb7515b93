-- Two positions that are one person are merged: the one that goes stays as a row
-- that leads to the other, so that its old entries, payments and log speak of
-- somebody. It holds no mailbox and no credit, and is on no list.

ALTER TABLE members ADD COLUMN merged_into INTEGER REFERENCES members (id); -- the member it became part of
ALTER TABLE members ADD COLUMN merged_on TEXT;
ALTER TABLE members ADD COLUMN erased_on TEXT;  -- the day its contact data went (9.10)
CREATE INDEX members_merged ON members (merged_into) WHERE merged_into IS NOT NULL;

-- Two CHECKs learn a word. Neither changes a row, so the tables are not built
-- anew, and the ledger's guards are never down: the way that the documentation
-- of ALTER TABLE gives for just this. The columns above made the other
-- connections read the schema again; RESET makes this one.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''refund'', ''claim''', '''refund'', ''claim'', ''transfer''') WHERE type = 'table' AND name = 'ledger';
UPDATE sqlite_schema SET sql = replace(sql, 'registration_number IS NOT NULL OR tax_code IS NOT NULL)',
    'registration_number IS NOT NULL OR tax_code IS NOT NULL OR merged_into IS NOT NULL)') WHERE type = 'table' AND name = 'members';
PRAGMA writable_schema = RESET;

-- What is left of a merged position's number and code leads to the other. Who
-- wants one of them takes it: they belong to the living.
CREATE TRIGGER members_keys_given_up_insert BEFORE INSERT ON members BEGIN
    UPDATE members SET registration_number = NULL WHERE registration_number = NEW.registration_number AND merged_into IS NOT NULL;
    UPDATE members SET tax_code = NULL WHERE tax_code = NEW.tax_code AND merged_into IS NOT NULL;
END;
CREATE TRIGGER members_keys_given_up_update BEFORE UPDATE OF registration_number, tax_code ON members WHEN NEW.merged_into IS NULL BEGIN
    UPDATE members SET registration_number = NULL WHERE registration_number = NEW.registration_number AND merged_into IS NOT NULL;
    UPDATE members SET tax_code = NULL WHERE tax_code = NEW.tax_code AND merged_into IS NOT NULL;
END;

-- A merged position holds nothing.
CREATE TRIGGER mailboxes_not_of_merged BEFORE INSERT ON mailboxes
WHEN EXISTS (SELECT 1 FROM members WHERE id = NEW.member_id AND merged_into IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the member was merged into another'); END;

-- It is found through the other: by its name, number and code as by theirs.
DROP VIEW members_search;
CREATE VIEW members_search AS
SELECT f.id AS id,
       f.text || COALESCE((SELECT group_concat(' ' || x.text, '') FROM members g JOIN members_folded x ON x.id = g.id WHERE g.merged_into = f.id), '') AS text,
       f.place AS place
FROM members_folded f JOIN members m ON m.id = f.id WHERE m.merged_into IS NULL;
DROP TRIGGER members_fts_update;
CREATE TRIGGER members_fts_update AFTER UPDATE OF surname, name, registration_number, tax_code, email, own_pec, address, city ON members WHEN NEW.merged_into IS NULL BEGIN
    UPDATE members_fts SET (text, place) = (SELECT text, place FROM members_search WHERE id = NEW.id) WHERE rowid = NEW.id;
END;
CREATE TRIGGER members_fts_merged AFTER UPDATE OF merged_into, surname, name, registration_number, tax_code, email, own_pec ON members WHEN NEW.merged_into IS NOT NULL BEGIN
    DELETE FROM members_fts WHERE rowid = NEW.id;
    UPDATE members_fts SET text = (SELECT text FROM members_search WHERE id = NEW.merged_into) WHERE rowid = NEW.merged_into;
END;

CREATE TABLE distinct_members (                 -- pairs that look like one person and are two
    first_id  INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    second_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    actor     TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
) STRICT, WITHOUT ROWID;
