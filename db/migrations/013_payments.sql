-- A list of payments comes in as any other file does, and what it entered is
-- known by its ledger entries, for the undo. Only CHECKs learn a word, in the way
-- of 008.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''services'', ''outcomes'')', '''services'', ''outcomes'', ''payments'')')
WHERE type = 'table' AND name IN ('uploads', 'import_batches');
UPDATE sqlite_schema SET sql = replace(sql, '''service'', ''request'')', '''service'', ''request'', ''topup'')')
WHERE type = 'table' AND name = 'import_changes';
PRAGMA writable_schema = RESET;
