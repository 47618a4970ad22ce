"""The guarantees of an object store, on the built-in one and on real S3 servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.testing.object_contract import GUARANTEES, Guarantee
from openparticipant.testing.object_plane import ObjectPlane
from tests.contracts.s3_subject import S3Subject, opened
from tests.engines.s3 import S3Server
from tests.engines.seaweedfs import running_s3

each_guarantee = pytest.mark.parametrize(
    "guarantee", GUARANTEES, ids=[guarantee.__name__ for guarantee in GUARANTEES]
)


@each_guarantee
async def test_the_built_in_store(guarantee: Guarantee, tmp_path: Path) -> None:
    """Files on disk behind our own listener keep every guarantee."""
    async with ObjectPlane(tmp_path) as plane:
        await guarantee(plane)


@pytest.fixture(scope="module")
def seaweedfs() -> Iterator[S3Server]:
    """Return a SeaweedFS."""
    with running_s3() as server:
        yield server


@each_guarantee
async def test_seaweedfs(guarantee: Guarantee, seaweedfs: S3Server) -> None:
    """A bucket of SeaweedFS keeps every guarantee, through our store."""
    async with opened(seaweedfs) as objects:
        await guarantee(S3Subject(objects, seaweedfs.chunked_status))
