-- Since when an attachment is shown to its contact, and since when it is no more because it was old;
-- its row stays, for the items of the transcript that name it. To the release before, a removed one is
-- approved, and its object is not there.
ALTER TABLE attachments ADD COLUMN approved_at INTEGER;
ALTER TABLE attachments ADD COLUMN removed_at INTEGER;
-- Of those that are there already it is known to the lifetime of a URL.
UPDATE attachments SET approved_at = url_expires_at WHERE status = 'approved';
CREATE INDEX attachments_approved ON attachments (approved_at)
    WHERE approved_at IS NOT NULL AND removed_at IS NULL;
