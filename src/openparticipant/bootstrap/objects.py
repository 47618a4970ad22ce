"""Which object store a node stands on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from openparticipant.bootstrap.database import file_path
from openparticipant.bootstrap.foundation import Foundation
from openparticipant.data_dir import DataDir
from openparticipant.objects import ownership
from openparticipant.objects.disk import DiskObjects
from openparticipant.settings import Settings
from openparticipant.sigv4 import Credentials


@asynccontextmanager
async def disk_objects(
    settings: Settings,
    data_dir: DataDir,
    on: Foundation,
    *,
    base: str,
    identity: str,
    credentials: Credentials,
) -> AsyncIterator[DiskObjects]:
    """Open the built-in store; its directory belongs to one database, known by `identity`."""
    root = _root(settings, data_dir)
    claimed = ownership.claim(root, identity)
    try:
        objects = DiskObjects(
            root, base=base, region=settings.region, credentials=credentials, ids=on.ids
        )
        try:
            yield objects
        finally:
            await asyncio.to_thread(objects.close)
    finally:
        os.close(claimed)


def _root(settings: Settings, data_dir: DataDir) -> Path:
    return file_path(settings.objects, "file") if settings.objects else data_dir.path / "objects"
