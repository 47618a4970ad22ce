"""`attach`: files go up whole, or it is said why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.chat import EXPIRED, chatting, items
from tests.cli.recording import DROP, Recorded, Reply, json_reply
from tests.cli.worlds import command

TOKEN_VARIABLE = {"OPENPARTICIPANT_CONNECTION_TOKEN": "TOK"}


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_bytes(b"hello")
    return path


def test_a_file_takes_all_three_steps(note: Path) -> None:
    """Announced with size and type, put with the headers given, completed, told in one line."""
    with chatting() as chat:
        outcome = chat.run("attach", str(note))

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == b"id-1  note.txt\n"
    start, put, complete = chat.recorder.requests if chat.recorder else []
    assert {**start.json, "ClientToken": "?"} == {
        "ContentType": "text/plain",
        "AttachmentSizeInBytes": 5,
        "AttachmentName": "note.txt",
        "ClientToken": "?",
    }
    assert (put.method, put.body) == ("PUT", b"hello")
    sent = [(n, v) for n, v in put.headers if n not in {"Host", "Accept-Encoding"}]
    assert sent == [
        ("x-amz-acl", "private"),
        ("Content-Type", "text/plain"),
        ("Content-Length", "5"),
    ]
    assert complete.json["AttachmentIds"] == ["id-1"]
    assert complete.json["ClientToken"] != start.json["ClientToken"]


def test_a_large_file_arrives_unchanged(tmp_path: Path) -> None:
    """Bytes are streamed in pieces, and every one gets there."""
    content = os.urandom(1_000_003)
    (tmp_path / "film.mp4").write_bytes(content)
    with chatting() as chat:
        outcome = chat.run("attach", str(tmp_path / "film.mp4"))

    assert outcome.status == 0
    assert chat.stored == {"id-1": content}


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.PNG", "image/png"),
        ("a.b.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.unknown", "application/octet-stream"),
        ("none", "application/octet-stream"),
    ],
)
def test_the_last_extension_gives_the_type(tmp_path: Path, name: str, content_type: str) -> None:
    """Whether it is allowed is the service's to say."""
    (tmp_path / name).write_bytes(b"x")
    with chatting() as chat:
        chat.run("attach", str(tmp_path / name))
        chat.run("attach", str(tmp_path / name), "--content-type", "x/y")

    first, second = chat.made("/participant/start")
    assert first.json["ContentType"] == content_type
    assert second.json["ContentType"] == "x/y"


def test_what_fails_does_not_stop_the_others(tmp_path: Path, note: Path) -> None:
    """One clear line for each failure, exit status 1, and the good ones are there."""
    (tmp_path / "bad.exe").write_bytes(b"x")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "last.pdf").write_bytes(b"pdf")
    paths = [str(tmp_path / each) for each in ("bad.exe", "empty.txt", "none.txt", "last.pdf")]
    with chatting() as chat:
        outcome = chat.run("attach", "--parallel", "1", *paths[:2], str(note), *paths[2:])

    assert outcome.status == 1
    assert [name for _, name in items(outcome)] == ["note.txt", "last.pdf"]
    lines = outcome.err.splitlines()
    assert len(lines) == 3
    assert lines[0].endswith(
        "bad.exe: An error occurred (ValidationException) when calling the "
        "StartAttachmentUpload operation: no .exe"
    )
    assert lines[1].endswith("the file is empty, and an attachment has at least one byte")
    assert lines[2].endswith("none.txt: No such file or directory")


def test_json_lists_what_was_attached(note: Path) -> None:
    """For scripts."""
    with chatting() as chat:
        outcome = chat.run("attach", "--json", str(note))

    assert outcome.json == [
        {
            "AttachmentId": "id-1",
            "AttachmentName": "note.txt",
            "AttachmentSizeInBytes": 5,
            "ContentType": "text/plain",
            "Path": str(note),
        }
    ]


@pytest.mark.parametrize("accident", [DROP, Reply(503, b""), Reply(500, b"<Error/>")])
@pytest.mark.parametrize("step", ["start", "put", "complete"])
def test_an_accident_at_any_step_is_repaired(note: Path, step: str, accident: Reply) -> None:
    """What is repeated is repeated under the same client token, so one attachment comes of it."""
    with chatting(accidents={step: [accident, accident]}) as chat:
        outcome = chat.run("attach", str(note))

    assert (outcome.status, outcome.err) == (0, "")
    assert chat.stored == {"id-1": b"hello"}
    assert chat.completed == ["id-1"]
    for path in ("/participant/start", "/participant/complete"):
        assert len({each.json["ClientToken"] for each in chat.made(path)}) == 1


def test_an_expired_url_is_asked_for_anew(note: Path) -> None:
    """The same client token gives the same attachment and a URL that works."""
    with chatting(accidents={"put": [DROP, EXPIRED]}) as chat:
        outcome = chat.run("attach", str(note))

    assert outcome.status == 0
    assert len(chat.made("/participant/start")) == 2
    assert len(chat.made("/attachments")) == 3
    assert chat.completed == ["id-1"]


def test_a_complete_under_way_is_waited_for(note: Path) -> None:
    """A repeat may meet the first try still at work; its end is what counts."""
    conflict = json_reply({"__type": "ConflictException", "Message": "busy"}, 409)
    with chatting(accidents={"complete": [DROP, conflict]}) as chat:
        outcome = chat.run("attach", str(note))

    assert outcome.status == 0
    assert chat.completed == ["id-1"]


def test_a_refusal_to_complete_is_final(note: Path) -> None:
    """What the service will not have the first time, it will not have the second."""
    refusal = json_reply({"__type": "ValidationException", "Message": "wrong size"}, 400)
    with chatting(accidents={"complete": [refusal]}) as chat:
        outcome = chat.run("attach", str(note))

    assert outcome.status == 1
    assert outcome.err.endswith("CompleteAttachmentUpload operation: wrong size\n")
    assert len(chat.made("/participant/complete")) == 1


def test_a_refusal_of_the_store_is_a_sentence(note: Path) -> None:
    """Its XML is read, its signed address is not shown, and nothing is completed."""
    refusal = Reply(
        403,
        b"<Error><Code>SignatureDoesNotMatch</Code><Message>x &lt; y</Message>"
        b"<StringToSign>SECRET</StringToSign></Error>",
    )
    with chatting(accidents={"put": [refusal]}) as chat:
        outcome = chat.run("attach", str(note))

    assert outcome.status == 1
    assert outcome.out == b""
    assert outcome.err.endswith(
        "note.txt: the object store answered SignatureDoesNotMatch: x < y (403)\n"
    )
    assert "SECRET" not in outcome.err
    assert chat.completed == []


def test_a_refusal_in_the_middle_is_heard(tmp_path: Path) -> None:
    """A store that has seen enough answers and closes; its reason is told, not the lost line."""
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(20_000_000))
    with chatting() as chat:
        assert chat.recorder is not None
        chat.recorder.impatient = Reply(
            403, b"<Error><Code>AccessDenied</Code><Message>The chat has ended</Message></Error>"
        )
        outcome = chat.run("attach", str(film))

    assert outcome.status == 1
    assert outcome.err.endswith(
        "film.mp4: the object store answered AccessDenied: The chat has ended (403)\n"
    )
    assert len(chat.made("/attachments")) == 1


def test_giving_up_names_the_reason(note: Path) -> None:
    """After all attempts the line says what happened, without the signature."""
    with chatting(accidents={"put": [DROP] * 5}) as chat:
        outcome = chat.run("attach", str(note))

    assert outcome.status == 1
    assert len(outcome.sleeps) == 4
    assert "Connection was closed before we received a valid response" in outcome.err
    assert "SECRET" not in outcome.err
    assert chat.completed == []


@pytest.mark.parametrize("content", [b"hell", b"hello!", b"HELLO"])
def test_a_file_that_changes_on_the_way_is_not_completed(note: Path, content: bytes) -> None:
    """Half of one version and half of another is no file; shorter, longer or rewritten."""
    note.write_bytes(b"hello" * 200_000)
    os.utime(note, ns=(0, 0))
    with chatting() as chat:
        answer = chat.script

        def meddling(request: Recorded) -> Reply:
            if request.path.startswith("/participant/start"):
                note.write_bytes(content * 200_000)
            return answer(request)

        assert chat.recorder is not None
        chat.recorder.script = meddling
        outcome = chat.run("attach", str(note))

    assert outcome.status == 1
    assert outcome.err.endswith(
        "the file changed while it was being uploaded, so it was not completed\n"
    )
    assert chat.completed == []


def test_an_answer_without_a_place_is_named(note: Path) -> None:
    """A service that answers nonsense gets a sentence."""
    with chatting(accidents={"start": [json_reply({"AttachmentId": "i"})]}) as chat:
        outcome = chat.run("attach", str(note))

    assert outcome.status == 1
    assert outcome.err.endswith("the service named no place to upload to\n")


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Control characters and direction marks in names are replaced where they are shown."""
    name = "a\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}txt.exe"
    (tmp_path / name).write_bytes(b"x")
    with chatting() as chat:
        outcome = chat.run("attach", str(tmp_path / name), terminal=True)

    shown = outcome.err + outcome.out.decode()
    assert "\x1b[2J" not in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown
    assert outcome.status == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["attach"], "error: the following arguments are required: PATH\n"),
        (["attach", "f", "--nope"], "Unknown options: --nope\n"),
        (["attach", "f", "--content"], "Unknown options: --content\n"),
        (["attach", "f", "--parallel", "0"], "argument --parallel: 1 to 16, not 0\n"),
        (["attach", "f", "--parallel", "17"], "argument --parallel: 1 to 16, not 17\n"),
        (["attach", "f", "--parallel", "x"], "argument --parallel: invalid int value: 'x'\n"),
        (["attach", "f", "--json", "--output", "text"], "it does not go with text\n"),
        (["attach", "f", "--query", "nope(@)"], "Unknown function: nope()\n"),
        (["attach", "f", "g", "--name", "n"], "--name is for one file\n"),
        (["attach", "f", "--name", ""], "--name is empty\n"),
        (["attach", "-"], "standard input has no name: --name NAME is needed\n"),
        (["attach", "-", "f", "--name", "n"], "--name is for one file\n"),
        (["attach", "-", "--name", "n", "--resume", "j"], "cannot be read again\n"),
        (
            ["attach", "-", "--name", "n", "--connection-token", "-"],
            "standard input is either the connection token or the file\n",
        ),
    ],
)
def test_a_wrong_line_sends_nothing(words: list[str], said: str) -> None:
    """Mistakes are found before the first file is opened."""
    outcome = command(*words, environ=TOKEN_VARIABLE)

    assert outcome.status in {2, 255}
    assert outcome.err.endswith(said)


def test_a_token_is_needed() -> None:
    """The sentence lists the ways to give one."""
    outcome = command("attach", "f")

    assert outcome.status == 2
    assert "--connection-token, --connection-token-file or the variable" in outcome.err
