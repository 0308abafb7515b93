-- Why a member's status is what it is, as the secretariat entered it.
ALTER TABLE members ADD COLUMN status_since   TEXT;                     -- first day of a suspension or of a return
ALTER TABLE members ADD COLUMN status_until   TEXT CHECK (status_until IS NULL OR status = 'suspended' AND status_until >= status_since);
ALTER TABLE members ADD COLUMN status_reason  TEXT NOT NULL DEFAULT ''; -- the Council's decision
ALTER TABLE members ADD COLUMN transferred_to TEXT NOT NULL DEFAULT '' CHECK (transferred_to = '' OR status = 'transferred'); -- the Ordine
