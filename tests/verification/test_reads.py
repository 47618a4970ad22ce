"""`--verify-reads`: no byte of a damaged file goes out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from openparticipant.testing.chat import Answer, Chat, request
from openparticipant.testing.server import Server
from tests.verification.looking import flip, objects_in

CONTENT = bytes(range(256)) * 2_048  # two pieces of an answer


def fetched(chat: Chat, attachment_id: str, method: str = "GET", **headers: str) -> Answer:
    """Get a URL and follow it."""
    offered = chat.call("attachment", {"AttachmentId": attachment_id})
    assert offered.status == 200
    return request(method, offered.json["Url"], headers=headers)


@pytest.mark.parametrize("at", [0, len(CONTENT) // 2, len(CONTENT) - 1])
def test_a_damaged_file_is_refused_as_a_whole_and_in_parts(tmp_path: Path, at: int) -> None:
    """Also where the part that is asked for is well: it is no part of what was uploaded."""
    log = io.BytesIO()
    with Server(tmp_path, log=log, verify_reads="on") as server:
        chat = server.start_chat()
        damaged = chat.attach(content=CONTENT)
        flip(objects_in(tmp_path)[0], at)
        well = chat.attach(content=CONTENT)

        for headers in ({}, {"Range": "bytes=5-9"}, {"Range": "bytes=-1"}):
            answer = fetched(chat, damaged, **headers)
            assert answer.status == 500
            assert b"<Code>InternalError</Code>" in answer.body
        assert fetched(chat, well).body == CONTENT
        assert fetched(chat, well, Range="bytes=5-9").body == CONTENT[5:10]

    assert log.getvalue().count(b"its bytes have another hash") == 3


def test_without_the_setting_nothing_is_hashed(tmp_path: Path) -> None:
    """What an operator has not asked for costs nothing; verify finds it all the same."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        attachment_id = chat.attach(content=CONTENT)
        flip(objects_in(tmp_path)[0])

        answer = fetched(chat, attachment_id)

    assert answer.status == 200
    assert answer.body[1:] == CONTENT[1:]


@pytest.mark.parametrize("setting", ["on", "off"])
def test_a_file_that_is_not_whole_is_always_refused(tmp_path: Path, setting: str) -> None:
    """Its end is looked at in any case; to try again does not help, and the answer says so."""
    with Server(tmp_path, log=io.BytesIO(), verify_reads=setting) as server:
        chat = server.start_chat()
        attachment_id = chat.attach(content=CONTENT)
        path = objects_in(tmp_path)[0]
        path.write_bytes(path.read_bytes()[:-1])

        assert fetched(chat, attachment_id).status == 500
