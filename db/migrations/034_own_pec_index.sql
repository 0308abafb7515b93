-- Who has a PEC is looked up for each member of whom the digital domicile is asked.
CREATE INDEX members_by_own_pec ON members (lower(own_pec)) WHERE own_pec <> '';
