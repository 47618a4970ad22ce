"""Key pairs: one for the control plane, one that signs object URLs. Made at first start."""

from __future__ import annotations

from openparticipant.stores.write import Write

_INSERT = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    SELECT $1, $2, $3, $4
    WHERE NOT EXISTS (SELECT 1 FROM access_keys WHERE purpose = $2)
"""
_SELECT = """
    SELECT access_key_id, secret_access_key FROM access_keys
    WHERE purpose = $1 ORDER BY created_at DESC, access_key_id
"""


def ensure(purpose: str, access_key_id: str, secret: str, now: int) -> Write[list[tuple[str, str]]]:
    """Return the key pairs of a purpose, newest first; record the given one if there was none.

    To be run alone, so that nodes that start together on an empty database agree on one pair.
    Secrets are stored and returned as they are given, which may be sealed.
    """
    yield _INSERT, (access_key_id, purpose, secret, now)
    rows = yield _SELECT, (purpose,)
    return [(str(found), str(stored)) for found, stored in rows]
