"""What a server does with the scanners that it is told of."""

from __future__ import annotations

import io
import socket
from pathlib import Path

import pytest

from openparticipant.testing.chat import control, request
from openparticipant.testing.server import Server
from openparticipant.transport.start import StartError
from tests.cli.worlds import command
from tests.eventually import eventually
from tests.scanners.hooks import hook


def closed_port() -> int:
    """Return a port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("scanner", "said"),
    [
        ("clamd://127.0.0.1:{port}", "--scanner clamd://127.0.0.1:{port}: Connection refused"),
        ("clamd:///no/such/socket", "--scanner clamd:///no/such/socket: No such file or directory"),
        ("clamd://127.0.0.1?most=1", "--scanner there is no parameter 'most'"),
        ("http://127.0.0.1:{port}/secret", "--scanner http://127.0.0.1:{port}: Connection refused"),
        ("exec:/no/such/command", "--scanner exec:/no/such/command: No such file or directory"),
        ("exec:/etc/passwd", "--scanner exec:/etc/passwd: it cannot be executed"),
    ],
)
def test_a_scanner_that_is_not_there_ends_the_start(
    tmp_path: Path, scanner: str, said: str
) -> None:
    """With one line that names it and no secret, of `serve` as of `config check`."""
    port = closed_port()
    with pytest.raises(StartError) as refused:
        Server(tmp_path, log=io.BytesIO(), scanner=scanner.format(port=port)).start()
    assert str(refused.value) == said.format(port=port)

    where = ("--data-dir", str(tmp_path))
    checked = command("config", "check", *where, "--scanner", scanner.format(port=port))
    assert (checked.status, checked.out) == (2, b"")
    assert checked.err == f"openparticipant: {said.format(port=port)}\n"


def test_no_file_is_larger_than_a_scanner_takes(clamd: str) -> None:
    """StartAttachmentUpload says so in the words of any other limit."""
    scanner = f"{clamd}?max-size=3145728"
    with Server(log=io.BytesIO(), scanner=scanner) as server:
        chat = server.start_chat()
        fits = chat.start_upload(AttachmentSizeInBytes=3145728)
        refused = chat.start_upload(AttachmentSizeInBytes=3145729)

    assert fits.status == 200
    assert (refused.status, refused.error) == (400, "ValidationException")
    assert refused.json["Message"] == "Files cannot exceed 3 MB."


def test_no_instance_decides_on_files_that_a_scanner_does_not_take(
    clamd: str, tmp_path: Path
) -> None:
    """It is told so at once; what was decided before the scanner came is bounded by it."""
    path = "/attached-files-configurations/instance/CHAT"
    with Server(tmp_path, log=io.BytesIO()) as server:
        control(server, "POST", path, {"MaximumSizeLimitInBytes": 2000})
    with Server(tmp_path, log=io.BytesIO(), scanner=f"{clamd}?max-size=1000") as server:
        found = control(server, "GET", path).json["AttachedFilesConfiguration"]
        assert found["MaximumSizeLimitInBytes"] == 1000
        assert server.start_chat().start_upload(AttachmentSizeInBytes=1001).status == 400
        refused = control(server, "POST", path, {"MaximumSizeLimitInBytes": 1001})
        assert refused.error == "InvalidParameterException"
        assert "at most 1000" in refused.json["Message"]
        assert control(server, "POST", path, {"MaximumSizeLimitInBytes": 999}).status == 200


def test_without_a_scanner_there_is_no_such_engine() -> None:
    """Nothing of it is loaded, counted or told."""
    with Server(log=io.BytesIO()) as server:
        chat = server.start_chat()
        chat.attach()
        assert len(chat.transcript().json["Transcript"]) == 1
        metrics = request("GET", f"{server.admin_url}/metrics").body
    assert b'engine="scanner"' not in metrics
    assert b"openparticipant_scans_total{" not in metrics


def test_what_a_hook_is_told_by_is_not_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """`config show` masks its address, and no log line or metric has more than the host."""
    log = io.BytesIO()
    with hook() as hooked:
        scanner = f"{hooked.url}/a-secret-path?and=a-secret-word"
        shown = command("config", "show", "--scanner", scanner)
        with Server(tmp_path, log=log, scanner=scanner) as server:
            hooked.status = 500
            attachment_id = server.start_chat().attach()
            failure = f"{hooked.url}: it answered 500, which is no verdict"
            assert eventually(
                lambda: f"attachment {attachment_id} is held: {failure}" in caplog.text
            )
            metrics = request("GET", f"{server.admin_url}/metrics").body
            health = request("GET", f"{server.url}/health/ready").body
    assert failure.encode() in health
    assert f'outcome="failed",scanner="{hooked.url}"'.encode() in metrics
    assert b"scanner = ***" in shown.out
    told = shown.out + log.getvalue() + metrics + health + caplog.text.encode()
    assert b"a-secret" not in told
