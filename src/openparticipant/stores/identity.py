"""The name of this database, by which its object directory knows it again, and its master key."""

from __future__ import annotations

from openparticipant.stores.write import Write

_INSERT = "INSERT INTO identity (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM identity)"
_SELECT = "SELECT id FROM identity"
_REMEMBER = "UPDATE identity SET master_key_check = $1 WHERE master_key_check IS NULL"
_REMEMBERED = "SELECT master_key_check FROM identity"


def ensure(fresh: str) -> Write[str]:
    """Return the database's name, which is `fresh` if it had none. To be run alone."""
    yield _INSERT, (fresh,)
    ((identity,),) = yield _SELECT, ()
    return str(identity)


def ensure_master_key(check: str) -> Write[bool]:
    """Tell whether the keys of this database are sealed with the master key of this check value.

    The first one to come is remembered. To be run alone, on a database that has its name.
    """
    yield _REMEMBER, (check,)
    ((remembered,),) = yield _REMEMBERED, ()
    return bool(remembered == check)
