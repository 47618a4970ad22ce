"""`completion bash|zsh|fish`: what makes a shell complete commands, options and values.

The scripts are static, so that no key press starts Python.
"""

from __future__ import annotations

import os.path

from openparticipant.cli.refusal import UsageError
from openparticipant.cli.scan import invalid_choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment

SHELLS = ("bash", "zsh", "fish")


def run(arguments: list[str], world: Environment) -> int:
    """Print the script of one shell."""
    if not {"help", "-h", "--help"}.isdisjoint(arguments):
        from openparticipant.cli import help as pages  # noqa: PLC0415

        world.write(pages.own_command("completion", world.program))
        return 0
    if len(arguments) != 1:
        raise UsageError(f"completion needs one of: {', '.join(SHELLS)}")
    (shell,) = arguments
    if shell not in SHELLS:
        raise UsageError(f"argument shell: {invalid_choice(shell, SHELLS)}")
    here = os.path.dirname(__file__)  # noqa: PTH120 - pathlib would double the time
    path = f"{here}/completions/openparticipant.{shell}"
    with open(path, "rb") as script:  # noqa: PTH123
        world.write(script.read())
    return 0
