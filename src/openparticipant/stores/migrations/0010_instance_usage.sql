-- What the attachments of each instance take: rows that are held, and their bytes, those of rejected
-- files aside. The database itself counts with every change of a row, whichever statement makes it,
-- so no way of freeing can be forgotten; only from when it was first asked to, which is a row here.
CREATE TABLE usage_counted (since INTEGER NOT NULL);
CREATE TABLE instance_usage (
    instance_id TEXT PRIMARY KEY,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);

-- only: sqlite
CREATE TRIGGER usage_of_new AFTER INSERT ON attachments
WHEN EXISTS (SELECT 1 FROM usage_counted)
BEGIN
    INSERT INTO instance_usage (instance_id, files, bytes)
    SELECT instance_id, NEW.held, NEW.held * NEW.size FROM contacts WHERE seq = NEW.contact_seq
    ON CONFLICT (instance_id)
    DO UPDATE SET files = files + excluded.files, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER usage_of_changed AFTER UPDATE OF held, review ON attachments
WHEN EXISTS (SELECT 1 FROM usage_counted)
    AND (OLD.held <> NEW.held OR OLD.review IS NOT NEW.review)
BEGIN
    UPDATE instance_usage
    SET files = files + NEW.held - OLD.held,
        bytes = bytes
            + CASE WHEN NEW.review IS 'rejected' THEN 0 ELSE NEW.held * NEW.size END
            - CASE WHEN OLD.review IS 'rejected' THEN 0 ELSE OLD.held * OLD.size END
    WHERE instance_id = (SELECT instance_id FROM contacts WHERE seq = NEW.contact_seq);
END;
CREATE TRIGGER usage_of_gone AFTER DELETE ON attachments
WHEN EXISTS (SELECT 1 FROM usage_counted)
BEGIN
    UPDATE instance_usage
    SET files = files - OLD.held,
        bytes = bytes - CASE WHEN OLD.review IS 'rejected' THEN 0 ELSE OLD.held * OLD.size END
    WHERE instance_id = (SELECT instance_id FROM contacts WHERE seq = OLD.contact_seq);
END;

-- only: postgresql
-- New rows come many at a time, from several contacts; the counts are locked in one order.
CREATE FUNCTION count_new_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM usage_counted) THEN
        INSERT INTO instance_usage AS kept (instance_id, files, bytes)
        SELECT c.instance_id, sum(a.held), sum(a.held * a.size)
        FROM new_rows a JOIN contacts c ON c.seq = a.contact_seq
        GROUP BY c.instance_id
        ORDER BY c.instance_id
        ON CONFLICT (instance_id)
        DO UPDATE SET files = kept.files + excluded.files, bytes = kept.bytes + excluded.bytes;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER usage_of_new AFTER INSERT ON attachments
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_new_usage();

CREATE FUNCTION count_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    more_files BIGINT := - OLD.held;
    more_bytes BIGINT := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM usage_counted) THEN
        RETURN NULL;
    END IF;
    IF OLD.review IS DISTINCT FROM 'rejected' THEN
        more_bytes := - OLD.held * OLD.size;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        more_files := more_files + NEW.held;
        IF NEW.review IS DISTINCT FROM 'rejected' THEN
            more_bytes := more_bytes + NEW.held * NEW.size;
        END IF;
    END IF;
    UPDATE instance_usage SET files = files + more_files, bytes = bytes + more_bytes
    WHERE instance_id = (SELECT instance_id FROM contacts WHERE seq = OLD.contact_seq);
    RETURN NULL;
END
$$;
CREATE TRIGGER usage_of_changed AFTER UPDATE OF held, review ON attachments
    FOR EACH ROW WHEN (OLD.held <> NEW.held OR OLD.review IS DISTINCT FROM NEW.review)
    EXECUTE FUNCTION count_usage();
CREATE TRIGGER usage_of_gone AFTER DELETE ON attachments
    FOR EACH ROW EXECUTE FUNCTION count_usage();
