-- A request keeps the address that the provider was sent: that of a refused
-- mailbox may change afterwards. Those from before have their mailbox's.
ALTER TABLE provider_requests ADD COLUMN address TEXT NOT NULL DEFAULT '';
UPDATE provider_requests SET address = (SELECT b.address FROM mailboxes b WHERE b.id = mailbox_id);
