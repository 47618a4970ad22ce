"""WebSocket servers that store nothing and echo what they get: `python -m bench.live_peers NAME PORT`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from websockets.asyncio.server import ServerConnection, serve


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Echo, as an ASGI application."""
    assert scope["type"] == "websocket"
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def echo(connection: ServerConnection) -> None:
    """Echo, as a handler of the library."""
    async for message in connection:
        await connection.send(message)


async def bare_uvicorn(port: int) -> None:
    """Serve with uvicorn as it comes, on the protocol that ours builds on."""
    config = uvicorn.Config(
        application,
        port=port,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="error",
        lifespan="off",
        backlog=4096,
    )
    await uvicorn.Server(config).serve()


async def bare_websockets(port: int) -> None:
    """Serve with the library's own server."""
    async with serve(echo, "127.0.0.1", port, compression=None, backlog=4096):
        await asyncio.Event().wait()


if __name__ == "__main__":
    print("ready", flush=True)
    server = {"uvicorn": bare_uvicorn, "websockets": bare_websockets}[sys.argv[1]]
    asyncio.run(server(int(sys.argv[2])))
