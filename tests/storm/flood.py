"""One client that talks as fast as it can, and two that listen."""

from __future__ import annotations

import threading
import time
from contextlib import closing

from openparticipant.testing.listener import Listener
from tests.crash.line import Line
from tests.crash.load import begin
from tests.crash.rounds import control_key
from tests.serve_process import ServeProcess


def flood(server: ServeProcess, count: int) -> float:
    """Send messages one after the other; check that all are heard in order; return the seconds."""
    with closing(Line(server.url, control_key(server.data_dir))) as line:
        chat = begin(line)
        wanted = {"Type": ["WEBSOCKET"]}
        heard: list[list[str]] = [[], []]
        listeners = []
        for _ in heard:
            made = line.participant("connection", chat.participant_token, wanted).expect(200).json
            listeners.append(Listener(made["Websocket"]["Url"]))
            assert listeners[-1].subscribe()["content"]["status"] == "success"

        def listen(listener: Listener, ids: list[str]) -> None:
            while len(ids) < count:
                item = listener.item(60)
                if item["Type"] == "MESSAGE":
                    ids.append(item["Id"])

        threads = [
            threading.Thread(target=listen, args=pair)
            for pair in zip(listeners, heard, strict=True)
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        body = {"ContentType": "text/plain", "Content": "x" * 1024}
        said = [
            line.participant("message", chat.connection_token, body).expect(200).json["Id"]
            for _ in range(count)
        ]
        seconds = time.monotonic() - began
        for thread in threads:
            thread.join(60)
        for listener in listeners:
            listener.__exit__(None, None, None)
    assert heard == [said, said]
    return seconds
