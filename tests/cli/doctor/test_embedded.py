"""`doctor` at a server on its defaults, and at one that is set up in another way."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from openparticipant.testing.server import Server
from tests.cli.doctor.examining import ORIGIN, Examined, examine, only_wrong
from tests.cli.raw_server import http, saying
from tests.cli.worlds import command
from tests.engines.ports import free_ports
from tests.scanning.judge import judge


def test_all_is_well_at_a_server_on_its_defaults() -> None:
    """Every check is made and says ok; the chat that was started has ended."""
    with Server(log=io.BytesIO()) as server:
        examined = examine(environ=server.environment)
        listing = ("contacts", "--ended", "--data-dir", str(server.data_dir), "--json")
        chats = command(*listing, at=server.clock.now())

    assert (examined.status, examined.err) == (0, "")
    assert set(examined.checks.values()) == {"ok"}
    assert len(examined.checks) == 20
    assert examined.out.endswith(
        f"20 ok, 0 wrong, 0 skipped: a page of {ORIGIN} at {server_url(examined)}\n"
    )
    assert chats.err == ""
    (chat,) = map(json.loads, chats.out.decode().splitlines())
    assert chat["DisconnectReason"] == "API"


def server_url(examined: Examined) -> str:
    return examined.out.rstrip("\n").rpartition(" at ")[2]


def test_a_page_of_another_origin_is_told_of() -> None:
    """One sentence, and the setting that has to name the page; nothing behind it is tried."""
    with Server(log=io.BytesIO(), allowed_origins="https://shop.example") as server:
        examined = examine(environ=server.environment)

    said, _, more = only_wrong(examined).partition(" [request ")
    assert said == (
        "preflight: the preflight of POST /participant/connection is answered 403 "
        "Forbidden (text/plain)"
    )
    assert more.partition("] ")[2] == (
        "start the server with https://chat.example.org among its --allowed-origins"
    )
    assert examined.checks["chat"] == "skipped"


def test_the_same_page_is_let_in_where_it_is_named() -> None:
    """And that others are kept out is told."""
    with Server(log=io.BytesIO(), allowed_origins=ORIGIN) as server:
        examined = examine(environ=server.environment)

    assert examined.status == 0, examined.out
    assert "other origins: pages of another origin are kept out\n" in examined.out


def test_without_credentials_the_chat_is_skipped() -> None:
    """What needs no token is looked at all the same, and it is said what to give."""
    with Server(log=io.BytesIO()) as server:
        examined = examine("--endpoint-url", server.url, environ={"AWS_REGION": "us-east-1"})

    assert examined.status == 0, examined.out
    assert examined.checks["preflight"] == "ok"
    assert examined.checks["chat"] == "skipped"
    assert "--participant-token-file" in examined.out


def test_a_given_chat_is_used_and_goes_on(tmp_path: Path) -> None:
    """Whoever gives a token keeps their chat, and the token is not shown."""
    token = tmp_path / "token"
    with Server(log=io.BytesIO()) as server:
        started = command("start-chat", environ=server.environment, at=server.clock.now()).json
        token.write_text(started["ParticipantToken"])
        words = ("--endpoint-url", server.url, "--participant-token-file", str(token))
        examined = examine(*words, environ={"AWS_REGION": "us-east-1"})
        again = examine(*words, environ={"AWS_REGION": "us-east-1"})

    assert (examined.status, again.status) == (0, 0), again.out
    assert examined.checks["download"] == "ok"
    assert examined.checks["end"] == "skipped"
    assert started["ParticipantToken"] not in examined.out


def test_a_wrong_token_is_told_without_it() -> None:
    """The service's bare refusal gets the reasons that there can be."""
    with Server(log=io.BytesIO()) as server:
        given = {"OPENPARTICIPANT_PARTICIPANT_TOKEN": "not-a-token", "AWS_REGION": "us-east-1"}
        examined = examine("--endpoint-url", server.url, environ=given)

    wrong = only_wrong(examined)
    assert wrong.startswith("connection: the service answered 403 AccessDeniedException: ")
    assert "the token is wrong or has expired, or its chat has ended" in wrong
    assert "not-a-token" not in examined.out


@pytest.mark.parametrize(
    ("ahead", "said"), [(120, "120 s behind"), (-120, "120 s ahead of"), (29, "29 s behind")]
)
def test_a_clock_that_is_wrong_is_told(ahead: int, said: str) -> None:
    """By how much and in which direction, of service and store; half a minute is let pass."""
    with Server(log=io.BytesIO()) as server:
        examined = examine(environ=server.environment, ahead=ahead)

    number = said.partition(" ")[0]
    near = said.replace(number, f"({int(number) - 1}|{number}|{int(number) + 1})")
    pattern = f"clock: (it is )?{near} this machine's"
    assert len(re.findall(pattern, examined.out)) == 2
    wanted = ["service clock", "store clock"] if abs(ahead) > 30 else []
    assert [name for name, result in examined.checks.items() if result == "wrong"] == wanted
    assert all("NTP" in each for each in examined.wrong)


def test_a_certificate_of_ones_own_has_to_be_trusted(tmp_path: Path) -> None:
    """Untrusted it is wrong; with its authority named all is well, and browsers are thought of."""
    with Server(tmp_path / "data", tls="auto", log=io.BytesIO()) as server:
        keys = {f"{name.upper()}": value for name, value in server.credentials.items()}
        stranger = examine(
            "--endpoint-url", server.url, environ={**keys, "AWS_REGION": "us-east-1"}
        )
        trusting = examine(environ=server.environment)

    wrong = only_wrong(stranger)
    assert wrong.startswith("service certificate: the certificate of 127.0.0.1 is of an unknown")
    assert "DATA_DIR/tls/ca.pem" in wrong
    assert trusting.status == 0, trusting.out
    assert "socket address: wss://" in trusting.out
    assert "of which browsers have to be told too" in trusting.out


def test_a_certificate_that_ends_soon_is_told(tmp_path: Path) -> None:
    """Before it has ended; the days are counted by this machine's clock."""
    year = 365 * 86_400
    with Server(tmp_path / "data", tls="auto", log=io.BytesIO()) as server:
        examined = examine(environ=server.environment, ahead=year + 29 * 86_400)

    said = "service certificate: the certificate of 127.0.0.1 ends in "
    assert any(each.startswith(said) and "renew it" in each for each in examined.wrong)


def test_a_file_that_a_scanner_holds_is_waited_for_within_bounds() -> None:
    """Then it is told, and the chat is ended all the same."""
    with judge() as scanner, Server(log=io.BytesIO(), scanner=scanner.url) as server:
        examined = examine("--cli-read-timeout", "1", environ=server.environment)

    wrong = only_wrong(examined)
    assert wrong.startswith("item: ")
    assert "nothing came within 1 s: a scanner holds it" in wrong
    assert examined.checks["download"] == "skipped"
    assert examined.checks["end"] == "ok"


def test_a_scanner_that_rejects_a_plain_text_is_told() -> None:
    """The file came, but as nobody can use it."""
    with judge() as scanner, Server(log=io.BytesIO(), scanner=scanner.url) as server:
        scanner.reject()
        examined = examine(environ=server.environment)

    assert only_wrong(examined) == (
        "item: a plain text of 61 bytes came as REJECTED look at what the scanner says of it"
    )


def test_an_address_where_nobody_listens_is_told() -> None:
    """With the port; nothing else is tried."""
    (port,) = free_ports(1)
    examined = examine(
        "--endpoint-url", f"http://127.0.0.1:{port}", environ={"AWS_REGION": "us-east-1"}
    )

    wrong = only_wrong(examined)
    assert wrong.startswith(f"service address: 127.0.0.1 takes no connection on port {port}: ")
    assert list(examined.checks) == ["service address", "chat"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            http("404 Not Found", b"<html></html>", "Content-Type: text/html", "Server: nginx"),
            "service: something else answers: 404 Not Found (text/html), by nginx",
        ),
        (
            http("301 Moved", b"", "Location: https://x.example/participant?a=b"),
            "service: it answers with a redirect to https://x.example,",
        ),
        (
            b"HTTP/1.0 403 Forbidden\r\nContent-Type: application/json\r\n\r\n{}",
            "service: it answers in HTTP/1.0",
        ),
        (
            http(
                "500 E",
                b'{"Message":"No node can be reached."}',
                "Content-Type: application/json",
                "x-amzn-ErrorType: InternalServerException",
            ),
            "service: it answers 500 InternalServerException: No node can be reached.",
        ),
    ],
)
def test_whoever_answers_in_its_place_is_told(answer: bytes, said: str) -> None:
    """Another server, a redirect, an old protocol, a proxy without nodes."""
    with saying([answer]) as other:
        examined = examine("--endpoint-url", other.url, environ={"AWS_REGION": "us-east-1"})

    assert only_wrong(examined).startswith(said)


def test_plain_http_is_nothing_for_an_encrypted_page() -> None:
    """Browsers refuse mixed content, this machine excepted; a page that is plain itself may."""
    with Server(log=io.BytesIO()) as server:
        # To the kernel this machine, to a browser an address like any other.
        url = server.url.replace("127.0.0.1", "0.0.0.0")
        words, environ = ("--endpoint-url", url), {"AWS_REGION": "us-east-1"}
        encrypted = examine(*words, environ=environ)
        plain = examine(*words, environ=environ, origin="http://chat.example.org")

    wrong = only_wrong(encrypted)
    assert wrong.startswith(f"service address: {url} is not encrypted")
    assert "mixed content" in wrong
    assert plain.status == 0, plain.out


def test_json_has_everything() -> None:
    """The same findings in the same order, for a script."""
    with Server(log=io.BytesIO()) as server:
        lines = examine(environ=server.environment)
        whole = json.loads(examine("--json", environ=server.environment).out)

    assert {each["Check"]: each["Result"] for each in whole["Checks"]} == lines.checks
    assert (whole["Origin"], whole["Ok"], whole["Wrong"], whole["Skipped"]) == (ORIGIN, 20, 0, 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "the following arguments are required: --origin"),
        (("--origin", "chat.example.org"), "--origin is the scheme, host and port"),
        (("--origin", "https://chat.example.org/page"), "--origin is the scheme, host and port"),
        (("--origin", "null"), "--origin is the scheme, host and port"),
        (("--origin", "https://h:x"), "--origin is the scheme, host and port"),
        (("--origin", ORIGIN, "--output", "json"), "doctor prints lines"),
    ],
)
def test_what_is_no_question_is_refused(words: tuple[str, ...], said: str) -> None:
    """With the status of a usage error, before anything is sent."""
    outcome = command("doctor", *words, environ={"AWS_REGION": "us-east-1"})

    assert outcome.status == 2
    assert said in outcome.err
    assert outcome.out == b""


def test_an_origin_is_sent_as_browsers_write_it() -> None:
    """Small letters, no slash, and no port where it is the usual one."""
    with saying([http("404 Not Found")]) as other:
        examine(
            *("--endpoint-url", other.url),
            environ={"AWS_REGION": "us-east-1"},
            origin="HTTPS://Chat.Example.org:443/",
        )

    assert f"\r\nOrigin: {ORIGIN}\r\n" in other.heads[-1]
