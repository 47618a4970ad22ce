"""`openparticipant bucket setup`: make a bucket fit to hold attachments."""

from __future__ import annotations

import asyncio

from openparticipant import bootstrap
from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.server_settings import WrongSettingError, read_settings
from openparticipant.system import RandomIds, SystemClock
from openparticipant.transport.start import StartError


def run(arguments: list[str], world: Environment) -> int:
    """Write the bucket's rules and try it out, or print the rules; 2 says what is missing."""
    verb, *rest = arguments or [""]
    if verb in {"help", "-h", "--help"}:
        verb, rest = "setup", ["--help"]
    if verb != "setup":
        raise UsageError("bucket needs: setup")
    only_print = "--print" in rest
    loaded = read_settings("bucket setup", [word for word in rest if word != "--print"], world)
    if loaded is None:
        world.write("With --print, it shows the rules as they would be, and changes nothing.\n")
        return 0
    try:
        lists = asyncio.run(
            bootstrap.set_up_bucket(
                loaded.settings, SystemClock(), RandomIds(), write=not only_print
            )
        )
    except StartError as error:
        raise WrongSettingError(str(error)) from None
    if only_print:
        world.write("\n".join(f"# {name}\n{document.decode()}" for name, document in lists.items()))
    else:
        written = " and ".join(lists)
        world.write(f"the bucket can be used; its {written} rules are in place\n")
    return 0
