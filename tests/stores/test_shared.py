"""Answers that are shared: who asks meanwhile gets the next one, and everybody hears what concerns them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from openparticipant.errors import Unavailable
from openparticipant.stores.shared import Shared


class Answers:
    """Doubles numbers, once the test lets it; `asked` is what came together."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.error: Exception | None = None
        self._open = asyncio.Event()
        self._open.set()

    def hold(self) -> None:
        """Let whoever asks wait."""
        self._open.clear()

    def release(self) -> None:
        """Answer."""
        self._open.set()

    async def __call__(self, numbers: Sequence[int]) -> Sequence[int]:
        """Answer all."""
        self.asked.append(list(numbers))
        await self._open.wait()
        if self.error is not None:
            raise self.error
        return [2 * number for number in numbers]


async def ask(shared: Shared[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """Ask, and return once all have been asked."""
    tasks = [asyncio.ensure_future(shared.ask(number)) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_who_asks_alone_is_answered_alone() -> None:
    """Nothing is waited for that nobody has asked."""
    answers = Answers()
    shared = Shared(answers, 10)
    assert [await shared.ask(number) for number in (1, 2)] == [2, 4]
    assert answers.asked == [[1], [2]]


async def test_what_is_asked_meanwhile_shares_the_next_answer() -> None:
    """Up to so many at a time, in the order in which they asked."""
    answers = Answers()
    answers.hold()
    shared = Shared(answers, 3)
    first = await ask(shared, 1)
    others = await ask(shared, 2, 3, 4, 5)
    answers.release()
    assert await asyncio.gather(*first, *others) == [2, 4, 6, 8, 10]
    assert answers.asked == [[1], [2, 3, 4], [5]]


async def test_a_failure_is_heard_by_all_who_shared_it() -> None:
    """Each has an error of its own, as certain as the first; the next ones are asked for anew."""
    answers = Answers()
    answers.hold()
    answers.error = Unavailable("away", untouched=True)
    shared = Shared(answers, 10)
    first = await ask(shared, 1)
    others = await ask(shared, 2, 3)
    answers.release()
    heard = await asyncio.gather(*first, *others, return_exceptions=True)
    assert [(str(error), getattr(error, "untouched", None)) for error in heard] == [
        ("away", True)
    ] * 3
    assert len(set(map(id, heard))) == 3
    answers.error = None
    assert await shared.ask(4) == 8


async def test_a_fault_is_heard_as_it_is() -> None:
    """It does not end the work for those who come later."""
    answers = Answers()
    answers.error = ValueError("a fault")
    shared = Shared(answers, 10)
    with pytest.raises(ValueError, match="a fault"):
        await shared.ask(1)
    answers.error = None
    assert await shared.ask(2) == 4


async def test_who_gives_up_disturbs_nobody() -> None:
    """Neither before the question was put nor while the answer is on its way."""
    answers = Answers()
    answers.hold()
    shared = Shared(answers, 10)
    (first,) = await ask(shared, 1)
    second, third = await ask(shared, 2, 3)
    first.cancel()
    second.cancel()
    answers.release()
    assert await third == 6
    assert first.cancelled()
    assert second.cancelled()
