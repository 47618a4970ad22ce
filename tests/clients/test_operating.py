"""What an operator relies on: one line, one lock, one orderly end, and a restart nobody notices."""

from __future__ import annotations

import http.client
import signal
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.crash.ledger import Conversation, Upload
from tests.crash.line import Line
from tests.crash.load import begin
from tests.crash.recall import download
from tests.crash.rounds import control_key
from tests.eventually import eventually
from tests.serve_process import NotReadyError, ServeProcess, remaining_output, supervised


@contextmanager
def talking(server: ServeProcess) -> Iterator[tuple[Line, Conversation]]:
    """Lend a line to the server and a chat on it."""
    line = Line(server.url, control_key(server.data_dir))
    try:
        yield line, begin(line)
    finally:
        line.close()


def start(line: Line, chat: Conversation, upload: Upload) -> tuple[str, dict[str, str]]:
    """Announce an upload; return its URL and headers."""
    path, token = "start-attachment-upload", chat.connection_token
    started = line.participant(path, token, upload.proposal()).expect(200).json
    upload.attachment_id = started["AttachmentId"]
    metadata = started["UploadMetadata"]
    return metadata["Url"], metadata["HeadersToInclude"]


def attach(line: Line, chat: Conversation, upload: Upload) -> None:
    """Take an upload all the way."""
    url, headers = start(line, chat, upload)
    line.presigned("PUT", url, upload.content, headers).expect(200)
    path, token = "complete-attachment-upload", chat.connection_token
    line.participant(path, token, upload.completion()).expect(200)


def test_ready_is_one_line_and_all_else_is_stderr(tmp_path: Path) -> None:
    """Scripts read one line from stdout, however much happens afterwards."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        assert urlsplit(server.url).hostname == "127.0.0.1"
        with talking(server) as (line, chat):
            attach(line, chat, Upload("a.txt", 5, 1))
        server.popen.send_signal(signal.SIGTERM)
        server.popen.wait(60)
        assert remaining_output(server) == b""
    assert server.popen.returncode == 0
    lines = (tmp_path / "log").read_bytes().splitlines()
    assert lines
    assert all(one.startswith(b"{") and one.endswith(b"}") for one in lines)


def test_second_server_on_a_directory_is_refused(tmp_path: Path) -> None:
    """It ends with status 2 and one line that names the directory; the first does not notice."""
    data_dir, log = tmp_path / "data", tmp_path / "second.log"
    with ServeProcess(data_dir, log=tmp_path / "log") as first:
        with (
            pytest.raises(NotReadyError, match="status 2"),
            ServeProcess(data_dir, log=log) as second,
        ):
            pytest.fail(f"also ready: {second.url}")
        said = log.read_text("utf-8")
        assert said.count("\n") == 1
        assert str(data_dir) in said
        with talking(first) as (line, chat):
            attach(line, chat, Upload("a.txt", 5, 1))


def test_start_right_after_kill_9_never_fails(tmp_path: Path) -> None:
    """Nobody has to wait for a dying process, or remove a lock by hand."""
    data_dir, log, upload = tmp_path / "data", tmp_path / "log", Upload("a.txt", 70_000, 1)
    server = ServeProcess(data_dir, log=log)
    try:
        server.ready()
        with talking(server) as (line, chat):
            attach(line, chat, upload)
        for _ in range(5):
            server.kill()
            dying, server = server, ServeProcess(data_dir, log=log)
            server.ready()
            assert dying.reap() == -signal.SIGKILL
        with closing(Line(server.url, control_key(data_dir))) as again:
            assert download(again, chat.connection_token, upload).body == upload.content
    finally:
        server.end()


def test_everything_on_disk_is_private(tmp_path: Path) -> None:
    """Keys, chats and files are their user's alone, whatever the umask."""
    data_dir = tmp_path / "data"
    umask = "import os, sys; os.umask(0); os.execv(sys.argv[1], sys.argv[1:])"
    with ServeProcess(
        data_dir, "--tls", "auto", log=tmp_path / "log", prefix=(sys.executable, "-c", umask)
    ):
        pass
    with ServeProcess(
        data_dir, log=tmp_path / "log", prefix=(sys.executable, "-c", umask)
    ) as server:
        with talking(server) as (line, chat):
            attach(line, chat, Upload("a.txt", 5, 1))
            url, headers = start(line, chat, Upload("b.txt", 5, 2))
            line.presigned("PUT", url, Upload("b.txt", 5, 2).content, headers).expect(200)
        modes = {
            path.relative_to(data_dir): stat.S_IMODE(path.stat().st_mode)
            for path in data_dir.rglob("*")
        }
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        wrong = {
            path: oct(mode)
            for path, mode in modes.items()
            if mode != (0o700 if (data_dir / path).is_dir() else 0o600)
        }
        assert len(modes) > 15
        assert wrong == {}


def test_drain_lets_a_slow_upload_end(tmp_path: Path) -> None:
    """SIGTERM in the middle of a PUT: it ends with 200, the process with 0, and the file counts."""
    data_dir, upload = tmp_path / "data", Upload("slow.txt", 3_000_000, 1)
    with ServeProcess(data_dir, log=tmp_path / "log") as server:
        with talking(server) as (line, chat):
            url, headers = start(line, chat, upload)
        parts = urlsplit(url)
        address = (parts.hostname or "", parts.port or 0)
        putting = http.client.HTTPConnection(*address, timeout=60)
        with closing(putting):
            putting.putrequest("PUT", url.removeprefix(server.url))
            for name, value in headers.items():
                putting.putheader(name, value)
            putting.endheaders(upload.content[:2_000_000])
            assert eventually(lambda: any((data_dir / "objects" / ".incoming").iterdir()))
            server.popen.send_signal(signal.SIGTERM)
            assert eventually(lambda: _refuses(address))
            assert server.popen.poll() is None
            putting.send(upload.content[2_000_000:])
            assert putting.getresponse().status == 200
        assert server.reap() == 0
    with (
        ServeProcess(data_dir, log=tmp_path / "log") as server,
        closing(Line(server.url, control_key(data_dir))) as line,
    ):
        path, token = "complete-attachment-upload", chat.connection_token
        line.participant(path, token, upload.completion()).expect(200)
        assert download(line, token, upload).body == upload.content


def _refuses(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=60).close()
    except ConnectionRefusedError:
        return True
    return False


class Visitor(threading.Thread):
    """Opens one connection after the other and asks one thing on each."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__()
        self._address = address
        self._enough = threading.Event()
        self.answered = 0
        self.trouble: list[str] = []

    def run(self) -> None:
        """Ask until told that it is enough."""
        while not self._enough.is_set():
            connection = http.client.HTTPConnection(*self._address, timeout=60)
            try:
                connection.request("GET", "/health/live")
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException) as error:
                self.trouble.append(repr(error))
            else:
                if status == 200:
                    self.answered += 1
                else:
                    self.trouble.append(str(status))
            finally:
                connection.close()

    def gets_on(self) -> bool:
        """Tell whether a server answers, and keeps answering."""
        before = self.answered
        return eventually(lambda: self.answered > before + 20)

    def stop(self) -> None:
        """Wait for the last answer."""
        self._enough.set()
        self.join(60)


def test_restart_behind_a_supervisors_socket_refuses_nobody(tmp_path: Path) -> None:
    """With the socket handed over, who connects between two servers waits for the next one."""
    data_dir = tmp_path / "data"
    with closing(socket.create_server(("127.0.0.1", 0), backlog=2048)) as kept:
        address = kept.getsockname()
        visitor = Visitor(address)
        visitor.start()
        try:
            for _ in range(3):
                with supervised(data_dir, kept, log=tmp_path / "log") as server:
                    assert server.url == f"http://127.0.0.1:{address[1]}"
                    assert visitor.gets_on()
                    assert server.terminate() == 0
        finally:
            with supervised(data_dir, kept, log=tmp_path / "log"):
                visitor.stop()
    assert visitor.trouble == []
