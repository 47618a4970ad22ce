-- oldest: 2
-- A contact ends early unless its customer comes. Until then `ends_at` is that early end, and
-- `lasts_until` the one that it gets when they come.
ALTER TABLE contacts ADD COLUMN lasts_until INTEGER;
-- The roles that leave together with the customer.
ALTER TABLE contacts ADD COLUMN disconnect_on_exit TEXT NOT NULL DEFAULT '[]';

-- When others were told that this participant has come.
ALTER TABLE participants ADD COLUMN joined_at INTEGER;
CREATE INDEX participants_of ON participants (contact_seq);

-- The end of a chat has no author, so the column must take null.
CREATE TABLE new_items (
    contact_seq INTEGER NOT NULL REFERENCES contacts,
    ordinal INTEGER NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    participant_seq INTEGER REFERENCES participants,
    content_type TEXT,
    content TEXT,
    attachment_id TEXT,
    client_token TEXT,
    PRIMARY KEY (contact_seq, ordinal)
) WITHOUT ROWID;
INSERT INTO new_items
    SELECT contact_seq, ordinal, id, at, type, participant_seq, content_type, content, attachment_id,
           NULL
    FROM items;
DROP TABLE items;
ALTER TABLE new_items RENAME TO items;
CREATE UNIQUE INDEX items_by_id ON items (contact_seq, id);
CREATE UNIQUE INDEX items_once ON items (participant_seq, client_token)
    WHERE client_token IS NOT NULL;

-- What a participant has told of one item of somebody else's; the first word counts.
CREATE TABLE receipts (
    contact_seq INTEGER NOT NULL REFERENCES contacts,
    ordinal INTEGER NOT NULL,
    participant_seq INTEGER NOT NULL REFERENCES participants,
    delivered_at INTEGER,
    read_at INTEGER,
    PRIMARY KEY (contact_seq, ordinal, participant_seq)
) WITHOUT ROWID;
