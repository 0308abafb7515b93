-- What the provider's list told of the space of a mailbox (spazio secondo
-- l'elenco del gestore): it knows that much of it until it is told otherwise,
-- whatever has been renewed here since. Null for what no list told of, 0 for what
-- a later list no longer has.
ALTER TABLE services ADD COLUMN listed_quantity INTEGER CHECK (listed_quantity IS NULL OR listed_quantity >= 0 AND batch_id IS NOT NULL);

-- Of before, the log tells from what a quantity was lowered here.
UPDATE services SET listed_quantity = iif(end_reason = 'not_in_statement', 0, max(quantity, COALESCE(
    (SELECT MAX(json_extract(a.detail, '$.before.next_quantity')) FROM audit a
        WHERE a.entity = 'mailbox' AND a.entity_id = services.mailbox_id AND a.action = 'service.changed' AND json_extract(a.detail, '$.service') = services.id), 0)))
WHERE batch_id IS NOT NULL AND source = 'ordine';
