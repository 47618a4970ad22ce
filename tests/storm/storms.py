"""What a chat server meets on its worst days, with the numbers that came of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.line import Line
from tests.crash.rounds import control_key
from tests.serve_process import ServeProcess, plain_environment
from tests.storm.guests import Guest, Talker, call

# What systemd does for its service: the socket as descriptor 3, and two variables.
_HAND_OVER = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3);"
    "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()));"
    "os.execv(sys.argv[2], sys.argv[2:])"
)
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Storm:
    """How many clients were in it, what troubled them, and how long until all were back."""

    guests: int
    trouble: list[str]
    seconds: float


def invite(origin: str, data_dir: Path, count: int) -> list[Guest]:
    """Start chats of two until there are `count` participants."""
    raise_file_limit()
    guests = []
    with closing(Line(origin, control_key(data_dir))) as line:
        for number in range(count):
            if number % 2 == 0:
                body = {
                    "InstanceId": "instance",
                    "ContactFlowId": "flow",
                    "ParticipantDetails": {"DisplayName": "Customer"},
                }
                started = line.control("PUT", "/contact/chat", body).expect(200).json
                token = started["ParticipantToken"]
            else:
                body = {
                    "InstanceId": "instance",
                    "ContactId": started["ContactId"],
                    "ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": "Agent"},
                }
                path = "/contact/create-participant"
                added = line.control("POST", path, body).expect(200).json
                token = added["ParticipantCredentials"]["ParticipantToken"]
            guests.append(Guest(origin, token))
    return guests


def raise_file_limit() -> None:
    """Take as many descriptors as this process may; servers inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@asynccontextmanager
async def staying(guests: Sequence[Guest]) -> AsyncIterator[None]:
    """Let guests come and go on, all at the same time."""
    tasks = [asyncio.create_task(guest.stay()) for guest in guests]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for guest in guests:
            if guest.socket is not None:
                guest.drop()


async def all_here(guests: Sequence[Guest]) -> None:
    """Return when everyone is here, or in trouble."""
    async with asyncio.timeout(_PATIENCE):
        for guest in guests:
            await guest.until(lambda: guest.is_here)  # noqa: B023 - awaited at once


async def dropped_at_once(guests: Sequence[Guest]) -> Storm:
    """Cut every socket in the same moment; all come back through CreateParticipantConnection."""
    async with staying(guests):
        await all_here(guests)
        began = time.monotonic()
        for guest in guests:
            guest.drop()
        await all_here(guests)
        seconds = time.monotonic() - began
        await _all_hear(guests)
    return Storm(len(guests), [it for guest in guests for it in guest.trouble], seconds)


async def _all_hear(guests: Sequence[Guest]) -> None:
    """Check that both of each chat get what is said now."""
    async with asyncio.timeout(_PATIENCE):
        for customer, agent in zip(guests[::2], guests[1::2], strict=True):
            body = {"ContentType": "text/plain", "Content": "all here?"}
            answer = await call(customer.origin, "message", customer.connection_token, body)
            message_id = json.loads(answer.body)["Id"]
            for guest in (customer, agent):
                await guest.until(lambda: message_id in guest.heard)  # noqa: B023 - awaited at once


def supervised(root: Path, kept: socket.socket) -> ServeProcess:
    """Start to serve on a socket that outlives the process."""
    return ServeProcess(
        root / "data",
        log=root / "log",
        environment=plain_environment(),
        prefix=(sys.executable, "-c", _HAND_OVER, str(kept.fileno())),
        pass_fds=(kept.fileno(), 3),
    )


async def restarted(root: Path, count: int, talkers: int) -> Storm:
    """Restart a server under its guests, some of whom talk; all they were told was said is there."""
    raise_file_limit()
    with closing(socket.create_server(("127.0.0.1", 0), backlog=4096)) as kept:
        server = supervised(root, kept)
        try:
            server.ready()
            guests = invite(server.url, server.data_dir, count)
            talking = [Talker(guest) for guest in guests[: 2 * talkers : 2]]
            async with staying(guests):
                await all_here(guests)
                tasks = [asyncio.create_task(one.talk()) for one in talking]
                began = time.monotonic()
                server.popen.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(server.reap) == 0
                said = [len(one.said) for one in talking]
                server = supervised(root, kept)
                await asyncio.to_thread(server.ready)
                await all_here(guests)
                seconds = time.monotonic() - began
                await _all_hear(guests)
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
                for one, before in zip(talking, said, strict=True):
                    assert len(one.said) > before > 0
                    await _is_kept(one)
        finally:
            server.end()
    return Storm(count, [it for guest in guests for it in guest.trouble], seconds)


async def _is_kept(talker: Talker) -> None:
    """Check that a transcript holds what was acknowledged, in that order."""
    guest, kept = talker.guest, list[str]()
    body: dict[str, Any] | None = {
        "MaxResults": 100,
        "ScanDirection": "FORWARD",
        "SortOrder": "ASCENDING",
    }
    while body is not None:
        answer = await call(guest.origin, "transcript", guest.connection_token, body)
        page = json.loads(answer.body)
        kept += [item["Id"] for item in page["Transcript"]]
        more = page.get("NextToken")
        body = {**body, "NextToken": more} if more else None
    said = set(talker.said)
    assert [each for each in kept if each in said] == talker.said
