from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a connection's bytes and time a client may take before it has earned them.

    Sizes in bytes, spans in seconds. A span is counted in sweeps, so it ends up to two
    `interval`s late, never early.
    """

    head_bytes: int = 16 * 1024
    """Request line and headers together; trailers of a chunked body get as much again."""
    headers: int = 100
    head_seconds: float = 10.0
    """From the first byte of a request, or from the start of the connection, to a whole head."""
    keep_alive: float = 75.0
    """Silence between two requests; longer than the pools of the usual clients keep theirs."""
    rate: int = 1024
    """Bytes a second, the least that a body must arrive or an answer be read with."""
    window: float = 20.0
    """The span over which `rate` is judged: a phone may lose its network that long."""
    linger: float = 30.0
    """How long input that nobody will read is still drained, so that the answer is not reset."""
    pipelined: int = 32
    """Requests that may wait behind the one being answered."""
    ping_seconds: float = 20.0
    """Between two pings to the client of a WebSocket, and for its answer to one."""
    subscribe_seconds: float = 60.0
    """From the handshake of a WebSocket to its subscription; clients subscribe at once."""
    parting_seconds: float = 5.0
    """What a client has to close its WebSocket by itself once it knows that all is over; one whose
    socket is closed first takes that for a lost connection. Also what it has to answer a close."""
    interval: float = 1.0
    """Between two sweeps over all connections."""

    @property
    def quota(self) -> int:
        """Bytes that have to move within each `window`."""
        return int(self.rate * self.window)
