"""The chat page as a browser gets it, and who does not get it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openparticipant.transport.chat_page
from openparticipant.errors import AccessDeniedException
from openparticipant.testing.chat import Answer, post, request
from openparticipant.testing.server import Server
from openparticipant.transport.chat_page.door import Door
from openparticipant.transport.start import StartError

STATIC = Path(openparticipant.transport.chat_page.__file__).parent / "static"
MODULES = sorted(STATIC.glob("*.js"))
ORDER = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(demo="on") as running:
        yield running


def get(server: Server, path: str = "/demo/", **headers: str) -> Answer:
    """GET as it stands, without any tidying of the path."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request("GET", server.url + path, None, named)


def order(
    server: Server, headers: Mapping[str, str | None] | None = None, body: bytes = b"{}"
) -> Answer:
    """Ask for a chat as the page does; a header of None is left out."""
    own: dict[str, str | None] = {"origin": server.url, "sec-fetch-site": "same-origin", **ORDER}
    own |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    sent = {name: value for name, value in own.items() if value is not None}
    return request("POST", f"{server.url}/demo/chats", body, sent)


def port(server: Server) -> int:
    found = urlsplit(server.url).port
    assert found
    return found


def test_every_part_comes_with_its_type_and_its_guards(server: Server) -> None:
    """Scripts and styles of our own only, never kept, never framed, never guessed at."""
    types = {
        ".html": "text/html",
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg",
    }
    socket_url = server.url.replace("http://", "ws://")
    for file in STATIC.iterdir():
        answer = get(server, "/demo/" if file.name == "index.html" else f"/demo/{file.name}")

        assert answer.status == 200
        assert answer.body == file.read_bytes()
        assert answer.headers["content-type"].startswith(types[file.suffix])
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].split("; ") == [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"connect-src 'self' {socket_url}",
            "img-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_another_origin_of_objects_may_be_called() -> None:
    """Pictures and uploads go where pre-signed URLs lead, and nowhere else."""
    with Server(demo="on", objects_url="https://objects.example") as apart:
        policy = get(apart).headers["content-security-policy"].split("; ")

    assert "img-src 'self' https://objects.example" in policy
    (calls,) = (each for each in policy if each.startswith("connect-src"))
    assert calls.endswith(" https://objects.example")


@pytest.mark.parametrize("path", ["/demo/", "/demo", "/demo/page.js", "/demo/chats"])
def test_without_the_flag_nothing_is_there(participant_server: Server, path: str) -> None:
    """A server of which no page was asked answers as at any unknown address."""
    assert get(participant_server, path).error == "UnknownOperationException"
    answer = request("POST", participant_server.url + path, b"{}", ORDER)
    assert answer.error == "UnknownOperationException"


@pytest.mark.parametrize(
    "path",
    [
        "/demo/unknown.js",
        "/demo/index.html",
        "/demo/Page.js",
        "/demo//page.js",
        "/demo/./page.js",
        "/demo/%2e/page.js",
        "/demo/page%2ejs",
        "/demo/page.js/",
        "/demo/page.js%00",
        "/demo/../demo/page.js",
        "/demo/../route.py",
        "/demo/..%2froute.py",
        "/demo/%2e%2e/route.py",
        "/demo/%2e%2e%2f%2e%2e%2fapp.py",
        "/demo/..\\route.py",
        "/demo/static/page.js",
        "/demo//etc/passwd",
    ],
)
def test_no_path_leads_elsewhere(server: Server, path: str) -> None:
    """Only the names of the page's own files are addresses."""
    answer = get(server, path)

    assert (answer.status, answer.error) == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"host": "evil.example"}, "The chat page is at http://127.0.0.1:{port}/demo/ only."),
        ({"host": "evil.example:{port}"}, "only."),
        ({"host": "127.0.0.1"}, "only."),
        ({"host": "127.0.0.1:1"}, "only."),
        ({"host": "127.0.0.1.evil.example:{port}"}, "only."),
        ({"host": ""}, "only."),
        ({"origin": "https://evil.example"}, "Other pages may not use the chat page."),
        ({"origin": "null"}, "may not use"),
        ({"origin": "https://127.0.0.1:{port}"}, "may not use"),
        ({"origin": "http://127.0.0.1:1"}, "may not use"),
        ({"origin": "http://localhost:{port}"}, "may not use"),
        ({"sec_fetch_site": "cross-site"}, "Other pages may not lead to the chat page"),
        ({"sec_fetch_site": "same-site"}, "may not lead"),
    ],
)
def test_whoever_was_sent_by_others_is_refused(
    server: Server, headers: dict[str, str], said: str
) -> None:
    """A rebound name, another page, a frame of one: refused with the reason, page and chats alike."""
    filled = {name: value.format(port=port(server)) for name, value in headers.items()}
    for answer in (
        get(server, **filled),
        get(server, "/demo/page.js", **filled),
        order(server, dict(filled)),
    ):
        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert said.format(port=port(server)) in answer.json["Message"]


@pytest.mark.parametrize("name", ["localhost", "[::1]"])
@pytest.mark.parametrize("path", ["/demo/", "/demo"])
def test_another_name_of_this_machine_is_led_to_the_right_one(
    server: Server, name: str, path: str
) -> None:
    """The page works under one origin; the address bar may have named the machine otherwise."""
    answer = get(server, path, host=f"{name}:{port(server)}")

    assert (answer.status, answer.headers["location"]) == (307, f"{server.url}/demo/")
    assert order(server, {"host": f"{name}:{port(server)}"}).status == 403
    assert get(server, "/demo/page.js", host=f"{name}:{port(server)}").status == 403


def test_the_slash_may_be_forgotten(server: Server) -> None:
    """What a person types leads to the page."""
    answer = get(server, "/demo")

    assert (answer.status, answer.headers["location"]) == (307, f"{server.url}/demo/")


def scope(peer: str | None) -> Any:
    headers = [(b"host", b"127.0.0.1:8080")]
    return {"headers": headers, "client": (peer, 1) if peer is not None else None}


@given(st.ip_addresses().map(str) | st.text() | st.none())
def test_only_this_machine_is_admitted(peer: str | None) -> None:
    """Whatever the peer's address, only one of the loopback networks gets the page."""
    door = Door("http://127.0.0.1:8080")
    if peer is not None and (peer == "::1" or re.fullmatch(r"127(\.\d+){3}", peer)):
        door.admit(scope(peer))
    else:
        with pytest.raises(AccessDeniedException, match="own machine"):
            door.admit(scope(peer))


def test_a_mapped_address_counts_as_what_it_is() -> None:
    """On a socket for both families a neighbour's IPv4 address must not pass for this machine's."""
    Door("http://127.0.0.1:8080").admit(scope("::ffff:127.0.0.1"))
    with pytest.raises(AccessDeniedException):
        Door("http://127.0.0.1:8080").admit(scope("::ffff:192.0.2.1"))


def test_a_host_that_came_twice_is_refused() -> None:
    """Of two names nobody knows which one counted."""
    twice = scope("127.0.0.1")
    twice["headers"] *= 2
    with pytest.raises(AccessDeniedException):
        Door("http://127.0.0.1:8080").admit(twice)


@pytest.mark.parametrize(
    "url", ["https://chat.example.org", "http://192.0.2.1:8080", "http://[2001:db8::1]"]
)
def test_a_server_for_others_does_not_start_with_it(url: str) -> None:
    """Where everyone comes in by a public name, a page that starts chats for nothing has no place."""
    with pytest.raises(StartError, match="--demo is for this machine only"):
        Server(demo="on", public_url=url).start()


def test_a_chat_comes_with_all_that_two_clients_need(server: Server) -> None:
    """Both tokens are good on the public API, for the roles they are said to have."""
    answer = order(server)

    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    for name, role in (("Customer", "CUSTOMER"), ("Agent", "AGENT")):
        participant = answer.json[name]
        connected = post(
            server,
            "/participant/connection",
            {"Type": ["CONNECTION_CREDENTIALS"], "ConnectParticipant": True},
            **{"x-amz-bearer": participant["ParticipantToken"]},
        )
        token = connected.json["ConnectionCredentials"]["ConnectionToken"]
        transcript = post(server, "/participant/transcript", {}, **{"x-amz-bearer": token}).json
        last = transcript["Transcript"][0]
        assert transcript["InitialContactId"] == answer.json["ContactId"]
        assert last["ParticipantId"] == participant["ParticipantId"]
        assert last["ParticipantRole"] == participant["ParticipantRole"] == role
        assert last["DisplayName"] == participant["DisplayName"]


def test_chats_begin_in_an_instance_that_exists() -> None:
    """Where only some instances exist, the page takes one of them, and one with attachments."""
    with Server(demo="on", instances="a,b", instances_without_attachments="a") as few:
        started = order(few)
        contact_id = started.json["ContactId"]
        store = few.node.ports.store
        found = [few.call(partial(store.contact, contact_id, name)) for name in "ab"]

    assert [contact is not None for contact in found] == [False, True]


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        ({"origin": None}, 403, "AccessDeniedException"),
        ({"content_type": None}, 400, "ValidationException"),
        ({"content_type": "text/plain"}, 400, "ValidationException"),
        ({"content_type": "application/x-www-form-urlencoded"}, 400, "ValidationException"),
        ({"content_type": "multipart/form-data; boundary=x"}, 400, "ValidationException"),
    ],
)
def test_what_a_form_or_a_stranger_can_send_starts_no_chat(
    server: Server, headers: dict[str, str | None], status: int, error: str
) -> None:
    """Only a script of the page itself can send JSON to here."""
    answer = order(server, headers)

    assert (answer.status, answer.error) == (status, error)
    assert "ParticipantToken" not in answer.body.decode()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"', b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(server: Server, body: bytes) -> None:
    """Garbage gets a clear refusal, as everywhere."""
    answer = order(server, body=body)

    assert (answer.status, answer.error) == (400, "ValidationException")


def test_a_body_too_large_is_refused(server: Server) -> None:
    """The page's one request is bounded like those of the planes."""
    assert order(server, body=b"{" + b" " * 300_000 + b"}").status == 413


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "chats", "POST"),
        ("POST", "", "GET"),
        ("OPTIONS", "chats", "POST"),
        ("PUT", "page.js", "GET"),
    ],
)
def test_other_methods_are_refused(server: Server, method: str, path: str, allowed: str) -> None:
    """A preflight, too: no page of another origin is ever given leave."""
    answer = request(method, f"{server.url}/demo/{path}", b"", {"origin": server.url})

    assert (answer.status, answer.headers["allow"]) == (405, allowed)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_page_may_call_where_only_some_origins_may() -> None:
    """A list of allowed origins is about pages of others; the server's own page still works."""
    with Server(demo="on", allowed_origins="https://shop.example") as strict:
        url = strict.url
        answer = post(strict, "/participant/message", {}, origin=url)

    assert answer.headers["access-control-allow-origin"] == url


def test_tokens_of_chats_reach_no_log(tmp_path: Path) -> None:
    """What the page got stands in the answer alone."""
    log = tmp_path / "log"
    with log.open("wb") as file, Server(demo="on", log=file) as logging:
        started = order(logging).json

    written = log.read_text("utf-8")
    assert '"operation":"ChatPage"' in written
    for name in ("Customer", "Agent"):
        assert started[name]["ParticipantToken"] not in written


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_can_be_read_in_one_sitting(module: Path) -> None:
    """Each is short, depends on its siblings only, and turns no text into markup."""
    text = module.read_text("utf-8")

    assert len(text.splitlines()) <= 200
    assert text.startswith("// @ts-check\n/**")
    for name in re.findall(r'from "([^"]+)"', text):
        assert name.startswith("./")
        assert (STATIC / name).exists()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
    assert not re.search(r"https?://(?!…)", text)


def test_the_document_names_what_is_there() -> None:
    """No script or style stands in the document itself, and nothing comes from elsewhere."""
    text = (STATIC / "index.html").read_text("utf-8")

    named = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert named
    assert [name for name in named if not (STATIC / name).is_file()] == []
    assert not re.search(r"<style|<script(?![^>]* src=)|\son\w+=|\sstyle=", text)


def test_the_answer_is_json_for_any_client(server: Server) -> None:
    """A refusal has the form of all others, and its request id is in the log."""
    answer = get(server, host="evil.example")

    assert json.loads(answer.body)["__type"] == "AccessDeniedException"
    assert answer.headers["x-amzn-requestid"]
