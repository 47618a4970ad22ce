"""`openparticipant migrate [--check]`: the schema of the server's database."""

from __future__ import annotations

import asyncio

from openparticipant import bootstrap
from openparticipant.cli.environment import Environment
from openparticipant.cli.server_settings import WrongSettingError, read_settings
from openparticipant.transport.start import StartError

_CHECK = "--check"
STEPS_MISSING = 1


def run(arguments: list[str], world: Environment) -> int:
    """Take the steps that the schema lacks and name them; with --check only name them.

    Status 0 when none is missing in the end, 1 when `--check` finds one, 2 when it cannot be told.
    """
    only_check = _CHECK in arguments
    loaded = read_settings("migrate", [word for word in arguments if word != _CHECK], world)
    if loaded is None:
        return 0
    for warning in loaded.warnings:
        world.complain(f"openparticipant: {warning}\n")
    look = bootstrap.missing if only_check else bootstrap.migrate
    try:
        steps = asyncio.run(look(loaded.settings))
    except StartError as error:
        raise WrongSettingError(str(error)) from None
    for step in steps:
        world.write(f"{'missing' if only_check else 'taken'}: {step.name}\n")
    if only_check and steps:
        return STEPS_MISSING
    world.write("the schema is up to date\n")
    return 0
