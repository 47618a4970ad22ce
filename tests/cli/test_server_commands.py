"""`config`, `env` and `demo`: what sets a server up and shows it off."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from openparticipant.data_dir import DataDir
from openparticipant.sigv4 import Credentials
from openparticipant.testing.chat import request
from tests.cli.worlds import command


def test_config_check_says_that_all_is_well() -> None:
    """Status 0 and one line."""
    outcome = command("config", "check", "--port", "0")

    assert (outcome.status, outcome.out) == (0, b"the configuration is valid\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("config", "check", "--prot", "1"), "has no option --prot"),
        (("config", "check", "--port"), "expected one argument"),
        (("config", "check", "--port", "x"), "--port: 'x' must be a port number"),
        (("serve", "--tls", "on"), "--tls: 'on' must be auto"),
        (("serve", "--demo=yes"), "--demo: 'yes' must be on or off"),
        (("serve", "--demo", "off"), "has no option off"),
        (("env", "--config", "/nonexistent.toml"), "cannot read /nonexistent.toml"),
    ],
)
def test_a_wrong_setting_is_one_line_and_status_2(words: tuple[str, ...], said: str) -> None:
    """Whichever command reads it."""
    outcome = command(*words)

    assert outcome.status == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_config_show_masks_secrets_and_names_sources() -> None:
    """The database's address may hold a password."""
    outcome = command(
        "config",
        "show",
        "--database",
        "sqlite:///secret-place",
        environ={"OPENPARTICIPANT_PORT": "1"},
    )

    lines = outcome.out.decode().splitlines()
    assert "port = 1  # OPENPARTICIPANT_PORT" in lines
    assert "database = ***  # --database" in lines
    assert "secret-place" not in outcome.out.decode()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((), "demo = off  # default"),
        (("--demo",), "demo = on  # --demo"),
        (("--demo", "--port", "1"), "demo = on  # --demo"),
        (("--demo=off",), "demo = off  # --demo"),
    ],
)
def test_a_switch_alone_is_on(words: tuple[str, ...], shown: str) -> None:
    """It never takes the next word for its value."""
    assert shown in command("config", "show", *words).out.decode().splitlines()


def test_env_prints_what_selects_the_profile_and_unsets_what_beats_it(tmp_path: Path) -> None:
    """The lines are for `eval`; the warning is for the person."""
    DataDir(tmp_path).write_profile(
        Credentials("AKID", "secret"),
        region="us-east-1",
        url="https://127.0.0.1:1",
        ca_bundle=tmp_path / "ca.pem",
    )

    outcome = command("env", "--data-dir", str(tmp_path), environ={"AWS_PROFILE": "work"})

    assert outcome.out.decode().splitlines() == [
        f"export AWS_CONFIG_FILE={tmp_path}/aws/config",
        f"export AWS_SHARED_CREDENTIALS_FILE={tmp_path}/aws/credentials",
        f"export NODE_EXTRA_CA_CERTS={tmp_path}/ca.pem",
        "unset AWS_PROFILE",
    ]
    assert "AWS_PROFILE" in outcome.err
    assert "secret" not in outcome.out.decode()


def test_env_without_a_server_says_what_to_do(tmp_path: Path) -> None:
    """Nothing is printed that a shell would evaluate."""
    outcome = command("env", "--data-dir", str(tmp_path))

    assert outcome.status != 0
    assert outcome.out == b""
    assert "openparticipant serve" in outcome.err


def test_the_demo_brings_the_same_bytes_back(tmp_path: Path) -> None:
    """The whole round trip in a process of its own, with a real server in another."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "openparticipant",
            "demo",
            "--exit",
            "--port",
            "0",
            "--data-dir",
            str(tmp_path / "new"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    up, back = (
        line.split()[-1]
        for line in done.stdout.splitlines()
        if line.strip().startswith(("went up", "came back"))
    )
    assert up == back
    assert len(up) == 64
    assert "/demo/\n" not in done.stdout


def test_a_demo_that_stays_up_names_its_chat_page(tmp_path: Path) -> None:
    """The address stands behind the steps, and a browser's request there gets the page."""
    words = ["demo", "--port", "0", "--data-dir", str(tmp_path / "new")]
    with subprocess.Popen(
        [sys.executable, "-m", "openparticipant", *words], stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout
        lines = itertools.takewhile(lambda line: "Ctrl-C" not in line, demo.stdout)
        (url,) = (line.strip() for line in lines if line.strip().endswith("/demo/"))
        answer = request("GET", url)
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)

    assert answer.headers["content-type"].startswith("text/html")
    assert demo.returncode == 0


def test_a_demo_whose_server_cannot_start_says_why(tmp_path: Path) -> None:
    """The reason stands in the log; its last line is shown."""
    DataDir(tmp_path).create()
    (tmp_path / "objects").touch()

    outcome = command("demo", "--exit", "--port", "0", "--data-dir", str(tmp_path))

    assert outcome.status != 0
    assert "the server did not start" in outcome.err
