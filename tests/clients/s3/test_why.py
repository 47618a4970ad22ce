"""`why --url` where a bucket holds the bytes."""

from __future__ import annotations

import json

import pytest

from openparticipant.system import SystemClock
from tests.cli.worlds import command
from tests.engines.s3 import S3Server
from tests.promises.place import Place, opened


def findings(place: Place, url: str) -> dict[str, bool]:
    """Return which parts of a URL are as they have to be."""
    where = ("--data-dir", str(place.server.node.data_dir.path))
    outcome = command("why", "--url", url, "--json", *where, at=place.clock.now())
    assert outcome.err == ""
    found = [json.loads(line) for line in outcome.out.splitlines()]
    return {each["About"]: each["IsGood"] for each in found}


def test_urls_of_a_bucket_are_examined_like_our_own(
    seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The upload's and the download's; and what was changed in them is found."""
    for name, value in seaweedfs.environment.items():
        monkeypatch.setenv(name, value)
    with opened(seaweedfs, SystemClock().now()) as place:
        chat = place.server.start_chat()
        upload = place.invite(chat)
        assert set(findings(place, upload.url).values()) == {True}
        assert not findings(place, f"{upload.url}0")["signature"]
        assert upload.put().status == 200
        assert upload.complete().status == 200
        asked = {"AttachmentId": upload.attachment_id}
        download = chat.call("attachment", asked).json["Url"]
        assert findings(place, download).keys() == {"address", "attachment", "expiry", "signature"}
        assert set(findings(place, download).values()) == {True}
        assert not findings(place, upload.url)["attachment"]
