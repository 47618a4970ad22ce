"""The contract of `ContactStore`, for whoever writes a back end.

Each rule is one async function with the guarantee as its name; `hold` plays it on a store:

    @pytest.mark.parametrize("rule", RULES, ids=name_of)
    def test_mine(rule, tmp_path):
        asyncio.run(hold(rule, lambda: open_my_store(tmp_path)))
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import TypeAlias

from openparticipant.testing.store_contract import (
    audits,
    completions,
    contacts,
    deadlines,
    durability,
    file_configurations,
    items,
    listings,
    messages,
    participants,
    presence,
    privacy,
    proposals,
    purges,
    quotas,
    removals,
    scans,
    tokens,
    transcripts,
)
from openparticipant.testing.store_contract.scene import OpenStore, Scene
from openparticipant.testing.store_contract.unheard import unheard

__all__ = ["RULES", "OpenStore", "Rule", "hold", "name_of", "unheard"]

Rule: TypeAlias = Callable[[Scene], Awaitable[None]]

_CHAPTERS = (
    contacts,
    participants,
    tokens,
    proposals,
    completions,
    quotas,
    scans,
    items,
    presence,
    messages,
    transcripts,
    privacy,
    listings,
    audits,
    purges,
    removals,
    file_configurations,
    deadlines,
    durability,
)


def _rules(chapter: ModuleType) -> list[Rule]:
    return [
        function
        for name, function in vars(chapter).items()
        if inspect.iscoroutinefunction(function)
        and function.__module__ == chapter.__name__
        and not name.startswith("_")
    ]


RULES: tuple[Rule, ...] = tuple(rule for chapter in _CHAPTERS for rule in _rules(chapter))


def name_of(rule: Rule) -> str:
    """Return a rule's name with its chapter, as a test's id."""
    chapter = rule.__module__.rpartition(".")[2]
    return f"{chapter}.{getattr(rule, '__name__', repr(rule))}"


async def hold(rule: Rule, open_store: OpenStore) -> None:
    """Hold a store to one rule; raise AssertionError where it breaks it."""
    async with Scene.on(open_store) as scene:
        await rule(scene)
