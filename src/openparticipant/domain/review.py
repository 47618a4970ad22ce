"""The review of a completed file: what is said of it, and for how long that may be awaited."""

from __future__ import annotations

from dataclasses import dataclass

from openparticipant.limits import SECOND


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner says of a file; `finding` is its own word for what it found, for the log."""

    is_approved: bool
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a file waits for a scanner that does not answer; then it is rejected.

    `tries` bounds how often it is shown to one, None leaves that to the time alone.
    """

    millis: int
    tries: int | None = None

    def pause(self, tries: int, *, longest: int) -> int:
        """Return how many milliseconds a file rests that was shown `tries` times in vain.

        With a bound to the tries, they are spread over the time; else the pauses double.
        """
        if self.tries is not None:
            return self.millis // self.tries
        return min(SECOND << min(tries - 1, 20), longest)

    def is_over(self, *, since: int, tries: int, now: int) -> bool:
        """Tell whether a file that was completed at `since` has been held for long enough."""
        return now - since >= self.millis or (self.tries is not None and tries >= self.tries)
