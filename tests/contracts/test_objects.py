"""The guarantees of an object store, on the built-in one and on real S3 servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from openparticipant.testing.object_contract import GUARANTEES, Guarantee
from openparticipant.testing.object_plane import ObjectPlane
from tests.contracts.s3_subject import S3Subject
from tests.engines.s3 import S3Server
from tests.objects.s3.opening import opened

each_guarantee = pytest.mark.parametrize(
    "guarantee", GUARANTEES, ids=[guarantee.__name__ for guarantee in GUARANTEES]
)


@each_guarantee
async def test_the_built_in_store(guarantee: Guarantee, tmp_path: Path) -> None:
    """Files on disk behind our own listener keep every guarantee."""
    async with ObjectPlane(tmp_path) as plane:
        await guarantee(plane)


@each_guarantee
async def test_seaweedfs(guarantee: Guarantee, seaweedfs: S3Server) -> None:
    """A bucket of SeaweedFS keeps every guarantee, through our store."""
    async with opened(seaweedfs.address, seaweedfs.key) as objects:
        await guarantee(S3Subject(objects, seaweedfs.habits))


@each_guarantee
async def test_radosgw(guarantee: Guarantee, radosgw: S3Server) -> None:
    """A bucket of Ceph keeps every guarantee, through our store."""
    async with opened(radosgw.address, radosgw.key) as objects:
        await guarantee(S3Subject(objects, radosgw.habits))
