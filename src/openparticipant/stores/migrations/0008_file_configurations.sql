-- What an instance decided on attached files, by the use they are for. NULL leaves a rule as the
-- settings have it; `extensions` is a JSON list.
CREATE TABLE file_configurations (
    instance_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    largest INTEGER,
    extensions TEXT,
    modified_at INTEGER NOT NULL,
    PRIMARY KEY (instance_id, scope)
) WITHOUT ROWID;
