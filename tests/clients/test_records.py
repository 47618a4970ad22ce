"""`contacts` and `transcript` as processes of their own, as an operator runs them."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import closing
from pathlib import Path

from tests.clients.programs import Shell, find
from tests.crash.line import Line
from tests.crash.load import begin
from tests.crash.rounds import control_key
from tests.serve_process import ServeProcess


def ended_chat(server: ServeProcess, messages: int) -> str:
    """Hold a chat and end it; return its id."""
    with closing(Line(server.url, control_key(server.data_dir))) as line:
        chat = begin(line)
        token = chat.connection_token
        for number in range(messages):
            said = {"ContentType": "text/plain", "Content": f"{number} {'x' * 1000}"}
            line.participant("message", token, said).expect(200)
        line.participant("disconnect", token, {}).expect(200)
        line.participant("transcript", token, {}).expect(403)
    return chat.contact_id


def test_an_ended_chat_is_read_through_every_state_of_its_server(tmp_path: Path) -> None:
    """Running, ended in order, killed, and running again: always the same, nobody in the way."""
    data_dir, log = tmp_path / "data", tmp_path / "log"
    shell = Shell(tmp_path, {})
    where = ("--data-dir", str(data_dir))
    printed = []

    def read(contact_id: str) -> None:
        shown = shell.run("openparticipant", "transcript", contact_id, *where)
        listed = shell.run("openparticipant", "contacts", "--json", *where)
        assert (shown.status, shown.err, listed.err) == (0, b"", b"")
        printed.append((shown.out, listed.json))

    with ServeProcess(data_dir, log=log) as server:
        contact_id = ended_chat(server, 3)
        read(contact_id)
        assert server.terminate() == 0
    read(contact_id)
    with ServeProcess(data_dir, "--tls", "auto", log=log) as server:
        read(contact_id)
        server.kill()
        server.reap()
    read(contact_id)
    with ServeProcess(data_dir, log=log):
        read(contact_id)

    assert printed == [printed[0]] * 5
    assert printed[0][0].count(b" (customer): ") == 3
    assert printed[0][1]["Id"] == contact_id
    assert b'"operation":"GetContactTranscript","status":200' in log.read_bytes()


def test_a_reader_that_has_enough_ends_the_command(plain: ServeProcess, tmp_path: Path) -> None:
    """With the status of a closed pipe, and without a word."""
    contact_id = ended_chat(plain, 200)
    line = [find("openparticipant"), "transcript", contact_id, "--data-dir", str(plain.data_dir)]
    with subprocess.Popen(
        [*line, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["ContactId"] == contact_id
        process.stdout.close()
        assert process.wait(60) == 128 + signal.SIGPIPE
        assert process.stderr.read() == b""


def test_another_server_does_not_start_while_its_directory_is_read(tmp_path: Path) -> None:
    """The lock is held until the reader has all of it."""
    data_dir = tmp_path / "data"
    with ServeProcess(data_dir, log=tmp_path / "log") as server:
        contact_id = ended_chat(server, 200)
        assert server.terminate() == 0
    words = ["openparticipant", "transcript", contact_id, "--data-dir", str(data_dir)]
    with subprocess.Popen([find(words[0]), *words[1:]], stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline()  # the rest does not fit into the pipe
        refused = Shell(tmp_path, {}).run(
            "openparticipant", "serve", "--port", "0", "--data-dir", str(data_dir)
        )
        assert (refused.status, reader.poll()) == (2, None)
        assert b"is in use by another openparticipant process" in refused.err
        assert reader.stdout.read().count(b" (customer): ") == 200
        assert reader.wait(60) == 0
