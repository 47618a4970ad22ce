"""A scanner whose answers the test gives, one by one, and a chat of two whose files it gets."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from openparticipant.limits import SECOND
from openparticipant.testing.chat import Chat, request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.listener import Listener
from openparticipant.testing.server import Server
from tests.eventually import eventually
from tests.scanners.hooks import APPROVED, REJECTED, Hooked, hook

_PATIENCE = 30  # seconds


class Judge:
    """A hook that keeps each question until the test answers it."""

    def __init__(self, hooked: Hooked) -> None:
        self._hooked = hooked
        self._questions: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._over = threading.Event()
        hooked.judge = self._keep

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._hooked.url

    @property
    def asked(self) -> int:
        """How many questions came."""
        return len(self._hooked.asked)

    def question(self) -> dict[str, Any]:
        """Return the next question, whose answer is awaited from now on."""
        question: dict[str, Any] = self._questions.get(timeout=_PATIENCE)["File"]
        return question

    def approve(self) -> None:
        """Answer the oldest question that has no answer."""
        self._answers.put(APPROVED)

    def reject(self) -> None:
        """Answer it the other way."""
        self._answers.put(REJECTED)

    def babble(self) -> None:
        """Answer it with something that is no verdict."""
        self._answers.put(b"<html>")

    def end(self) -> None:
        """Answer nobody any more."""
        self._over.set()

    def _keep(self, question: dict[str, Any]) -> bytes:
        self._questions.put(question)
        while not self._over.is_set():
            try:
                return self._answers.get(timeout=0.05)
            except queue.Empty:
                continue
        return b""


@contextmanager
def judge() -> Iterator[Judge]:
    """Run one."""
    with hook() as hooked:
        it = Judge(hooked)
        try:
            yield it
        finally:
            it.end()


@dataclass(frozen=True)
class Pair:
    """A customer and an agent in one chat, both listening."""

    customer: Chat
    agent: Chat
    to_customer: Listener
    to_agent: Listener

    def send(self, content: bytes = b"hello", client_token: str | None = None) -> str:
        """Let the customer send a file; return its id, once Complete has answered."""
        started = self.customer.start_upload(content=content)
        assert self.customer.upload(started, content).status == 200
        attachment_id: str = started.json["AttachmentId"]
        completed = self.customer.complete(attachment_id, client_token)
        assert (completed.status, completed.body) == (200, b"{}")
        return attachment_id

    def seen(self, viewer: Chat) -> list[tuple[str, str]]:
        """Return the files in the transcript of one of them, each with its status."""
        found: list[dict[str, Any]] = viewer.transcript(MaxResults=100).json["Transcript"]
        return [status_of(item) for item in found if item["Type"] == "ATTACHMENT"]

    def heard(self, listener: Listener) -> list[dict[str, Any]]:
        """Return the items that one of them hears until a word that is said now."""
        said = self.agent.say("now").json["Id"]
        items: list[dict[str, Any]] = []
        while not items or items[-1]["Id"] != said:
            items.append(listener.item())
        return [item for item in items if item["Type"] == "ATTACHMENT"]


@contextmanager
def pair(server: Server) -> Iterator[Pair]:
    """Start a chat."""
    customer = server.start_chat()
    agent = customer.join()
    with customer.listen() as to_customer, agent.listen() as to_agent:
        yield Pair(customer, agent, to_customer, to_agent)


def status_of(item: dict[str, Any]) -> tuple[str, str]:
    """Return what an item says of its file."""
    (file,) = item["Attachments"]
    return file["AttachmentId"], file["Status"]


def files(server: Server) -> list[str]:
    """Return the names of all files in the built-in object store."""
    root = server.data_dir / "objects"
    return [it.name for it in root.rglob("*") if it.is_file() and it.name != ".owner"]


def metric(server: Server, name: str) -> float | None:
    """Return a metric by its name with labels."""
    for line in request("GET", f"{server.admin_url}/metrics").body.decode().splitlines():
        found, _, value = line.rpartition(" ")
        if found == name:
            return float(value)
    return None


def comes_to_rest(server: Server) -> bool:
    """Wait until no file waits for a verdict, or has to be cleared."""
    return eventually(lambda: server.call(server.node.ports.store.scan_backlog).waiting == 0)


def readiness(server: Server) -> dict[str, Any]:
    """Return what the server says of itself, which is 200 as long as it serves."""
    answer = request("GET", f"{server.url}/health/ready")
    assert answer.status == 200
    said: dict[str, Any] = answer.json
    return said


@contextmanager
def passing(clock: SettableClock) -> Iterator[None]:
    """Let a second pass whenever somebody sleeps who wakes within it, as whoever looks each second."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(0.01):
            due_at = clock.next_due
            if due_at is not None and due_at <= clock.now() + SECOND:
                clock.advance(SECOND)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def held(server: Server, clock: SettableClock) -> bool:
    """Wait until a file was shown in vain, and waits for the next time."""

    def is_held() -> bool:
        backlog = server.call(server.node.ports.store.scan_backlog)
        ahead = (backlog.due_at or 0) - clock.now()
        return 0 < ahead < 80 * SECOND  # a lease is longer

    return eventually(is_held)
