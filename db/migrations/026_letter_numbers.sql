-- A letter's number is not that of the Ordine's own register of post (protocollo):
-- that may be printed beside it. Those made before stay as they were printed.
ALTER TABLE letters ADD COLUMN called TEXT NOT NULL DEFAULT 'Prot. n.';
ALTER TABLE letters ADD COLUMN protocol TEXT NOT NULL DEFAULT ''; -- the Ordine's own; empty when nobody gave one
CREATE TRIGGER letters_numbers_stay BEFORE UPDATE OF called, protocol ON letters
BEGIN SELECT RAISE(ABORT, 'a letter is not rewritten'); END;
