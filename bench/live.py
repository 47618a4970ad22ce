"""How many may listen, how soon they hear, and what it takes.

    python -m bench.live [--sockets 10000] [--chats 500] [--seconds 60] [--rounds 200]

Method: the server is one process on core 0, as installed; its clients are processes on core 1.
Idle: two participants a chat, each with one subscribed socket and a heartbeat every ten seconds, as browser
clients send it; the server pings each every 20 s. Memory is resident, before and after, once all are open; the CPU share is over
20 seconds of heartbeats. Beside it, in the same run, two servers that know no chats and echo: uvicorn as it comes,
on the WebSocket protocol that ours builds on, and the websockets library's own server.
Chats: each participant sends one message a second by SendMessage on kept connections; a delay is from before that
request to the frame at the other participant.
Complete: 1,000 idle sockets; a delay is from before CompleteAttachmentUpload of 1 KiB to the frame with the item.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.live_back import Back
from bench.live_sockets import SUBSCRIBE, Caller, ClientSocket
from bench.object_peers import free_port
from bench.processes import LOAD_CORE, ServerProcess

_READY = "openparticipant ready on "
_FLEETS = 2
_SETTLED = 2.0
_HEARTBEATS = 20.0
_LISTENING = 1000
_KIB = bytes(1024)


def serve(root: Path) -> tuple[ServerProcess, str]:
    """Start our server; return it with its origin."""
    root.mkdir()
    command = [sys.executable, "-m", "openparticipant", "serve", "--port", "0"]
    server = ServerProcess([*command, "--data-dir", str(root / "data")], root / "log")
    return server, server.ready_line.removeprefix(_READY).strip()


@contextmanager
def fleets(mode: str, url: str, whom: Sequence[str], *more: str) -> Iterator[list[Any]]:
    """Run fleets, each for its part; yields when all are open, and what they say once they ended."""
    said: list[Any] = []
    command = ["taskset", "-c", LOAD_CORE, sys.executable, "-m", "bench.live_fleet", mode, url]
    running = [
        subprocess.Popen([*command, each, *more], stdout=subprocess.PIPE, text=True)
        for each in whom
    ]
    try:
        for each in running:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        yield said
        for each in running:
            assert each.stdout is not None
            if mode == "idle":
                each.terminate()
            said.append(json.loads(each.stdout.read()))
    finally:
        for each in running:
            each.kill()
            each.communicate()


def idle(
    name: str, server: ServerProcess, url: str, whom: Sequence[str], sockets: int
) -> tuple[float, float]:
    """Measure memory and CPU of idle sockets; return KiB a socket and the CPU share."""
    before = server.resident()
    began = time.monotonic()
    with fleets("idle", url, whom) as said:
        opened = time.monotonic() - began
        time.sleep(_SETTLED)
        after, cpu = server.resident(), server.cpu()
        time.sleep(_HEARTBEATS)
        share = (server.cpu() - cpu) / _HEARTBEATS
    each = (after - before) * 1024 / sockets
    lost = sum(one["lost"] for one in said)
    print(f"{name:22}{after:9.0f}{each:9.1f}{share * 100:9.1f}{opened:9.1f}{lost:9}", flush=True)
    return each, share


async def complete(origin: str, back: Back, rounds: int) -> list[float]:
    """Attach small files one after the other; return milliseconds from Complete to the item."""
    caller, delays, arrived = Caller(origin), list[float](), asyncio.Event()

    def hear(text: bytes) -> None:
        if b"ATTACHMENT" in text:
            arrived.set()

    while len(delays) < rounds:
        token, _ = await asyncio.to_thread(back.chat)
        wanted = {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]}
        given = await caller.call("connection", token, wanted)
        bearer = given["ConnectionCredentials"]["ConnectionToken"]
        socket = await ClientSocket.open(given["Websocket"]["Url"], hear)
        socket.send(SUBSCRIBE)
        for _ in range(min(30, rounds - len(delays))):
            asked = {
                "AttachmentName": "a.txt",
                "ContentType": "text/plain",
                "AttachmentSizeInBytes": len(_KIB),
            }
            started = await caller.call("start-attachment-upload", bearer, asked)
            place = started["UploadMetadata"]
            target = place["Url"].removeprefix(origin)
            await caller.exchange("PUT", target, place["HeadersToInclude"], _KIB)
            body = {"AttachmentIds": [started["AttachmentId"]]}
            began = time.perf_counter()
            completing = asyncio.create_task(
                caller.call("complete-attachment-upload", bearer, body)
            )
            await arrived.wait()
            delays.append((time.perf_counter() - began) * 1000)
            arrived.clear()
            await completing
    return sorted(delays)


def tokens(back: Back, root: Path, participants: int) -> list[str]:
    """Start chats and write their tokens to a file for each fleet; return the files."""
    files = []
    for number in range(_FLEETS):
        lines = [it for _ in range(participants // 2 // _FLEETS) for it in back.chat()]
        path = root / f"tokens-{number}"
        path.write_text("\n".join(lines))
        files.append(str(path))
    return files


def idle_table(root: Path, sockets: int) -> None:
    """Compare idle sockets here with those of servers that do nothing else."""
    print(f"\n{sockets} idle sockets, a heartbeat each ten seconds")
    print(f"{'':22}{'MiB':>9}{'KiB each':>9}{'CPU %':>9}{'s to open':>10}{'lost':>8}")
    server, origin = serve(root / "idle")
    try:
        back = Back(origin, root / "idle" / "data")
        mine = idle("ours", server, origin, tokens(back, root, sockets), sockets)
        back.close()
    finally:
        server.stop()
    for name in ("uvicorn", "websockets"):
        port = free_port()
        command = [sys.executable, "-m", "bench.live_peers", name, str(port)]
        server = ServerProcess(command, root / f"log-{name}")
        try:
            time.sleep(_SETTLED)
            whom = [str(sockets // _FLEETS)] * _FLEETS
            peer = idle(f"bare {name}", server, f"ws://127.0.0.1:{port}/", whom, sockets)
        finally:
            server.stop()
        print(f"{'  ours is':22}{'':9}{mine[0] / peer[0]:8.2f}x{mine[1] / peer[1]:8.2f}x")


def chat_table(root: Path, chats: int, seconds: int) -> None:
    """Let many chats run at once."""
    server, origin = serve(root / "chats")
    try:
        back = Back(origin, root / "chats" / "data")
        whom = tokens(back, root, chats * 2)
        back.close()
        cpu, began = server.cpu(), time.monotonic()
        with fleets("chats", origin, whom, str(seconds)) as said:
            pass
        share = (server.cpu() - cpu) / (time.monotonic() - began)
    finally:
        server.stop()
    sent, lost, disordered = (
        sum(it[name] for it in said) for name in ("sent", "lost", "disordered")
    )
    p50, p99 = (statistics.mean(it[name] for it in said) for name in ("p50", "p99"))
    print(f"\n{chats} chats of two, a message a second each, {seconds} s")
    print(f"sent {sent}, lost {lost}, out of order {disordered}")
    print(f"send to receipt: p50 {p50:.1f} ms, p99 {p99:.1f} ms; CPU {share * 100:.0f} %")


def complete_table(root: Path, rounds: int) -> None:
    """Complete attachments while others listen."""
    server, origin = serve(root / "complete")
    try:
        back = Back(origin, root / "complete" / "data")
        with fleets("idle", origin, tokens(back, root, _LISTENING)):
            delays = asyncio.run(complete(origin, back, rounds))
        back.close()
    finally:
        server.stop()
    p99 = delays[int(len(delays) * 0.99)]
    print(f"\nComplete to item, {_LISTENING} sockets listening, {len(delays)} times")
    print(f"p50 {statistics.median(delays):.1f} ms, p99 {p99:.1f} ms")


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=200)
    chosen = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < chosen.sockets + 500:
        raise SystemExit(f"{chosen.sockets} sockets need more than {hard} open files: ulimit -Hn")
    root = Path(tempfile.mkdtemp(prefix="live-"))
    try:
        complete_table(root, chosen.rounds)
        chat_table(root, chosen.chats, chosen.seconds)
        idle_table(root, chosen.sockets)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
