"""Many who complete one upload at the same time, while somebody goes on replacing its bytes."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

from tests.cluster.uploads import begin_upload, complete, fetched, items, put
from tests.crash.line import Line
from tests.crash.load import begin

_RACERS = 20
_SIZE = 3000
_PUTS_AFTERWARDS = 3


def race(dials: Sequence[Callable[[], Line]], rounds: int, seed: int) -> int:
    """Play rounds; fail where what was completed changes. Return the PUTs that came too late.

    `dials` open lines to one node each.
    """
    rng = random.Random(seed)
    late = 0
    with ExitStack() as open_ones:

        def opened(number: int) -> Line:
            return open_ones.enter_context(closing(dials[number % len(dials)]()))

        racers = [opened(number) for number in range(_RACERS)]
        replacing = opened(_RACERS)
        pool = open_ones.enter_context(ThreadPoolExecutor(_RACERS + 1))
        for _ in range(rounds):
            late += _Round(racers, replacing, rng.getrandbits(32)).play(pool)
    return late


class _Round:
    """One upload, in a chat of its own."""

    def __init__(self, racers: Sequence[Line], replacing: Line, seed: int) -> None:
        self._racers = racers
        self._replacing = replacing
        self._rng = random.Random(seed)
        self._shared_token = str(uuid.UUID(int=self._rng.getrandbits(128)))
        self._token = begin(racers[0]).connection_token
        self._started: dict[str, Any] = begin_upload(racers[0], self._token, bytes(_SIZE))
        put(racers[0], self._started, self._rng.randbytes(_SIZE))
        self._lined_up = threading.Barrier(_RACERS + 1)
        self._completed = threading.Event()

    def play(self, pool: ThreadPoolExecutor) -> int:
        """Return how many PUTs came after the first success."""
        replaced = pool.submit(self._replace)
        won = [pool.submit(self._complete, number) for number in range(_RACERS)]
        seen = [each for winner in won if (each := winner.result()) is not None]
        late = replaced.result()
        line = self._racers[1]
        seen.append(fetched(line, self._token, self._started))
        assert len(seen) > 1, "nobody was told of a success"
        assert len(set(seen)) == 1, "what was completed has changed"
        kinds = [item["Type"] for item in items(line, self._token)]
        assert kinds == ["ATTACHMENT"], kinds
        return late

    def _complete(self, number: int) -> bytes | None:
        """Complete, half of the racers under one token; a winner fetches at once what it won."""
        line = self._racers[number]
        own_token = self._shared_token if number % 4 < 2 else f"{self._shared_token}-{number}"
        self._lined_up.wait(60)
        answer = complete(line, self._token, self._started, own_token).expect(200, 409)
        if answer.status == 409:
            return None
        self._completed.set()
        return fetched(line, self._token, self._started)

    def _replace(self) -> int:
        """Put other bytes of the same size, again and again, also when all is over."""
        self._lined_up.wait(60)
        late = 0
        while late < _PUTS_AFTERWARDS:
            is_late = self._completed.is_set()
            # The built-in store knows the row and refuses; on S3 late bytes land where nobody looks.
            put(self._replacing, self._started, self._rng.randbytes(_SIZE), 403)
            late += is_late
        return late
