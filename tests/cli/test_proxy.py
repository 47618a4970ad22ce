"""The way through a proxy, judged by Python's own rules and by AWS's command."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from base64 import b64encode
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.cli import proxy
from openparticipant.cli.refusal import CommandError
from openparticipant.transport.tls import automatic
from tests.cli.against_aws.stage import AWS, BIN
from tests.cli.proxying import Proxying, proxying
from tests.cli.raw_server import http, saying
from tests.cli.recording import Recorded, Reply, json_reply, recording
from tests.cli.worlds import START, TOKEN, command
from tests.requirements import require

PATIENCE = 60
OK = json_reply({"AttachmentId": "i"})
BODY = b'{"AttachmentId": "i"}'
PATH = "/participant/start-attachment-upload"
PAIR = f"Proxy-Authorization: Basic {b64encode(b'us er:se@cret').decode()}"

NAMES = st.sampled_from(
    [
        *("http_proxy", "HTTP_PROXY", "Http_Proxy", "hTTP_proxy", "https_proxy", "HTTPS_PROXY"),
        *("no_proxy", "NO_PROXY", "no_PROXY", "all_proxy", "ftp_proxy", "_proxy", "_PROXY"),
        *("proxy", "http_proxyx", "xhttp_proxy", "REQUEST_METHOD"),
    ]
)
VALUES = st.sampled_from(["", "a", "b", "http://c", "*", "localhost,.d"])


@given(st.dictionaries(NAMES, VALUES))
def test_the_same_variables_count(environ: dict[str, str]) -> None:
    """Lower case, upper case, empty values, programs that web servers start."""
    with patch.dict(os.environ, environ, clear=True):
        theirs = urllib.request.getproxies_environment()

    assert proxy.named(environ) == theirs


HOSTS = st.from_regex(
    r"[aB.]{0,3}(example|EXAMPLE|127\.0\.0\.1|\[::1\]|x)(:[0-9٣]{0,3})?", fullmatch=True
)
LISTS = st.lists(
    st.from_regex(
        r"[ .]{0,2}[aB.]{0,3}(example|127\.0\.0\.1|\[::1\]|x|\*|)(:[0-9]{0,3})? ?", fullmatch=True
    )
)


@given(HOSTS, LISTS.map(",".join) | st.sampled_from(["*", " *", "", ",", "."]))
def test_the_same_hosts_are_spared(host: str, no_proxy: str) -> None:
    """Names, their ends, ports, dots in front, blanks, and the star that stands for all."""
    bypass = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined]
    theirs = bypass(host, {"no": no_proxy})

    assert proxy.is_spared(host, no_proxy) == bool(theirs)


def through(proxy_url: str, **more: str) -> dict[str, str]:
    return {"http_proxy": proxy_url, "https_proxy": proxy_url, "AWS_MAX_ATTEMPTS": "1", **more}


def test_plain_requests_name_the_whole_url() -> None:
    """The proxy learns where to, and the server sees the request as without one."""
    with recording(OK) as server, proxying() as way:
        words = (*START, *TOKEN, "--endpoint-url", f"{server.url}/base")
        outcome = command(*words, environ=through(f"http://us%20er:se%40cret@{way.address}"))

    assert outcome.json == {"AttachmentId": "i"}
    assert way.first_lines == [f"POST {server.url}/base{PATH} HTTP/1.1"]
    assert PAIR in way.heads[0].splitlines()
    assert server.requests[0].path == f"/base{PATH}"
    assert server.requests[0].header("host") == server.url.removeprefix("http://")


def test_secret_requests_go_through_a_tunnel(tmp_path: Path) -> None:
    """What is said to the server only it can read, and only the proxy sees its password."""
    context, bundle = automatic(tmp_path / "tls", ("127.0.0.1",), at=time.time_ns() // 1_000_000)
    with saying([http("200 OK", BODY)], context=context) as server, proxying() as way:
        words = (*START, *TOKEN, "--endpoint-url", server.url, "--ca-bundle", str(bundle))
        outcome = command(*words, environ=through(f"us%20er:se%40cret@{way.address}"))

    assert outcome.json == {"AttachmentId": "i"}
    assert [line.rpartition(" ")[0] for line in way.first_lines] == [
        f"CONNECT 127.0.0.1:{server.port}"
    ]
    assert PAIR in way.heads[0].splitlines()
    assert "Bearer" not in way.heads[0]
    assert server.heads[0].startswith(f"POST {PATH} HTTP/1.1\r\n")
    assert "Proxy-" not in server.heads[0]


def test_a_server_may_be_spared() -> None:
    """No_proxy, and the lack of a proxy for the scheme, lead straight there."""
    with recording(OK) as server, proxying() as way:
        words = (*START, *TOKEN, "--endpoint-url", server.url)
        spared = command(*words, environ=through(way.address, no_proxy="example,127.0.0.1"))
        other = command(*words, environ={"https_proxy": way.address})

    assert (spared.status, other.status) == (0, 0)
    assert way.heads == []


@pytest.mark.parametrize(
    ("answer", "tried"),
    [("407 Proxy Authentication Required", 1), ("403 Forbidden", 1), ("502 Bad Gateway", 2)],
)
def test_a_tunnel_that_is_refused_is_told(answer: str, tried: int) -> None:
    """The proxy's answer is named, its password is not; what may pass is tried again."""
    with proxying(http(answer)) as way:
        environ = through(f"http://user:secret@{way.address}", AWS_MAX_ATTEMPTS="2")
        words = (*START, *TOKEN, "--endpoint-url", "https://h.invalid")
        outcome = command(*words, environ=environ)

    url = f"http://***:***@{way.address}"
    assert outcome.status == 255
    assert outcome.err == f'\nFailed to connect to proxy URL: "{url}": it answered {answer}\n'
    assert len(way.heads) == tried


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_told(scheme: str) -> None:
    """Every attempt is made, and the sentence hides the password."""
    environ = through("http://user:secret@127.0.0.1:1", AWS_MAX_ATTEMPTS="2")
    outcome = command(*START, *TOKEN, "--endpoint-url", f"{scheme}://h", environ=environ)

    assert len(outcome.sleeps) == 1
    sentence = 'Failed to connect to proxy URL: "http://***:***@127.0.0.1:1"'
    assert outcome.err == f"\n{sentence}\n"


def test_a_proxy_that_talks_nonsense_is_told() -> None:
    """What is no answer to CONNECT is no way."""
    with proxying(b"SSH-2.0-x\r\n") as way:
        words = (*START, *TOKEN, "--endpoint-url", "https://h.invalid")
        outcome = command(*words, environ=through(way.address))

    assert outcome.err == f'\nFailed to connect to proxy URL: "http://{way.address}"\n'


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://u:secret@p:1", 'The proxy "https://***:***@p:1" is not supported'),
        ("socks5://u:secret@p:1", 'The proxy "socks5://***:***@p:1" is not supported'),
        ("http://u:secret@p:x", 'Invalid proxy URL: "http://***:***@p:x"'),
        ("http://", 'Invalid proxy URL: "http://"'),
        ("http://u:secret@[::1", "Invalid proxy URL"),
    ],
)
def test_a_proxy_of_another_kind_is_refused(url: str, sentence: str) -> None:
    """Nobody must believe in a proxy that is not there."""
    outcome = command(*START, *TOKEN, "--endpoint-url", "http://h.invalid", environ=through(url))

    assert (outcome.status, outcome.sleeps) == (255, [])
    assert outcome.err.startswith(f"\n{sentence}")
    assert "secret" not in outcome.err


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_text_breaks_the_search(url: str) -> None:
    """A variable holds anything; the end is a proxy or a refusal."""
    try:
        found = proxy.find("http://h", {"http_proxy": url})
    except CommandError:
        return
    assert found is None or found.host


def test_files_go_the_same_way(tmp_path: Path) -> None:
    """Both halves of an attachment's journey ask the proxy, too."""
    (tmp_path / "a.txt").write_bytes(b"hello")

    def script(request: Recorded) -> Reply:
        url = f"{server.url}/store?X-Amz-Signature=s"
        if request.path.startswith("/store"):
            return Reply(200, b"hello")
        upload = {"Url": url, "HeadersToInclude": {}}
        both = {"AttachmentId": "i", "UploadMetadata": upload}
        return json_reply({**both, "Url": url, "AttachmentSizeInBytes": 5})

    with recording(script=script) as server, proxying() as way:
        rest = (*TOKEN, "--endpoint-url", server.url)
        environ = through(way.address)
        up = command("attach", str(tmp_path / "a.txt"), *rest, environ=environ)
        down = command("download", "i", "-o", str(tmp_path / "b"), *rest, environ=environ)

    assert (up.status, down.status) == (0, 0), up.err + down.err
    assert (tmp_path / "b").read_bytes() == b"hello"
    methods = [line.split()[0] for line in way.first_lines]
    assert methods == ["POST", "PUT", "POST", "POST", "GET"]
    assert all(line.split()[1].startswith(server.url) for line in way.first_lines)


def ask(program: Path, home: Path, url: str, environ: dict[str, str], *more: str) -> str:
    """Run one command and return all that it printed."""
    ran = subprocess.run(
        [
            *(program, "connectparticipant", *START, *TOKEN, "--no-sign-request"),
            *("--endpoint-url", url, "--region", "x", *more),
        ],
        env={"HOME": str(home), "PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return f"{ran.returncode} {ran.stdout}{ran.stderr}"


def of_interest(way: Proxying) -> list[list[str]]:
    """Return what of each head must be the same."""
    return [
        [
            line.removesuffix(" HTTP/1.0").removesuffix(" HTTP/1.1")
            for line in head.splitlines()
            if line.startswith(("POST ", "CONNECT ", "Proxy-Authorization", "Host: 127"))
        ]
        for head in way.heads
    ]


@pytest.mark.parametrize(
    ("scheme", "variables"),
    [
        ("http", {"HTTP_PROXY": "http://us%20er:se%40cret@PROXY"}),
        ("http", {"http_proxy": "PROXY", "HTTP_PROXY": "http://127.0.0.1:1"}),
        ("http", {"http_proxy": "//user@PROXY"}),
        ("http", {"HTTP_PROXY": "PROXY", "NO_PROXY": "127.0.0.1"}),
        ("http", {"HTTP_PROXY": "PROXY", "no_proxy": "0.0.1"}),
        ("http", {"http_proxy": "http://user:secret@127.0.0.1:1"}),
        ("http", {"https_proxy": "http://127.0.0.1:1"}),
        ("https", {"https_proxy": "http://us%20er:se%40cret@PROXY"}),
        ("https", {"HTTPS_PROXY": "http://127.0.0.1:1", "no_proxy": "*"}),
    ],
)
def test_aws_goes_the_same_way(scheme: str, variables: dict[str, str], tmp_path: Path) -> None:
    """Proxy and server see the same from both, and so do people."""
    require(AWS.exists(), "the aws command")
    context, bundle = automatic(tmp_path / "tls", ("127.0.0.1",), at=time.time_ns() // 1_000_000)
    tls = context if scheme == "https" else None
    seen = []
    with saying([http("200 OK", BODY)], context=tls) as server:
        for program in (AWS, BIN / "openparticipant"):
            with proxying() as way:
                environ = {
                    key: value.replace("PROXY", way.address) for key, value in variables.items()
                }
                environ |= {"AWS_MAX_ATTEMPTS": "1", "AWS_CA_BUNDLE": str(bundle)}
                printed = ask(program, tmp_path, server.url, environ)
                seen.append(
                    (
                        printed,
                        of_interest(way),
                        server.heads[0].splitlines()[0] if server.heads else "",
                    )
                )
                server.heads.clear()

    assert seen[0] == seen[1]
