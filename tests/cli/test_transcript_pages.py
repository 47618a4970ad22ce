"""`get-transcript --all` and `--follow`."""

from __future__ import annotations

import json

import pytest

from tests.cli.recording import Recorded, Reply, json_reply, recording
from tests.cli.worlds import TOKEN, Outcome, command

ENDED = "application/vnd.amazonaws.connect.event.chat.ended"


class Chat:
    """A transcript served as the service serves it; `growth` comes item by item, one a look.

    A look is a request without a NextToken.
    """

    def __init__(self, size: int, *growth: dict[str, str], page: int = 10) -> None:
        self.items = [{"Id": f"i{at}", "Content": f"c{at}"} for at in range(size)]
        self.growth = list(growth)
        self.page = page
        self.looks = 0

    def script(self, request: Recorded) -> Reply:
        """Answer a request."""
        asked = request.json
        if "NextToken" not in asked:
            self.looks += 1
            if self.looks > 1:
                self.items += self.growth[:1]
                del self.growth[:1]
        start = asked.get("StartPosition", {})
        forward = asked.get("ScanDirection", "FORWARD" if start else "BACKWARD") == "FORWARD"
        items = self.items if forward else self.items[::-1]
        if "Id" in start:
            ids = [item["Id"] for item in items]
            items = items[ids.index(start["Id"]) :]
        at = int(asked.get("NextToken", "0"))
        size = min(asked.get("MaxResults", 10), self.page)
        page = items[at : at + size]
        if forward != (asked.get("SortOrder") == "ASCENDING"):
            page = page[::-1]
        answer = {"Transcript": page, "InitialContactId": "c", "New": 1}
        if at + size < len(items):
            answer["NextToken"] = str(at + size)
        return json_reply(answer)


def get(
    chat: Chat, *words: str, environ: dict[str, str] | None = None
) -> tuple[Outcome, list[Recorded]]:
    with recording(script=chat.script) as server:
        outcome = command(
            *("get-transcript", *TOKEN, "--endpoint-url", server.url, *words), environ=environ
        )
    return outcome, server.requests


@pytest.mark.parametrize(
    ("words", "ascending"),
    [
        ([], False),
        (["--sort-order", "ASCENDING"], True),
        (["--sort-order", "ASCENDING", "--scan-direction", "FORWARD"], True),
        (["--scan-direction", "FORWARD"], False),
        (["--start-position", "Id=i0", "--sort-order", "ASCENDING"], True),
        (["--cli-input-json", '{"SortOrder": "ASCENDING"}', "--max-results", "3"], True),
    ],
)
def test_all_pages_make_one_answer(words: list[str], *, ascending: bool) -> None:
    """In the order asked for, whichever way the pages came."""
    chat = Chat(25)
    outcome, requests = get(chat, "--all", *words)

    assert outcome.status == 0, outcome.err
    ids = [f"i{at}" for at in range(25)]
    assert list(outcome.json) == ["InitialContactId", "Transcript"]
    assert [item["Id"] for item in outcome.json["Transcript"]] == (ids if ascending else ids[::-1])
    asked = [{**each.json, "NextToken": None} for each in requests]
    assert len(requests) > 2
    assert all(each == asked[0] for each in asked)


def test_fewer_calls_are_made_where_no_size_is_asked_for() -> None:
    """The service gives up to a hundred items at once."""
    _, requests = get(Chat(25, page=100), "--all")

    assert [each.json for each in requests] == [{"MaxResults": 100}]


def test_a_query_and_a_form_see_the_whole() -> None:
    """As if it had been one page."""
    words = ("--all", "--query", "length(Transcript)", "--output", "text")
    outcome, _ = get(Chat(25), *words)

    assert outcome.out == b"25\n"


def test_a_service_that_turns_in_circles_is_left() -> None:
    """Instead of asking for ever."""
    with recording(json_reply({"Transcript": [], "NextToken": "1"})) as server:
        words = ("--all", "--endpoint-url", server.url)
        outcome = command("get-transcript", *TOKEN, *words)

    assert outcome.status == 255
    assert outcome.err == "\nThe service returned the same NextToken twice.\n"
    assert len(server.requests) == 2


END = {"Id": "end", "ContentType": ENDED}


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ([], 15),
        (["--max-results", "2"], 23),
        (["--all"], 0),
        (["--start-position", "Id=i3"], 3),
        (["--scan-direction", "FORWARD"], 0),
    ],
)
def test_what_comes_is_followed_to_the_end_of_the_chat(words: list[str], first: int) -> None:
    """Each item once, the oldest first, with pauses, and success when the chat ends."""
    chat = Chat(25, {"Id": "new", "Content": "n"}, END, {"Id": "never"})
    outcome, _ = get(chat, "--follow", "--query", "Id", "--output", "text", *words)

    ids = [f"i{at}" for at in range(first, 25)]
    assert outcome.status == 0, outcome.err
    assert outcome.out.decode().split() == [*ids, "new", "end"]
    assert outcome.sleeps == [2, 2]


def test_an_empty_chat_is_followed_from_its_first_item() -> None:
    """Nothing said yet is no reason to stop."""
    outcome, _ = get(Chat(0, {"Id": "a", "Content": "é"}, END), "--follow")

    decoder, text, items = json.JSONDecoder(), outcome.out.decode().strip(), []
    while text:
        item, end = decoder.raw_decode(text)
        items.append(item)
        text = text[end:].lstrip()
    assert items == [{"Content": "é", "Id": "a"}, {"ContentType": ENDED, "Id": "end"}]


def test_more_than_a_page_between_two_looks_is_not_lost() -> None:
    """All pages since the last item are read."""
    chat = Chat(5)
    with recording(script=chat.script) as server:

        def answering(request: Recorded) -> Reply:
            if len(server.requests) == 2:
                chat.items += [{"Id": f"n{at}", "Content": ""} for at in range(30)]
                chat.items.append(dict(END))
            return chat.script(request)

        server.script = answering
        words = ("--follow", "--endpoint-url", server.url, "--query", "Id", "--output", "text")
        outcome = command("get-transcript", *TOKEN, *words)

    ids = [*(f"i{at}" for at in range(5)), *(f"n{at}" for at in range(30)), "end"]
    assert outcome.out.decode().split() == ids


@pytest.mark.parametrize(
    "words",
    [
        ["--sort-order", "DESCENDING"],
        ["--start-position", "Id=i3", "--scan-direction", "BACKWARD"],
    ],
)
def test_following_backwards_is_refused(words: list[str]) -> None:
    """Before anything is sent."""
    outcome, requests = get(Chat(1), "--follow", *words)

    assert outcome.status == 255
    assert outcome.err.startswith("\n--follow ")
    assert requests == []


def test_the_error_that_ends_following_is_told() -> None:
    """A token that is taken away while the chat is followed is an error as ever."""
    gone = json_reply({"__type": "AccessDeniedException", "Message": "Access denied"}, 403)
    with recording(json_reply({"Transcript": [{"Id": "a"}]}), gone) as server:
        outcome = command("get-transcript", *TOKEN, "--follow", "--endpoint-url", server.url)

    assert outcome.status == 255
    assert outcome.json == {"Id": "a"}
    assert "(AccessDeniedException) when calling the GetTranscript operation" in outcome.err


@pytest.mark.parametrize("words", [["--al"], ["--fol"]])
def test_they_are_known_in_full_only(words: list[str]) -> None:
    """What AWS lacks takes no part in abbreviations."""
    outcome, _ = get(Chat(1), *words)

    assert outcome.err.endswith(f"\nUnknown options: {words[0]}\n")


def test_other_operations_know_nothing_of_pages() -> None:
    """Only the transcript has them."""
    outcome = command("disconnect-participant", *TOKEN, "--all")

    assert outcome.err.endswith("\nUnknown options: --all\n")
