"""The engines under a node, and who is told when one of them is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from openparticipant.ports import Engine
from openparticipant.transport.metrics import Metrics

_LOOK = 0.5  # seconds

_log = logging.getLogger(__name__)


class Engines:
    """The engines of one node, by what they are to it."""

    def __init__(self, engines: Mapping[str, Engine], metrics: Metrics) -> None:
        self._engines = engines
        self._known: dict[str, str] = {}
        for name, engine in engines.items():
            metrics.watch_engine(name, engine)

    def troubles(self) -> list[str]:
        """Say what is wrong now, a line for each engine that is away."""
        return [trouble for engine in self._engines.values() if (trouble := engine.trouble)]

    async def watch(self) -> None:
        """Log when trouble begins and when it is over, until cancelled."""
        while True:
            for name, engine in self._engines.items():
                self._note(name, engine.trouble)
            await asyncio.sleep(_LOOK)

    def _note(self, name: str, trouble: str | None) -> None:
        before = self._known.get(name)
        if trouble is not None and before is None:
            _log.warning("%s", trouble)
            self._known[name] = trouble
        elif trouble is None and before is not None:
            _log.info("%s is back", name)
            del self._known[name]
