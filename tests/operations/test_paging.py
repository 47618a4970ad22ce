"""Pages of a transcript, joined, are the transcript, however it is read and whatever is said meanwhile."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server

_QUICK = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def pages(
    chat: Chat, said: list[str], meanwhile: list[int], **members: Any
) -> list[list[dict[str, Any]]]:
    """Read all pages; `meanwhile` says how many messages come between two of them, in turn."""
    found: list[list[dict[str, Any]]] = []
    more = itertools.chain(meanwhile, itertools.repeat(0))
    while True:
        answer = chat.transcript(**members)
        assert answer.status == 200, answer.body
        found.append(answer.json["Transcript"])
        said += [chat.say("meanwhile").json["Id"] for _ in range(next(more))]
        if "NextToken" not in answer.json:
            return found
        members["NextToken"] = answer.json["NextToken"]


@_QUICK
@given(
    length=st.integers(0, 12),
    size=st.integers(0, 7),
    meanwhile=st.lists(st.integers(0, 3), max_size=4),
    direction=st.sampled_from(["FORWARD", "BACKWARD"]),
    order=st.sampled_from(["ASCENDING", "DESCENDING"]),
)
def test_pages_joined_are_the_whole(
    server: Server, length: int, size: int, meanwhile: list[int], direction: str, order: str
) -> None:
    """Any size, both directions, both orders, while messages arrive."""
    chat = server.start_chat()
    said = [chat.say(str(number)).json["Id"] for number in range(length)]
    before = list(said)
    found = pages(chat, said, meanwhile, MaxResults=size, ScanDirection=direction, SortOrder=order)
    upwards = direction == "FORWARD"
    for page in found:
        instants = [item["AbsoluteTime"] for item in page]
        assert instants == sorted(set(instants), reverse=order == "DESCENDING")
        assert len(page) <= (size or 10)
    assert all(len(page) == (size or 10) for page in found[:-1])
    in_order = [page if (order == "ASCENDING") == upwards else page[::-1] for page in found]
    joined = [item["Id"] for page in in_order for item in page]
    if upwards:
        # What came after the last page was read has no page yet; nothing before it is left out.
        assert joined == said[: len(joined)]
        assert len(joined) >= len(before)
    else:
        assert joined == before[::-1]


@_QUICK
@given(
    length=st.integers(1, 9),
    place=st.integers(0, 8),
    by=st.sampled_from(["Id", "AbsoluteTime", "MostRecent"]),
    size=st.integers(1, 4),
    direction=st.sampled_from([None, "FORWARD", "BACKWARD"]),
)
def test_reading_from_a_place_is_the_rest_from_there(
    server: Server, length: int, place: int, by: str, size: int, direction: str | None
) -> None:
    """With the item at that place, in all three forms; forward unless told otherwise."""
    chat = server.start_chat()
    said = [chat.say(str(number)).json for number in range(length)]
    place %= length
    value = length - place if by == "MostRecent" else said[place][by]
    members: dict[str, Any] = {"StartPosition": {by: value}, "MaxResults": size}
    if direction is not None:
        members["ScanDirection"] = direction
    joined = [
        item["Id"]
        for page in pages(chat, [], [], **members)
        for item in (page if direction == "BACKWARD" else page[::-1])
    ]
    ids = [one["Id"] for one in said]
    assert joined == (ids[place::-1] if direction == "BACKWARD" else ids[place:])


def test_reading_goes_on_where_nothing_is_yet(server: Server) -> None:
    """An instant in the future has no items, now; one in the past has all."""
    chat = server.start_chat()
    chat.say("one")
    for instant, count in (("2200-01-01T00:00:00Z", 0), ("2000-01-01T00:00:00Z", 1)):
        start = {"AbsoluteTime": instant}
        assert len(chat.transcript(StartPosition=start).json["Transcript"]) == count
        backward = chat.transcript(StartPosition=start, ScanDirection="BACKWARD").json
        assert len(backward["Transcript"]) == 1 - count
