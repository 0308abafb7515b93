CREATE TABLE jobs (                             -- technical: how each job went the last time
    code        TEXT PRIMARY KEY,               -- "renewals", "notices"…
    started_at  TEXT NOT NULL,
    finished_at TEXT,                           -- null: under way, or cut short
    day_on      TEXT NOT NULL,
    actor       TEXT NOT NULL,
    failed      INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1)),
    said        TEXT NOT NULL DEFAULT ''        -- Italian: what came of it
) STRICT, WITHOUT ROWID;
