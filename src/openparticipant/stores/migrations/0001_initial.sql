-- Times are epoch milliseconds. `seq` is the internal key: it grows with time, so new rows share
-- pages; public ids are random and are looked up below their contact wherever they are hot.

CREATE TABLE identity (id TEXT PRIMARY KEY);

CREATE TABLE access_keys (
    access_key_id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('control', 'objects')),
    secret_access_key TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE contacts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    instance_id TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    attributes TEXT NOT NULL,
    content_types TEXT NOT NULL,
    client_token TEXT,
    request_digest BLOB NOT NULL,
    started_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    ended_at INTEGER,
    disconnect_reason TEXT,
    updated_at INTEGER NOT NULL,
    last_ordinal INTEGER NOT NULL DEFAULT 0,
    last_item_at INTEGER NOT NULL DEFAULT 0,
    attachments_held INTEGER NOT NULL DEFAULT 0,
    UNIQUE (instance_id, client_token)
);
CREATE INDEX contacts_due ON contacts (ends_at) WHERE ended_at IS NULL;

CREATE TABLE participants (
    seq INTEGER PRIMARY KEY,
    contact_seq INTEGER NOT NULL REFERENCES contacts,
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    display_name TEXT NOT NULL,
    client_token TEXT,
    request_digest BLOB NOT NULL,
    disconnected_at INTEGER,
    UNIQUE (contact_seq, client_token)
);

CREATE TABLE participant_tokens (
    digest BLOB PRIMARY KEY,
    participant_seq INTEGER NOT NULL REFERENCES participants,
    expires_at INTEGER NOT NULL
);
CREATE INDEX participant_tokens_of ON participant_tokens (participant_seq);

CREATE TABLE connections (
    digest BLOB PRIMARY KEY,
    participant_seq INTEGER NOT NULL REFERENCES participants,
    expires_at INTEGER NOT NULL
);
CREATE INDEX connections_of ON connections (participant_seq);

CREATE TABLE websockets (
    digest BLOB PRIMARY KEY,
    participant_seq INTEGER NOT NULL REFERENCES participants,
    expires_at INTEGER NOT NULL
);
CREATE INDEX websockets_of ON websockets (participant_seq);

-- Clustered by contact: the rows of a chat lie together and random ids touch few pages.
-- `held` says whether the row counts against the quota of its contact; `due_at` is when somebody
-- has to look at it again.
CREATE TABLE attachments (
    contact_seq INTEGER NOT NULL REFERENCES contacts,
    id TEXT NOT NULL,
    participant_seq INTEGER NOT NULL REFERENCES participants,
    participant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'completing', 'approved')),
    held INTEGER NOT NULL,
    staging_key TEXT NOT NULL,
    final_key TEXT,
    attempt TEXT,
    start_token TEXT,
    complete_token TEXT,
    url_expires_at INTEGER NOT NULL,
    abandoned_at INTEGER NOT NULL,
    due_at INTEGER,
    PRIMARY KEY (contact_seq, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX attachments_once ON attachments (participant_seq, start_token)
    WHERE start_token IS NOT NULL;
CREATE INDEX attachments_due ON attachments (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE items (
    contact_seq INTEGER NOT NULL REFERENCES contacts,
    ordinal INTEGER NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    participant_seq INTEGER NOT NULL REFERENCES participants,
    content_type TEXT,
    content TEXT,
    attachment_id TEXT,
    PRIMARY KEY (contact_seq, ordinal)
) WITHOUT ROWID;
