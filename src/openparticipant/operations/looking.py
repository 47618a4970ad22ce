"""What every node keeps in memory of what all may change: looked at again and again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from openparticipant.errors import Unavailable
from openparticipant.limits import SECOND
from openparticipant.ports import Clock

_LOOK = SECOND  # how often what other nodes changed is looked for

_log = logging.getLogger(__name__)


async def look_again(clock: Clock, look: Callable[[], Awaitable[None]], what: str) -> None:
    """Look once a second, until cancelled; `what` is told of in the log if that fails."""
    while True:
        await clock.sleep(_LOOK)
        try:
            await look()
        except Unavailable:
            pass  # what is known goes on; others tell of the database
        except Exception:  # noqa: BLE001 - no fault may end the watch
            _log.exception("changed %s wait", what)
