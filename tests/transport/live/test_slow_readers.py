"""Clients that do not take what they are told, against a server in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from openparticipant.testing.chat import request
from openparticipant.testing.listener import Listener
from openparticipant.testing.server import Server
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.socket_protocol import SocketProtocol
from tests.crash.line import Line
from tests.crash.rounds import control_key
from tests.eventually import eventually
from tests.serve_process import ServeProcess
from tests.transport.live.raw_socket import PING, TEXT, RawSocket, frame

SUBSCRIBE = frame(TEXT, b'{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}')
LONG = {"ContentType": "application/json", "Content": '"' + "x" * 11_990 + '"'}
TAKEN = ["text/plain", "application/json"]
MIB = 2**20


class Talk:
    """A chat whose customer sends long messages over one line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        body = {
            "InstanceId": "instance",
            "ContactFlowId": "flow",
            "ParticipantDetails": {"DisplayName": "Customer"},
            "SupportedMessagingContentTypes": TAKEN,
        }
        started = line.control("PUT", "/contact/chat", body).expect(200).json
        self._participant_token = started["ParticipantToken"]
        self._connection_token = self._connect("CONNECTION_CREDENTIALS")["ConnectionToken"]

    def url(self) -> str:
        """Return the URL of a WebSocket."""
        url: str = self._connect("WEBSOCKET")["Url"]
        return url

    def say(self) -> str:
        """Send a message; return its id."""
        answer = self._line.participant("message", self._connection_token, LONG)
        message_id: str = answer.expect(200).json["Id"]
        return message_id

    def _connect(self, kind: str) -> Any:
        wanted = {"Type": [kind]}
        made = self._line.participant("connection", self._participant_token, wanted)
        return next(iter(made.expect(200).json.values()))


@contextmanager
def talking(server: ServeProcess) -> Iterator[Talk]:
    """Start a chat."""
    with closing(Line(server.url, control_key(server.data_dir))) as line:
        yield Talk(line)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServeProcess]:
    """Return a server of the test's own, for its memory and its end are looked at."""
    arguments = ("--drain-timeout", "2")
    with ServeProcess(tmp_path / "data", *arguments, log=tmp_path / "log") as running:
        yield running


def unread(talk: Talk, opened: ExitStack) -> RawSocket:
    """Open a socket that is subscribed and then read no more."""
    raw = opened.enter_context(RawSocket.open(talk.url(), narrow=True))
    raw.send(SUBSCRIBE)
    assert raw.frame()[0] == TEXT
    return raw


def test_who_never_reads_is_dropped_and_others_are_not(server: ServeProcess) -> None:
    """What waits for them is bounded, and their connections are really gone."""
    process = psutil.Process(server.popen.pid)
    with talking(server) as talk, ExitStack() as opened, Listener(talk.url()) as good:
        assert good.subscribe()["content"]["status"] == "success"
        assert good.item()["Type"] == "EVENT"
        descriptors = process.num_fds()
        for _ in range(4):
            unread(talk, opened)
        before, heard, said = process.memory_info().rss, list[str](), list[str]()
        while process.num_fds() > descriptors:
            said.append(talk.say())
            heard.append(good.item()["Id"])
            assert len(said) < 3000, "they still hold their places"
        assert said == heard
        assert process.memory_info().rss - before < 16 * MIB
        metrics = request("GET", f"{server.admin_url}/metrics").body
        assert b"\nopenparticipant_sockets_overflowed_total 4.0\n" in metrics
        assert b"\nopenparticipant_sockets 1.0\n" in metrics


def test_pings_without_end_are_not_hoarded(server: ServeProcess) -> None:
    """A client that reads nothing gets no more answers than fit on the way."""
    process = psutil.Process(server.popen.pid)
    with talking(server) as talk, ExitStack() as opened:
        raw = unread(talk, opened)
        before = process.memory_info().rss
        pings = frame(PING, b"p" * 125) * 2000
        assert raw.send_until_refused(pings, 150) == 150  # they are read all the same
        assert process.memory_info().rss - before < 8 * MIB


def test_slow_reader_does_not_hold_up_the_end(server: ServeProcess) -> None:
    """With an answer on its way that nobody takes, SIGTERM ends within the drain's timeout."""
    with talking(server) as talk, ExitStack() as opened:
        unread(talk, opened)
        while waiting(server) < 20:
            talk.say()
        began = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - began < 5


def test_slow_reader_of_an_ended_chat_goes() -> None:
    """It has a few seconds for what comes before the end; then the connection is cut."""
    with Server(bounds=Bounds(parting_seconds=0.1)) as server:
        chat = server.start_chat(SupportedMessagingContentTypes=TAKEN)
        with RawSocket.open(chat.websocket_url(), narrow=True) as raw:
            raw.send(SUBSCRIBE)
            while waiting(server) < 20:
                chat.call("message", LONG)
            assert chat.stop().status == 200
            assert eventually(lambda: server.call(lambda: connections(server)) == 0)
            assert raw.closed_with() is None


@pytest.mark.parametrize("broken", [False, True])
def test_slow_reader_of_little_goes_too(*, broken: bool) -> None:
    """What waits is no more than the transport takes, and the farewell stands behind it."""
    with Server(bounds=Bounds(parting_seconds=0.1)) as server:
        chat = server.start_chat(SupportedMessagingContentTypes=TAKEN)
        with RawSocket.open(chat.websocket_url(), narrow=True) as raw:
            raw.send(SUBSCRIBE)
            while server.call(lambda: unwritten(server)) == 0:
                chat.call("message", LONG)
            if broken:  # while the database is asked for the answer to what came before
                raw.send(SUBSCRIBE)
                raw.send(frame(TEXT, b"x" * 40_000))
            else:
                assert chat.stop().status == 200
            assert eventually(lambda: server.call(lambda: connections(server)) == 0)
            assert raw.closed_with() is None


async def unwritten(server: Server) -> int:
    """Tell how much the transports hold."""
    listener = server.node.server._public
    return sum(
        each.transport.get_write_buffer_size()
        for each in listener._state.connections
        if isinstance(each, SocketProtocol)
    )


async def connections(server: Server) -> int:
    """Count who is connected, without asking over a connection."""
    return server.node.server.connections


def waiting(server: ServeProcess | Server) -> int:
    """Read off the metrics how many frames wait for their clients."""
    lines = request("GET", f"{server.admin_url}/metrics").body.decode().splitlines()
    name = "openparticipant_socket_frames_waiting "
    (value,) = [line.split()[1] for line in lines if line.startswith(name)]
    return int(float(value))
