"""Where the keys of a signed request come from."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from openparticipant.cli.credential_process import printed_by
from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import CommandError
from tests.cli.recording import recording
from tests.cli.worlds import AT, Outcome, command

DESCRIBE = ("connect", "describe-contact", "--instance-id", "i", "--contact-id", "c")
PAIR = "aws_access_key_id = {0}K\naws_secret_access_key = {0}S\naws_session_token = {0}T\n"
KEYS = {"AWS_ACCESS_KEY_ID": "EK", "AWS_SECRET_ACCESS_KEY": "ES"}
NONE = (
    'Unable to locate credentials. You can configure credentials by running "aws configure".\n'
    "For a server of your own, `openparticipant env` prints what leads to its keys.\n"
)


@pytest.fixture
def files(tmp_path: Path) -> Mapping[str, str]:
    """Return the variables that name both files; neither is there yet."""
    return {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_REGION": "r1",
    }


def describe(environ: Mapping[str, str], *words: str) -> tuple[Outcome, str]:
    """Return how it ended, and the key and session token of the request, if there was one."""
    with recording() as server:
        outcome = command(*DESCRIBE, *words, "--endpoint-url", server.url, environ=environ)
    if not server.requests:
        return outcome, ""
    (request,) = server.requests
    authorization = request.header("authorization") or ""
    key = authorization.partition("Credential=")[2].partition("/")[0]
    return outcome, f"{key} {request.header('x-amz-security-token') or '-'}"


@pytest.mark.parametrize("file", ["config", "credentials"])
def test_a_profile_has_keys_in_either_file(
    files: Mapping[str, str], tmp_path: Path, file: str
) -> None:
    """As with the `aws` command, the session token with them."""
    (tmp_path / file).write_text(f"[default]\n{PAIR.format('P')}")

    assert describe(files)[1] == "PK PT"


def test_the_environment_beats_the_profile_unless_that_was_asked_for(
    files: Mapping[str, str], tmp_path: Path
) -> None:
    """Its session token goes with its own pair only."""
    (tmp_path / "credentials").write_text(f"[default]\n{PAIR.format('P')}")
    (tmp_path / "config").write_text("[profile bare]\nx = y\n")

    assert describe({**files, **KEYS})[1] == "EK -"
    assert describe({**files, **KEYS, "AWS_PROFILE": "default"})[1] == "EK -"
    assert describe({**files, **KEYS}, "--profile", "default")[1] == "PK PT"
    assert describe({**files, **KEYS}, "--profile", "bare")[0].err == NONE


def test_without_keys_nothing_is_sent(files: Mapping[str, str]) -> None:
    """AWS's sentence first, since scripts look for it; then where keys are to be had."""
    outcome, sent = describe(files)

    assert (outcome.status, outcome.err, sent) == (255, NONE, "")
    assert describe({**files, "AWS_SECRET_ACCESS_KEY": "S"})[0].err == NONE


def test_no_keys_are_needed_where_nothing_is_signed(files: Mapping[str, str]) -> None:
    """Nor is a region, or half a pair looked at."""
    half = {name: value for name, value in files.items() if name != "AWS_REGION"}
    outcome, sent = describe({**half, "AWS_ACCESS_KEY_ID": "EK"}, "--no-sign-request")

    assert (outcome.status, outcome.err, sent) == (0, "", " -")


def test_a_signature_needs_a_region(files: Mapping[str, str]) -> None:
    """Even where the endpoint is known; it is the first that is missed, as with `aws`."""
    bare = {name: value for name, value in files.items() if name != "AWS_REGION"}

    assert describe(bare, "--contact-id=")[0].err.startswith("You must specify a region.")


def test_half_a_pair_is_named(files: Mapping[str, str], tmp_path: Path) -> None:
    """And the other half is not taken from elsewhere."""
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = PK\n")
    outcome, sent = describe({**files, "AWS_SECRET_ACCESS_KEY": "ES"})

    said = "Partial credentials found in the profile (default), missing: aws_secret_access_key"
    assert (outcome.status, outcome.err, sent) == (255, f"\n{said}\n", "")


@pytest.mark.parametrize(
    "name", ["role_arn", "sso_session", "sso_start_url", "login_session", "web_identity_token_file"]
)
def test_keys_that_would_be_fetched_are_not_replaced(
    files: Mapping[str, str], tmp_path: Path, name: str
) -> None:
    """A profile with a role and with keys means the role's keys; others would be wrong ones."""
    (tmp_path / "config").write_text(f"[default]\n{name} = x\n{PAIR.format('P')}")
    outcome, sent = describe(files)

    assert (outcome.status, sent) == (255, "")
    assert f"Keys as {name} of the profile (default)" in outcome.err
    assert describe({**files, **KEYS})[1] == "EK -"


def test_a_web_identity_is_not_replaced_either(files: Mapping[str, str], tmp_path: Path) -> None:
    """It is told by the environment."""
    (tmp_path / "credentials").write_text(f"[default]\n{PAIR.format('P')}")
    outcome, sent = describe({**files, "AWS_WEB_IDENTITY_TOKEN_FILE": "f", "AWS_ROLE_ARN": "r"})

    assert (outcome.status, sent) == (255, "")
    assert "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN" in outcome.err


def world(environ: Mapping[str, str], at: int = AT) -> Environment:
    return Environment(
        arguments=[],
        environ=environ,
        stdin=None,
        stdout=None,
        stderr=None,
        clock=lambda: at,
        sleep=lambda _: None,
        entropy=bytes,
    )


def program(tmp_path: Path, text: str) -> str:
    """Return the command of a Python program; its path has a blank."""
    path = tmp_path / "a program.py"
    path.write_text(text)
    return f'"{sys.executable}" "{path}" $HOME;'


def test_a_program_prints_the_keys(tmp_path: Path) -> None:
    """No shell reads its command, so nothing in it is expanded."""
    text = """
import json, os, sys
assert sys.argv[1:] == ["$HOME;"] and not sys.stdin.read()
print(json.dumps({"Version": 1, "AccessKeyId": os.environ["ID"], "SecretAccessKey": "S",
                  "SessionToken": "T", "Expiration": "2023-11-14T22:13:21+00:00"}))
"""
    keys = printed_by(program(tmp_path, text), world({"ID": "K"}))

    assert (keys.access_key_id, keys.secret_access_key, keys.session_token) == ("K", "S", "T")
    with pytest.raises(CommandError, match="still expired"):
        printed_by(program(tmp_path, text), world({"ID": "K"}, AT + 1000))


@pytest.mark.parametrize("file", ["config", "credentials"])
def test_keys_beat_a_program(files: Mapping[str, str], tmp_path: Path, file: str) -> None:
    """Whichever file they stand in, it is not started."""
    program = "[default]\ncredential_process = /none\n"
    pair = PAIR.format("P")
    (tmp_path / "config").write_text(program + (pair if file == "config" else ""))
    if file == "credentials":
        (tmp_path / file).write_text(f"[default]\n{pair}")

    assert describe(files)[1] == "PK PT"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('print(\'{"Version": 1, "AccessKeyId": 5}\')', "Missing required key .* 'AccessKeyId'"),
        (
            'print(\'{"Version": 1, "Expiration": "soon"}\')',
            "custom-process: Expiration is not a time",
        ),
        ("print('SECRET')", "^Expecting value: line 1 column 1 .char 0.$"),
        ("import signal; signal.pause()", "custom-process: no answer within 0.2 seconds"),
    ],
)
def test_a_program_that_prints_no_keys_is_named(tmp_path: Path, text: str, said: str) -> None:
    """What it printed is not shown, and a silent one is not waited for without end."""
    with pytest.raises(CommandError, match=said):
        printed_by(program(tmp_path, text), world({}), 0.2 if "pause" in text else 20)


@pytest.mark.parametrize("line", ["", "'open"])
def test_a_command_of_no_words_is_named(line: str) -> None:
    """Before anything is started."""
    with pytest.raises(CommandError, match="the command makes no words"):
        printed_by(line, world({}))
