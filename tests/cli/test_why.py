"""`why`: the reason of a refusal, and a pre-signed URL held against what was invited."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from openparticipant.limits import UPLOAD_URL_LIFETIME
from openparticipant.testing.chat import Chat, control, post, request
from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.server import Server
from openparticipant.transport.recollection import Recollection
from tests.cli.worlds import Outcome, command

PARTS = ["address", "attachment", "expiry", "signature", "headers"]


@pytest.fixture
def chat(server: Server) -> Chat:
    return server.start_chat()


def why(server: Server, *words: str, **world: Any) -> Outcome:
    """Run the command at a running server."""
    at = server.clock.now()
    return command("why", *words, "--data-dir", str(server.node.data_dir.path), at=at, **world)


def refusal(server: Server, request_id: str) -> Any:
    """Return what is told of a request that was refused."""
    outcome = why(server, request_id, "--json")
    assert (outcome.status, outcome.err) == (0, "")
    return outcome.json


def invited(chat: Chat) -> tuple[str, Mapping[str, str]]:
    """Start an upload."""
    metadata = chat.start_upload(content=b"hello").json["UploadMetadata"]
    return metadata["Url"], metadata["HeadersToInclude"]


def findings(server: Server, url: str, *words: str) -> dict[str, tuple[bool, str]]:
    """Return what is said of a URL, by what it is about."""
    outcome = why(server, "--url", url, "--json", *words)
    assert outcome.err == ""
    found = [json.loads(line) for line in outcome.out.splitlines()]
    assert outcome.status == (0 if all(each["IsGood"] for each in found) else 1)
    return {each["About"]: (each["IsGood"], each["Text"]) for each in found}


def test_access_denied_has_its_reason(server: Server, chat: Chat) -> None:
    """Clients are told the same each time; the operator is told which it was."""
    tokens = {
        "none": {},
        "unknown": {"x-amz-bearer": "0" * 64},
        "ended": {"x-amz-bearer": chat.connection_token},
    }
    chat.stop()
    reasons = {}
    for name, headers in tokens.items():
        answer = post(server, "/participant/transcript", {}, **headers)
        assert (answer.status, answer.json["Message"]) == (403, "Access denied")
        told = refusal(server, answer.headers["x-amzn-requestid"])
        assert told["Status"] == 403
        assert told["Details"]["operation"] == "GetTranscript"
        reasons[name] = told["Reason"]
    assert len(set(reasons.values())) == 3
    assert reasons["ended"] == "the contact has ended"
    assert chat.connection_token not in repr(reasons)


def test_every_kind_of_request_is_remembered(server: Server, chat: Chat) -> None:
    """Of the object store, of the control plane, and what could not even be parsed."""
    url, headers = invited(chat)
    changed = request("PUT", url, b"hello", {**headers, "Content-Type": "text/html"})
    told = refusal(server, changed.headers["x-amz-request-id"])
    assert "The header content-type differs" in told["Reason"]
    assert told["Details"]["code"] == "SignatureDoesNotMatch"

    unknown = control(server, "GET", f"/contacts/instance/{uuid.uuid4()}")
    told = refusal(server, unknown.headers["x-amzn-requestid"])
    assert told["Details"]["access_key_id"] == server.node.control_key.access_key_id

    broken = request("GET", f"{server.url}/participant/connection", None, {"content-length": "x"})
    assert broken.status == 400
    assert refusal(server, broken.headers["x-amzn-requestid"])["Reason"]


def test_people_read_a_line_and_what_is_known_beside_it(server: Server) -> None:
    """The first line is when, which status, and why."""
    answer = post(server, "/participant/transcript", {})
    told = why(server, answer.headers["x-amzn-requestid"]).out.decode().splitlines()
    assert re.fullmatch(r"2026-01-01T00:00:00\.000Z  403  \S.*", told[0])
    assert "  operation: GetTranscript" in told


@pytest.mark.parametrize("request_id", ["4f6d7f6e-7d0c-4a53-9a0e-1c2f51a1d9a3", "no id"])
def test_what_is_not_remembered_is_said(server: Server, chat: Chat, request_id: str) -> None:
    """An answer without a refusal is not remembered, nor another node's."""
    answered = chat.say("hello").headers["x-amzn-requestid"]
    for each in (answered, request_id):
        outcome = why(server, each)
        assert (outcome.status, outcome.out) == (1, b"")
        assert "This node remembers no refusal with this RequestId" in outcome.err
        assert outcome.err.count("\n") == 1


def test_the_newest_are_remembered() -> None:
    """However many there were."""
    memory = Recollection(most=3)
    for number in range(10):
        memory.note(str(number), b'{"reason":"%d"}' % number)
    assert [memory.find(str(number)) for number in range(10)] == [
        *[None] * 7,
        {"reason": "7"},
        {"reason": "8"},
        {"reason": "9"},
    ]


def test_an_upload_as_it_was_invited(server: Server, chat: Chat) -> None:
    """All is well, with its headers and without."""
    url, headers = invited(chat)
    given = [f"{name}: {value}" for name, value in headers.items()]
    for words in ((), ("--header", *given), ("--method", "PUT")):
        found = findings(server, url, *words)
        assert list(found) == PARTS
        assert all(good for good, _ in found.values()), found
    assert all(each in findings(server, url)["headers"][1] for each in given)


def test_changed_headers_are_compared_one_by_one(server: Server, chat: Chat) -> None:
    """What differs, what is missing, and what nobody invited."""
    url, headers = invited(chat)
    sent = {**headers, "Content-Type": "text/html", "x-amz-tagging": "a=b"}
    del sent["x-amz-acl"]
    given = [f"{name}: {value}" for name, value in sent.items()]
    good, text = findings(server, url, "--header", *given)["headers"]
    assert not good
    assert "Content-Type is 'text/html', invited was 'text/plain'" in text
    assert "x-amz-acl is missing, invited was 'bucket-owner-full-control'" in text
    assert "x-amz-tagging was not invited" in text
    assert "Content-Length" not in text


@pytest.mark.parametrize(
    ("old", "new", "about", "said"),
    [
        ("X-Amz-Expires=900", "X-Amz-Expires=901", "signature", "not that of this URL"),
        ("content-disposition", "content-typ", "signature", "changed: X-Amz-SignedHeaders"),
        ("Credential=OPOB", "Credential=OPOX", "signature", "is not known here"),
        ("127.0.0.1", "localhost", "signature", "this URL goes to http://localhost"),
        ("X-Amz-Date=", "X-Amz-Dat=", "signature", "X-Amz-Date or X-Amz-Expires is missing"),
        ("_2026", "_2027", "address", "an attempt to complete it left this behind"),
        ("/attachments/", "/elsewhere/", "address", "no attachment of this server"),
    ],
)
def test_a_changed_url_is_found(
    server: Server, chat: Chat, old: str, new: str, about: str, said: str
) -> None:
    """Whatever part of it."""
    url, _ = invited(chat)
    assert old in url
    good, text = findings(server, url.replace(old, new, 1))[about]
    assert not good
    assert said in text


def test_a_cut_signature_is_found(server: Server, chat: Chat) -> None:
    """As when a line was wrapped on its way."""
    url, _ = invited(chat)
    assert findings(server, url[:-1])["signature"] == (
        False,
        "it is not that of this URL: one of the two was changed, or cut off",
    )


def test_what_became_of_it_is_told(server: Server, chat: Chat, clock: SettableClock) -> None:
    """Expired, completed, left, ended: in that order."""
    url, _ = invited(chat)
    assert findings(server, url, "--method", "GET")["method"] == (
        False,
        "the URL is for PUT, not for GET",
    )
    clock.advance(UPLOAD_URL_LIFETIME)
    good, text = findings(server, url)["expiry"]
    assert (good, text) == (False, "expired at 2026-01-01T00:15:00.000Z")

    agent = chat.join()
    theirs, _ = invited(agent)
    assert agent.call("disconnect").status == 200
    assert findings(server, theirs)["attachment"] == (False, "its sender has left the chat")

    started = chat.start_upload("b.txt", b"hello")
    chat.upload(started, b"hello")
    assert chat.complete(started.json["AttachmentId"]).status == 200
    upload = started.json["UploadMetadata"]["Url"]
    assert "it is complete" in findings(server, upload)["attachment"][1]
    download = chat.call("attachment", {"AttachmentId": started.json["AttachmentId"]}).json["Url"]
    assert all(good for good, _ in findings(server, download, "--method", "GET").values())

    assert chat.stop().status == 200
    for each in (upload, download):
        good, text = findings(server, each)["attachment"]
        assert not good
        assert text.startswith("its chat ended at 2026-01-01T00:15:00")


def test_a_url_of_a_retired_key_pair_is_good(server: Server, chat: Chat) -> None:
    """Until it expires; of one that leaked it is not."""
    directory = ("--data-dir", str(server.node.data_dir.path))

    def keys(*words: str) -> str:
        outcome = command("keys", *words, *directory, "--json", at=START)
        assert outcome.status == 0, outcome.err
        return str(outcome.json["AccessKey"]["Id"] if words[0] == "add" else "")

    first = keys("add", "objects")
    url, _ = invited(chat)
    keys("add", "objects")
    keys("retire", first)
    assert findings(server, url)["signature"] == (
        True,
        f"by the key pair {first}, which signs no more",
    )
    keys("retire", first, "--now")
    assert not findings(server, url)["signature"][0]


def test_people_read_a_line_for_each_part(server: Server, chat: Chat) -> None:
    """Also where the URL comes in by standard input, so that no process list shows it."""
    url, _ = invited(chat)
    outcome = why(server, "--url", "-", stdin=f"{url}\n".encode())
    assert outcome.status == 0
    lines = outcome.out.decode().splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", part] for part in PARTS]
    assert "X-Amz-Signature" not in outcome.out.decode()


@pytest.mark.parametrize("words", [("id",), ("--url", "http://127.0.0.1/attachments/x")])
def test_a_stopped_server_cannot_tell(data_dir: Path, words: tuple[str, ...]) -> None:
    """It says so, and where to look."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()):
        pass
    outcome = command("why", *words, "--data-dir", str(data_dir), at=START)
    assert (outcome.status, outcome.out) == (1, b"")
    assert "No server runs" in outcome.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "why needs a REQUEST_ID or --url URL"),
        (("id", "--method", "PUT"), "--method applies to --url only"),
        (("id", "--header", "a: b"), "--header applies to --url only"),
        (("--url", "http://x", "--header", "nonsense"), "is not like 'Content-Type: text/plain'"),
        (("--url", "http://x", "--method", "POST"), "Invalid choice"),
    ],
)
def test_words_that_say_nothing(data_dir: Path, words: tuple[str, ...], complaint: str) -> None:
    """Nothing is asked of anybody."""
    outcome = command("why", *words, "--data-dir", str(data_dir), at=START)
    assert (outcome.status, outcome.out) == (2, b"")
    assert complaint in outcome.err
    assert not data_dir.exists()
