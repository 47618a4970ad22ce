"""The words of a command line, whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.recording import json_reply, recording
from tests.cli.worlds import START, TOKEN, command

REQUIRED = "--content-type, --attachment-size-in-bytes, --attachment-name, --connection-token"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "the following arguments are required: command"),
        (["connectparticipant"], "the following arguments are required: operation"),
        (["start-attachment-upload"], f"the following arguments are required: {REQUIRED}"),
        (
            ["connectparticipant", "complete-attachment-upload", *TOKEN],
            "the following arguments are required: --attachment-ids",
        ),
        (
            ["send-message", "--no"],
            "ambiguous option: --no could match --no-verify-ssl, --no-paginate, --no-sign-request",
        ),
        (
            [*START, "--con", "x"],
            "ambiguous option: --con could match --content-type, --connection-token",
        ),
        ([*START, "--connection-token"], "argument --connection-token: expected one argument"),
        (
            [*START, "--connection-token", "-abc"],
            "argument --connection-token: expected one argument",
        ),
        (
            [*START, *TOKEN, "--attachment-size-in-bytes", "5.5"],
            "argument --attachment-size-in-bytes: invalid int value: '5.5'",
        ),
        ([*START, "--debug=1"], "argument --debug: ignored explicit argument '1'"),
    ],
)
def test_a_wrong_line_gets_one_sentence(words: list[str], sentence: str) -> None:
    """The usage is ours, the sentence is AWS's, the exit status is 2."""
    outcome = command(*words)

    assert outcome.status == 2
    assert outcome.out == b""
    assert outcome.err.startswith("usage: openparticipant ")
    assert outcome.err.endswith(f"\nopenparticipant: error: {sentence}\n")


def test_an_unknown_operation_gets_the_choices_and_a_guess() -> None:
    """Choices stand two a line, and a near miss is named."""
    outcome = command("connectparticipant", "start-attachment-uploads")

    assert outcome.status == 2
    assert f"\n{'send-event':40} | {'send-message':40}\n" in outcome.err
    assert outcome.err.endswith(
        "\n\n\nInvalid choice: 'start-attachment-uploads', maybe you meant:\n\n"
        "  * start-attachment-upload\n"
    )


@pytest.mark.parametrize(
    ("extra", "listed"),
    [
        (["--foo", "bar"], "--foo, bar"),
        (["extra", "two", "--foo=3"], "two, --foo=3, extra"),
        (["--", "b", "--region", "x"], "--region, x, b"),
        (["--Attachment-Name=b"], "--Attachment-Name=b"),
    ],
)
def test_words_left_over_are_listed(extra: list[str], listed: str) -> None:
    """Nothing is sent when a word is not understood; the exit status is 255."""
    outcome = command(*START, *TOKEN, *extra)

    assert outcome.status == 255
    assert outcome.err.endswith(f"\n\nUnknown options: {listed}\n")


@pytest.mark.parametrize("place", [0, 1, 2, 8])
def test_global_options_may_stand_anywhere(place: int) -> None:
    """Before the service, between it and the operation, or behind."""
    words = ["connectparticipant", *START, *TOKEN]
    with recording(json_reply({"AttachmentId": "i"})) as server:
        words[place:place] = ["--endpoint", server.url, "--color=off", "--no-paginate"]
        outcome = command(*words)

    assert outcome.json == {"AttachmentId": "i"}


def test_the_last_of_repeated_options_wins() -> None:
    """Scripts append to override."""
    with recording() as server:
        command(*START, *TOKEN, "--attachment-n=x", "--endpoint-url", server.url, "--conn=T2")

    (request,) = server.requests
    assert request.json["AttachmentName"] == "x"
    assert request.header("x-amz-bearer") == "T2"


@pytest.mark.parametrize(
    "words", [["--version"], ["serve-nothing", "--vers"], ["send-message", "--version"]]
)
def test_the_version_needs_nothing_else(words: list[str]) -> None:
    """Wherever it stands, it is the only thing done."""
    outcome = command(*words)

    assert outcome.status == 0
    assert outcome.out.startswith(b"openparticipant/")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([*START, "--attachmentName", "b"], "--attachment-name"),
        ([*START, "--client_token=b"], "--client-token"),
        ([*START, "--endpiont-url", "b"], "--endpoint-url"),
        (
            [*START, "--token", "b"],
            "--client-token or --connection-token or --connection-token-file",
        ),
        (["attach", "--contenttype", "text/plain", "a.txt"], "--content-type"),
        (["connectparticipant", "SendMessage"], "send-message"),
        (["upload"], "complete-attachment-upload or start-attachment-upload"),
    ],
)
def test_a_mistake_gets_a_guess(words: list[str], meant: str) -> None:
    """In the usage, which is ours, so that the sentence stays AWS's."""
    environ = {"OPENPARTICIPANT_CONNECTION_TOKEN": "T"}
    usage, sentence = command(*words, environ=environ).err.split("?\n", 1)

    assert usage.endswith(f"\n  did you mean {meant}")
    assert sentence.startswith(("\nUnknown options: ", "openparticipant: error: argument "))


@pytest.mark.parametrize(
    "words",
    [
        [*START, "--conection-token", "SECRET"],
        [*START, "--conection-token", "SECRET", "--content-type", "a", "more"],
        [*START, "--conection-token", "-SECRET"],
        [*START, "--conection-token=SECRET"],
        [*START, "--connectionToken", "SECRET"],
        [*START, "--token", "SECRET"],
        [*START, "--bearer-token", "SECRET"],
        [*START, "--participant-token", "SECRET"],
        [*START, "--con=SECRET"],
        ["attach", "--conection-token=SECRET", "a.txt"],
        ["download", "--tokne=x", "--connection-tokne", "SECRET", "id"],
        ["start-chat", "--participant-token=SECRET"],
        ["--error-format", "json", *START, "--conection-token", "SECRET"],
    ],
)
def test_what_may_be_a_token_is_not_shown(words: list[str]) -> None:
    """Where an option for a token is misspelt, the token is a word that nobody knows."""
    outcome = command(*words, environ={"OPENPARTICIPANT_CONNECTION_TOKEN": "T"})

    assert outcome.status != 0
    assert "Unknown options: " in outcome.err or "ambiguous option: " in outcome.err
    assert "SECRET" not in outcome.err


def test_what_is_no_token_is_shown() -> None:
    """Nor is a file with a token one; and the rest of the words stays as it is."""
    words = (*START, "--conection-token", "SECRET", "two", "--tokn-fil", "f", "--x=5", *TOKEN)
    outcome = command(*words, "--connection-token-fil", "path")

    assert outcome.err.endswith(
        "\nUnknown options: --conection-token, two, --tokn-fil, f, --x=5, "
        "--connection-token-fil, path, [hidden]\n"
    )


def test_a_word_like_nothing_gets_no_guess() -> None:
    """A wild guess helps nobody."""
    outcome = command(*START, *TOKEN, "--foo")

    assert "did you mean" not in outcome.err


def test_the_script_imports_nothing_on_top() -> None:
    """What installers write by themselves imports regular expressions, a third of the start."""
    script = (Path(sys.executable).parent / "openparticipant").read_text()

    assert script.partition("\n")[2] == (
        "import sys\n\nfrom openparticipant.cli.main import main\n\nsys.exit(main())\n"
    )
