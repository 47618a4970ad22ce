"""The sockets of one contact on this node, told of everything in order and once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from openparticipant.domain.transcript import (
    Advanced,
    EventType,
    Hint,
    ItemType,
    Notice,
    TranscriptItem,
    Typing,
)
from openparticipant.errors import Unavailable
from openparticipant.ports import ContactStore
from openparticipant.transport.live.announcement import announcement
from openparticipant.transport.live.socket import NORMAL, Socket

_PAGE = 100

_log = logging.getLogger(__name__)


class Room:
    """Where a contact's listeners are; `head` is the ordinal of the newest item they were told.

    The bus is a hint. An item that comes next is passed on at once; one that comes early means that
    others were missed, and the store is read for them. Until it is open, all that it hears is kept in
    mind, so that those who came while the store was away are told of it later. `told` hears of each
    notice that was passed on and of how many sockets got it. Sockets whose participation is over end
    after `parting` seconds.
    """

    def __init__(
        self,
        contact_id: str,
        contact_seq: int,
        store: ContactStore,
        told: Callable[[Notice, int], None],
        parting: float,
    ) -> None:
        self.contact_seq = contact_seq
        self.members: set[Socket] = set()
        self.head: int | None = None
        self._contact_id = contact_id
        self._store = store
        self._told = told
        self._parting = parting
        self._gone: set[str] = set()  # participants who have left, and hear of the end only
        self._missed = False
        self._first_heard: int | None = None
        self._catching_up: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Find where the contact stands; everything later is told, and everything heard before.

        Raises Unavailable.
        """
        head = (await self._store.heads([self.contact_seq])).get(self.contact_seq, 0)
        if self.head is None:
            self.head = head if self._first_heard is None else min(head, self._first_heard - 1)
            if self._missed:
                self.catch_up()

    def hear(self, hint: Hint) -> None:
        """Take what the bus brings."""
        if not isinstance(hint, TranscriptItem | Advanced):
            self._tell(hint)
        elif self.head is None:
            self._missed = True
            self._first_heard = min(hint.ordinal, self._first_heard or hint.ordinal)
        elif isinstance(hint, TranscriptItem) and hint.ordinal == self.head + 1:
            self._advance(hint)
        elif hint.ordinal > self.head:
            self.catch_up()

    def catch_up(self) -> None:
        """Read from the store what the bus did not bring."""
        self._missed = True
        if self._catching_up is None:
            self._catching_up = asyncio.create_task(self._read_on())

    def close(self) -> None:
        """Stop reading; nobody listens any more."""
        if self._catching_up is not None:
            self._catching_up.cancel()

    async def _read_on(self) -> None:
        try:
            while self._missed and self.head is not None:
                self._missed = False
                items = await self._store.items(self._contact_id, after=self.head, limit=_PAGE)
                self._missed = len(items) == _PAGE or self._missed
                for item in items:
                    if item.ordinal == self.head + 1:
                        self._advance(item)
                    # Between two of them the sockets write, else those that read well overflow too.
                    await asyncio.sleep(0)
        except Unavailable as error:  # the next look at the heads tries again
            _log.warning("listeners of contact %s wait: %s", self._contact_id, error)
        finally:
            self._catching_up = None

    def _advance(self, item: TranscriptItem) -> None:
        self.head = item.ordinal
        if item.type is ItemType.EVENT and item.content_type == EventType.ENDED:
            self._gone.clear()
            self._tell(item)
            self._end(self.members)
            return
        self._tell(item)
        if item.type is ItemType.EVENT and item.content_type == EventType.LEFT and item.author:
            self._gone.add(item.author.id)
            self._end(
                member for member in self.members if member.caller.participant_id == item.author.id
            )

    def _tell(self, notice: Notice) -> None:
        frame = announcement(notice)
        # Who types knows it; browser clients would show them that somebody does.
        deaf = {*self._gone, notice.author.id} if isinstance(notice, Typing) else self._gone
        only = notice.author if isinstance(notice, TranscriptItem) and notice.is_private else None
        told = 0
        for member in self.members:
            if member.caller.participant_id not in deaf and (
                only is None or member.caller.participant_id == only.id
            ):
                member.tell(frame)
                told += 1
        self._told(notice, told)

    def _end(self, members: Iterable[Socket]) -> None:
        for member in members:
            member.end(NORMAL, "the participation has ended", after=self._parting)
