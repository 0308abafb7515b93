CREATE TABLE import_running (                   -- technical: the import that is being written, if any
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    actor    TEXT NOT NULL,
    filename TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;
