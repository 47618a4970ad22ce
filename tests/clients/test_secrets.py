"""After all that may go right and wrong, no secret stands in anything the server wrote."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import urllib.request
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.clients.programs import Shell, told_by_env
from tests.crash.ledger import Conversation, Upload
from tests.crash.line import Answer, Line
from tests.crash.load import begin
from tests.crash.rounds import control_key
from tests.serve_process import ServeProcess, remaining_output

_MARK = "sentinel-bearer-0123456789abcdef"  # a token of a form that is not ours
_UPGRADE = (
    "Connection: upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@dataclass
class Watched:
    """A line whose secrets are collected, and what was answered in refusals."""

    line: Line
    secrets: set[str] = field(default_factory=set)
    refusals: list[bytes] = field(default_factory=list)

    def note(self, answer: Answer) -> Answer:
        """Keep a refusal's body."""
        if answer.status != 200:
            self.refusals.append(answer.body)
        return answer

    def call(self, path: str, bearer: str, body: object) -> Answer:
        """Call the participant plane."""
        self.secrets.add(bearer)
        return self.note(self.line.participant(path, bearer, body))

    def url(self, url: str) -> str:
        """Take a pre-signed URL's signature as a secret."""
        self.secrets.update(parse_qs(urlsplit(url).query)["X-Amz-Signature"])
        return url


def talk(watched: Watched, chat: Conversation) -> str:
    """Do what is right, and beside it what is wrong; return a download URL."""
    upload = Upload("a.txt", 70_000, 1)
    watched.secrets |= {chat.participant_token, chat.connection_token}
    token = chat.connection_token
    sockets = watched.call("connection", chat.participant_token, {"Type": ["WEBSOCKET"]})
    watched.secrets.update(parse_qs(urlsplit(sockets.json["Websocket"]["Url"]).query)["AuthToken"])
    started = watched.call("start-attachment-upload", token, upload.proposal()).expect(200).json
    upload.attachment_id = started["AttachmentId"]
    metadata = started["UploadMetadata"]
    put, headers = watched.url(metadata["Url"]), metadata["HeadersToInclude"]

    watched.call("start-attachment-upload", token[:-1], upload.proposal()).expect(403)
    watched.call("start-attachment-upload", _MARK, upload.proposal()).expect(403)
    watched.call("complete-attachment-upload", token, upload.completion()).expect(400)
    watched.call(f"nowhere?X-Amz-Bearer={token}", token, {}).expect(404)
    watched.call("start-attachment-upload", token, {"ConnectionToken": token}).expect(400)
    changed = {**headers, "Content-Type": "text/html"}
    watched.note(watched.line.presigned("PUT", put, upload.content, changed)).expect(403)
    watched.note(watched.line.presigned("PUT", put.replace("X-Amz-Expires", "X"), b"", {}))
    watched.note(watched.line.presigned("GET", put)).expect(403)
    watched.line.presigned("PUT", put, upload.content, headers).expect(200)
    watched.call("complete-attachment-upload", token, upload.completion()).expect(200)
    watched.note(watched.line.presigned("PUT", put, upload.content, headers)).expect(403)
    wanted = {"AttachmentId": upload.attachment_id}
    offered = watched.call("attachment", token, wanted).expect(200).json
    get = watched.url(offered["Url"])
    watched.line.presigned("GET", get).expect(200)
    watched.note(watched.line.presigned("GET", f"{get}&more=1")).expect(403)
    watched.note(watched.line.control("POST", "/contact/stop", {"InstanceId": "i"})).expect(400)
    return get


def babble(url: str, secret: str) -> None:
    """Send secrets in requests that end at the parser."""
    parts = urlsplit(url)
    for head in (
        f"POST /participant/event HTTP/1.1\r\nX-Amz-Bearer: {secret}\r\nNonsense {secret}\r\n\r\n",
        f"BREW /{secret} HTTP/1.1\r\nX-Amz-Bearer: {secret}\r\n\r\n",
        f"GET /attachments/x?X-Amz-Signature={secret} HTTP/1.1\r\nX: {'a' * 20_000}\r\n\r\n",
        f"GET /participant/websocket?AuthToken={secret} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET /participant/websocket?AuthToken={secret} HTTP/1.1\r\nHost: x\r\n{_UPGRADE}\r\n",
        f"PUT /attachments/x?X-Amz-Signature={secret} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nhalf",
    ):
        with socket.create_connection((parts.hostname or "", parts.port or 0), 60) as client:
            client.sendall(head.encode())
            client.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                while client.recv(65536):
                    pass


def test_no_secret_is_written_anywhere(tmp_path: Path) -> None:
    """Neither stderr nor stdout nor the metrics nor a refusal holds a token, key or signature."""
    data_dir, log = tmp_path / "data", tmp_path / "log"
    with ServeProcess(data_dir, log=log) as server:
        key = control_key(data_dir)
        with closing(Line(server.url, key)) as line:
            watched = Watched(line)
            chat = begin(line)
            get = talk(watched, chat)
            babble(server.url, chat.connection_token)
            watched.call("disconnect", chat.connection_token, {}).expect(200)
            watched.call("disconnect", chat.connection_token, {}).expect(403)
        commands = failing_commands(told_by_env(data_dir, tmp_path), chat.connection_token, get)
        with urllib.request.urlopen(f"{server.admin_url}/metrics", timeout=60) as answer:
            metrics = answer.read()
        with closing(sqlite3.connect(data_dir / "openparticipant.sqlite3")) as database:
            keys = database.execute("SELECT secret_access_key FROM access_keys").fetchall()
        watched.secrets.update(secret for (secret,) in keys)
        server.popen.send_signal(signal.SIGTERM)
        server.popen.wait(60)
        stdout = remaining_output(server)

    lines = [json.loads(one) for one in log.read_bytes().splitlines()]
    assert len([one for one in lines if one["event"] == "request"]) >= 18
    assert b"openparticipant_requests_total" in metrics
    assert len(watched.secrets) >= 9
    assert key.secret_access_key in watched.secrets
    assert len(watched.refusals) >= 10
    written = b"\n".join([log.read_bytes(), stdout, metrics, commands, *watched.refusals])
    told = {secret for secret in watched.secrets if secret.encode() in written}
    assert told == set()


def failing_commands(shell: Shell, token: str, url: str) -> bytes:
    """Run our commands with `--debug` where they fail; return what they print."""
    words = (
        ("get-attachment", "--attachment-id", "unknown", "--connection-token", token),
        ("attach", "--connection-token", token, "missing.txt"),
        ("download", "--connection-token", token, "unknown"),
        ("disconnect-participant", "--connection-token", token, "--endpoint-url", url),
    )
    printed = []
    for command in words:
        outcome = shell.run("openparticipant", *command, "--debug")
        assert outcome.status != 0
        printed += [outcome.out, outcome.err]
    return b"\n".join(printed)
