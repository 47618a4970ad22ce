"""`openparticipant verify [--quick] [--json]`: rows, objects and hashes compared."""

from __future__ import annotations

import asyncio

from openparticipant import bootstrap
from openparticipant.cli.environment import Environment
from openparticipant.cli.json_lines import json_lines
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.safe_text import printable
from openparticipant.cli.server_settings import WrongSettingError, read_settings
from openparticipant.errors import Unavailable
from openparticipant.limits import MIB
from openparticipant.operations.differences import Difference
from openparticipant.operations.verification import Verification
from openparticipant.settings import Settings
from openparticipant.system import RandomIds, SystemClock
from openparticipant.transport.start import StartError

_QUICK, _JSON, _RATE = "--quick", "--json", "--rate"
_MIB_A_SECOND = 64
DIFFERENCES = 1
_ABOUT = """
With --quick, it does not read bytes to compare their hashes; with --json, it prints one object a
line. --rate NUMBER is how many MiB a second it reads at most, 64 when absent.
"""


def run(arguments: list[str], world: Environment) -> int:
    """Print what differs and a summary.

    Status 0 where nothing does, 1 where something does, 2 where it cannot be told.
    """
    words, rate = _rate(arguments)
    rest = [word for word in words if word not in {_QUICK, _JSON}]
    loaded = read_settings("verify", rest, world)
    if loaded is None:
        world.write(_ABOUT.lstrip())
        return 0
    report = _Report(world, as_json=_JSON in words)
    try:
        asyncio.run(_verify(loaded.settings, report, rate=0 if _QUICK in words else rate * MIB))
    except (StartError, Unavailable) as error:
        raise WrongSettingError(str(error)) from None
    return DIFFERENCES if report.count else 0


def _rate(arguments: list[str]) -> tuple[list[str], int]:
    words, rate = list(arguments), str(_MIB_A_SECOND)
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == _RATE:
            rate = value if equals else "".join(words[at + 1 : at + 2])
            del words[at : at + (1 if equals else 2)]
            break
    if not (rate.isascii() and rate.isdigit() and 0 < int(rate) <= 1_000_000):
        raise UsageError(f"argument {_RATE}: {rate!r} must be a number of MiB a second, from 1 on")
    return words, int(rate)


async def _verify(settings: Settings, report: _Report, *, rate: int) -> None:
    async with bootstrap.verification(
        settings, SystemClock(), RandomIds(), rate=rate
    ) as verification:
        async for difference in verification.differences():
            report.tell(difference)
        report.sum_up(verification)


class _Report:
    def __init__(self, world: Environment, *, as_json: bool) -> None:
        self._world = world
        self._as_json = as_json
        self.count = 0

    def tell(self, it: Difference) -> None:
        self.count += 1
        if self._as_json:
            members = {
                "Difference": it.kind,
                "Object": it.place,
                "ContactId": it.contact_id,
                "AttachmentId": it.attachment_id,
                "Detail": it.detail,
            }
            line = json_lines([{name: value for name, value in members.items() if value}])
        else:
            whose = ""
            if it.attachment_id:
                whose = f" (attachment {it.attachment_id} of contact {it.contact_id})"
            line = printable(f"{it.kind}: {it.place}: {it.detail}{whose}") + "\n"
        self._world.write(line)

    def sum_up(self, it: Verification) -> None:
        if self._as_json:
            members = {
                "Rows": it.rows,
                "Objects": it.objects,
                "BytesRead": it.bytes,
                "WithoutHash": it.unproven,
                "Differences": self.count,
            }
            self._world.write(json_lines([members]))
            return
        read = f"{it.bytes} bytes read" if it.bytes else "no bytes read"
        unproven = f", {it.unproven} objects without a hash to compare with" if it.unproven else ""
        self._world.write(
            f"{it.rows} rows, {it.objects} objects, {read}{unproven}: "
            f"{self.count or 'no'} difference{'' if self.count == 1 else 's'}\n"
        )
