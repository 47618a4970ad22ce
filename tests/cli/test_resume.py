"""`attach --resume FILE`: whatever ended it, the same command goes on, and nothing is there twice."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from openparticipant.cli.journal import Journal
from openparticipant.testing.chat import start_chat
from openparticipant.testing.server import Server
from tests.cli.chat import EXPIRED, chatting, items
from tests.cli.killer import Killer, shown
from tests.cli.recording import DROP, Reply, json_reply

UNKNOWN = json_reply({"__type": "ValidationException", "Message": "no such"}, 400)
BUSY = json_reply({"__type": "ConflictException", "Message": "busy"}, 409)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_bytes(b"first")
    Path("b.txt").write_bytes(b"second")


ATTACH = ("attach", "a.txt", "b.txt", "--parallel", "1", "--resume", "j")


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_killed_command_goes_on(tmp_path: Path, *, is_answered: bool) -> None:
    """Killed at each of its calls, before or after the server has heard it, and each time resumed.

    Afterwards every file is in the chat exactly once, and the audit finds the server's state sound.
    """
    with Killer(is_answered=is_answered) as killer, Server(public_url=killer.url) as server:
        killer.server = server
        for at in range(7):
            chat = start_chat(server, "Customer")
            folder = tmp_path / str(at)
            folder.mkdir()
            for name in ("a.txt", "b.txt"):
                (folder / name).write_text(name * 1000)
            first = killer.run(at, chat, folder, *ATTACH)
            second = killer.run(None, chat, folder, *ATTACH)

            # After six calls everything is done; the seventh never comes.
            assert first == (0 if at == 6 else -9)
            assert second == 0
            assert sorted(shown(server, chat)) == ["a.txt", "b.txt"], at


def test_a_journal_torn_anywhere_is_read() -> None:
    """The last line may be any part of one; what was announced before it keeps its client tokens."""
    with chatting() as chat:
        chat.accidents["start"] = [UNKNOWN]
        assert chat.run("attach", "a.txt", "--resume", "j").status == 1
        begun = Path("j").read_bytes().replace(str(lines()[0]["StartToken"]).encode(), b"noted")
        Path("j").write_bytes(begun)
        assert chat.run("attach", "a.txt", "--resume", "j").status == 0
        whole = Path("j").read_bytes()
        for end in {*range(0, len(whole), 11), len(begun) - 1, len(begun), len(whole) - 1}:
            Path("j").write_bytes(whole[:end])
            assert chat.recorder is not None
            chat.recorder.requests.clear()
            outcome = chat.run("attach", "a.txt", "--resume", "j")
            assert (outcome.status, outcome.err) == (0, ""), end
            tokens = {each.json["ClientToken"] for each in chat.made("/participant/start")}
            assert ("noted" in tokens or not tokens) == (end >= len(begun)), end
            assert [each["Step"] for each in lines()] == ["begun", "completing", "completed"]


def test_what_is_complete_is_not_attached_again() -> None:
    """One call asks whether the chat is still the same; the lines are those of the first time."""
    with chatting() as chat:
        first = chat.run(*ATTACH)
        calls = len(chat.recorder.requests) if chat.recorder else 0
        second = chat.run(*ATTACH)
        made = chat.recorder.requests[calls:] if chat.recorder else []

    assert (second.status, second.out) == (0, first.out)
    assert [each.path for each in made] == ["/participant/attachment"]


@pytest.mark.parametrize("accident", ["put", "complete"])
def test_what_was_begun_is_taken_up(accident: str) -> None:
    """The client tokens of the journal are used again, so the service sees one attachment."""
    with chatting(accidents={accident: [DROP]}) as chat:
        once = {"AWS_MAX_ATTEMPTS": "1"}
        assert chat.run("attach", "a.txt", "--resume", "j", environ=once).status == 1
        assert chat.run("attach", "a.txt", "--resume", "j", environ=once).status == 0

    for path in ("/participant/start", "/participant/complete"):
        assert len({each.json["ClientToken"] for each in chat.made(path)}) == 1
    assert chat.completed == ["id-1"]


def test_a_changed_file_is_attached_anew() -> None:
    """Its journal tells of another one."""
    with chatting() as chat:
        assert chat.run("attach", "a.txt", "--resume", "j").status == 0
        Path("a.txt").write_bytes(b"other")
        os.utime("a.txt", ns=(0, 0))
        # Other tokens than the first time, whose entropy this world repeats.
        chat.accidents["start"] = [json_reply({"AttachmentId": "x"})]
        outcome = chat.run("attach", "a.txt", "--resume", "j")

    assert outcome.err.endswith("the service named no place to upload to\n")
    assert [line["Step"] for line in lines()] == ["begun", "completing", "completed", "begun"]


@pytest.mark.parametrize("words", [("--name", "n.txt"), ("--content-type", "x/y")])
def test_what_is_to_be_called_otherwise_is_another(words: tuple[str, str]) -> None:
    """A begun upload keeps its name and its type, so another one is begun."""
    with chatting() as chat:
        assert chat.run("attach", "a.txt", "--resume", "j").status == 0
        before = len(chat.made("/participant/start"))
        assert chat.run("attach", "a.txt", "--resume", "j", *words).status == 0

    assert len(chat.made("/participant/start")) == before + 1


@pytest.mark.parametrize(
    "accidents",
    [
        {"start": [UNKNOWN]},
        {"put": [EXPIRED]},
        {"put": [Reply(403, b"<Error><Code>AccessDenied</Code></Error>")]},
    ],
)
def test_what_has_expired_is_begun_anew(accidents: dict[str, list[Reply]]) -> None:
    """An upload that waited too long is forgotten; the file is not."""
    once = {"AWS_MAX_ATTEMPTS": "1"}
    with chatting(accidents={"put": [DROP]}) as chat:
        assert chat.run("attach", "a.txt", "--resume", "j", environ=once).status == 1
        chat.accidents |= accidents
        outcome = chat.run("attach", "a.txt", "--resume", "j", environ=once)

    assert (outcome.status, outcome.err) == (0, "")
    assert [line["Step"] for line in lines()] == ["begun", "begun", "completing", "completed"]


def test_a_completion_that_the_service_forgot_is_made_anew() -> None:
    """Asked for again, it is unknown; then it was never carried out."""
    once = {"AWS_MAX_ATTEMPTS": "1"}
    with chatting(accidents={"complete": [DROP, UNKNOWN]}) as chat:
        assert chat.run("attach", "a.txt", "--resume", "j", environ=once).status == 1
        outcome = chat.run("attach", "a.txt", "--resume", "j", environ=once)

    assert (outcome.status, items(outcome)) == (0, [("id-1", "a.txt")])
    assert len(chat.made("/attachments")) == 2


@pytest.mark.parametrize(("is_there", "status"), [(True, 0), (False, 1)])
def test_a_completion_in_conflict_counts_once_it_can_be_fetched(
    *, is_there: bool, status: int
) -> None:
    """A service may refuse to complete again what it has completed; what is not there is not told."""
    once = {"AWS_MAX_ATTEMPTS": "1"}
    with chatting(accidents={"complete": [DROP, BUSY]}) as chat:
        assert chat.run("attach", "a.txt", "--resume", "j", environ=once).status == 1
        if not is_there:
            chat.accidents["locate"] = [UNKNOWN]
        outcome = chat.run("attach", "a.txt", "--resume", "j", environ=once)

    assert outcome.status == status
    assert len(chat.made("/participant/start")) == 1


def test_another_chat_is_noticed() -> None:
    """What is in one chat is not in the other, so nothing is skipped, and nothing attached."""
    with chatting() as chat:
        assert chat.run("attach", "a.txt", "--resume", "j").status == 0
    with chatting() as other:
        outcome = other.run(*ATTACH)

    assert outcome.status == 255
    assert outcome.err == (
        "\n--resume j: it tells of the attachment id-1, which this chat does not have; "
        "take another file for another chat\n"
    )
    assert other.made("/participant/start") == []


def test_a_journal_in_use_is_refused() -> None:
    """Two processes would attach the same files twice."""
    with Journal("j"), chatting() as chat:
        outcome = chat.run(*ATTACH)

    assert outcome.status == 255
    assert outcome.err == "\n--resume j: another process is at work with it\n"
    assert chat.recorder is not None
    assert chat.recorder.requests == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n", "it is something else than a journal of attach, and is left alone"),
        (None, "line 3 is damaged"),
    ],
)
def test_what_is_no_journal_is_left_alone(content: bytes | None, said: str) -> None:
    """A slip of the completion key costs nobody a file."""
    if content is None:
        with chatting() as chat:
            chat.run("attach", "a.txt", "--resume", "j")
        whole = Path("j").read_bytes().splitlines(keepends=True)
        content = b"".join([*whole[:2], b"nonsense\n", *whole[2:]])
    Path("j").write_bytes(content)
    with chatting() as chat:
        outcome = chat.run(*ATTACH)

    assert outcome.status == 255
    assert outcome.err == f"\n--resume j: {said}\n"
    assert Path("j").read_bytes() == content


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none/j", "No such file or directory"),
        (".", "Is a directory"),
        ("/dev/null", "it is not a regular file"),
    ],
)
def test_a_journal_that_cannot_be_kept_is_told(path: str, said: str) -> None:
    """Before anything is attached."""
    with chatting() as chat:
        outcome = chat.run("attach", "a.txt", "--resume", path)

    assert (outcome.status, outcome.err) == (255, f"\n--resume {path}: {said}\n")
    assert chat.recorder is not None
    assert chat.recorder.requests == []


def test_a_journal_holds_no_secret_and_attaches_not_itself() -> None:
    """No token of the connection, no address; readable by its owner only."""
    Path("d").mkdir()
    Path("d/a.txt").write_bytes(b"a")
    with chatting() as chat:
        first = chat.run("attach", "d", "--resume", "d/j")
        second = chat.run("attach", "d", "--resume", "d/j")

    text = Path("d/j").read_text()
    assert (first.status, first.out) == (0, second.out)
    assert "TOK" not in text
    assert "http" not in text
    assert "SECRET" not in text
    assert Path("d/j").stat().st_mode & 0o777 == 0o600


def lines() -> list[dict[str, object]]:
    """Return what stands in the journal behind its head."""
    return [json.loads(line) for line in Path("j").read_text().splitlines()[1:]]
