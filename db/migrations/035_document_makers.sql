-- By what a document that is being made is told from one whose process has ended:
-- a file beside the database that the process holds locked (see db/hold.go).
ALTER TABLE documents ADD COLUMN maker TEXT NOT NULL DEFAULT ''; -- empty: made before there were holds
