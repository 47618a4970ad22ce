"""The command line's table of literals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.operations import option_name

GENERATOR = Path(__file__).parents[2] / "tools/generate_cli_model.py"
MODEL = botocore.session.get_session().get_service_model("connectparticipant")


def test_the_table_is_fresh() -> None:
    """Whoever changes the wire shapes must write the command line's table anew."""
    ran = subprocess.run(
        [sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr


def test_every_operation_is_a_command() -> None:
    """The commands are those of AWS, in the same order and spelling."""
    assert list(OPERATIONS) == [xform_name(name, "-") for name in MODEL.operation_names]


@pytest.mark.parametrize("command", OPERATIONS)
def test_members_stand_in_the_models_order(command: str) -> None:
    """The order shows in usage, in messages and in output, so it is AWS's, the bearer included."""
    row = OPERATIONS[command]
    operation = MODEL.operation_model(row["name"])
    output = operation.output_shape

    assert list(row["input"]) == list(operation.input_shape.members)
    assert list(row["output"]) == (list(output.members) if output else [])
    assert [option_name(member) for member in row["input"]] == [
        f"--{xform_name(member, '-')}" for member in operation.input_shape.members
    ]


@pytest.mark.parametrize("command", OPERATIONS)
def test_required_options_are_those_of_the_model(command: str) -> None:
    """What AWS's command insists on is insisted on; a client token is made up by either."""
    row = OPERATIONS[command]
    shape = MODEL.operation_model(row["name"]).input_shape
    made_up = {n for n, m in shape.members.items() if m.metadata.get("idempotencyToken")}

    required = [member for member, each in row["input"].items() if each.get("required")]
    assert sorted(required) == sorted(set(shape.required_members) - made_up)


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["help"],
        ["send-message"],
        ["send-message", "help"],
        ["send-message", "--generate-cli-skeleton"],
        ["completion", "bash"],
        ["connect", "help"],
        ["connect", "stop-contact"],
        ["connect", "start-chat-contact", "--generate-cli-skeleton"],
    ],
)
def test_a_short_command_imports_little(words: list[str]) -> None:
    """Start-up is a feature: what needs no network must not pay for it, nor for typing."""
    heavy = {"msgspec", "typing", "dataclasses", "argparse", "http.client", "json", "re", "pathlib"}
    code = (
        "import sys; before = set(sys.modules)\n"
        "from openparticipant.cli.environment import this_process\n"
        "from openparticipant.cli.main import run\n"
        "run(this_process())\n"
        "print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    ran = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path[:0] = {sys.path!r}\n{code}",
            *words,
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    loaded = set(ran.stderr.splitlines()[-1].split())
    assert "openparticipant.cli.main" in loaded
    assert ("openparticipant.cli.connect_model" in loaded) == ("connect" in words)
    assert loaded & heavy == set()
