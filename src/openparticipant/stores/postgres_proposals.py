"""The most frequent write, in one statement for many: attachments that are reserved for new.

What is decided stands in `attachments.propose`. This does the same for whoever finds all as it
nearly always is: nobody else at work on the contact, the contact open, the participant in it, a
place free, the client token not used before. All others are left to that write itself, one by one,
and so is every quota of more than files: what is held would have to be read behind the lock.

The contact's row is locked before anything is decided, and the participant's after it, which makes
PostgreSQL look at the newest version of both: the snapshot of the statement may be older than the
lock. A contact that somebody else has locked is left out, so that no chat waits for another one,
and two nodes never for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.domain.quota import Quota
from openparticipant.ports import Proposal
from openparticipant.request_context import RequestContext
from openparticipant.stores import attachments
from openparticipant.stores.postgres import PostgresDatabase
from openparticipant.stores.write import Write

_RESERVE = """
    WITH asked AS (
        SELECT * FROM unnest(
            $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[],
            $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
            $13::text[], $14::text[]
        ) WITH ORDINALITY AS row (
            contact_seq, participant_seq, id, name, content_type, size,
            staging_key, client_token, url_expires_at, abandoned_at, now, quota,
            contact_id, request_id, place
        )
    ), present AS (
        SELECT c.seq AS contact_seq, p.seq AS participant_seq, p.id AS participant_id,
               c.ends_at, c.attachments_held
        FROM contacts c
        JOIN participants p ON p.contact_seq = c.seq
        WHERE p.seq = ANY($2) AND p.disconnected_at IS NULL AND c.ended_at IS NULL
        ORDER BY c.seq
        FOR NO KEY UPDATE OF c SKIP LOCKED
        FOR KEY SHARE OF p SKIP LOCKED
    ), numbered AS (
        SELECT *, row_number() OVER (PARTITION BY contact_seq ORDER BY place) AS number
        FROM asked JOIN present USING (contact_seq, participant_seq)
        WHERE ends_at > now
    ), reserved AS (
        INSERT INTO attachments
            (contact_seq, id, participant_seq, participant_id, name, content_type, size, status,
             held, staging_key, start_token, url_expires_at, abandoned_at, due_at)
        SELECT contact_seq, id, participant_seq, participant_id, name, content_type, size, 'pending',
               1, staging_key, client_token, url_expires_at, abandoned_at, url_expires_at
        FROM numbered
        WHERE attachments_held + number <= quota
        ORDER BY place
        ON CONFLICT DO NOTHING
        RETURNING contact_seq, id
    ), counted AS (
        UPDATE contacts c SET attachments_held = attachments_held + more
        FROM (SELECT contact_seq, count(*) AS more FROM reserved GROUP BY contact_seq) AS by_contact
        WHERE c.seq = contact_seq
    ), recorded AS (
        INSERT INTO audit (at, event, actor, request_id, contact_id, attachment_id)
        SELECT now, 'UPLOAD_STARTED', participant_id, request_id, contact_id, id
        FROM numbered JOIN reserved USING (contact_seq, id)
        ORDER BY place
    )
    SELECT id FROM reserved
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of `ContactStore.propose`."""

    caller: Caller
    new: Proposal
    quota: Quota
    now: int
    by: RequestContext


async def reserve(database: PostgresDatabase, asked: Sequence[Asked]) -> list[bool]:
    """Reserve what can be reserved at once; tell for each whether it was.

    Raises `Unavailable`. Where the statement fails, nothing was reserved.
    """
    files = [one.new.attachment for one in asked]
    try:
        rows = await database.batch(
            _RESERVE,
            [one.caller.contact_seq for one in asked],
            [one.caller.seq for one in asked],
            [file.id for file in files],
            [file.name for file in files],
            [file.content_type for file in files],
            [file.size for file in files],
            [file.staging_key for file in files],
            [one.new.client_token for one in asked],
            [file.url_expires_at for file in files],
            [one.new.abandoned_at for one in asked],
            [one.now for one in asked],
            [one.quota.files for one in asked],
            [one.caller.contact_id for one in asked],
            [one.by.request_id for one in asked],
        )
    except (asyncpg.PostgresError, asyncpg.DataError):
        # One of them is at fault: each alone, so that it takes nobody with it.
        return [False] * len(asked)
    reserved = {id_ for (id_,) in rows}
    return [file.id in reserved for file in files]


def alone(asked: Asked) -> Write[Attachment]:
    """Do the same for one, with every outcome that it may have."""
    # Before all else, as every write does; `propose` inserts first, which is right with one writer.
    yield attachments.LOCK, (asked.caller.contact_seq,)
    return (
        yield from attachments.propose(asked.caller, asked.new, asked.quota, asked.now, asked.by)
    )
