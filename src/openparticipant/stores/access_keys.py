"""Key pairs: one for the control plane, one that signs object URLs. Made at first start."""

from __future__ import annotations

from openparticipant.sigv4 import Credentials
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


def ensure(purpose: str, fresh: Credentials, now: int) -> Write[list[Credentials]]:
    """Return the key pairs of a purpose, newest first; record `fresh` if there was none."""
    yield _INSERT, (fresh.access_key_id, purpose, fresh.secret_access_key, now)
    rows = yield _SELECT, (purpose,)
    return [Credentials(access_key_id, secret) for access_key_id, secret in rows]
