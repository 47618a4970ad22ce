"""Keep uploads going until told to stop, on the core of the load: a neighbour for `bench/start.py`.

    python -m bench.uploads URL FILE-WITH-BEARERS [--parallel 32] [--size 20971520]

Each upload is the real one: StartAttachmentUpload, then a PUT of the whole file to the URL it gave.
Prints `ready` once all run; SIGTERM ends it, with the bytes it has sent as last line.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_PIECE = 256 * 1024


@dataclass(slots=True)
class Progress:
    """How many bytes of files have been handed to the server."""

    sent: int = 0


async def exchange(
    host: str,
    method: str,
    target: str,
    headers: dict[str, str],
    body: memoryview,
    progress: Progress,
) -> bytes:
    """Make one request on a connection of its own and return the body of a 200."""
    reader, writer = await asyncio.open_connection(*host.split(":"))
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    for start in range(0, len(body), _PIECE):
        writer.write(body[start : start + _PIECE])
        await writer.drain()
        progress.sent += _PIECE
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer[:500]
    return content


async def upload(host: str, bearer: str, content: memoryview, progress: Progress) -> None:
    """Ask for a place and fill it."""
    asked = {
        "AttachmentName": "film.mp4",
        "ContentType": "video/mp4",
        "AttachmentSizeInBytes": len(content),
    }
    body = json.dumps(asked).encode()
    headers = {"X-Amz-Bearer": bearer, "Content-Length": str(len(body))}
    target = "/participant/start-attachment-upload"
    said: Any = json.loads(
        await exchange(host, "POST", target, headers, memoryview(body), Progress())
    )
    place = urlsplit(said["UploadMetadata"]["Url"])
    invited = said["UploadMetadata"]["HeadersToInclude"]
    await exchange(host, "PUT", f"{place.path}?{place.query}", invited, content, progress)


async def run(url: str, bearers: Iterator[str], parallel: int, size: int) -> int:
    """Upload until SIGTERM; return how many bytes went out."""
    host, content = urlsplit(url).netloc, memoryview(bytes(size))
    progress = Progress()

    async def keep_on() -> None:
        while True:
            await upload(host, next(bearers), content, progress)

    group = asyncio.gather(*(keep_on() for _ in range(parallel)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, group.cancel)
    print("ready", flush=True)
    try:
        await group
    except asyncio.CancelledError:
        return progress.sent
    raise AssertionError("uploads never end by themselves")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("bearers", type=Path)
    parser.add_argument("--parallel", type=int, default=32)
    parser.add_argument("--size", type=int, default=20 * 2**20)
    arguments = parser.parse_args()
    bearers = itertools.cycle(arguments.bearers.read_text().split())
    print(asyncio.run(run(arguments.url, bearers, arguments.parallel, arguments.size)))


if __name__ == "__main__":
    main()
