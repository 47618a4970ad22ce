"""Pages of a transcript with rejected files in it: each viewer's are full, and joined are theirs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server
from tests.scanning.judge import comes_to_rest


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server whose scanner reads for itself."""
    scan = tmp_path_factory.mktemp("scan") / "scan"
    scan.write_text("#!/bin/sh\ngrep -q bad && exit 1\nexit 0\n")
    scan.chmod(0o755)
    with Server(log=io.BytesIO(), scanner=f"exec:{scan}") as running:
        yield running


def pages(viewer: Chat, **members: Any) -> list[list[str]]:
    """Return the ids on all pages, in the order that they are read."""
    found: list[list[str]] = []
    while True:
        answer = viewer.transcript(**members)
        assert answer.status == 200, answer.body
        found.append([item["Id"] for item in answer.json["Transcript"]])
        if "NextToken" not in answer.json:
            return found
        members["NextToken"] = answer.json["NextToken"]


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    script=st.lists(st.sampled_from(["say", "bad", "bad", "good"]), min_size=1, max_size=7),
    size=st.integers(1, 4),
    forward=st.booleans(),
    place=st.integers(0, 6),
    by=st.sampled_from(["Id", "AbsoluteTime", "MostRecent"]),
)
def test_each_viewer_reads_what_is_theirs(
    reading: Server, script: list[str], size: int, place: int, by: str, *, forward: bool
) -> None:
    """From either end and from any item that they see, in pages of any size."""
    sender = reading.start_chat()
    other = sender.join()
    for word in script:
        if word == "say":
            sender.say()
        else:
            sender.attach(content=word.encode())
            assert comes_to_rest(reading)
    order = {"SortOrder": "ASCENDING" if forward else "DESCENDING"}
    direction = {"ScanDirection": "FORWARD" if forward else "BACKWARD"}
    all_of = {
        viewer: viewer.transcript(MaxResults=100, SortOrder="ASCENDING").json["Transcript"]
        for viewer in (sender, other)
    }
    assert len(all_of[sender]) == len(script)
    assert len(all_of[other]) == len(script) - script.count("bad")
    for viewer, items in all_of.items():
        seen = [item["Id"] for item in items]
        whole = pages(viewer, MaxResults=size, **direction, **order)
        assert [id_ for page in whole for id_ in page] == (seen if forward else seen[::-1])
        assert all(len(page) == size for page in whole[:-1])
        assert whole[-1] or not seen
        if not seen:
            continue
        at = place % len(seen)
        value = len(seen) - at if by == "MostRecent" else items[at][by]
        found = pages(viewer, MaxResults=size, StartPosition={by: value}, **direction, **order)
        expected = seen[at:] if forward else seen[at::-1]
        assert [id_ for page in found for id_ in page] == expected
        assert all(len(page) == size for page in found[:-1])
    for item in all_of[sender]:
        hidden = item not in all_of[other]
        asked = other.transcript(StartPosition={"Id": item["Id"]})
        assert asked.status == (400 if hidden else 200)
