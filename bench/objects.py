"""Compare the built-in object store with nginx DAV and SeaweedFS: MB/s, CPU per MB, memory.

    python -m bench.objects [--rounds 3] [--seconds 2]

Method: every server runs alone on core 0 (`taskset -c 0`), the load generator `wrk -t1 -c4` on
core 1, files on the disk below --root; rounds are interleaved and medians reported, since shared
machines drift. MB are 10^6 bytes. Ours is the whole `openparticipant serve`: signature over eight
headers, the attachment's row before and after, SHA-256, fsync of file and directory, rename, log line.
SeaweedFS checks a signature over Content-Length and Content-Type; nginx checks, hashes and fsyncs
nothing. `sync` before each run makes everyone start with a clean disk.
Memory: 200 uploads begun at once by an asyncio client; resident memory before and at its peak.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.object_peers import Nginx, Ours, Peer, SeaweedFS

MIB = 1024 * 1024
_SCRIPT = """
local made, at = {{}}, 0
local body = nil
if "{body}" ~= "" then
  local file = io.open("{body}", "rb")
  body = file:read("*a")
  file:close()
end
for line in io.lines("{targets}") do
  made[#made + 1] = wrk.format("{method}", line, {headers}, body)
end
request = function() at = at % #made + 1; return made[at] end
"""


@dataclass(frozen=True)
class Load:
    """One kind of request."""

    name: str
    method: str
    size: int
    numbers: range
    """The objects it goes round; those of different sizes must not meet."""
    longer: int = 1
    """How many times longer a run is: wrk counts whole requests only."""
    connections: int = 4


LOADS = [
    Load("PUT 1 MiB", "PUT", MIB, range(32)),
    Load("PUT 20 MiB", "PUT", 20 * MIB, range(100, 106), longer=3),
    Load("GET 1 MiB", "GET", MIB, range(32)),
]


@dataclass(frozen=True)
class Result:
    """What one run came to."""

    rate: float
    """MB/s."""
    cpu: float
    """CPU milliseconds per MB."""


def run(peer: Peer, load: Load, seconds: float, scratch: Path) -> Result:
    """Run one load against one server, once."""
    body = scratch / f"body-{load.size}"
    if not body.exists():
        body.write_bytes(bytes(range(256)) * (load.size // 256))
    putting = load.method == "PUT"
    sent: dict[str, str] = {}
    lines = []
    for number in load.numbers:
        if putting:
            target, sent = peer.put(number, load.size)
        else:
            target = peer.get(number)
        lines.append(target)
    targets = scratch / "targets"
    targets.write_text("\n".join(lines))
    # wrk writes Content-Length by itself; the others are the same for all objects of one size.
    sent = {name: value for name, value in sent.items() if name != "Content-Length"}
    sent["Host"] = f"127.0.0.1:{peer.port}"
    script = scratch / "load.lua"
    table = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in sent.items())
    script.write_text(
        _SCRIPT.format(
            body=body if putting else "",
            targets=targets,
            method=load.method,
            headers="{" + table + "}",
        )
    )
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s"]
    command += ["--timeout", "60s", "-s", str(script), f"http://127.0.0.1:{peer.port}"]
    # What the last run left unwritten is its own debt, not this one's.
    os.sync()
    before = peer.cpu()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = peer.cpu() - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{peer.name}, {load.name}: {said}")
    found = re.search(r"(\d+) requests in ([\d.]+)(m?s)", said)
    assert found is not None, said
    requests, span = int(found[1]), float(found[2]) * (0.001 if found[3] == "ms" else 1)
    megabytes = requests * load.size / 1e6
    return Result(megabytes / span, 1000 * used / megabytes)


def compare(peers: list[Peer], rounds: int, seconds: float, scratch: Path) -> None:
    """Run all loads against all servers in turn and print medians and ratios."""
    for load in LOADS:
        results: dict[str, list[Result]] = {peer.name: [] for peer in peers}
        if load.method == "GET":
            for peer in peers:
                for number in load.numbers:
                    peer.settle(number)
        for _ in range(rounds):
            for peer in peers:
                results[peer.name].append(run(peer, load, seconds * load.longer, scratch))
        print(
            f"\n{load.name}, {load.connections} connections, {rounds} rounds of {seconds * load.longer:g} s"
        )
        rates = {name: [one.rate for one in each] for name, each in results.items()}
        ours = statistics.median(rates[Ours.name])
        for name, each in results.items():
            rate = statistics.median(rates[name])
            cpu = statistics.median(one.cpu for one in each)
            print(
                f"  {name:<16} {rate:7.0f} MB/s (best {max(rates[name]):5.0f})"
                f"  {cpu:6.2f} CPU ms/MB   ours is {ours / rate:5.2f} x"
            )


async def upload(peer: Peer, number: int, body: memoryview) -> None:
    """PUT one body, in a client that holds nothing back."""
    target, headers = peer.put(number, len(body))
    lines = [f"PUT {target} HTTP/1.1", f"Host: 127.0.0.1:{peer.port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", peer.port)
    writer.write("\r\n".join([*lines, "", ""]).encode())
    for start in range(0, len(body), MIB):
        writer.write(body[start : start + MIB])
        await writer.drain()
    answer = await reader.readline()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{peer.name}: {answer!r}")


def grow(peer: Peer, uploads: int = 200, size: int = 20 * MIB) -> None:
    """Print how far the memory of our server grows under parallel uploads, all begun at once."""
    status = Path(f"/proc/{peer.process.pid}/status")

    def mebibytes(name: str) -> float:
        found = re.search(rf"{name}:\s+(\d+)", status.read_text())
        assert found is not None
        return int(found[1]) / 1024

    async def load() -> None:
        body = memoryview(bytes(size))
        await asyncio.gather(*(upload(peer, 100 + number % 6, body) for number in range(uploads)))

    before = mebibytes("VmRSS")
    Path(f"/proc/{peer.process.pid}/clear_refs").write_text("5")  # resets the peak
    started = time.monotonic()
    asyncio.run(load())
    rate = uploads * size / 1e6 / (time.monotonic() - started)
    peak = mebibytes("VmHWM")
    print(f"\n{uploads} parallel uploads of {size // MIB} MiB, {rate:.0f} MB/s:")
    print(
        f"  resident memory {before:.1f} MiB before, {peak:.1f} at its peak: + {peak - before:.1f}"
    )


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--root", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--only-memory", action="store_true")
    arguments = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    root = Path(tempfile.mkdtemp(prefix="objects-bench-", dir=arguments.root))
    peers: list[Peer] = []
    try:
        fresh = Ours(root / "memory")
        peers.append(fresh)
        run(fresh, LOADS[0], 1, root)
        grow(fresh)
        peers.remove(fresh)
        fresh.stop()
        if not arguments.only_memory:
            peers += [Ours(root / "ours"), Nginx(root / "nginx")]
            peers.append(SeaweedFS(root / "weed"))
            compare(peers, arguments.rounds, arguments.seconds, root)
    finally:
        for peer in peers:
            peer.stop()
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
