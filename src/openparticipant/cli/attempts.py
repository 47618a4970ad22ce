"""Try, pause, and try again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.retries import Retries

# However long a server asks to be left alone: somebody is waiting.
LONGEST_WISH = 60
# Who waits for longer is told so, where there is a terminal.
_SILENT = 1


class Attempts:
    """The numbers from 1 up to the most that are wanted, with a pause before each but the first.

    Pauses grow, and are drawn by chance, so that many who failed together do not come back together.
    """

    def __init__(self, world: Environment, retries: Retries) -> None:
        self._world = world
        self._retries = retries
        self._number = 0
        self._wish = 0.0

    def __iter__(self) -> Iterator[int]:
        """Count, pausing."""
        for number in range(1, self._retries.most + 1):
            self._number = number
            if number > 1:
                self._pause()
            yield number

    @property
    def are_over(self) -> bool:
        """Tell whether this attempt is the last one."""
        return self._number == self._retries.most

    def heed(self, retry_after: str | None) -> None:
        """Pause at least as long as a server's answer asked for, within reason."""
        if retry_after is not None:
            self._wish = min(_seconds(retry_after, self._world.clock()), LONGEST_WISH)

    def _pause(self) -> None:
        drawn = self._retries.pause(self._number - 1, self._world.random())
        seconds, self._wish = max(drawn, self._wish), 0.0
        telling = seconds > _SILENT and self._world.stderr_is_terminal
        if telling:
            # Short, so that it is one line, which can be taken back, on any terminal.
            self._world.complain(f"\r\x1b[Kretry in {seconds:.0f} s")
        try:
            self._world.sleep(seconds)
        finally:
            if telling:
                self._world.complain("\r\x1b[K")


def _seconds(wish: str, now: int) -> float:
    """Read `Retry-After` (RFC 9110, 10.2.3): seconds, or a date; what is neither asks for nothing."""
    wish = wish.strip()
    if wish.isascii() and wish.isdecimal():
        return float(wish)
    from email.utils import mktime_tz, parsedate_tz  # noqa: PLC0415 - only for this

    try:
        date = parsedate_tz(wish)
        return max(mktime_tz(date) - now / 1000, 0) if date is not None else 0
    except (ValueError, OverflowError):
        return 0
