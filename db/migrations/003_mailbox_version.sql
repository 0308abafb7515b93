-- An import of mailboxes takes back only what nobody touched since: each change
-- of a mailbox is counted, as those of a member are.
ALTER TABLE mailboxes ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
