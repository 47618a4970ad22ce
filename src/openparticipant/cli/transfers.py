"""Files on their way side by side, each in a thread, until all have ended or a signal ends them."""

from __future__ import annotations

from collections import deque
from threading import Condition, Thread

from openparticipant.cli.http import NoAnswerError
from openparticipant.cli.interruption import Interruption, StoppedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol, TypeAlias

    from openparticipant.cli.client import Client
    from openparticipant.cli.display import Display
    from openparticipant.cli.moved import Moved

    class Transfer(Protocol):
        """One file.

        `subject` is what the person called it. `in_doubt` is set once the step has begun after
        which it is done, and only its end tells whether it is.
        """

        subject: str
        moved: Moved
        in_doubt: bool

        def run(self, interruption: Interruption) -> dict[str, Any]:
            """Bring it to its place and return what is told of it."""

        def abandon(self) -> None:
            """Leave nothing on the disk, though `run` may still be at work."""

    # What a transfer returned or raised.
    Outcome: TypeAlias = dict[str, Any] | BaseException

# Seconds
_TICK = 0.1  # between two looks at signals and at how far the files are
_GRACE = 1.0  # for a thread to notice that it is to end
_PATIENCE = 5.0  # for the last step, whose outcome would not be known otherwise


class Transfers:
    """Runs transfers in their order, at most `parallel` at the same time.

    That bounds the connections, too: each has one at a time. All that is told is told by the
    calling thread.
    """

    def __init__(self, transfers: Sequence[Transfer], parallel: int, client: Client) -> None:
        self._waiting = deque(transfers)
        self._under_way: list[Transfer] = []
        self._ended: deque[tuple[Transfer, Outcome]] = deque()
        self._threads = min(parallel, len(transfers))
        self._changed = Condition()
        self._interruption = Interruption(client)

    def run(self, tell: Callable[[Transfer, Outcome], None], display: Display) -> int:
        """Call `tell` with each that ends by itself.

        Returns the number of the signal that ended it early, or 0. Then, and after an exception,
        nothing is under way any more that could be stopped.
        """
        with self._interruption:
            for _ in range(self._threads):
                Thread(target=self._work, daemon=True).start()
            try:
                while not self._interruption.signal and self._wait():
                    self._tell_all(tell, display)
                    display.tick([each.moved for each in self._under_way])
            finally:
                display.clear()
                self._stop()
            self._tell_all(tell, display)
            return self._interruption.signal

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._threads -= 1
                    self._changed.notify()
                    return
                transfer = self._waiting.popleft()
                self._under_way.append(transfer)
            outcome: Outcome
            try:
                outcome = transfer.run(self._interruption)
            except BaseException as error:  # noqa: BLE001 - the calling thread raises what is none of ours
                outcome = error
            with self._changed:
                self._under_way.remove(transfer)
                self._ended.append((transfer, outcome))
                self._changed.notify()

    def _wait(self) -> bool:
        """Wait for a moment, or until one has ended; tell whether there is more to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or not self._threads, _TICK)
            return bool(self._ended or self._threads)

    def _tell_all(self, tell: Callable[[Transfer, Outcome], None], display: Display) -> None:
        while self._ended:
            transfer, outcome = self._ended.popleft()
            if self._is_cut_off(outcome):
                continue
            display.clear()
            tell(transfer, outcome)
            display.ended += 1

    def _is_cut_off(self, outcome: Outcome) -> bool:
        lost = isinstance(outcome, NoAnswerError) and self._interruption.stopped
        return lost or isinstance(outcome, StoppedError)

    def _stop(self) -> None:
        with self._changed:
            self._waiting.clear()
        self._interruption.stop()
        try:
            with self._changed:
                self._changed.wait_for(lambda: not self._under_way, _GRACE)
                self._changed.wait_for(
                    lambda: not any(each.in_doubt for each in self._under_way), _PATIENCE
                )
        finally:
            for each in list(self._under_way):
                each.abandon()
