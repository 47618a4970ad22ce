"""The nginx configuration that we ship, run by a real nginx."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect

from openparticipant.sigv4 import Credentials
from tests.cli.raw_server import http as http_answer
from tests.cli.raw_server import saying
from tests.contents.filler import filled
from tests.crash.ledger import Conversation
from tests.crash.line import Answer, Line
from tests.crash.load import begin
from tests.deploy.conftest import Site
from tests.engines.nginx import SHIPPED, Nginx
from tests.engines.ports import free_ports
from tests.eventually import eventually

_SUBSCRIBE = '{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}'
_KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
_SIZE = 20 * 1024 * 1024
_PATIENCE = 30.0  # seconds
_TEMPLATE = "10-openparticipant.conf.template"


def start_upload(line: Line, chat: Conversation, size: int) -> dict[str, Any]:
    body = {"AttachmentName": "a.mp4", "AttachmentSizeInBytes": size, "ContentType": "video/mp4"}
    started: dict[str, Any] = (
        line.participant("start-attachment-upload", chat.connection_token, body).expect(200).json
    )
    return started


def logged(site: Site, **facts: Any) -> bool:
    """Tell whether the node has logged a line with these facts."""
    # The last line may be half written.
    whole, _, _ = site.node.log.read_text("utf-8").rpartition("\n")
    return any(facts.items() <= json.loads(line).items() for line in whole.splitlines())


def kept_by_nginx(site: Site) -> list[Path]:
    return [path for path in (site.nginx.place / "temporary").rglob("*") if path.is_file()]


def test_bytes_pass_through_while_they_come(site: Site) -> None:
    """Half a file has reached the node before the client sends the other half; nginx keeps nothing."""
    content = filled("mp4", _SIZE)
    with closing(site.line()) as line:
        chat = begin(line)
        started = start_upload(line, chat, _SIZE)
        given = started["UploadMetadata"]
        target = given["Url"].removeprefix(site.nginx.url)
        with closing(
            http.client.HTTPSConnection(
                urlsplit(site.nginx.url).netloc, context=site.trusting, timeout=60
            )
        ) as upload:
            upload.putrequest("PUT", target)
            for name, value in given["HeadersToInclude"].items():
                upload.putheader(name, value)
            upload.endheaders()
            upload.send(content[: _SIZE // 2])
            incoming = site.node.data_dir / "objects" / ".incoming"
            # What the node has not written yet, it holds in memory: not more than a batch.
            assert eventually(
                lambda: any(one.stat().st_size > _SIZE // 4 for one in incoming.iterdir())
            )
            assert kept_by_nginx(site) == []
            upload.send(content[_SIZE // 2 :])
            assert upload.getresponse().status == 200
        body = {"AttachmentIds": [started["AttachmentId"]]}
        line.participant("complete-attachment-upload", chat.connection_token, body).expect(200)
        wanted = {"AttachmentId": started["AttachmentId"]}
        offered = line.participant("attachment", chat.connection_token, wanted).expect(200).json
        fetched = line.presigned("GET", offered["Url"]).expect(200)
    assert hashlib.sha256(fetched.body).digest() == hashlib.sha256(content).digest()
    assert kept_by_nginx(site) == []


async def test_a_socket_is_opened_through_nginx(site: Site) -> None:
    """And it carries what is said."""
    with closing(site.line()) as line:
        chat = begin(line)
        url = open_socket_url(line, chat)
        assert url.startswith("wss://127.0.0.1:")
        async with asyncio.timeout(_PATIENCE), subscribed(site, url) as opened:
            body = {"ContentType": "text/plain", "Content": "hello"}
            said = line.participant("message", chat.connection_token, body).expect(200).json["Id"]
            while said not in str(await opened.recv()):
                pass


@asynccontextmanager
async def subscribed(
    site: Site, url: str, source: str = "127.0.0.1", **headers: str
) -> AsyncIterator[ClientConnection]:
    """Open a socket and subscribe.

    Not by the library's blocking client: it reads and writes in two threads, which Python 3.11 does
    not keep apart where TLS is spoken.
    """
    async with connect(
        url,
        ssl=site.trusting,
        compression=None,
        proxy=None,
        additional_headers=headers,
        local_addr=(source, 0),
    ) as opened:
        await opened.send(_SUBSCRIBE)
        while "success" not in str(await opened.recv()):
            pass
        yield opened


def open_socket_url(line: Line, chat: Conversation) -> str:
    wanted = {"Type": ["WEBSOCKET"]}
    made = line.participant("connection", chat.participant_token, wanted).expect(200).json
    return str(made["Websocket"]["Url"])


async def test_the_log_has_the_address_of_the_client(site: Site) -> None:
    """For each kind of request; an address that the client made up is not believed."""
    source, made_up = "127.0.0.77", {"X-Forwarded-For": "203.0.113.9"}
    with closing(site.line(source)) as line:
        chat = begin(line)
        given = start_upload(line, chat, 5)["UploadMetadata"]
        headers = {**given["HeadersToInclude"], **made_up}
        line.presigned("PUT", given["Url"], b"hello", headers).expect(200)
        url = open_socket_url(line, chat)
        async with asyncio.timeout(_PATIENCE), subscribed(site, url, source, **made_up):
            pass
    for operation in ("StartChatContact", "StartAttachmentUpload", "object PUT", "WebSocket"):
        assert eventually(lambda: logged(site, operation=operation, client=source))  # noqa: B023
    assert not logged(site, client="203.0.113.9")


def test_what_no_node_takes_is_refused_in_their_form(site: Site) -> None:
    """Too large a body is answered by the node where it can, by nginx in the same way where not."""
    with closing(site.line()) as line:
        for size in (300_000, 3_000_000):
            refused = raw(site, "POST", "/participant/message", b"x" * size)
            assert refused.status == 413
            assert refused.json["__type"] == "RequestEntityTooLargeException"
        chat = begin(line)
        given = start_upload(line, chat, 1000)["UploadMetadata"]
        target = given["Url"].removeprefix(site.nginx.url)
        refused = raw(site, "PUT", target, length=104857601)
        assert (refused.status, b"EntityTooLarge" in refused.body) == (400, True)
        # One byte less is the node's to judge.
        refused = raw(site, "PUT", target, length=104857600)
        assert (refused.status, b"EntityTooLarge" in refused.body) == (403, False)


def raw(site: Site, method: str, target: str, body: bytes = b"", length: int = 0) -> Answer:
    """Make a request; with a `length` only announce a body."""
    netloc = urlsplit(site.nginx.url).netloc
    with closing(http.client.HTTPSConnection(netloc, context=site.trusting, timeout=60)) as one:
        headers = {"X-Amz-Bearer": "x", "Content-Length": str(length or len(body))}
        one.request(method, target, body or None, headers)
        answered = one.getresponse()
        assert answered.headers["access-control-allow-origin"] == "*"
        return Answer(answered.status, answered.read())


def test_an_upload_refused_early_is_told_why(site: Site) -> None:
    """The node's answer arrives though the client is still sending."""
    with closing(site.line()) as line:
        chat = begin(line)
        given = start_upload(line, chat, _SIZE)["UploadMetadata"]
        url = given["Url"].replace("X-Amz-Signature=", "X-Amz-Signature=0")
        refused = line.presigned("PUT", url, bytes(_SIZE), given["HeadersToInclude"])
    assert (refused.status, b"<Code>" in refused.body) == (403, True)


@pytest.fixture
def bare(tmp_path: Path) -> tuple[Path, int]:
    """Return a place and a port for an nginx of a test's own."""
    return tmp_path / "nginx", free_ports(1)[0]


@pytest.mark.parametrize(
    ("method", "path", "tries"),
    [
        ("POST", "/participant/message", 1),
        ("PUT", "/contact/chat", 1),
        ("GET", "/attachments/key", 2),
    ],
)
def test_what_was_sent_is_repeated_only_where_that_is_safe(
    bare: tuple[Path, int], method: str, path: str, tries: int
) -> None:
    """A node that hangs up may have done it: whoever asked must decide, and know of it."""
    with (
        saying([]) as one,
        saying([]) as other,
        Nginx(*bare, [one.url, other.url], encrypted=False) as nginx,
    ):
        with closing(Line(nginx.url, _KEY)) as line:
            answered = line.request(method, path, b"{}" if method != "GET" else b"", {})
        assert len(one.heads) + len(other.heads) == tries
        assert answered.status == (503 if path.startswith("/attachments") else 500)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/participant/message"), ("PUT", "/attachments/key")]
)
def test_a_node_that_is_gone_is_passed_over(bare: tuple[Path, int], method: str, path: str) -> None:
    """A refused connection has done nothing: any request goes to the next node."""
    gone = f"http://127.0.0.1:{free_ports(1)[0]}"
    answer = http_answer("200 OK", b"ok", "Connection: close")
    with (
        saying([answer]) as alive,
        Nginx(*bare, [gone, alive.url], encrypted=False) as nginx,
    ):
        for _ in range(6):
            with closing(Line(nginx.url, _KEY)) as line:
                assert line.request(method, path, b"{}", {}).expect(200).body == b"ok"


def test_nothing_secret_is_in_the_logs_of_nginx(bare: tuple[Path, int]) -> None:
    """Neither when all is well nor when no node answers, by whatever path a token goes astray."""
    secrets = [os.urandom(16).hex() for _ in range(5)]
    targets = [
        f"/participant/websocket?AuthToken={secrets[0]}",
        f"/participant/websocket/?AuthToken={secrets[1]}",
        f"/attachments/key?X-Amz-Signature={secrets[2]}",
        f"//attachments/../attachments/key?X-Amz-Signature={secrets[3]}",
    ]
    headers = {
        "X-Amz-Bearer": secrets[4],
        "Authorization": secrets[4],
        "Referer": f"https://127.0.0.1/attachments/key?X-Amz-Signature={secrets[4]}",
    }
    with ExitStack() as open_ones:
        answering = open_ones.enter_context(
            saying([http_answer("403 No", b"", "Connection: close")])
        )
        nginx = open_ones.enter_context(Nginx(*bare, [answering.url], encrypted=False))
        for target in targets:
            with closing(Line(nginx.url, _KEY)) as line:
                line.request("GET", target, b"", headers).expect(403)
        answering.stop()
        for target in targets:
            for method, body in (("GET", b""), ("POST", b"{}"), ("PUT", bytes(2_000_000))):
                with closing(Line(nginx.url, _KEY)) as line:
                    line.request(method, target, body, headers).expect(400, 413, 500, 503)
        log = nginx.place / "access.log"
        assert eventually(lambda: len(log.read_text().splitlines()) == 4 * len(targets))
        written = nginx.everything_logged
    assert {json.loads(line)["status"] for line in log.read_text().splitlines()} > {403, 500, 503}
    assert not [secret for secret in secrets if secret in written]


def test_plain_http_gets_nowhere_on_the_port_of_tls(site: Site) -> None:
    """A token that was sent in the clear by mistake is not honoured as well."""
    with closing(Line(site.nginx.url.replace("https", "http"), _KEY)) as line:
        line.request("GET", "/health/ready", b"", {}).expect(400)


def test_the_page_on_deploying_fills_in_what_the_configuration_asks_for() -> None:
    """`envsubst` leaves a name that is not listed as it is, and nginx would not start."""
    page = (SHIPPED.parent.parent / "docs" / "deploy.md").read_text("utf-8")
    (listed,) = re.findall(r"^envsubst '([^']+)'", page, re.MULTILINE)
    asked = re.findall(r"\$\{([A-Z_]+)\}", (SHIPPED / _TEMPLATE).read_text("utf-8"))
    assert sorted(listed.split()) == sorted({f"${name}" for name in asked})
