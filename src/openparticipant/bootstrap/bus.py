"""Which bus a node's listeners are told by."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.bus.local import LocalBus
from openparticipant.errors import Unavailable
from openparticipant.ports import Bus
from openparticipant.settings import Settings
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.start import StartError


@asynccontextmanager
async def bus(settings: Settings, secret: str, metrics: Metrics) -> AsyncIterator[Bus]:
    """Open the bus; nodes that share `secret` hear each other. Raises StartError."""
    if settings.bus.startswith("local:"):
        yield LocalBus()
        return
    # One machine has no need of them.
    from openparticipant.bus import nats, nats_cluster  # noqa: PLC0415 - see above

    try:
        cluster = nats_cluster.parse(settings.bus)
    except nats_cluster.ClusterError as error:
        raise StartError(f"--bus: the URL {error}") from None
    opened = nats.NatsBus(
        cluster,
        # A key of its own: what it seals tells nothing about the secret.
        hashlib.blake2b(b"bus", key=secret.encode()[:64], digest_size=32).digest(),
        published=metrics.notices("out"),
        received=metrics.notices("in"),
        dropped=metrics.notice_dropped,
    )
    try:
        await opened.open()
    except Unavailable as error:
        raise StartError(f"--{error}") from None
    try:
        yield opened
    finally:
        await opened.close()
