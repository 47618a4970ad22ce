"""What a signal leaves behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from openparticipant.testing.server import Server
from tests.eventually import eventually


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_download_that_is_ended_leaves_no_part(tmp_path: Path, number: signal.Signals) -> None:
    """Closing the terminal is enough to send one."""
    with Server(log=io.BytesIO()) as server:
        chat = server.start_chat()
        attachment_id = chat.attach(content=os.urandom(15_000_000))
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "openparticipant",
                "download",
                attachment_id,
                "--endpoint-url",
                server.url,
                "-o",
                str(tmp_path / "out"),
            ],
            env={**os.environ, "OPENPARTICIPANT_CONNECTION_TOKEN": chat.connection_token},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert eventually(lambda: any(tmp_path.iterdir()) or process.poll() is not None)
        process.send_signal(number)
        status = process.wait(30)

    # It may have been done before the signal came; then the whole file is there, and only that.
    left = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert left in [{}, {"out": 15_000_000}]
    assert status == 128 + number or (status, bool(left)) == (0, True)
