from __future__ import annotations

import asyncio
from typing import Any

from openparticipant.transport.socket_protocol import LARGEST_FRAME, SocketProtocol
from tests.transport.live.raw_socket import TEXT, frame, handshake
from tests.transport.served import on_loop, serving, until


class Talker:
    """An application that says much at once, and once more when told."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.outcome: BaseException | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry one socket."""
        del scope, receive
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "x" * 60_000})
        await self.go.wait()
        try:
            await send({"type": "websocket.send", "text": "one more"})
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            self.outcome = error


@on_loop
async def test_who_is_spoken_to_after_the_protocol_was_broken_is_gone() -> None:
    """Though the connection still stands, since what was said before is not read yet."""
    app = Talker()
    async with serving(app, narrow=True) as served:
        client = await served.client()
        await client.send(handshake("ws://127.0.0.1/?q"))
        await until(lambda: any(isinstance(it, SocketProtocol) for it in _all(served)))
        (protocol,) = _all(served)
        assert isinstance(protocol, SocketProtocol)
        await until(lambda: protocol.transport.get_write_buffer_size() > 0)
        await client.send(frame(TEXT, b"x" * (LARGEST_FRAME + 1)))
        await until(lambda: protocol.close_sent)
        app.go.set()
        await until(lambda: app.outcome is not None)
        assert isinstance(app.outcome, OSError)


def _all(served: Any) -> list[Any]:
    return list(served.listener._state.connections)
