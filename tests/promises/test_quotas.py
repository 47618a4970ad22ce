"""No chat and no participant takes more than was set aside for it."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from openparticipant.limits import DAY
from openparticipant.testing.chat import Answer, Chat
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.cli.worlds import command
from tests.eventually import eventually
from tests.promises.promise import promise


def at_once(people: list[Chat], content: bytes, count: int) -> list[Answer]:
    """Start uploads of that content, all of the people together."""
    with ThreadPoolExecutor(count) as pool:
        return list(
            pool.map(
                lambda number: people[number % len(people)].start_upload(content=content),
                range(count),
            )
        )


def is_full(answer: Answer) -> bool:
    """Tell whether a quota refused it."""
    return (answer.status, answer.error) == (402, "ServiceQuotaExceededException")


@promise(31)
def test_pending_uploads_of_a_participant_are_capped() -> None:
    """However many are asked for at once; another participant, and a complete file, make room."""
    with Server(log=io.BytesIO(), pending_uploads="3") as server:
        chat = server.start_chat()
        agent = chat.join()
        answers = at_once([chat], b"hello", 12)
        started = [answer for answer in answers if answer.status == 200]
        assert len(started) == 3
        assert sum(map(is_full, answers)) == 9
        refused = chat.start_upload()
        assert refused.json["Message"] == "A participant may have 3 uploads that are not complete."
        assert agent.start_upload().status == 200
        assert chat.upload(started[0]).status == 200
        assert chat.complete(started[0].json["AttachmentId"]).status == 200
        assert chat.start_upload().status == 200
        assert is_full(chat.start_upload())


@promise(33)
def test_bytes_of_a_chat_are_capped() -> None:
    """Racing participants never exceed them, another chat has its own, and what expires comes back."""
    clock = SettableClock()
    with Server(log=io.BytesIO(), clock=clock, attachment_bytes_per_contact="1000") as server:
        chat = server.start_chat()
        agent = chat.join()
        answers = at_once([chat, agent], b"x" * 300, 12)
        started = [answer for answer in answers if answer.status == 200]
        assert len(started) == 3
        assert sum(map(is_full, answers)) == 9
        assert chat.start_upload(content=b"x" * 100).status == 200
        refused = agent.start_upload(content=b"x")
        assert is_full(refused)
        assert (
            refused.json["Message"] == "The attachments of the contact may have 1000 bytes in all."
        )
        assert server.start_chat().start_upload(content=b"x" * 1000).status == 200

        clock.advance(DAY // 24)
        assert eventually(lambda: chat.start_upload(content=b"x" * 1000).status == 200)


@promise(33)
def test_bytes_and_files_of_an_instance_are_capped(tmp_path: Path) -> None:
    """What its chats hold together, from before the quota was set, until they are removed."""
    clock = SettableClock()
    with Server(tmp_path, clock=clock, log=io.BytesIO()) as server:
        old = server.start_chat()
        old.attach(content=b"x" * 400)
        assert old.stop().status == 200
    with Server(
        tmp_path,
        clock=clock,
        log=io.BytesIO(),
        attachment_bytes_per_instance="1000",
        attachments_per_instance="4",
    ) as server:
        chats = [server.start_chat() for _ in range(4)]
        answers = at_once(chats, b"x" * 250, 12)
        assert sum(answer.status == 200 for answer in answers) == 2
        assert sum(map(is_full, answers)) == 10
        refused = chats[0].start_upload(content=b"x" * 101)
        assert (
            refused.json["Message"] == "The attachments of the instance may have 1000 bytes in all."
        )
        assert chats[0].start_upload(content=b"x" * 100).status == 200
        refused = chats[1].start_upload(content=b"x")
        assert is_full(refused)
        assert refused.json["Message"] == "The instance has reached its limit of 4 attachments."

        clock.advance(DAY // 24)
        assert eventually(lambda: chats[0].start_upload(content=b"x" * 600).status == 200)
        assert is_full(chats[1].start_upload(content=b"x"))
        purge = command("purge", old.contact_id, "--data-dir", str(tmp_path), at=clock.now())
        assert purge.status == 0
        assert chats[1].start_upload(content=b"x" * 400).status == 200
