-- A provider's list waits, as the files of imports do, until an operator has said
-- what its columns are; how it was read is kept with its comparison, and remembered
-- for the next list with the same titles. Only a CHECK learns a word, in the way of
-- 008; no earlier comparison knows how it was read.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''outcomes'', ''payments'')', '''outcomes'', ''payments'', ''comparison'')')
WHERE type = 'table' AND name = 'uploads';
PRAGMA writable_schema = RESET;

ALTER TABLE comparisons ADD COLUMN reading TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(reading)); -- options, header, mapping, upload
