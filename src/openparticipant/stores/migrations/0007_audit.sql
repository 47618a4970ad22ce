-- Who did what. Rows are only added; what they name may be gone.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    actor TEXT,
    request_id TEXT,
    contact_id TEXT,
    attachment_id TEXT,
    detail TEXT
);
