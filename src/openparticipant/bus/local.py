"""The bus of a node that is alone: a call from the writer to the listeners."""

from __future__ import annotations

from collections.abc import Callable

from openparticipant.domain.transcript import Hint


class LocalBus:
    """`Bus` within one event loop; loses nothing while the process lives."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable[[Hint], None]]] = {}

    def publish(self, notice: Hint) -> None:
        """See `Bus`."""
        for hear in tuple(self._listeners.get(notice.contact_id, ())):
            hear(notice)

    def listen(self, contact_id: str, hear: Callable[[Hint], None]) -> Callable[[], None]:
        """See `Bus`."""
        self._listeners.setdefault(contact_id, []).append(hear)

        def stop() -> None:
            listeners = self._listeners[contact_id]
            listeners.remove(hear)
            if not listeners:
                del self._listeners[contact_id]

        return stop
