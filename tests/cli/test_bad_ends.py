"""Servers that do not behave, and what people are told, beside what AWS's command says."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.transport.tls import automatic
from tests.cli.against_aws.stage import AWS, BIN
from tests.cli.raw_server import HANG_UP, PATIENCE, RawServer, http, saying
from tests.cli.recording import recording
from tests.cli.worlds import START, TOKEN, Outcome, command
from tests.requirements import require

HTML = b"<!DOCTYPE html><html>hi</html>"
ONCE = {"AWS_MAX_ATTEMPTS": "1"}
PATH = "/participant/start-attachment-upload"
CLOSED = (
    f'Connection was closed before we received a valid response from endpoint URL: "URL{PATH}".'
)
REFUSED = "An error occurred ({}) when calling the StartAttachmentUpload operation{}: {}"
TRIED = " (reached max retries: 0)"
DISTRUST = f"SSL validation failed for URL{PATH} "


def endless_head() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-A: b\r\n" * 1000


ENDS: dict[str, tuple[list[bytes], str]] = {
    "nothing": ([HANG_UP], CLOSED),
    "garbage": ([b"\x00\xff\xfe garbage\r\n\r\n"], CLOSED),
    "another protocol": ([b"SSH-2.0-x\r\n"], CLOSED),
    "half a body": ([b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Att'], CLOSED),
    "half a refusal": ([b'HTTP/1.1 400 Bad\r\nContent-Length: 100\r\n\r\n{"mes'], CLOSED),
    "half a chunk": (
        [b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"Att'],
        CLOSED,
    ),
    "no chunk": ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"], CLOSED),
    "a thousand headers": (
        [b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 1000, b"Content-Length: 2\r\n\r\n{}"],
        CLOSED,
    ),
    "a long header": ([b"HTTP/1.1 200 OK\r\nX: ", b"a" * 1_000_000], CLOSED),
    "no status": ([b"HTTP/1.1 99999 OK\r\n\r\n{}"], CLOSED),
    "a page": ([http("200 OK", HTML, "Content-Type: text/html")], ""),
    "a page that refuses": (
        [http("403 Forbidden", HTML)],
        REFUSED.format(403, "", HTML.decode()),
    ),
    "a page of a balancer": (
        [http("502 Bad Gateway", b"<html>oh")],
        REFUSED.format(502, TRIED, "Bad Gateway"),
    ),
    "a redirect": (
        [http("302 Found", b"", "Location: http://127.0.0.1:1/x")],
        REFUSED.format(302, "", ""),
    ),
    "a redirect that keeps the method": (
        [http("307 Temporary", b"{}", "Location: /x")],
        REFUSED.format(307, "", ""),
    ),
    "another encoding": (
        [http("200 OK", b'{"AttachmentId":"\xe9"}')],
        "'utf-8' codec can't decode byte 0xe9 in position 17: invalid continuation byte",
    ),
    "depth": (
        [http("200 OK", b"[" * 200_000)],
        "maximum recursion depth exceeded while decoding a JSON array from a unicode string",
    ),
}


def ours(url: str, *words: str) -> Outcome:
    return command(*START, *TOKEN, "--endpoint-url", url, *words, environ=ONCE)


def of_aws(url: str, home: Path, *words: str) -> str:
    """Return what AWS's command says of a server, on one line."""
    require(AWS.exists(), "the aws command")
    ran = subprocess.run(
        [
            *(AWS, "connectparticipant", *START, *TOKEN, "--no-sign-request"),
            *("--endpoint-url", url, "--region", "x", *words),
        ],
        env={"HOME": str(home), "PATH": os.environ["PATH"], **ONCE},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return ran.stderr


@pytest.mark.parametrize("name", ENDS)
def test_an_answer_that_is_none_is_told(name: str) -> None:
    """One line, no traceback, and the request is made once."""
    script, sentence = ENDS[name]
    with saying(script) as server:
        outcome = ours(server.url)

    assert outcome.err.replace(server.url, "URL") == (f"\n{sentence}\n" if sentence else "")
    assert outcome.status == (255 if sentence else 0)
    assert outcome.out == b""
    assert len(server.heads) == 1


@pytest.mark.parametrize("name", ENDS)
def test_aws_says_the_same(name: str, tmp_path: Path) -> None:
    """Scripts that match a sentence go on to do so."""
    script, sentence = ENDS[name]
    with saying(script) as server:
        said = of_aws(server.url, tmp_path)

    assert said.replace(server.url, "URL") == (f"\n{sentence}\n" if sentence else "")


def test_a_head_without_end_is_given_up() -> None:
    """Nobody fills our memory, nor our time."""
    with saying(endless_head()) as server:
        outcome = ours(server.url)

    assert outcome.err.replace(server.url, "URL") == f"\n{CLOSED}\n"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_answer_is_read_in_the_time_it_takes(chunked: bool) -> None:  # noqa: FBT001 - pytest passes it
    """20 MB come through whole, whichever way they are sent."""
    value = b"x" * 20_000_000
    body = b'{"AttachmentId":"' + value + b'"}'
    script = [http("200 OK", body)]
    if chunked:
        pieces = [body[at : at + 4096] for at in range(0, len(body), 4096)]
        script = [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            *(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces),
            b"0\r\n\r\n",
        ]
    began = time.process_time()
    with saying(script) as server:
        outcome = ours(server.url)

    assert outcome.json == {"AttachmentId": value.decode()}
    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize("url", ["http://no.such.host.invalid", "https://127.0.0.1:1"])
def test_nobody_there(url: str, tmp_path: Path) -> None:
    """A name that is none and a port where nobody listens are the same to people."""
    outcome = ours(url)

    assert outcome.err == f'\nCould not connect to the endpoint URL: "{url}{PATH}"\n'
    assert outcome.err == of_aws(url, tmp_path)


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[tuple[RawServer, Path]]:
    """Serve with a certificate in order, and name the file that vouches for it."""
    context, bundle = automatic(tmp_path / "tls", ("127.0.0.1",), at=time.time_ns() // 1_000_000)
    with saying([http("200 OK", b'{"AttachmentId": "i"}')], context=context) as server:
        yield server, bundle


def test_a_certificate_in_order_is_believed(stranger: tuple[RawServer, Path]) -> None:
    """So that all below fail for their own reason."""
    server, bundle = stranger

    assert ours(server.url, "--ca-bundle", str(bundle)).json == {"AttachmentId": "i"}
    assert ours(server.url, "--no-verify-ssl").json == {"AttachmentId": "i"}


@pytest.mark.parametrize("bundle", [None, "empty", "binary", "missing", "."])
def test_a_stranger_is_not_believed(
    bundle: str | None, stranger: tuple[RawServer, Path], tmp_path: Path
) -> None:
    """Nothing is sent, the sentence is AWS's, and it is not tried again."""
    server, _ = stranger
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\x00")
    words = () if bundle is None else ("--ca-bundle", str(tmp_path / bundle))
    outcome = command(*START, *TOKEN, "--endpoint-url", server.url, *words)

    assert outcome.err.replace(server.url, "URL").startswith(f"\n{DISTRUST}[")
    assert outcome.err == of_aws(server.url, tmp_path, *words)
    assert (outcome.status, outcome.sleeps, server.heads) == (255, [], [])


@pytest.mark.parametrize(
    ("name", "at", "reason"),
    [
        ("chat.example", None, "certificate is not valid for '127.0.0.1'"),
        ("127.0.0.1", 0, "certificate has expired"),
    ],
)
def test_a_certificate_of_another_is_not_believed(
    name: str, at: int | None, reason: str, tmp_path: Path
) -> None:
    """Neither another host's, nor one whose time is over."""
    when = time.time_ns() // 1_000_000 if at is None else at
    context, bundle = automatic(tmp_path / "tls", (name,), at=when)
    with saying([http("200 OK")], context=context) as server:
        outcome = ours(server.url, "--ca-bundle", str(bundle))

    assert outcome.err.replace(server.url, "URL").startswith(f"\n{DISTRUST}[")
    assert reason in outcome.err
    assert server.heads == []


def test_the_wrong_scheme_is_told(stranger: tuple[RawServer, Path], tmp_path: Path) -> None:
    """Plain words to a TLS port and TLS to a plain one."""
    server, _ = stranger
    plain = server.url.replace("https", "http")
    with recording() as other:
        secret = other.url.replace("http", "https")
        outcome = ours(secret)
        theirs = of_aws(secret, tmp_path)

    assert ours(plain).err.replace(plain, "URL") == f"\n{CLOSED}\n"
    assert "WRONG_VERSION_NUMBER" in outcome.err
    assert outcome.err == theirs


@pytest.mark.parametrize("content", [b"\x00\xff\xfe", b"region = x\n", b"[default\n", None])
def test_a_broken_profile_is_one_line(content: bytes | None, tmp_path: Path) -> None:
    """A file that is binary, torn or out of reach ends the command before anything is sent."""
    config = tmp_path / "config"
    if content is None:
        config.symlink_to(config)
    else:
        config.write_bytes(content)
    with recording() as server:
        ran = subprocess.run(
            [BIN / "openparticipant", *START, *TOKEN, "--endpoint-url", server.url],
            env={"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(config)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    assert (ran.returncode, ran.stdout) == (255, "")
    assert ran.stderr == f"\nUnable to parse config file: {config}\n"
    assert server.requests == []
