"""`keys`: at a running server, and in the directory of a stopped one."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from openparticipant import sigv4
from openparticipant.sigv4 import Credentials
from openparticipant.testing.chat import control, request
from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.server import Server
from tests.cli.worlds import Outcome, command

EXPORTS = re.compile(
    r"export AWS_ACCESS_KEY_ID=(AKIA[0-9A-F]{16})\nexport AWS_SECRET_ACCESS_KEY=([0-9a-f]{64})\n"
)


def keys(data_dir: Path, *words: str, **world: Any) -> Outcome:
    """Run the command on the directory at the server's time."""
    return command("keys", *words, "--data-dir", str(data_dir), at=START, **world)


def rows(outcome: Outcome) -> list[Any]:
    """Return the objects that a command printed."""
    assert (outcome.status, outcome.err) == (0, "")
    return [json.loads(line) for line in outcome.out.splitlines()]


def made(outcome: Outcome) -> Credentials:
    """Return the pair that a command printed for a shell."""
    assert (outcome.status, outcome.err) == (0, "")
    found = EXPORTS.fullmatch(outcome.out.decode())
    assert found is not None
    return Credentials(*found.groups())


def test_pairs_are_listed_without_their_secrets(server: Server, data_dir: Path) -> None:
    """For people and for scripts."""
    table = keys(data_dir, "list").out.decode()
    title, first, second = table.splitlines()
    assert title.split() == ["ACCESS", "KEY", "FOR", "MADE", "ENDS"]
    assert first.split()[1:] == ["control", "2026-01-01T00:00:00.000Z", "-"]
    assert second.split()[1] == "objects"
    control_key = server.node.control_key
    assert first.split()[0] == control_key.access_key_id
    assert control_key.secret_access_key not in table
    listed = rows(keys(data_dir, "list", "--json"))
    assert [key["Purpose"] for key in listed] == ["CONTROL", "OBJECTS"]
    assert listed[0] == {
        "Id": control_key.access_key_id,
        "Purpose": "CONTROL",
        "CreatedAt": "2026-01-01T00:00:00.000Z",
    }


def test_a_pair_takes_the_place_of_another(data_dir: Path) -> None:
    """It is good at once, the directory's own commands use it, and no log has its secret."""
    log = io.BytesIO()
    with Server(data_dir, clock=SettableClock(), log=log) as server:
        chat = server.start_chat()
        old = server.node.control_key
        new = made(keys(data_dir, "add", "control"))
        path = f"/contacts/instance/{chat.contact_id}"
        assert [control(server, "GET", path, key=key).status for key in (old, new)] == [200, 200]
        assert server.node.control_key == new
        assert new.secret_access_key in (data_dir / "aws/credentials").read_text()

        retired = keys(data_dir, "retire", old.access_key_id)

        assert (retired.status, retired.err) == (0, "")
        assert old.access_key_id in retired.out.decode()
        assert control(server, "GET", path, key=old).error == "UnrecognizedClientException"
        assert control(server, "GET", path, key=new).status == 200
    logged = log.getvalue().decode()
    assert new.access_key_id in logged
    assert new.secret_access_key not in logged


def test_a_pair_is_told_though_it_cannot_be_written_down(
    server: Server, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is the only time that its secret is shown: a full disk may not keep it back."""
    shutil.rmtree(data_dir / "aws")
    (data_dir / "aws").write_text("in the way")
    body = b'{"Purpose":"CONTROL"}'
    headers = sigv4.sign(
        server.node.control_key,
        "POST",
        sigv4.host_of(server.admin_url),
        "/access-keys/add",
        body=body,
        region="us-east-1",
        service="openparticipant",
        at=START,
    )
    answer = request("POST", f"{server.admin_url}/access-keys/add", body, headers)
    assert answer.status == 200
    added = Credentials(answer.json["AccessKey"]["Id"], answer.json["SecretAccessKey"])
    assert server.node.control_key == added
    assert "does not have the newest key pair" in caplog.text


def test_a_stopped_server_gets_a_pair_as_well(data_dir: Path) -> None:
    """It is there at the next start, and the one that was retired is not."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        old = server.node.control_key
        chat = server.start_chat()
    new = made(keys(data_dir, "add", "control"))
    assert keys(data_dir, "retire", old.access_key_id).status == 0
    assert rows(keys(data_dir, "add", "objects", "--json"))[0].keys() == {"AccessKey"}

    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        assert server.node.control_key == new
        path = f"/contacts/instance/{chat.contact_id}"
        assert control(server, "GET", path, key=new).status == 200
        assert control(server, "GET", path, key=old).status == 403
        assert server.start_chat().attach()


@pytest.mark.usefixtures("server")
def test_debugging_hides_the_secret(data_dir: Path) -> None:
    """What is asked for is on standard output alone."""
    outcome = keys(data_dir, "add", "control", "--debug")
    found = EXPORTS.fullmatch(outcome.out.decode())
    assert found is not None
    assert "/access-keys/add" in outcome.err
    assert found[1] in outcome.err
    assert found[2] not in outcome.err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("retire", "LAST"), "This is the last key pair for control: add another one first."),
        (("retire", "AKIANONE"), "There is no key pair with this AccessKeyId."),
        (("retire", ""), "AccessKeyId must have at least 1 character."),
    ],
)
@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
def test_what_cannot_be_done_is_said(
    data_dir: Path, words: tuple[str, ...], line: str, *, is_running: bool
) -> None:
    """In one line, with status 1, by a server and without one."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        last = server.node.control_key.access_key_id
        given = [word.replace("LAST", last) for word in words]
        outcome = keys(data_dir, *given)
    if not is_running:
        outcome = keys(data_dir, *given)
    assert (outcome.status, outcome.out, outcome.err) == (1, b"", f"openparticipant: {line}\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "keys needs one of: list, add control|objects, retire ID"),
        (("rotate",), "keys needs one of: list, add control|objects, retire ID"),
        (("add",), "keys needs one of: list, add control|objects, retire ID"),
        (
            ("retire", "A", "B"),
            "keys needs one of: list, add control|objects, retire ID",
        ),
        (("add", "control", "--now"), "--now applies to retire only"),
        (("add", "bus"), "argument add: Invalid choice"),
    ],
)
def test_words_that_say_nothing(data_dir: Path, words: tuple[str, ...], complaint: str) -> None:
    """Nothing is asked of anybody."""
    outcome = keys(data_dir, *words)
    assert (outcome.status, outcome.out) == (2, b"")
    assert complaint in outcome.err
    assert not data_dir.exists()
