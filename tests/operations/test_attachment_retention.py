"""With `--attachment-retention`, old files go, and their chat stays."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from openparticipant.limits import DAY, HOUR
from openparticipant.testing.chat import Chat, request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.cli.worlds import command
from tests.eventually import eventually
from tests.scanning.judge import files

REMOVED = "The file was removed: files are kept for a limited time."


def offer(chat: Chat, attachment_id: str, **members: int) -> str:
    """Return a URL under which a file can be fetched."""
    answer = chat.call("attachment", {"AttachmentId": attachment_id, **members})
    assert answer.status == 200, answer.body
    return str(answer.json["Url"])


def test_an_old_file_goes_and_its_chat_stays(tmp_path: Path) -> None:
    """So many days after it was approved, while the chat goes on; with its bytes go all its URLs."""
    clock = SettableClock()
    with Server(tmp_path, clock=clock, log=io.BytesIO(), attachment_retention="2") as server:
        chat = server.start_chat(ChatDurationInMinutes=7 * 24 * 60)
        old = chat.attach("old.txt")
        clock.advance(DAY + HOUR)
        chat = chat.join()  # a connection lasts a day
        recent = chat.attach("recent.txt")
        clock.advance(DAY - HOUR - 1)
        url = offer(chat, old)
        assert request("GET", url).status == 200
        said = chat.transcript().json["Transcript"]
        clock.advance(1)
        assert eventually(lambda: not any(old in name for name in files(server)))
        refused = chat.call("attachment", {"AttachmentId": old})
        assert (refused.status, refused.error) == (400, "ValidationException")
        assert refused.json["Message"] == REMOVED
        assert request("GET", url).status == 403
        assert chat.transcript().json["Transcript"] == said
        assert request("GET", offer(chat, recent)).body == b"hello"

        def operator(*words: str, status: int = 0) -> str:
            outcome = command(*words, "--data-dir", str(tmp_path), at=clock.now())
            assert outcome.status == status, outcome
            return outcome.out.decode()

        assert "it is removed" in operator("why", "--url", url, status=1)
        (removal,) = [
            entry
            for entry in map(json.loads, operator("audit", "--json").splitlines())
            if entry["Event"] == "FILE_REMOVED"
        ]
        assert removal["AttachmentId"] == old
        assert "Actor" not in removal
        operator("verify")


@pytest.mark.parametrize("days", ["1", "3"])
def test_it_holds_for_files_that_were_there_before(tmp_path: Path, days: str) -> None:
    """Those that grew too old go at the start, whether or not their chat has ended."""
    clock = SettableClock()
    with Server(tmp_path, clock=clock, log=io.BytesIO()) as server:
        chats = [server.start_chat(ChatDurationInMinutes=7 * 24 * 60) for _ in range(2)]
        ids = [chat.attach() for chat in chats]
        assert chats[1].stop().status == 200
    clock.advance(2 * DAY)
    with Server(tmp_path, clock=clock, log=io.BytesIO(), attachment_retention=days) as server:
        assert [any(id_ in name for name in files(server)) for id_ in ids] == [days == "3"] * 2
