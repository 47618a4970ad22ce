-- When somebody has to go on removing a contact, which is the lease of whoever does; NULL: it stays.
ALTER TABLE contacts ADD COLUMN purge_at INTEGER;
CREATE INDEX contacts_to_purge ON contacts (purge_at) WHERE purge_at IS NOT NULL;
CREATE INDEX contacts_ended ON contacts (ended_at) WHERE ended_at IS NOT NULL AND purge_at IS NULL;
