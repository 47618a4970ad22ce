"""Where the operator's commands read: at the running server, or in the directory of a stopped one."""

from __future__ import annotations

from pathlib import Path

from openparticipant.cli.refusal import CommandError, UsageError
from openparticipant.cli.scan import Option
from openparticipant.cli.server_settings import WrongSettingError
from openparticipant.data_dir import DataDir, DataDirError
from openparticipant.settings import SettingsError, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Any, Protocol

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.own_command import Asked

    class Records(Protocol):
        """What answers the operations of the operator."""

        def call(self, operation: str, members: Mapping[str, object]) -> Any:
            """Return the answer's JSON object. Raises CommandError."""

        def call_any(self, operation: str, members: Mapping[str, object]) -> Any:
            """Return the answer of whichever process of the server has one. Raises CommandError."""


OPTIONS = (
    Option("--config", exact=True),
    Option("--data-dir", exact=True),
    Option("--json", takes="nothing", exact=True),
)
# Options of every operation that would be passed over here without a word.
_FOREIGN = ("--endpoint-url", "--output", "--profile", "--query", "--region")


class NoRecordsError(CommandError):
    """Nothing can be read; one line that says why, and the status of what failed."""

    code = "NoRecords"

    def __init__(self, text: str) -> None:
        super().__init__(text, status=1)

    def render(self, program: str) -> str:
        """Return the one line."""
        return f"{program}: {self}\n"


def open_records(asked: Asked, world: Environment) -> AbstractContextManager[Records]:
    """Return what to read from, until it is closed.

    A directory that no server holds is held meanwhile, so that none starts on it. Raises
    CommandError.
    """
    for name in _FOREIGN:
        if name in asked.values:
            raise UsageError(
                f"{name} does not apply: this reads the server of --data-dir, --json is for scripts"
            )
    config = asked.values.get("--config") or world.environ.get("OPENPARTICIPANT_CONFIG")
    flags = {"data-dir": [asked.values["--data-dir"]]} if "--data-dir" in asked.values else {}
    try:
        settings = load(flags, world.environ, Path(config) if config else None).settings
    except SettingsError as error:
        raise WrongSettingError(str(error)) from None
    data_dir = DataDir(settings.data_dir)
    try:
        is_idle = data_dir.lock_if_idle()
    except DataDirError as error:
        raise NoRecordsError(str(error)) from None
    if is_idle:
        from openparticipant.cli.stopped_server import StoppedServer  # noqa: PLC0415 - it is large

        return StoppedServer(settings, data_dir)

    from openparticipant.cli.running_server import RunningServer  # noqa: PLC0415 - not both

    return RunningServer(data_dir, asked.options, world)


def pages(records: Records, operation: str, members: Mapping[str, str]) -> Iterator[Any]:
    """Return an operation's answers, page after page."""
    for name, text in members.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise UsageError(f"{name} is not text in UTF-8") from None
    while True:
        page = records.call(operation, members)
        yield page
        if "NextToken" not in page:
            return
        members = {**members, "NextToken": page["NextToken"]}


def instant(option: str, text: str) -> str:
    """Return an option's instant as the operations take it. Raises UsageError."""
    from openparticipant.wire.times import iso8601, parse_iso8601  # noqa: PLC0415 - rarely needed

    at = parse_iso8601(text)
    if at is None:
        raise UsageError(f"argument {option}: {text!r} is not an instant such as 2026-01-31T10:15Z")
    return iso8601(at)
