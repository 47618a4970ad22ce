"""`openparticipant backup TARGET`: all of a server that stands on files, while it runs or not."""

from __future__ import annotations

import asyncio
from pathlib import Path

from openparticipant import bootstrap
from openparticipant.backups.making import BackupError
from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.safe_text import printable
from openparticipant.cli.server_settings import WrongSettingError, read_settings
from openparticipant.errors import Unavailable
from openparticipant.system import SystemClock
from openparticipant.transport.start import StartError

WITH_COMPLAINTS = 1


def run(arguments: list[str], world: Environment) -> int:
    """Make a directory that `restore` takes.

    Status 0 when it is there and well, 1 when something that is in it was not well before, 2 when
    there is none.
    """
    words = list(arguments)
    target = words.pop(0) if words and not words[0].startswith("-") else ""
    if target == "help":
        words, target = ["--help"], ""
    loaded = read_settings("backup", words, world)
    if loaded is None:
        return 0
    if not target:
        raise UsageError("backup needs the directory to make: backup TARGET [options]")
    try:
        made = asyncio.run(bootstrap.back_up(loaded.settings, Path(target), SystemClock().now()))
    except OSError as error:
        raise WrongSettingError(f"{target}: {error.strerror or error}") from None
    except (BackupError, StartError, Unavailable) as error:
        raise WrongSettingError(str(error)) from None
    for complaint in made.complaints:
        world.complain(f"openparticipant: {printable(complaint)}\n")
    removed = f", {made.removed} objects were removed meanwhile" if made.removed else ""
    world.write(f"{target}: {made.files} files, {made.bytes} bytes{removed}\n")
    return WITH_COMPLAINTS if made.complaints else 0
