"""A server in a process of its own, for tests of signals and inherited sockets."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from openparticipant.transport.bounds import Bounds
from openparticipant.transport.lifecycle import Lifecycle
from openparticipant.transport.refusal import Guard
from openparticipant.transport.server import Server, run, serve
from openparticipant.transport.sockets import inherited, listen
from openparticipant.transport.start import StartError


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer at once, or at `/upload` when the body is whole."""
    if scope["path"] == "/upload":
        print("uploading", flush=True)
        while (message := await receive())["type"] == "http.request":
            if not message["more_body"]:
                break
        else:
            return
    length = (b"content-length", b"2")
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": b"ok"})


async def main(drain_pause: float, drain_timeout: float) -> int:
    """Serve until a signal comes, saying on stdout what happens."""

    async def farewell() -> None:
        print("draining", flush=True)
        await asyncio.sleep(0)

    def ready(url: str, admin_url: str) -> None:
        print(url, admin_url, flush=True)

    over = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGUSR1, over.set_result, "it may not go on"
    )
    if os.environ.get("LISTEN_FDS"):
        os.environ["LISTEN_PID"] = str(os.getpid())
    server = Server(
        application,
        application,
        Lifecycle(on_drain=[farewell]),
        public_socket=inherited(os.environ) or listen("127.0.0.1", 0),
        admin_socket=listen("127.0.0.1", 0),
        guard=Guard(Bounds(), lambda: "request", lambda _: None),
        clock=lambda: 0,
    )
    try:
        return await serve(
            server, ready, over=over, drain_pause=drain_pause, drain_timeout=drain_timeout
        )
    except StartError as error:
        print(error, flush=True)
        return 2


if __name__ == "__main__":
    sys.exit(run(main(float(sys.argv[1]), float(sys.argv[2]))))
