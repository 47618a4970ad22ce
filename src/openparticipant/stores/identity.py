"""The name of this database, by which its object directory knows it again.

Its one row is also what a write locks that decides for the whole database, and where the master key
is remembered.
"""

from __future__ import annotations

from openparticipant.stores.write import Write

_INSERT = "INSERT INTO identity (id) VALUES ($1) ON CONFLICT DO NOTHING"
_SELECT = "SELECT id FROM identity"
_LOCK = "UPDATE identity SET id = id"
_REMEMBER = "UPDATE identity SET master_key_check = $1 WHERE master_key_check IS NULL"
_REMEMBERED = "SELECT master_key_check FROM identity"


def ensure(fresh: str) -> Write[str]:
    """Return the database's name, which is `fresh` if it had none."""
    yield _INSERT, (fresh,)
    ((identity,),) = yield _SELECT, ()
    return str(identity)


def lock() -> Write[None]:
    """Let no other write that does the same come in between, until the transaction ends.

    The database must have its name.
    """
    yield _LOCK, ()


def ensure_master_key(check: str) -> Write[bool]:
    """Tell whether the keys of this database are sealed with the master key of this check value.

    The first one to come is remembered.
    """
    yield _REMEMBER, (check,)
    ((remembered,),) = yield _REMEMBERED, ()
    return bool(remembered == check)
