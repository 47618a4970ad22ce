"""The schema of a node's database, seen to without a node."""

from __future__ import annotations

from dataclasses import replace

from openparticipant.bootstrap.assembly import claim_data_dir
from openparticipant.bootstrap.database import database, file_of, is_postgres, postgres
from openparticipant.data_dir import DataDir
from openparticipant.settings import Settings
from openparticipant.stores import sqlite_schema, steps
from openparticipant.stores.steps import Step
from openparticipant.transport.start import StartError


async def missing(settings: Settings) -> list[Step]:
    """Return the steps that the schema lacks; a running server is not disturbed.

    Raises StartError, also where this release cannot work on the schema.
    """
    if is_postgres(settings):
        lacking: list[Step] = await postgres().missing(settings.database)
        return lacking
    path = file_of(settings, DataDir(settings.data_dir))
    version = sqlite_schema.version_of(path)
    if version > len(steps.known()):
        raise StartError(f"{path}: {steps.why_not(version, version, steps.known())}")
    return steps.known()[version:]


async def migrate(settings: Settings) -> list[Step]:
    """Take the steps that the schema lacks and return them. Raises StartError.

    Nodes may run meanwhile on a database that they share; on one that is a file, none.
    """
    if is_postgres(settings):
        taken: list[Step] = await postgres().upgrade(settings.database)
        return taken
    data_dir = claim_data_dir(settings)
    try:
        lacking = await missing(settings)
        async with database(replace(settings, no_migrate=False), data_dir):
            return lacking
    finally:
        data_dir.unlock()
