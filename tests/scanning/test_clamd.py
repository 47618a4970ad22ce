"""The test file of EICAR through a real clamd, by way of each object store."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from openparticipant.testing.chat import request
from openparticipant.testing.server import Server
from tests.engines.clamd import EICAR
from tests.engines.s3 import S3Server
from tests.scanners.test_clamd import zipped
from tests.scanning.judge import comes_to_rest, files, pair


@pytest.fixture(params=["files", "bucket"])
def scanned(
    clamd: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Server, S3Server | None]]:
    """Return a server with a clamd, on the built-in object store and on a real S3."""
    bucket: S3Server | None = None
    if request.param == "bucket":
        bucket = request.getfixturevalue("seaweedfs")
        assert isinstance(bucket, S3Server)
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
    objects: dict[str, Any] = {"objects": bucket.address} if bucket else {}
    # What the scanner alone finds, behind whatever name.
    with Server(log=io.BytesIO(), scanner=clamd, content_check="off", **objects) as server:
        yield server, bucket


@pytest.mark.parametrize("content", [EICAR, zipped(EICAR)], ids=["plain", "zipped"])
def test_malware_reaches_nobody(scanned: tuple[Server, S3Server | None], content: bytes) -> None:
    """Its sender is told, the others see nothing, its bytes are gone, and a good file comes through."""
    server, bucket = scanned
    with pair(server) as chat:
        bad = chat.send(content)
        assert comes_to_rest(server)
        good = chat.send(b"good")
        assert comes_to_rest(server)
        row = server.call(lambda: server.node.ports.store.staged(chat.customer.contact_id, bad))
        assert row is not None
        assert row.final_key is not None

        assert sorted(chat.seen(chat.customer)) == sorted([(bad, "REJECTED"), (good, "APPROVED")])
        assert chat.seen(chat.agent) == [(good, "APPROVED")]
        assert len(chat.heard(chat.to_customer)) == 2
        assert len(chat.heard(chat.to_agent)) == 1
        for key in (row.final_key, row.staging_key):
            offer = server.call(
                lambda key=key: server.node.ports.objects.offer(  # type: ignore[misc]
                    key, at=server.clock.now(), lasting=60
                )
            )
            assert request("GET", offer.url).status in {403, 404}
        if bucket is None:
            (kept,) = files(server)
            assert kept.startswith(good)
        else:
            listed = bucket.list("")
            assert good in listed
            assert bad not in listed
        for viewer in (chat.customer, chat.agent):
            assert viewer.call("attachment", {"AttachmentId": bad}).status == 400
            assert viewer.download(good).body == b"good"
