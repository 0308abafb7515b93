-- What is bought once and handed over (a signature kit): to where, and whether it was.
CREATE TABLE deliveries (
    order_id   INTEGER PRIMARY KEY REFERENCES orders (id),
    address    TEXT NOT NULL,                   -- one line; empty: it is fetched at the desk
    handed_on  TEXT,                            -- null: still to be handed over
    handed_by  TEXT NOT NULL DEFAULT '',
    CHECK ((handed_on IS NULL) = (handed_by = ''))
) STRICT;
CREATE INDEX deliveries_due ON deliveries (order_id) WHERE handed_on IS NULL;
