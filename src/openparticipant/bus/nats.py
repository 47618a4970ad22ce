"""The bus of many nodes: NATS, with one subject for each contact."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable

from openparticipant import trace_context
from openparticipant.bus import envelope
from openparticipant.bus.local import LocalBus
from openparticipant.bus.nats_cluster import Cluster
from openparticipant.bus.nats_connection import Connection, connect
from openparticipant.domain.transcript import Advanced, Hint, Notice, TranscriptItem
from openparticipant.errors import Unavailable

_SUBJECTS = "openparticipant.contact."
_PROBE = f"{_SUBJECTS}probe"
_BEAT = 0.5  # seconds between two questions whether the server is there
_SILENCE = 2.0  # seconds until it is not; a busy event loop is not a silent server
_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4)  # seconds before each attempt to connect again
_LONGEST_PAUSE = 0.8
_REMEMBERED = 4096  # notices that are known when they come a second time

_log = logging.getLogger(__name__)


class NatsBus:
    """`Bus` between the nodes that share a NATS.

    A node's own listeners are told in the process, whatever becomes of NATS. While it is away, what
    others should hear is dropped: the store has it. `trouble` says what is wrong now. `published`,
    `received` and `dropped` count: the last with a reason.
    """

    def __init__(
        self,
        cluster: Cluster,
        key: bytes,
        *,
        published: Callable[[], None],
        received: Callable[[], None],
        dropped: Callable[[str], None],
    ) -> None:
        self.trouble: str | None = None
        self._cluster = cluster
        self._key = key
        self._published = published
        self._received = received
        self._dropped = dropped
        self._local = LocalBus()
        self._listeners: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._contacts: dict[int, str] = {}
        self._last_number = 0
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._connection: Connection | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and stay connected from now on. Raises Unavailable if no server lets us in."""
        connection = await self._connect()
        self._keeping = asyncio.create_task(self._keep(connection))

    async def close(self) -> None:
        """Hand over what was published, if the server takes it soon, and hang up."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait((self._keeping,))
        with contextlib.suppress(Unavailable):  # what is lost is in the store
            await self.settle(_BEAT)
        if self._connection is not None:
            self._connection.close()

    async def settle(self, patience: float) -> None:
        """Return when NATS has dealt with all that it was told until now. Raises Unavailable."""
        if self._connection is None:
            raise Unavailable(self.trouble or "bus: not open")
        await self._connection.round_trip(patience)

    def publish(self, notice: Notice) -> None:
        """See `Bus`."""
        self._local.publish(notice)
        connection = self._connection
        if connection is None or connection.lost.done():
            self._dropped("down")
            return
        sealed = self._seal(notice)
        if len(sealed) > connection.largest:
            if not isinstance(notice, TranscriptItem):
                self._dropped("large")
                return
            sealed = self._seal(Advanced(notice.contact_id, notice.ordinal))
        self._is_new(sealed)
        if connection.publish(_SUBJECTS + notice.contact_id, sealed):
            self._published()
        else:
            self._dropped("full")

    def listen(self, contact_id: str, hear: Callable[[Hint], None]) -> Callable[[], None]:
        """See `Bus`."""
        deafen = self._local.listen(contact_id, hear)
        listeners = self._listeners[contact_id] = self._listeners.get(contact_id, 0) + 1
        if listeners == 1:
            self._subscribe(contact_id)

        def stop() -> None:
            deafen()
            self._listeners[contact_id] -= 1
            if not self._listeners[contact_id]:
                del self._listeners[contact_id]
                self._unsubscribe(contact_id)

        return stop

    def _subscribe(self, contact_id: str) -> None:
        self._last_number += 1
        self._numbers[contact_id] = self._last_number
        self._contacts[self._last_number] = contact_id
        if self._connection is not None:
            self._connection.subscribe(_SUBJECTS + contact_id, self._last_number)

    def _unsubscribe(self, contact_id: str) -> None:
        number = self._numbers.pop(contact_id)
        del self._contacts[number]
        if self._connection is not None:
            self._connection.unsubscribe(number)

    def _seal(self, hint: Hint) -> bytes:
        return envelope.seal(self._key, hint, trace_context.current.get())

    def _is_new(self, sealed: bytes) -> bool:
        """Remember an envelope; False if it is known, our own that came back or one that came twice."""
        seal = envelope.seal_of(sealed)
        if seal in self._seen:
            return False
        self._seen[seal] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _hear(self, number: int, sealed: bytes | None) -> None:
        contact_id = self._contacts.get(number)
        if contact_id is None:
            return  # the last listener has just left
        if sealed is None:
            self._dropped("large")
            return
        try:
            hint, trace = envelope.unseal(self._key, contact_id, sealed)
        except envelope.UnreadableError as error:
            self._dropped(error.reason)
            return
        if not self._is_new(sealed):
            self._dropped("repeated")
            return
        self._received()
        token = trace_context.current.set(trace)
        try:
            self._local.publish(hint)
        except Exception:  # noqa: BLE001 - a listener's fault must not end the connection
            _log.exception("a listener of contact %s failed", contact_id)
        finally:
            trace_context.current.reset(token)

    async def _connect(self) -> Connection:
        """Return a connection to the first server that lets us in. Raises Unavailable."""
        reasons = []
        for server in self._cluster.servers:
            try:
                connection = await connect(server, self._cluster, self._hear)
            except Unavailable as error:
                reasons.append(str(error))
                continue
            try:
                await self._begin(connection)
            except BaseException as error:
                connection.close()
                if not isinstance(error, Unavailable):
                    raise
                reasons.append(f"{connection.name}: {error}")
                continue
            return connection
        raise Unavailable(f"bus: {'; '.join(reasons)}", untouched=True)

    async def _begin(self, connection: Connection) -> None:
        """Ask for all that is listened to, once it is clear that we may. Raises Unavailable."""
        connection.subscribe(_PROBE, 0)
        connection.publish(_PROBE, b"")
        connection.unsubscribe(0)
        await connection.round_trip(_SILENCE)
        if connection.refusal is not None:
            raise Unavailable(connection.refusal)
        for contact_id, number in self._numbers.items():
            connection.subscribe(_SUBJECTS + contact_id, number)
        self._connection = connection
        self.trouble = None

    async def _keep(self, connection: Connection) -> None:
        """Watch a connection, and replace it when it fails, for ever."""
        while True:
            self.trouble = f"bus: {connection.name}: {await _end_of(connection)}"
            self._connection = None
            connection.close()
            _log.warning("%s; other nodes hear late", self.trouble)
            connection = await self._connect_again()
            _log.info("the bus works again")

    async def _connect_again(self) -> Connection:
        pauses = iter(_PAUSES)
        while True:
            await asyncio.sleep(next(pauses, _LONGEST_PAUSE))
            try:
                return await self._connect()
            except Unavailable as error:
                self.trouble = str(error)


async def _end_of(connection: Connection) -> str:
    """Return why a connection is of no use any more, as soon as that is so."""
    try:
        while True:
            await connection.round_trip(_SILENCE)
            await asyncio.wait((connection.lost,), timeout=_BEAT)
    except Unavailable as error:
        return str(error)
