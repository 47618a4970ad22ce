"""The options that shape the output, and errors for scripts."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.recording import DROP, Reply, json_reply, recording
from tests.cli.worlds import START, TOKEN, Outcome, command

PATIENCE = 20
ANSWER = json_reply(
    {
        "UploadMetadata": {"UrlExpiry": "2030-01-01T00:00:00.000Z", "HeadersToInclude": {"b": "5"}},
        "AttachmentId": "é",
    }
)
HALF = json_reply({"AttachmentId": "\ud83d"})


def calling(
    url: str, *words: str, environ: dict[str, str] | None = None, columns: int | None = None
) -> Outcome:
    words = (*START, *TOKEN, "--endpoint-url", url, *words)
    return command(*words, environ=environ, stdout_columns=columns)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("AttachmentId", "a1b2c3d4"),
        ("`0`", "0"),
        ("`false`", "False"),
        ("`1.5`", "1.5"),
    ],
)
def test_a_scalar_has_a_table(query: str, shown: str) -> None:
    """AWS's command draws an empty frame, or nothing, and the value is lost."""
    with recording(json_reply({"AttachmentId": "a1b2c3d4"})) as server:
        outcome = calling(server.url, "--output", "table", "--query", query)

    assert outcome.out.decode().splitlines() == [
        "-----------------------",
        "|StartAttachmentUpload|",
        "+---------------------+",
        f"|  {shown:19}|",
        "+---------------------+",
    ]


@pytest.mark.parametrize("query", ["Nope", '`""`', "`[]`", "`{}`"])
def test_nothing_has_no_table(query: str) -> None:
    """What is not there prints nothing and is still success."""
    with recording(ANSWER) as server:
        outcome = calling(server.url, "--output", "table", "--query", query)

    assert (outcome.status, outcome.out) == (0, b"")


def test_rows_of_different_lengths_are_filled_up() -> None:
    """AWS's command has the answer and refuses to draw it."""
    with recording(ANSWER) as server:
        outcome = calling(server.url, "--output", "table", "--query", "`[[1,2],[3],[4,5,6]]`")

    rows = outcome.out.decode().splitlines()[3:6]
    assert [row.split() for row in rows] == [
        ["|", "1", "|", "2", "|", "|"],
        ["|", "3", "|", "|", "|"],
        ["|", "4", "|", "5", "|", "6", "|"],
    ]


@pytest.mark.parametrize("output", ["table", "text"])
def test_an_object_among_scalars_is_shown(output: str) -> None:
    """AWS's command fails on such lists, which are easily asked for."""
    with recording(ANSWER) as server:
        outcome = calling(
            server.url,
            *("--output", output),
            *("--query", "[AttachmentId, UploadMetadata.HeadersToInclude]"),
        )

    assert outcome.status == 0, outcome.err
    assert "é" in outcome.out.decode()
    assert '{"b": "5"}' in outcome.out.decode() or "\n5\n" in outcome.out.decode()


def test_yaml_is_spelled_as_version_2_spells_it() -> None:
    """Keys are sorted, and text that could be anything else is in quotes."""
    with recording(ANSWER) as server:
        outcome = calling(server.url, "--output", "yaml")
        scalar = calling(server.url, "--output", "yaml", "--query", "AttachmentId")

    assert outcome.out.decode() == (
        "AttachmentId: é\nUploadMetadata:\n  HeadersToInclude:\n    b: '5'\n"
        "  UrlExpiry: '2030-01-01T00:00:00.000Z'\n"
    )
    assert scalar.out.decode() == '"é"\n'


def test_yaml_may_be_configured(tmp_path: Path) -> None:
    """A profile that version 2 likes is no error here."""
    config = tmp_path / "config"
    config.write_text("[default]\noutput = yaml\n")
    with recording(json_reply({"AttachmentId": "i"})) as server:
        outcome = calling(server.url, environ={"AWS_CONFIG_FILE": str(config)})

    assert outcome.out == b"AttachmentId: i\n"


def test_yaml_without_its_package_is_refused_before_the_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sentence says what to install."""
    monkeypatch.delitem(sys.modules, "openparticipant.cli.yaml_form", raising=False)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with recording(ANSWER) as server:
        outcome = calling(server.url, "--output", "yaml")

    assert outcome.status == 255
    assert "pip install openparticipant[yaml]" in outcome.err
    assert server.requests == []


@pytest.mark.parametrize("output", ["json", "text", "table"])
def test_half_a_pair_of_surrogates_is_printed_as_an_escape(output: str) -> None:
    """AWS's command loses the answer; in JSON the escape means the same."""
    with recording(HALF) as server:
        outcome = calling(server.url, "--output", output)

    assert outcome.status == 0, outcome.err
    assert b"\\ud83d" in outcome.out
    assert output != "json" or outcome.json == {"AttachmentId": "\ud83d"}


def of_process(url: str, *words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *words, *START, *TOKEN, "--endpoint-url", url],
        env={"HOME": "/nonexistent", **environ},
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )


def test_output_is_utf_8_in_every_locale() -> None:
    """AWS's command fails where the locale has no letter for what it has to print."""
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with recording(ANSWER) as server:
        ran = of_process(server.url, "-m", "openparticipant", **poor)

    assert '"AttachmentId": "é"'.encode() in ran.stdout


def test_what_is_not_asked_for_is_not_imported() -> None:
    """A query's library alone would double the start."""
    with recording(ANSWER) as server:
        ran = of_process(server.url, "-X", "importtime", "-m", "openparticipant")

    modules = {line.rpartition(b"| ")[2].strip() for line in ran.stderr.splitlines()}
    assert b"openparticipant.cli.output" in modules
    for module in ("query", "table_form", "text_form", "yaml_form", "error_report"):
        assert f"openparticipant.cli.{module}".encode() not in modules
    assert modules.isdisjoint({b"jmespath", b"yaml", b"rich", b"argparse"})


def test_a_table_is_coloured_for_a_terminal_only() -> None:
    """Unless it is said otherwise, in either direction."""
    with recording(ANSWER) as server:
        seen = {
            (columns, color): b"\x1b" in calling(server.url, *words, columns=columns).out
            for columns in (None, 80)
            for color in ("auto", "on", "off")
            for words in [("--output", "table", "--color", color)]
        }
        plain = calling(server.url, "--color", "on", columns=80)

    assert seen == {
        (None, "auto"): False,
        (None, "on"): True,
        (None, "off"): False,
        (80, "auto"): True,
        (80, "on"): True,
        (80, "off"): False,
    }
    assert b"\x1b" not in plain.out


def test_what_version_2_has_is_accepted() -> None:
    """Scripts carry these options; they change nothing."""
    words = ("--no-cli-pager", "--no-cli-auto-prompt", "--cli-binary-format", "raw-in-base64-out")
    with recording(ANSWER) as server:
        with_them = calling(server.url, *words)
        without = calling(server.url)

    assert with_them == without
    assert with_them.status == 0


@pytest.mark.parametrize("word", ["--no-cli", "--cli-b=x", "--error-f=json", "--no-cli-pag"])
def test_what_aws_lacks_cannot_be_abbreviated(word: str) -> None:
    """So no abbreviation means anything else than with AWS's command."""
    outcome = command(*START, *TOKEN, word)

    assert (outcome.status, outcome.err.splitlines()[-1]) == (255, f"Unknown options: {word}")


def failing(*words: str, environ: dict[str, str] | None = None) -> dict[str, object]:
    outcome = command("--error-format", "json", *words, environ=environ)
    assert outcome.status != 0
    assert outcome.out == b""
    assert outcome.err.count("\n") == 1
    said: dict[str, object] = json.loads(outcome.err)
    return said


def test_a_services_error_for_scripts_has_all_that_is_known() -> None:
    """The request id is what the other side's log is searched for."""
    slow = json_reply({"Message": "slow\ndown", "__type": "T"}, 429, **{"x-amzn-RequestId": "r-1"})
    with recording(slow) as server:
        words = (*START, *TOKEN, "--endpoint-url", server.url)
        said = failing(*words, environ={"AWS_MAX_ATTEMPTS": "2"})

    assert said == {
        "Code": "T",
        "Message": "slow\ndown",
        "Operation": "StartAttachmentUpload",
        "HttpStatus": 429,
        "RequestId": "r-1",
        "Attempts": 2,
    }


def test_no_answer_is_an_error_for_scripts() -> None:
    """With the number of attempts."""
    with recording(DROP) as server:
        words = (*START, *TOKEN, "--endpoint-url", server.url)
        said = failing(*words, environ={"AWS_MAX_ATTEMPTS": "3"})

    assert said["Code"] == "NoAnswer"
    assert said["Attempts"] == 3
    assert str(said["Message"]).startswith("Connection was closed before")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (START, "Usage", "the following arguments are required: --connection-token"),
        ((*START, *TOKEN, "--foo"), "Usage", "Unknown options: --foo"),
        ((*START, *TOKEN, "--region=-"), "Client", "Provided region_name '-'"),
        ((*START, *TOKEN), "NoRegion", "You must specify a region."),
        ((*START, *TOKEN, "--query", ""), "Client", "Bad value for --query : "),
        (("attach", "--error-format=json"), "Usage", "the following arguments are required: PATH"),
    ],
)
def test_every_error_is_one_line_for_scripts(
    words: tuple[str, ...], code: str, message: str
) -> None:
    """Also those of the command line itself."""
    said = failing(*words)

    assert said["Code"] == code
    assert str(said["Message"]).startswith(message)


def test_output_that_is_lost_is_an_error_for_scripts() -> None:
    """A full disk is told in the same form."""

    class Full:
        """A disk without room."""

        def write(self, data: bytes | memoryview, /) -> int | None:
            """Take nothing."""
            del data
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with recording(Reply(200, b'{"AttachmentId": "i"}')) as server:
        words = (*START, *TOKEN, "--endpoint-url", server.url, "--error-format", "json")
        outcome = command(*words, stdout=Full())

    assert outcome.status == 255
    assert json.loads(outcome.err)["Code"] == "Output"


@pytest.mark.parametrize("output", ["json", "text", "table", "yaml"])
@pytest.mark.parametrize("depth", [400, 990, 100_000])
def test_a_bottomless_answer_ends_in_a_sentence(output: str, depth: int) -> None:
    """A hostile server gets no traceback out of us."""
    body = b'{"AttachmentId": %s}' % (b"[" * depth + b"1" + b"]" * depth)
    with recording(Reply(200, body)) as server:
        outcome = calling(server.url, "--output", output)

    assert outcome.status in {0, 255}
    assert outcome.status == 0 or "recursion" in outcome.err
    assert outcome.err.count("\n") <= 2


def test_a_number_without_end_ends_in_a_sentence() -> None:
    """JSON as Python reads it has an infinity, which no integer is."""
    words = ("describe-view", "--view-token", "v", *TOKEN)
    with recording(Reply(200, b'{"View": {"Version": Infinity}}')) as server:
        outcome = command(*words, "--endpoint-url", server.url)

    assert outcome.status == 255
    assert outcome.err == "\ncannot convert float infinity to integer\n"


def test_errors_are_sentences_unless_asked_for() -> None:
    """The last one of repeated options wins, and the value must be one of two."""
    words = ("--error-format", "json", *START, "--error-format", "text")

    assert "error: the following" in command(*words).err
    assert command(*START, "--error-format", "xml").err.count("text") == 1
