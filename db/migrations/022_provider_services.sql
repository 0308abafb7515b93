-- What services ask of the provider: archive, users, any product that is not
-- inbox space. A request is for a total, so that asking twice adds nothing.
PRAGMA writable_schema = ON; -- a CHECK cannot be altered, see 008
UPDATE sqlite_schema SET sql = replace(sql, '''close'', ''space'')', '''close'', ''space'', ''service'')')
WHERE type = 'table' AND name = 'provider_requests';
PRAGMA writable_schema = RESET;
ALTER TABLE provider_requests ADD COLUMN product TEXT NOT NULL DEFAULT '' CHECK ((operation = 'service') = (product <> ''));
ALTER TABLE provider_requests ADD COLUMN quantity INTEGER NOT NULL DEFAULT 0 CHECK (quantity >= 0 AND (operation = 'service' OR quantity = 0));
ALTER TABLE provider_requests ADD COLUMN answered_by TEXT NOT NULL DEFAULT ''; -- who marked it as done by hand

-- What runs already is not asked for all at once. Nobody knows whether the
-- provider was told: done, on no day, until somebody says that it is so or has it
-- asked for.
INSERT INTO provider_requests (mailbox_id, operation, kind, extra_gb, due_on, state, reason, address, product, quantity)
SELECT b.id, 'service', b.kind, 0, MAX(s.started_on), 'done', 'in corso prima che il programma lo chiedesse al gestore', b.address, s.product, SUM(s.quantity)
FROM mailboxes b JOIN services s ON s.mailbox_id = b.id AND s.ended_on IS NULL AND s.product <> 'inbox_gb' AND s.source = 'ordine'
WHERE b.status IN ('active', 'suspended') GROUP BY b.id, s.product;
