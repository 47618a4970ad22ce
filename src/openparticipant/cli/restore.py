"""`openparticipant restore SOURCE --data-dir EMPTY`: a back-up made a data directory again."""

from __future__ import annotations

from pathlib import Path

from openparticipant.backups.making import BackupError
from openparticipant.backups.manifest import ManifestError
from openparticipant.backups.restoring import restore
from openparticipant.cli.environment import Environment
from openparticipant.cli.own_command import ask
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.safe_text import printable
from openparticipant.cli.scan import Option
from openparticipant.cli.server_settings import WrongSettingError

_DATA_DIR = "--data-dir"
_OPTIONS = (Option(_DATA_DIR, exact=True),)


def run(arguments: list[str], world: Environment) -> int:
    """Restore; status 0 when all is in place, 2 when nothing is."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("restore", world.program))
        return 0
    if len(asked.words) != 1 or _DATA_DIR not in asked.values:
        raise UsageError(f"restore needs a back-up and a place: restore SOURCE {_DATA_DIR} EMPTY")
    source, data_dir = Path(asked.words[0]), Path(asked.values[_DATA_DIR])
    try:
        absent = restore(source, data_dir)
    except OSError as error:
        raise WrongSettingError(
            f"{error.filename or data_dir}: {error.strerror or error}"
        ) from None
    except (BackupError, ManifestError) as error:
        raise WrongSettingError(printable(str(error))) from None
    for it in absent:
        world.write(printable(f"not in the back-up: {it.path}: {it.reason}") + "\n")
    world.write(f"{data_dir} is restored\n")
    return 0
