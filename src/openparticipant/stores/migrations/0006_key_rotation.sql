-- From then on nothing that the key pair signed is admitted; NULL while it signs.
ALTER TABLE access_keys ADD COLUMN retires_at INTEGER;
