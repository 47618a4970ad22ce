"""Key pairs of the control plane, and those that sign object URLs.

Secrets are stored and returned as they are given, which may be sealed. Writes are to be run alone,
so that nodes that start together on an empty database agree on one pair, and no two operators
retire the last two of a purpose.
"""

from __future__ import annotations

from collections.abc import Mapping

from openparticipant.domain.access_key import AccessKey, Purpose
from openparticipant.domain.audit import Event
from openparticipant.ports import LastKeyError
from openparticipant.request_context import RequestContext
from openparticipant.stores import audit
from openparticipant.stores.write import Readable, Row, Write

_COLUMNS = "access_key_id, purpose, created_at, retires_at"
_INSERT = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    SELECT $1, $2, $3, $4
    WHERE NOT EXISTS (SELECT 1 FROM access_keys WHERE purpose = $2 AND retires_at IS NULL)
"""
# Newer than all others, whatever the clock says.
_ADD = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    SELECT $1, $2, $3, CASE WHEN max(created_at) >= $4 THEN max(created_at) + 1 ELSE $4 END
    FROM access_keys
    RETURNING created_at
"""
_SELECT = f"""
    SELECT {_COLUMNS}, secret_access_key FROM access_keys
    ORDER BY purpose, created_at DESC, access_key_id
"""  # noqa: S608 - the only text put in is the constant above
_FIND = f"SELECT {_COLUMNS} FROM access_keys WHERE access_key_id = $1"  # noqa: S608 - as above
_OTHERS = """
    SELECT 1 FROM access_keys WHERE purpose = $1 AND retires_at IS NULL AND access_key_id <> $2
"""
_RETIRE = f"""
    UPDATE access_keys SET retires_at = $2
    WHERE access_key_id = $1 AND (retires_at IS NULL OR retires_at > $2)
    RETURNING {_COLUMNS}
"""  # noqa: S608 - as above
_DROP_RETIRED = "DELETE FROM access_keys WHERE retires_at <= $1"


async def listed(database: Readable) -> list[tuple[AccessKey, str]]:
    """Return all key pairs with their secrets; by purpose, the newest first."""
    return [(_key(row), str(row[-1])) for row in await database.read(_SELECT)]


def ensure(fresh: AccessKey, secret: str) -> Write[None]:
    """Record a key pair if its purpose has none that signs, and forget those that are over."""
    yield _DROP_RETIRED, (fresh.created_at,)
    yield _INSERT, (fresh.id, fresh.purpose.value, secret, fresh.created_at)


def add(fresh: AccessKey, secret: str, by: RequestContext) -> Write[AccessKey]:
    """Record a key pair as the newest; return it as it was recorded."""
    yield _DROP_RETIRED, (fresh.created_at,)
    ((created_at,),) = yield _ADD, (fresh.id, fresh.purpose.value, secret, fresh.created_at)
    yield audit.entry(Event.KEY_ADDED, fresh.created_at, by, detail=fresh.title)
    return AccessKey(fresh.id, fresh.purpose, created_at, None)


def retire(
    access_key_id: str, ends: Mapping[Purpose, int], now: int, by: RequestContext
) -> Write[AccessKey | None]:
    """End a key pair at the instant of its purpose, or earlier if that was said before.

    None where there is none. Raises LastKeyError.
    """
    rows = yield _FIND, (access_key_id,)
    if not rows:
        return None
    key = _key(rows[0])
    if key.retires_at is None and not (yield _OTHERS, (key.purpose.value, key.id)):
        raise LastKeyError(key.purpose)
    rows = yield _RETIRE, (key.id, ends[key.purpose])
    if not rows:
        return key
    yield audit.entry(Event.KEY_RETIRED, now, by, detail=key.title)
    return _key(rows[0])


def _key(row: Row) -> AccessKey:
    id_, purpose, created_at, retires_at, *_ = row
    return AccessKey(id_, Purpose(purpose), created_at, retires_at)
