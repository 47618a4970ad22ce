"""A command that reads the file on its standard input: status 0 approves, 1 rejects.

It gets nothing else of ours: no environment, no open file, no terminal. When it ends, or is given up, its process
group is ended.
"""

from __future__ import annotations

import logging
import os
import stat
from dataclasses import dataclass

from openparticipant.domain.review import Verdict
from openparticipant.errors import NoVerdict, Unavailable
from openparticipant.ports import CompletedFile
from openparticipant.scanners.failure import Unreachable, shown
from openparticipant.scanners.run import Run

_APPROVED, _REJECTED = 0, 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    """The program at `path`."""

    path: str

    @property
    def name(self) -> str:
        """See `Scanner`."""
        return f"exec:{self.path}"

    @property
    def largest(self) -> int | None:
        """None: it reads as long as there is something."""
        return None

    async def reach(self) -> None:
        """Raise `Unreachable` unless there is something to execute."""
        try:
            is_file = stat.S_ISREG(os.stat(self.path).st_mode)  # noqa: PTH116 - text, as it is told
        except OSError as error:
            raise Unreachable(f"{self.name}: {error.strerror}") from None
        if not is_file or not os.access(self.path, os.X_OK):
            raise Unreachable(f"{self.name}: it cannot be executed")

    async def scan(self, file: CompletedFile) -> Verdict:
        """Run the command on a file."""
        await self.reach()
        async with file.read() as pieces:
            if pieces is None:
                raise Unavailable("the file to scan is not there")
            run = self._start()
            try:
                async for piece in pieces:
                    await run.write(piece)
                    if run.has_ended:  # one that has seen enough need not read the rest
                        break
                await run.end_of_file()
            finally:
                status = await run.close()
        if run.said:
            said = shown(run.said.strip())
            _log.warning("%s on attachment %s: %s", self.name, file.attachment.id, said)
        return self._verdict(status)

    def _verdict(self, status: int) -> Verdict:
        if status in {_APPROVED, _REJECTED}:
            return Verdict(is_approved=status == _APPROVED)
        how = f"signal {-status}" if status < 0 else f"status {status}"
        raise NoVerdict(f"{self.name}: it ended with {how}, which is no verdict")

    def _start(self) -> Run:
        try:
            return Run(self.path)
        except OSError as error:
            raise Unreachable(f"{self.name}: {error.strerror}") from None
