-- What is left to do before others may have a completed file: `scanning`, then nothing once it is
-- approved, or `rejected` for good. To the release before, it is one whose completion never ends:
-- nobody can fetch it, and no deadline touches it.
ALTER TABLE attachments ADD COLUMN review TEXT CHECK (review IN ('scanning', 'rejected'));

-- 1 where only its author is told of an item.
ALTER TABLE items ADD COLUMN private INTEGER NOT NULL DEFAULT 0;

-- The work that this makes: a row is there from the completion until the file is approved, or until
-- its bytes are gone. `due_at` is when somebody may take it, which moves it on: that is the lease.
CREATE TABLE scans (
    contact_seq INTEGER NOT NULL REFERENCES contacts,
    attachment_id TEXT NOT NULL,
    handed_over_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (contact_seq, attachment_id)
) WITHOUT ROWID;
CREATE INDEX scans_due ON scans (due_at);
