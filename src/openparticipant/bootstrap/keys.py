"""The key pairs of a database, which are made when it has none."""

from __future__ import annotations

from openparticipant.bootstrap.foundation import Foundation
from openparticipant.sigv4 import Credentials
from openparticipant.stores import access_keys
from openparticipant.stores.write import Database


async def key_pairs(
    database: Database, purpose: str, prefix: str, on: Foundation
) -> list[Credentials]:
    """Return the key pairs of a purpose, newest first; access key ids begin with `prefix`."""
    fresh = Credentials(prefix + on.ids.uuid().replace("-", "").upper()[:16], on.ids.token())
    now = on.clock.now()
    return await database.write(lambda: access_keys.ensure(purpose, fresh, now), alone=True)
