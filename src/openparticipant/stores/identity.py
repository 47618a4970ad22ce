"""The name of this database, by which its object directory knows it again."""

from __future__ import annotations

from openparticipant.stores.write import Write

_INSERT = "INSERT INTO identity (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM identity)"
_SELECT = "SELECT id FROM identity"


def ensure(fresh: str) -> Write[str]:
    """Return the database's name, which is `fresh` if it had none."""
    yield _INSERT, (fresh,)
    ((identity,),) = yield _SELECT, ()
    return str(identity)
