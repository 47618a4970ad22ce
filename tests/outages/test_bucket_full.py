"""A bucket that takes nothing more: who is told, and that nothing has to be uploaded again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.testing.server import Server
from tests.engines.radosgw import Gateway
from tests.outages.test_database_away import readiness


@pytest.fixture
def bucket(radosgw: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """Return a bucket of Ceph, which alone of the S3 servers here can be full."""
    for name, value in radosgw.environment.items():
        monkeypatch.setenv(name, value)
    yield radosgw
    radosgw.admit(None)


def test_a_full_bucket_loses_nothing(bucket: Gateway, tmp_path: Path) -> None:
    """Uploads are refused by the store, a Complete is a 500, and all may be repeated later."""
    with Server(tmp_path, objects=bucket.address) as server:
        chat = server.start_chat()
        uploaded, refused = chat.start_upload("first.txt"), chat.start_upload("second.txt")
        assert chat.upload(uploaded).status == 200
        bucket.admit(1)

        denied = chat.upload(refused)
        assert (denied.status, b"QuotaExceeded" in denied.body) == (403, True)
        missing = chat.complete(refused.json["AttachmentId"])
        assert (missing.status, missing.error) == (400, "ValidationException")
        # Its bytes are there, but to keep them takes a copy.
        assert chat.complete(uploaded.json["AttachmentId"]).status == 500
        assert readiness(server) == {
            "status": "degraded",
            "reasons": ["object store: QuotaExceeded (403), asked to copy an object"],
        }
        assert chat.say("meanwhile").status == 200

        bucket.admit(None)

        assert chat.complete(uploaded.json["AttachmentId"]).status == 200
        assert chat.upload(refused).status == 200
        assert chat.complete(refused.json["AttachmentId"]).status == 200
        for started in (uploaded, refused):
            assert chat.download(started.json["AttachmentId"]).body == b"hello"
        assert readiness(server) == {"status": "ready"}
