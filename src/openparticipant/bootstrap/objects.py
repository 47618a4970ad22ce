"""Which object store a node stands on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from openparticipant.bootstrap.database import file_path
from openparticipant.bootstrap.foundation import Foundation
from openparticipant.data_dir import DataDir
from openparticipant.objects import ownership
from openparticipant.objects.disk import DiskObjects
from openparticipant.ports import Clock, IdSource, ObjectStore
from openparticipant.settings import Settings
from openparticipant.sigv4 import Credentials
from openparticipant.transport.start import StartError


@asynccontextmanager
async def objects(
    settings: Settings,
    data_dir: DataDir,
    on: Foundation,
    *,
    base: str,
    identity: str,
    credentials: Callable[[], Credentials],
) -> AsyncIterator[ObjectStore]:
    """Open the object store. Raises StartError.

    The built-in one signs with what `credentials` returns for the origin `base`, and its directory belongs to
    one database, known by `identity`.
    """
    if is_s3(settings):
        async with s3().opened(settings, on.clock, on.ids) as bucket:
            yield bucket
        return
    root = root_of(settings, data_dir)
    claimed = ownership.claim(root, identity)
    try:
        files = DiskObjects(
            root,
            base=base,
            region=settings.region,
            credentials=credentials,
            ids=on.ids,
            proves_reads=settings.verify_reads,
        )
        try:
            yield files
        finally:
            await asyncio.to_thread(files.close)
    finally:
        os.close(claimed)


async def set_up_bucket(
    settings: Settings, clock: Clock, ids: IdSource, *, write: bool
) -> dict[str, bytes]:
    """Give the bucket its rules, if `write`, and try it out; return them by name, as XML.

    Raises StartError.
    """
    if not is_s3(settings):
        raise StartError("--objects names no bucket: s3://BUCKET/PREFIX")
    lists: dict[str, bytes] = await s3().set_up(settings, clock, ids, write=write)
    return lists


def is_s3(settings: Settings) -> bool:
    """Tell whether bytes lie in a bucket."""
    return bool(settings.objects) and settings.objects.startswith("s3:")


def s3() -> ModuleType:
    """Return the room of S3, which is entered by those who use it. Raises StartError."""
    if find_spec("aiohttp") is None or find_spec("botocore") is None:
        raise StartError(
            "--objects s3://… needs the extra \"s3\": pip install 'openparticipant[s3]'"
        )
    from openparticipant.bootstrap import s3  # noqa: PLC0415 - an extra

    return s3


def root_of(settings: Settings, data_dir: DataDir) -> Path:
    """Return the directory of the built-in store."""
    return file_path(settings.objects, "file") if settings.objects else data_dir.path / "objects"
