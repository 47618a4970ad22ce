"""Which scanners look at the files of a node."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from openparticipant.errors import Unavailable
from openparticipant.ports import Clock, Scanner, Scanning
from openparticipant.settings import Settings
from openparticipant.transport.start import StartError

_NONE = "none:"

_log = logging.getLogger(__name__)


@asynccontextmanager
async def scanning(settings: Settings, clock: Clock) -> AsyncIterator[Scanning]:
    """Call on every scanner, and close them at the end. Raises StartError where one is not there."""
    addresses = [address for address in settings.scanner if address != _NONE]
    async with AsyncExitStack() as held:
        scanners = [await _scanner(address, settings, clock, held) for address in addresses]
        sizes = [it.largest for it in scanners if it.largest is not None]
        if sizes and min(sizes) < settings.attachment_size:
            _log.warning(
                "files above %d bytes are refused: a scanner takes no larger ones", min(sizes)
            )
        yield Scanning(scanners, settings.scan_hold)


async def _scanner(address: str, settings: Settings, clock: Clock, held: AsyncExitStack) -> Scanner:
    # Only a server that scans has use for them.
    from openparticipant.scanners.address import read_program  # noqa: PLC0415 - see above
    from openparticipant.scanners.supervised import SupervisedScanner  # noqa: PLC0415 - see above

    try:
        program = read_program(address, within=settings.scan_timeout)
        await program.reach()
    except (ValueError, Unavailable) as error:
        raise StartError(f"--scanner {error}") from None
    scanner = SupervisedScanner(program, clock, within=settings.scan_timeout)
    held.push_async_callback(scanner.close)
    return scanner
