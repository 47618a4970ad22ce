"""The list of nodes: who runs on this database, and whether one more may."""

from __future__ import annotations

from openparticipant.limits import DAY
from openparticipant.ports import NodeEntry
from openparticipant.stores.write import Database, Write

# What fell silent so long ago says nothing to anybody any more.
_FORGOTTEN_AFTER = DAY
_COLUMNS = "id, life, host, pid, release, stands_on, started_at, seen_at"
_LISTED = f"SELECT {_COLUMNS} FROM nodes ORDER BY started_at, id"  # noqa: S608 - our own names
_LIVING_OTHERS = f"""
    SELECT {_COLUMNS} FROM nodes WHERE id <> $1 AND seen_at > $2 ORDER BY started_at, id
"""  # noqa: S608 - as above
_FORGET = "DELETE FROM nodes WHERE seen_at <= $1"
_REGISTER = f"""
    INSERT INTO nodes ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (id) DO UPDATE
    SET life = excluded.life, host = excluded.host, pid = excluded.pid,
        release = excluded.release, stands_on = excluded.stands_on,
        started_at = excluded.started_at, seen_at = excluded.seen_at
"""  # noqa: S608 - as above
_RENEW = """
    UPDATE nodes SET seen_at = $3 WHERE id = $1 AND life = $2 AND seen_at > $4 RETURNING 1
"""
_REMOVE = "DELETE FROM nodes WHERE id = $1 AND life = $2"


class SqlNodeRegistry:
    """`NodeRegistry` on a `Database`; what each method guarantees stands there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> int:
        """See `NodeRegistry`."""
        return await self._database.now()

    async def register(self, entry: NodeEntry, *, silent_since: int) -> NodeEntry | None:
        """See `NodeRegistry`."""
        # Alone, since of two that exclude each other the second must see the first.
        return await self._database.write(lambda: _register(entry, silent_since), alone=True)

    async def renew(self, entry: NodeEntry, *, now: int, silent_since: int) -> bool:
        """See `NodeRegistry`."""
        return await self._database.write(lambda: _renew(entry, now, silent_since))

    async def remove(self, entry: NodeEntry) -> None:
        """See `NodeRegistry`."""
        await self._database.write(lambda: _remove(entry))

    async def listed(self) -> list[NodeEntry]:
        """See `NodeRegistry`."""
        return [NodeEntry(*row) for row in await self._database.read(_LISTED)]


def _register(entry: NodeEntry, silent_since: int) -> Write[NodeEntry | None]:
    for row in (yield _LIVING_OTHERS, (entry.id, silent_since)):
        other = NodeEntry(*row)
        if entry.stands_on or other.stands_on:
            return other
    yield _FORGET, (entry.seen_at - _FORGOTTEN_AFTER,)
    yield (
        _REGISTER,
        (
            entry.id,
            entry.life,
            entry.host,
            entry.pid,
            entry.release,
            entry.stands_on,
            entry.started_at,
            entry.seen_at,
        ),
    )
    return None


def _renew(entry: NodeEntry, now: int, silent_since: int) -> Write[bool]:
    # Whoever came meanwhile saw this one alive, so nothing has to be compared again.
    return bool((yield _RENEW, (entry.id, entry.life, now, silent_since)))


def _remove(entry: NodeEntry) -> Write[None]:
    yield _REMOVE, (entry.id, entry.life)
