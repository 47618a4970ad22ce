"""The contact store on PostgreSQL: its two most frequent calls share statements, one locks a table."""

from __future__ import annotations

from collections.abc import Sequence

from openparticipant import request_context
from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.domain.quota import Quota
from openparticipant.ports import IdSource, Proposal
from openparticipant.stores import connections, postgres_proposals, quotas
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.postgres import PostgresDatabase
from openparticipant.stores.postgres_proposals import Asked
from openparticipant.stores.shared import Shared
from openparticipant.stores.write import Row

_MOST = 256
# Each row begins with the digest that it is for.
_CALLERS = f"SELECT t.digest, {connections.who('connections')} WHERE t.digest = ANY($1)"

# Waits for whoever is about to change an attachment, and lets nobody begin to.
_LOCK_ATTACHMENTS = "LOCK TABLE attachments IN SHARE ROW EXCLUSIVE MODE", ()


class PostgresContactStore(SqlContactStore):
    """`ContactStore`, which holds as it does for one database and for the other."""

    def __init__(self, database: PostgresDatabase, ids: IdSource) -> None:
        super().__init__(database, ids)
        self._postgres = database
        self._callers = Shared(self._look_up, _MOST)
        self._proposals = Shared(self._reserve, _MOST)

    async def caller(self, connection_token: bytes, *, now: int) -> Caller | None:
        """See `ContactStore`."""
        row = await self._callers.ask(connection_token)
        return connections.caller(row, now) if row else None

    async def propose(self, caller: Caller, new: Proposal, *, quota: Quota, now: int) -> Attachment:
        """See `ContactStore`."""
        asked = Asked(caller, new, quota, now, request_context.current.get())
        if quota.is_of_files_alone and await self._proposals.ask(asked):
            return new.attachment
        return await self._postgres.write(lambda: postgres_proposals.alone(asked))

    async def count_instances(self, *, now: int) -> None:
        """See `ContactStore`."""
        await self._postgres.write(lambda: quotas.count_instances(now, _LOCK_ATTACHMENTS))

    async def _look_up(self, digests: Sequence[bytes]) -> list[Row | None]:
        rows = await self._postgres.read(_CALLERS, digests)
        found = {digest: row for digest, *row in rows}
        return [found.get(digest) for digest in digests]

    async def _reserve(self, asked: Sequence[Asked]) -> list[bool]:
        return await postgres_proposals.reserve(self._postgres, asked)
