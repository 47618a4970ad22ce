"""AWS's configuration files, judged by botocore's reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.configloader import load_config

from openparticipant.cli import profile
from openparticipant.cli.refusal import CommandError
from tests.cli.recording import recording
from tests.cli.worlds import START, TOKEN, command

CONFIGS = [
    "[default]\nregion = us-east-1\n",
    "; a comment\n[default]\n# another\nRegion=a=b\nregion2: c:d\n\n[profile p]\nregion =\n",
    "[profile 'a b']\nx = 1\n[profile \"c\"]\ny = 2 # no comment\n",
    "[default]\nservices = s\n\n[services s]\nconnect =\n  endpoint_url = http://h:1/x?y=z\n  other = 1\nconnectparticipant =\n\tendpoint_url = http://i\n",
    "[default]\nlong = one\n  two\n  three\n",
    "[default]\r\nregion = x\r\n",
    "[default] behind\n  indented = y\nregion : x\n",
]


@pytest.mark.parametrize("text", CONFIGS)
def test_a_file_is_read_as_botocore_reads_it(tmp_path: Path, text: str) -> None:
    """Sections, nested blocks, comments, continuation lines and quoted names."""
    path = tmp_path / "config"
    path.write_bytes(text.encode())
    judged = load_config(str(path))
    expected = {f"services {name}": each for name, each in judged["services"].items()}
    for name, each in judged["profiles"].items():
        expected["default" if name == "default" else f"profile {name}"] = each

    assert profile.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("region = x\n", "[default]\nregion\n", "[default]\n= x\n", "[default\n", "[]\nx = 1\n"),
        *("[default]\nx = 1\nx = 2\n", "[default]\nx = 1\n[default]\ny = 2\n"),
        *("[default]\nx =\n  y\n", "\ufeff[default]\nx = 1\n", "\0"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    """A broken file is an error with one sentence, not a default."""
    path = tmp_path / "config"
    path.write_text(text)

    with pytest.raises(CommandError, match=f"Unable to parse config file: {path}"):
        profile.load({"AWS_CONFIG_FILE": str(path)}, None)


def test_files_that_are_not_there_are_empty() -> None:
    """Most people have none."""
    loaded = profile.load({"HOME": "/nonexistent", "AWS_CONFIG_FILE": "/nonexistent/x"}, None)

    assert (loaded.name, loaded.get("region")) == ("default", None)


def test_which_profile(tmp_path: Path) -> None:
    """The option wins, then AWS_DEFAULT_PROFILE, then AWS_PROFILE."""
    path = tmp_path / "config"
    path.write_text("[default]\nx=d\n[profile a]\nx=1\n[profile b]\nx=2\n[profile c]\nx=3\n")
    environ = {"AWS_CONFIG_FILE": str(path), "AWS_PROFILE": "c"}

    assert profile.load(environ | {"AWS_DEFAULT_PROFILE": "b"}, "a").get("x") == "1"
    assert profile.load(environ | {"AWS_DEFAULT_PROFILE": "b"}, None).get("x") == "2"
    assert profile.load(environ, None).get("x") == "3"
    assert profile.load({"AWS_CONFIG_FILE": str(path)}, None).get("x") == "d"


def test_a_profile_may_stand_in_either_file(tmp_path: Path) -> None:
    """Keys often live apart from settings; the credentials file wins where both speak."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[profile p]\nregion=x\naws_access_key_id=A\n")
    (tmp_path / ".aws/credentials").write_text("[p]\naws_access_key_id=B\n[q]\n")
    environ = {"HOME": str(tmp_path)}

    loaded = profile.load(environ, "p")
    assert (loaded.get("region"), loaded.get("aws_access_key_id")) == ("x", "B")
    assert profile.load(environ, "q").name == "q"


@pytest.mark.parametrize("environ", [{}, {"AWS_PROFILE": "nope"}, {"AWS_DEFAULT_PROFILE": "nope"}])
def test_a_profile_that_does_not_exist_is_an_error(environ: dict[str, str]) -> None:
    """A typo in its name must not fall back to another account."""
    words = [] if environ else ["--profile", "nope"]
    with recording() as server:
        outcome = command(*START, *TOKEN, *words, "--endpoint-url", server.url, environ=environ)

    assert (outcome.status, outcome.err) == (
        255,
        "\nThe config profile (nope) could not be found\n",
    )
    assert server.requests == []
