-- The operator lists contacts by their start: all, those of an instance, and the open ones, which
-- are few among many that have ended.
CREATE INDEX contacts_by_start ON contacts (started_at, seq);
CREATE INDEX contacts_of_instance ON contacts (instance_id, started_at, seq);
CREATE INDEX contacts_open ON contacts (started_at, seq) WHERE ended_at IS NULL;
CREATE INDEX contacts_open_of_instance ON contacts (instance_id, started_at, seq)
    WHERE ended_at IS NULL;
