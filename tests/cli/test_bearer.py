"""Where the token comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.recording import recording
from tests.cli.worlds import START, TOKEN, command

CONNECTION = {"OPENPARTICIPANT_CONNECTION_TOKEN": "FROM-ENVIRON"}


def sent(*words: str, environ: dict[str, str] | None = None, stdin: bytes = b"") -> str | None:
    with recording() as server:
        outcome = command(*words, "--endpoint-url", server.url, environ=environ, stdin=stdin)

    assert outcome.status == 0, outcome.err
    return server.requests[0].header("x-amz-bearer")


def test_the_environment_stands_in_for_the_option() -> None:
    """A token in the environment shows in no process list, and the option is not required."""
    assert sent(*START, environ=CONNECTION) == "FROM-ENVIRON"


def test_the_option_beats_the_environment() -> None:
    """What is typed is meant."""
    assert sent(*START, *TOKEN, environ=CONNECTION) == "TOK"


def test_a_file_beats_the_environment(tmp_path: Path) -> None:
    """A final newline is no part of the token."""
    (tmp_path / "token").write_text("FROM-FILE\n")

    words = ("--connection-token-file", str(tmp_path / "token"))
    assert sent(*START, *words, environ=CONNECTION) == "FROM-FILE"


def test_a_dash_reads_standard_input() -> None:
    """One line of it."""
    assert sent(*START, "--connection-token", "-", stdin=b"FROM-STDIN\nrest") == "FROM-STDIN"


def test_a_connection_is_made_with_the_participant_token() -> None:
    """The two kinds of token have variables of their own."""
    environ = {**CONNECTION, "OPENPARTICIPANT_PARTICIPANT_TOKEN": "P"}

    assert sent("create-participant-connection", environ=environ) == "P"


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_variable_is_none(value: str | None) -> None:
    """An unset token must not be sent as an empty one."""
    environ = {} if value is None else {"OPENPARTICIPANT_CONNECTION_TOKEN": value}
    outcome = command(*START, environ=environ)

    assert outcome.status == 2
    assert outcome.err.endswith("required: --connection-token\n")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The sentence says which."""
    outcome = command(*START, "--connection-token-file", str(tmp_path / "none"))

    assert outcome.status == 255
    assert "--connection-token-file" in outcome.err
    assert str(tmp_path / "none") in outcome.err
