"""The guarantees of an object store, on the built-in one and, for honesty, on a real S3 server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.testing.object_contract import GUARANTEES, Guarantee
from openparticipant.testing.object_plane import ObjectPlane
from tests.contracts.s3_objects import S3Objects
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
def s3() -> Iterator[S3Objects]:
    """Return a bucket of a real server."""
    with running_s3() as (base, key):
        yield S3Objects(base, key)


@each_guarantee
async def test_a_real_s3(guarantee: Guarantee, s3: S3Objects) -> None:
    """The contract asks for nothing that a real S3 server does not do."""
    await guarantee(s3)
