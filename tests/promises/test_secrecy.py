"""What stays inside: secrets, paths, and how things are built."""

from __future__ import annotations

import ast
import configparser
import io
import json
import re
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from openparticipant.testing.chat import Chat, post, request
from openparticipant.testing.server import Server
from tests.clients.test_operating import attach, talking
from tests.crash.ledger import Upload
from tests.promises.place import Place
from tests.promises.promise import promise
from tests.serve_process import ServeProcess

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/openparticipant"
MARKERS = re.compile(
    rb"Traceback|File \"|\.py\b|sqlite|SELECT |INSERT |UPDATE |WHERE |site-packages|/home/|/tmp/"
    rb"|openparticipant-|object at 0x|Errno|NoneType|msgspec",
    re.IGNORECASE,
)
NASTY: list[object] = [
    None, True, 0, -1, 2**63, 1e308, "", "\x00", "'; DROP TABLE contacts; --", "../../etc/passwd",
    "%s%n", "${7*7}", "x" * 5000, [], [[]], {}, {"": ""}, ["a", "b"], {"a": {"b": {"c": 1}}},
]  # fmt: skip
MEMBERS = {
    "start-attachment-upload": ["AttachmentName", "AttachmentSizeInBytes", "ContentType"],
    "complete-attachment-upload": ["AttachmentIds", "ClientToken"],
    "attachment": ["AttachmentId", "UrlExpiryInSeconds"],
    "message": ["ContentType", "Content", "ClientToken"],
    "event": ["ContentType", "Content"],
    "transcript": ["NextToken", "StartPosition", "MaxResults", "ScanDirection", "SortOrder"],
    "connection": ["Type", "ConnectParticipant"],
    "disconnect": ["ClientToken"],
}


@promise(29)
@pytest.mark.parametrize("path", sorted(MEMBERS))
def test_a_refusal_reveals_nothing(built_in: Place, path: str) -> None:
    """Neither paths nor statements nor code, whatever was sent."""
    chat = built_in.server.start_chat()
    good = {"ContentType": "text/plain", "Content": "x", "AttachmentName": "a.txt"}
    bodies: list[object] = [b"", b"{", b"\xff", b"[1]", b'"x"', b"{" * 10_000, b"[" * 50_000]
    bodies += [{**good, member: value} for member in MEMBERS[path] for value in NASTY]
    refused = 0
    for body in bodies:
        if path == "disconnect" and not isinstance(body, bytes):
            chat = built_in.server.start_chat()
        answer = chat.call(path, body)
        if answer.status == 200:
            continue
        refused += 1
        assert 400 <= answer.status < 500, (body, answer.status, answer.body)
        assert answer.json.keys() == {"__type", "Message"}
        found = MARKERS.search(answer.body)
        assert found is None, (body, answer.body)
    assert refused >= 7


@promise(29)
def test_no_address_reveals_anything(built_in: Place) -> None:
    """Nor does what is asked for where nothing is."""
    asked = ["/", "/..", "/attachments/", "/attachments/../identity", "/%00", "/%ff"]
    asked += [
        "/attachments/connect/x",
        "/participant/",
        "/participant/%2e%2e",
        "/health/x",
        "/metrics",
    ]
    for path in asked:
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = request(method, built_in.server.url + path, b"")
            assert 400 <= answer.status < 500, (method, path, answer.status)
            assert MARKERS.search(answer.body) is None, (method, path, answer.body)
            assert "server" not in answer.headers


@promise(47)
def test_secrets_are_compared_in_constant_time() -> None:
    """No signature or token stands beside `==`; of bearers only digests are looked up."""
    secret = re.compile("(signature|token|secret|bearer|hmac)$", re.IGNORECASE)
    compared = 0
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parts[len(SOURCE.parts)] not in {"sigv4", "transport", "operations"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "compare_digest":
                compared += 1
            if isinstance(node, ast.Compare):
                found = {name for name in compared_directly(node) if secret.search(name)}
                assert not found, f"{path}:{node.lineno} compares {found}"
    assert compared >= 2


def compared_directly(node: ast.Compare) -> set[str]:
    """Return the names of values that `==` compares with each other, not with a constant."""
    sides = (node.left, *node.comparators)
    equal = any(isinstance(it, ast.Eq | ast.NotEq) for it in node.ops)
    if not equal or any(isinstance(it, ast.Constant) for it in sides):
        return set()
    names = set[str]()
    for part in (part for side in sides for part in ast.walk(side)):
        if isinstance(part, ast.Attribute):
            names.add(part.attr)
        elif isinstance(part, ast.Name) and not part.id.isupper():
            names.add(part.id)
        elif isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant):
            names.add(str(part.slice.value))
    return names


@promise(48)
def test_an_install_as_it_comes_is_closed(tmp_path: Path) -> None:
    """It listens on the loopback address only, with keys of its own that nobody else can read."""
    found = []
    for name in ("one", "two"):
        with ServeProcess(tmp_path / name, log=tmp_path / "log") as server:
            assert urlsplit(server.url).hostname == "127.0.0.1"
            process = psutil.Process(server.popen.pid)
            listening = [
                it.laddr.ip for it in process.net_connections() if it.status == psutil.CONN_LISTEN
            ]
            assert listening
            assert set(listening) == {"127.0.0.1"}
            profile = tmp_path / name / "aws" / "credentials"
            assert stat.S_IMODE(profile.stat().st_mode) == 0o600
            keys = configparser.ConfigParser()
            keys.read(profile)
            (section,) = keys.sections()
            found.append(keys[section]["aws_secret_access_key"])
    assert len(set(found)) == 2
    assert all(len(secret) >= 40 for secret in found)


@promise(49)
def test_nothing_stored_can_be_run(tmp_path: Path) -> None:
    """Files are their user's alone, no bit lets anybody run them, and the service is not root."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        with talking(server) as (line, chat):
            attach(line, chat, Upload("a.txt", 5, 1))
        for path in (tmp_path / "data", *(tmp_path / "data").rglob("*")):
            mode = stat.S_IMODE(path.lstat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path
    unit = (ROOT / "deploy/systemd/openparticipant.service").read_text("utf-8")
    assert re.search(r"^DynamicUser=yes|^User=(?!root)", unit, re.MULTILINE)
    image = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    assert re.search(r"^USER (?!root|0)", image, re.MULTILINE)


@promise(42)
def test_no_address_that_a_client_sends_is_fetched(built_in: Place) -> None:
    """Nobody knocks at the door that stands in every text a client may send."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0)
        url = f"http://127.0.0.1:{door.getsockname()[1]}/x"
        chat: Chat = built_in.server.start_chat(
            url,
            Attributes={"callback": url},
            InitialMessage={"ContentType": "text/plain", "Content": url},
        )
        markdown = json.dumps(
            {"templateType": "ListPicker", "data": {"content": {"imageData": url}}}
        )
        assert chat.say(url).status == 200
        assert chat.say(f"![x]({url}) <img src='{url}'>").status == 200
        assert chat.say(markdown).status == 200
        html = f"<?xml version='1.0'?><!DOCTYPE x SYSTEM '{url}'><x/>".encode()
        attachment_id = chat.attach("x.txt", html)
        assert chat.download(attachment_id).body == html
        more = {"referer": url, "origin": url, "x-forwarded-for": url, "x-forwarded-host": url}
        assert chat.call("transcript", {}, **more).status in {200, 403}
        assert post(built_in.server, f"/participant/{url}", {"Url": url}).status == 404
        with pytest.raises(BlockingIOError):
            door.accept()


@promise(28)
def test_no_secret_is_told(tmp_path: Path) -> None:
    """Of all that admits anybody, nothing stands in a log, a metric or the text of a refusal."""
    told = io.BytesIO()
    with Server(tmp_path, log=told) as server:
        chat = server.start_chat()
        agent = chat.join()
        started = chat.start_upload()
        upload = started.json["UploadMetadata"]["Url"]
        assert chat.upload(started).status == 200
        attachment_id = started.json["AttachmentId"]
        assert chat.complete(attachment_id).status == 200
        offered = agent.call("attachment", {"AttachmentId": attachment_id}).json["Url"]
        socket_url = agent.websocket_url()
        secrets = {chat.participant_token, chat.connection_token, agent.participant_token}
        secrets |= {agent.connection_token, socket_url.partition("AuthToken=")[2]}
        secrets |= {url.partition("X-Amz-Signature=")[2] for url in (upload, offered)}
        secrets |= {server.credentials["aws_secret_access_key"]}
        assert len(secrets) == 8
        assert all(len(secret) > 32 for secret in secrets)
        bodies = [
            request("GET", f"{server.admin_url}/metrics").body,
            request("PUT", upload, b"other", {"Content-Type": "text/html"}).body,
            request("PUT", upload, b"hello").body,
            request("GET", offered.replace("_UTC", "_utc")).body,
            request("DELETE", offered).body,
            request("GET", socket_url.replace("ws:", "http:")).body,
        ]
        bodies += [
            post(server, f"/participant/{path}", b"{", **{"x-amz-bearer": token}).body
            for token in secrets
            for path in ("transcript", "message", "disconnect", token)
        ]
        assert chat.stop().status == 200
        bodies.append(chat.call("transcript").body)
    whole = told.getvalue() + b"\n".join(bodies)
    assert attachment_id.encode() in whole or chat.contact_id.encode() in whole
    for secret in secrets:
        assert secret.encode() not in whole
