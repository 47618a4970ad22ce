"""`abandoned`: a look at what would vanish, at a running server and in the directory of a stopped one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from openparticipant import sigv4
from openparticipant.limits import DAY, HOUR
from openparticipant.testing.chat import request
from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.server import Server
from openparticipant.wire import next_token
from tests.cli.worlds import command
from tests.eventually import eventually
from tests.scanning.judge import files


def listed(data_dir: Path, at: int = START) -> list[Any]:
    """Return what would vanish."""
    outcome = command("abandoned", "--json", "--data-dir", str(data_dir), at=at)
    assert (outcome.status, outcome.err) == (0, "")
    return [json.loads(line) for line in outcome.out.splitlines()]


def by_end(data_dir: Path, at: int) -> list[dict[str, object]]:
    """Return the same in an order that stays: a row moves once its URL has been seen to expire."""
    return sorted(listed(data_dir, at), key=lambda it: str(it["VanishesAt"]))


def test_what_nobody_completed_is_told_and_stays(tmp_path: Path) -> None:
    """With when it vanishes and what was announced, before it does so and not after."""
    clock = SettableClock()
    with Server(tmp_path / "data", clock=clock, log=io.BytesIO()) as server:
        chat = server.start_chat()
        chat.attach()
        first = chat.start_upload("a.txt", b"hello")
        chat.upload(first, b"hello")
        clock.advance(HOUR)
        second = chat.start_upload("b.txt", b"hello world")
        at = clock.now()
        told = by_end(tmp_path / "data", at)
        assert told == [
            {
                "ContactId": chat.contact_id,
                "AttachmentId": started.json["AttachmentId"],
                "SizeInBytes": size,
                "VanishesAt": vanishes,
            }
            for started, size, vanishes in (
                (first, 5, "2026-01-02T00:00:00.000Z"),
                (second, 11, "2026-01-02T01:00:00.000Z"),
            )
        ]
        table = command("abandoned", "--data-dir", str(tmp_path / "data"), at=at).out.decode()
        title, *rows = table.splitlines()
        assert title.split() == ["VANISHES", "CONTACT", "ATTACHMENT", "BYTES"]
        assert len(rows) == 2
        assert len(files(server)) == 2
        assert by_end(tmp_path / "data", at) == told
    assert by_end(tmp_path / "data", at) == told

    clock.advance(DAY - HOUR)
    with Server(tmp_path / "data", clock=clock, log=io.BytesIO()) as server:
        assert eventually(lambda: len(listed(tmp_path / "data", clock.now())) == 1)
        assert len(files(server)) == 1


@pytest.mark.parametrize(
    "token",
    ["AAAA", next_token.write("pending uploads", 1, 1, 2**62, 0, 0)],
    ids=["none", "forged"],
)
def test_a_token_of_nobodys_is_refused(tmp_path: Path, token: str) -> None:
    """Also one that has a checksum and names no place."""
    with Server(tmp_path / "data", log=io.BytesIO()) as server:
        path, query = "/pending-uploads", f"NextToken={token.replace('=', '%3D')}"
        headers = sigv4.sign(
            server.node.control_key,
            "GET",
            sigv4.host_of(server.admin_url),
            path,
            query=query,
            region="us-east-1",
            service="openparticipant",
            at=server.clock.now(),
        )
        refused = request("GET", f"{server.admin_url}{path}?{query}", None, headers)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")


def test_all_pages_are_joined(tmp_path: Path) -> None:
    """However many there are, each is told once."""
    with Server(tmp_path / "data", clock=SettableClock(), log=io.BytesIO()) as server:
        chats = [server.start_chat() for _ in range(8)]
        started = [chat.start_upload().json["AttachmentId"] for chat in chats for _ in range(30)]
    told = [it["AttachmentId"] for it in listed(tmp_path / "data")]
    assert len(told) == 240
    assert sorted(told) == sorted(started)
