-- Who runs on this database. `life` is one start of a node; `stands_on` names what only one node
-- can have, and is empty for one among many. Times are the database's own.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    life TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    release TEXT NOT NULL,
    stands_on TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
);

-- By this the master key is known again that the keys of this database are sealed with.
ALTER TABLE identity ADD COLUMN master_key_check TEXT;
