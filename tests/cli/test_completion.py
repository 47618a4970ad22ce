"""Completion in real shells, by the scripts that `completion` prints."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openparticipant.cli.completion import SHELLS
from openparticipant.cli.connect_model import OPERATIONS as CONTROL
from openparticipant.cli.global_options import GLOBALS
from openparticipant.cli.main import OWN_COMMANDS
from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.operations import options_of
from openparticipant.cli.services import SERVICES
from openparticipant.cli.table import Operation
from tests.cli.worlds import command
from tests.requirements import require

GENERATOR = Path(__file__).parents[2] / "tools/generate_completions.py"
PATIENCE = 20
SHARED = {option.name for option in GLOBALS}
# What follows a command line: candidates that must be there, and some that must not.
CASES = {
    "openparticipant get-tr": ({"get-transcript"}, {"get-attachment"}),
    "openparticipant connectparticipant ": ({*OPERATIONS, "help"}, {"attach", "serve", *CONTROL}),
    "openparticipant connect ": ({*CONTROL, "help"}, {"attach", "connectparticipant", *OPERATIONS}),
    "openparticipant connect start-chat-contact --a": ({"--attributes"}, {"--as"}),
    "openparticipant --region x --out": ({"--output"}, {"--region"}),
    "openparticipant --output ": ({"json", "text", "table", "yaml"}, {"help"}),
    "openparticipant connectparticipant --output json send-m": ({"send-message"}, set()),
    "openparticipant get-transcript --scan-direction ": ({"FORWARD", "BACKWARD"}, {"--output"}),
    "openparticipant get-transcript --s": (
        {"--scan-direction", "--sort-order", "--start-position"},
        {"--session-id"},
    ),
    "openparticipant start-attachment-upload --generate-cli-skeleton o": ({"output"}, {"input"}),
    "openparticipant completion ": (set(SHELLS), {"help"}),
    "openparticipant config s": ({"show"}, {"check"}),
    "openparticipant start-chat --as ": ({"agent", "customer"}, set()),
}


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the scripts as they are printed."""
    folder = tmp_path_factory.mktemp("completions")
    for shell in SHELLS:
        outcome = command("completion", shell)
        assert (outcome.status, outcome.err) == (0, "")
        (folder / shell).write_bytes(outcome.out)
    (folder / "some-file").touch()
    return folder


def test_the_scripts_are_fresh() -> None:
    """Whoever changes an option must write the scripts anew."""
    ran = subprocess.run(
        [sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("words", [[], ["tcsh"], ["bash", "zsh"], ["--nonsense"]])
def test_other_shells_are_refused(words: list[str]) -> None:
    """The sentence names those that there are."""
    outcome = command("completion", *words)

    assert outcome.status == 2
    assert "bash" in outcome.err


def bash(scripts: Path, line: str, *, split: tuple[str, ...] | None = None) -> set[str]:
    """Return what bash would offer; it takes words apart at signs of equality, too."""
    words = split or tuple(line.split(" "))
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        f"source {scripts}/bash; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
        '_openparticipant; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ran = subprocess.run(
        ["bash", "--norc", "-c", script],
        # Without a path, nothing can be started.
        env={"PATH": "/nonexistent"},
        executable=shutil.which("bash"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return set(ran.stdout.split())


@pytest.mark.parametrize("line", CASES)
def test_bash_completes(scripts: Path, line: str) -> None:
    """Commands, options and values, without starting anything."""
    require(shutil.which("bash"), "bash")
    there, absent = CASES[line]
    offered = bash(scripts, line)

    assert there <= offered
    assert not absent & offered


@pytest.mark.parametrize(
    ("name", "row"),
    [*OPERATIONS.items(), *((f"connect {name}", row) for name, row in CONTROL.items())],
)
def test_bash_knows_every_option(scripts: Path, name: str, row: Operation) -> None:
    """Those of the operation and those of all, each until it is typed."""
    require(shutil.which("bash"), "bash")
    own = {option.name for option in options_of(row)} - {"-h"}

    assert bash(scripts, f"openparticipant {name} --") == own | SHARED
    assert bash(scripts, f"openparticipant {name} --debug --") == (own | SHARED) - {"--debug"}


def test_bash_completes_a_value_behind_a_sign_of_equality(scripts: Path) -> None:
    """In bash the sign is a word of its own."""
    require(shutil.which("bash"), "bash")
    before = ("openparticipant", "--output", "=", "text", "send-event", "--output", "=")

    assert bash(scripts, "", split=before) == {"json", "text", "table", "yaml"}
    assert bash(scripts, "", split=(*before, "ta")) == {"table"}


def test_bash_leaves_files_to_itself(scripts: Path) -> None:
    """Where a file may stand, nothing is offered, and bash then offers files."""
    require(shutil.which("bash"), "bash")

    assert bash(scripts, "openparticipant attach som") == set()
    assert bash(scripts, "openparticipant send-message --content ") == set()
    assert b"complete -o default " in (scripts / "bash").read_bytes()


def test_all_commands_are_offered(scripts: Path) -> None:
    """None is forgotten."""
    require(shutil.which("bash"), "bash")
    offered = bash(scripts, "openparticipant ")

    assert {*OPERATIONS, *OWN_COMMANDS, *SERVICES, "help"} | SHARED == offered


@pytest.mark.parametrize("line", CASES)
def test_fish_completes(scripts: Path, line: str) -> None:
    """The same as in bash."""
    require(shutil.which("fish"), "fish")
    there, absent = CASES[line]
    ran = subprocess.run(
        ["fish", "--no-config", "-c", f"source {scripts}/fish; complete -C'{line}'"],
        env={"PATH": os.environ["PATH"], "HOME": str(scripts)},
        cwd=scripts,
        capture_output=True,
        text=True,
        check=False,
    )
    offered = {each.split("\t")[0] for each in ran.stdout.splitlines()}

    assert ran.stderr == ""
    assert there <= offered
    assert not absent & offered


# Where one candidate is left, zsh writes it out.
ZSH = {
    "openparticipant get-tr": "openparticipant get-transcript ",
    "openparticipant connectparticipant start-": (
        "openparticipant connectparticipant start-attachment-upload "
    ),
    "openparticipant connect describe-c": "openparticipant connect describe-contact ",
    "openparticipant --region x --outp": "openparticipant --region x --output ",
    "openparticipant --output ta": "openparticipant --output table ",
    "openparticipant get-transcript --sort-order ASC": (
        "openparticipant get-transcript --sort-order ASCENDING "
    ),
    "openparticipant get-transcript --sort-order=ASC": (
        "openparticipant get-transcript --sort-order=ASCENDING "
    ),
    "openparticipant get-transcript --max": "openparticipant get-transcript --max-results ",
    "openparticipant completion f": "openparticipant completion fish ",
    "openparticipant attach some-f": "openparticipant attach some-file ",
    "openparticipant config --public-": "openparticipant config --public-url ",
}


def test_zsh_completes(scripts: Path) -> None:
    """Typed into a terminal, with the key that completes."""
    require(shutil.which("zsh"), "zsh")
    shell = Terminal(["zsh", "-f", "-i"], scripts)
    try:
        shell.type("unsetopt zle_bracketed_paste prompt_cr; autoload -Uz compinit; compinit -D\n")
        shell.type('source ./zsh; show() { print -r -- "<$BUFFER>"; BUFFER= }; zle -N show\n')
        shell.type("bindkey '^X' show; PS1=; print READY | tr A-Z a-z\n")
        shell.read("ready\r\n")
        for line, whole in ZSH.items():
            shell.type(f"{line}\t\x18")
            assert shell.read(">\r\n").rpartition("<")[2] == whole
    finally:
        shell.close()


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, words: list[str], folder: Path) -> None:
        master, slave = pty.openpty()
        self._process = subprocess.Popen(
            words,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb"},
            start_new_session=True,
        )
        os.close(slave)
        self._master = master

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode())

    def read(self, end: str) -> str:
        """Return what shows up to an end."""
        seen = ""
        deadline = time.monotonic() + PATIENCE
        while end not in seen:
            left = deadline - time.monotonic()
            assert left > 0, f"still waiting after: {seen!r}"
            if select.select([self._master], [], [], left)[0]:
                seen += os.read(self._master, 4096).decode()
                seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)
        return seen.partition(end)[0]

    def close(self) -> None:
        """End the program."""
        self._process.kill()
        self._process.wait()
        os.close(self._master)
