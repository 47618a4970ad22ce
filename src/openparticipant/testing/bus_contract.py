"""What every bus must do, within a node and between two.

Run each of `RULES` on two buses that are connected, or on one bus twice; each is one rule, told by
its docstring.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.transcript import (
    AttachedFile,
    Hint,
    ItemType,
    Notice,
    Receipt,
    Receipted,
    TranscriptItem,
    Typing,
)
from openparticipant.ports import Bus

_PATIENCE = 10.0  # seconds
CONTACT = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
_JO = Participant("33333333-3333-4333-8333-333333333333", Role.CUSTOMER, "Jo 🦊")


@dataclass(frozen=True, slots=True)
class Nodes:
    """Two buses; `settle` returns once what was asked of both is in effect."""

    here: Bus
    there: Bus
    settle: Callable[[], Awaitable[None]]


def said(ordinal: int, content: str = "hello", contact_id: str = CONTACT) -> TranscriptItem:
    """Return a message."""
    return TranscriptItem(
        contact_id, f"item-{ordinal}", ordinal, 1_700_000_000_000 + ordinal, ItemType.MESSAGE, _JO,
        "text/plain", content,
    )  # fmt: skip


NOTICES: tuple[Notice, ...] = (
    said(1, "Grüße\n\0🦊"),
    TranscriptItem(
        CONTACT, "item-2", 2, 5, ItemType.ATTACHMENT, _JO,
        attachment=AttachedFile("file", "a b.pdf", "application/pdf"),
    ),
    TranscriptItem(
        CONTACT, "item-4", 4, 7, ItemType.ATTACHMENT, _JO,
        attachment=AttachedFile("bad", "a.pdf", "application/pdf", is_rejected=True),
        is_private=True,
    ),
    TranscriptItem(CONTACT, "item-3", 3, 6, ItemType.EVENT, None, "chat.ended"),
    Typing(CONTACT, "typing", 7, _JO),
    Receipted(CONTACT, "receipt", 8, "item-1", Receipt("somebody", 9, None)),
)  # fmt: skip


class Ear:
    """A listener, and what it has heard and nobody has taken yet."""

    def __init__(self, bus: Bus, contact_id: str = CONTACT) -> None:
        self.heard: asyncio.Queue[Hint] = asyncio.Queue()
        self.stop = bus.listen(contact_id, self.heard.put_nowait)

    async def next(self) -> Hint:
        """Return what is heard next."""
        async with asyncio.timeout(_PATIENCE):
            return await self.heard.get()


async def everything_arrives_as_it_was(nodes: Nodes) -> None:
    """Tell listeners anywhere what was said, in the order of one publisher."""
    near, far = Ear(nodes.here), Ear(nodes.there)
    await nodes.settle()
    for notice in NOTICES:
        nodes.here.publish(notice)

    assert [await far.next() for _ in NOTICES] == list(NOTICES)
    assert [await near.next() for _ in NOTICES] == list(NOTICES)


async def own_listeners_hear_at_once(nodes: Nodes) -> None:
    """Tell a node's own listeners before anything else is done, and once."""
    near, far = Ear(nodes.here), Ear(nodes.there)
    await nodes.settle()
    nodes.here.publish(said(1))

    assert near.heard.get_nowait() == said(1)

    await far.next()
    nodes.there.publish(said(2))
    assert await near.next() == said(2)
    assert near.heard.empty()


async def only_the_contact_is_heard(nodes: Nodes) -> None:
    """Tell nobody of a contact that they do not listen to."""
    other, far = Ear(nodes.there, OTHER), Ear(nodes.there)
    await nodes.settle()
    nodes.here.publish(said(1))
    nodes.here.publish(said(1, contact_id=OTHER))

    assert await other.next() == said(1, contact_id=OTHER)
    assert await far.next() == said(1)
    assert other.heard.empty()


async def who_stops_hears_no_more(nodes: Nodes) -> None:
    """Deafen one listener, not another of the same contact."""
    leaving, staying = Ear(nodes.there), Ear(nodes.there)
    await nodes.settle()
    leaving.stop()
    nodes.here.publish(said(1))
    assert await staying.next() == said(1)
    staying.stop()
    back = Ear(nodes.there)
    await nodes.settle()
    nodes.here.publish(said(2))

    assert await back.next() == said(2)
    assert leaving.heard.empty()
    assert staying.heard.empty()


async def nobody_need_listen(nodes: Nodes) -> None:
    """Take what nobody listens to, and leave nothing of it for who comes later."""
    nodes.here.publish(said(1))
    await nodes.settle()
    late = Ear(nodes.there)
    await nodes.settle()
    nodes.here.publish(said(2))

    assert await late.next() == said(2)


Rule: TypeAlias = Callable[[Nodes], Awaitable[None]]

RULES: tuple[Rule, ...] = (
    everything_arrives_as_it_was,
    own_listeners_hear_at_once,
    only_the_contact_is_heard,
    who_stops_hears_no_more,
    nobody_need_listen,
)
