"""Several files at the same time."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest

from tests.cli.chat import chatting, items
from tests.cli.recording import Recorded, Reply

PATIENCE = 20


def files(folder: Path, count: int) -> list[str]:
    for number in range(count):
        (folder / f"{number:02}.txt").write_text(str(number))
    return [str(folder / f"{number:02}.txt") for number in range(count)]


@pytest.mark.parametrize(
    ("words", "most"), [((), 4), (("--parallel", "1"), 1), (("--parallel=7",), 7)]
)
def test_no_more_than_asked_for_go_at_once(
    tmp_path: Path, words: tuple[str, ...], most: int
) -> None:
    """That many threads are at work, and no more; the first ones wait until so many are there."""
    together = threading.Barrier(most)
    seen: set[int] = set()
    with chatting() as chat:
        answer = chat.script

        def counting(request: Recorded) -> Reply:
            if request.method == "PUT":
                seen.add(sum("(_work)" in each.name for each in threading.enumerate()))
                together.wait(PATIENCE)
            return answer(request)

        assert chat.recorder is not None
        chat.recorder.script = counting
        outcome = chat.run("attach", *files(tmp_path, 2 * most), *words)

    assert outcome.status == 0
    assert max(seen) == most
    assert sorted(chat.completed) == sorted(chat.stored)
    assert len(chat.stored) == 2 * most


def test_a_list_has_the_order_of_the_arguments(tmp_path: Path) -> None:
    """Lines come as files are done, lists in order, whichever is done first."""
    first_is_done = threading.Event()
    with chatting() as chat:
        answer = chat.script

        def slow_first(request: Recorded) -> Reply:
            if request.method == "PUT" and request.body == b"0":
                first_is_done.wait(PATIENCE)
            if request.method == "PUT" and request.body == b"2":
                first_is_done.set()
            return answer(request)

        assert chat.recorder is not None
        chat.recorder.script = slow_first
        listed = chat.run("attach", *files(tmp_path, 3), "--parallel", "2", "--json")
        first_is_done.clear()
        lines = chat.run("attach", *files(tmp_path, 3), "--parallel", "2")

    assert [each["AttachmentName"] for each in listed.json] == ["00.txt", "01.txt", "02.txt"]
    assert next(name for _, name in items(lines)) == "01.txt"


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("--output", "text", "--query", "[].AttachmentName"), b"00.txt\t01.txt\n"),
        (("--query", "length(@)"), b"2\n"),
        (("--output", "yaml", "--query", "[0].AttachmentSizeInBytes"), b"1\n"),
        (("--json", "--query", "[1].ContentType"), b'"text/plain"\n'),
    ],
)
def test_results_take_every_form(tmp_path: Path, words: tuple[str, ...], out: bytes) -> None:
    """The global options do what they do for operations."""
    with chatting() as chat:
        outcome = chat.run("attach", *files(tmp_path, 2), *words)

    assert (outcome.status, outcome.out) == (0, out)


def test_a_configured_form_leaves_lines_alone(tmp_path: Path) -> None:
    """Lines are what a shell reads, whatever AWS's files say; a query takes it up."""
    text = {"AWS_DEFAULT_OUTPUT": "text"}
    with chatting() as chat:
        plain = chat.run("attach", *files(tmp_path, 1), environ=text)
        queried = chat.run(
            "attach", *files(tmp_path, 1), "--query", "[].AttachmentId", environ=text
        )

    assert plain.out == b"id-1  00.txt\n"
    assert queried.out == b"id-1\n"


def test_large_files_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Sixteen of 20 MB at once need less than one of them more than one of a byte."""
    names = [tmp_path / f"{number}.bin" for number in range(16)]
    for name in names:
        with name.open("wb") as file:
            file.truncate(20_000_000)
    (tmp_path / "small.bin").write_bytes(b"x")
    with Draining() as server:
        small = peak(server.url, tmp_path / "small.bin")
        large = peak(server.url, *names)

    assert large - small < 20_000


def peak(url: str, *names: Path) -> int:
    """Return how much memory, in units of 1000 bytes, an `attach` took."""
    code = (
        "import resource, sys; from openparticipant.cli.main import run; "
        "from openparticipant.cli.environment import this_process; "
        "status = run(this_process()); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); "
        "sys.exit(status)"
    )
    words = ["attach", *map(str, names), "--parallel", "16", "--endpoint-url", url]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, "OPENPARTICIPANT_CONNECTION_TOKEN": "T"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    unit = 1000 if sys.platform == "darwin" else 1
    return int(done.stderr) // unit


class Draining:
    """A service that lets bytes fall."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                left = int(self.headers["content-length"])
                while left:
                    left -= len(self.rfile.read(min(left, 65536)))
                self._answer(b"")

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                host = self.headers["host"].encode()
                self._answer(
                    b'{"AttachmentId": "i", "UploadMetadata": {"Url": "http://%s/"}}' % host
                )

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server: socketserver.BaseServer = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)
