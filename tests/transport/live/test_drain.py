"""The end of a server, as those see it who listen."""

from __future__ import annotations

import io
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

from openparticipant.testing.listener import Listener
from openparticipant.testing.server import Server
from tests.crash.line import Line
from tests.crash.load import begin
from tests.crash.rounds import control_key
from tests.serve_process import ServeProcess
from tests.transport.live.raw_socket import RawSocket


def test_sockets_end_one_after_another_while_calls_are_answered() -> None:
    """Who is closed comes back at once, and a call that failed then would be its client's last."""
    ends: list[tuple[float, int | None, int]] = []
    with Server(log=io.BytesIO()) as server:
        chats = [server.start_chat() for _ in range(40)]

        def wait_for_the_end(number: int, listener: Listener) -> None:
            code, _ = listener.end()
            at = time.monotonic()
            try:
                ends.append((at, code, chats[number].transcript().status))
            except OSError:
                ends.append((at, code, 0))

        threads = [
            threading.Thread(target=wait_for_the_end, args=(number, chat.listen()))
            for number, chat in enumerate(chats)
        ]
        for thread in threads:
            thread.start()
        server.call(lambda: server.node.server.drain(0, 20))
        for thread in threads:
            thread.join(20)
    ends.sort()
    assert [code for _, code, _ in ends] == [1012] * len(chats)
    # The last ones may find the door closed; behind a balancer they have gone elsewhere.
    assert [status for _, _, status in ends[:20]] == [200] * 20
    assert ends[-1][0] - ends[0][0] > 0.1


def test_second_signal_ends_at_once(tmp_path: Path) -> None:
    """Whoever is still connected is cut off, and the status says why."""
    pause = ("--drain-pause", "60")
    with ServeProcess(tmp_path / "data", *pause, log=tmp_path / "log") as server:
        with closing(Line(server.url, control_key(server.data_dir))) as line:
            wanted = {"Type": ["WEBSOCKET"]}
            token = begin(line).participant_token
            made = line.participant("connection", token, wanted).expect(200).json
        with RawSocket.open(made["Websocket"]["Url"]) as raw:
            server.popen.send_signal(signal.SIGTERM)
            while b"draining" not in server.log.read_bytes():
                time.sleep(0)
            assert server.terminate() == 128 + signal.SIGTERM
            assert raw.closed_with() is None
