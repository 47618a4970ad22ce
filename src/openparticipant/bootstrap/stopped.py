"""What the operator's operations stand on where no server runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.bootstrap.access_keys import stored_keys
from openparticipant.bootstrap.database import contact_store, database, file_of, is_postgres
from openparticipant.bootstrap.membership import own_clock
from openparticipant.bootstrap.vault import Vault, master_key
from openparticipant.data_dir import DataDir
from openparticipant.ports import IdSource, OperatorPorts
from openparticipant.settings import Settings
from openparticipant.transport.start import StartError


@asynccontextmanager
async def stopped(
    settings: Settings, data_dir: DataDir, ids: IdSource
) -> AsyncIterator[OperatorPorts]:
    """Open what a node left behind that does not run, on its data directory, which is locked.

    As at a start, a database of an older release is brought to this one's schema. Raises
    StartError.
    """
    if not is_postgres(settings):
        path = file_of(settings, data_dir)
        if not path.exists():
            raise StartError(f"{path} is not there: no server has run on {data_dir.path} yet")

    def vault() -> Vault:
        # Only who makes a key pair has to have the master key.
        return Vault(master_key(settings.master_key, is_needed=is_postgres(settings)), ids)

    async with database(settings, data_dir) as opened:
        clock = own_clock(settings)
        yield OperatorPorts(
            clock,
            ids,
            contact_store(settings, opened, ids),
            stored_keys(settings, opened, vault, ids, clock),
        )
