"""A back-up of a node that stands on files alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from openparticipant.backups.making import Maker, Source
from openparticipant.bootstrap.database import is_postgres
from openparticipant.bootstrap.objects import is_s3, root_of
from openparticipant.bootstrap.verification import sqlite_reader
from openparticipant.data_dir import DataDir
from openparticipant.settings import Settings
from openparticipant.transport.start import StartError


async def back_up(settings: Settings, target: Path, now: int) -> Maker:
    """Back a node up, which may run meanwhile; return what there is to tell of it.

    Raises StartError where it stands on more than files, BackupError, Unavailable or OSError.
    """
    if is_postgres(settings):
        raise StartError(
            "backup is for SQLite and files: back PostgreSQL up with pg_dump or base back-ups and "
            "its log, and the objects after it"
        )
    if is_s3(settings):
        raise StartError(
            "backup is for SQLite and files: let the bucket keep versions or replicate it, and copy "
            "the data directory of the stopped server before it"
        )
    root = root_of(settings, DataDir(settings.data_dir))
    if not root.is_dir():
        raise StartError(f"{root}, where the objects should be, is not there")
    with closing(sqlite_reader(settings)) as rows:
        maker = Maker(Source(settings.data_dir.absolute(), root, rows), target)
        await maker.make(now)
        return maker
