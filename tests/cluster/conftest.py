from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.cluster import Cluster


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return three nodes behind nginx that are all alive; a test leaves them so."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started
