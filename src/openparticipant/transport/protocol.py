"""HTTP/1.1 connections that cannot be held or filled for ever.

uvicorn's protocol does the HTTP; here it gets bounds in bytes and in time, the service's own form
of refusal, and one sweep over all connections in place of a timer for each request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, ClassVar, Final, cast

import httptools
from uvicorn._types import ASGI3Application, ASGIReceiveCallable
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from openparticipant.errors import (
    RequestEntityTooLargeException,
    ServiceError,
    ValidationException,
)
from openparticipant.transport import framing
from openparticipant.transport.answers import Answers
from openparticipant.transport.crowd import Crowd
from openparticipant.transport.reading import SMALLEST
from openparticipant.transport.refusal import Guard, Refusal, answer

_LOGGER = logging.getLogger(__name__)

# What the connection's next byte would be part of; up to _FRAMING, of something the parser keeps
# in memory until it is whole.
_HEAD: Final = 0
_FRAMING: Final = 1
_BODY: Final = 2
_NOTHING: Final = 3  # a whole request is read; the next byte begins another
_IGNORED: Final = 4


def bounded(guard: Guard) -> type[BoundedProtocol]:
    """Return the protocol class for uvicorn's `Config(http=...)`, bound to its collaborators."""
    members = {"guard": guard, "crowd": Crowd(guard.most)}
    return type("GuardedProtocol", (BoundedProtocol,), members)


def departure(receive: ASGIReceiveCallable) -> Callable[[], bool]:
    """Return what tells whether the client behind a `receive` of ours has left.

    It takes nothing of what is still to be received, and costs nothing until it is asked.
    """
    cycle_or_socket = getattr(receive, "__self__", None)
    return lambda: getattr(cycle_or_socket, "disconnected", False)


class BoundedProtocol(HttpToolsProtocol):
    """One client's connection, within the bounds of its guard.

    Whoever owns the listener calls `sweep` on every connection at the guard's interval; nothing
    here reads a clock. Malformed input is answered and the connection closed; a client that is
    too slow is cut off without an answer, and the application receives `http.disconnect`.
    """

    guard: ClassVar[Guard]
    crowd: ClassVar[Crowd]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # uvicorn's loggers write request targets, and a pre-signed query is a secret; its message
        # logger, wrapped round the application at level TRACE, writes whole scopes.
        self.app = cast("ASGI3Application", config.app)
        self.logger = _LOGGER
        self.access_log = False
        self._bounds = self.guard.bounds
        self._next = _HEAD
        self._received = 0
        self._since = 0  # value of _received before the feed in which this head or trailer began
        self._midway = False  # it began behind other bytes of that feed
        self._due = 0.0  # when the span now running ends; 0.0 until the next sweep starts it
        self._mark = 0  # value of _received when the span began
        self._writing_due = 0.0
        self._unwritten = 0
        self._refusal: bytes | None = None
        self._parting = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Get to know the transport, as uvicorn's protocol does."""
        super().connection_made(transport)
        self._peer = self.client
        self._answers = Answers(transport, self._finish)
        if self.crowd.admits(len(self.connections)):
            self.crowd.idle(self)
        else:
            self._next = _IGNORED
            self._cut("crowd", "as many connections as there may be, and none idle")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self.crowd.busy(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless nothing further of this connection is wanted."""
        if self._next == _IGNORED:
            return
        if self._next == _NOTHING:
            self._begin_head(self._received, midway=False)
        elif not self._received:
            self.crowd.busy(self)
        self._received += len(data)
        stop = self._feed(data)
        if stop is not None:
            self._stop(data, stop)
        if self._next <= _FRAMING and self._received - self._since > self._bounds.head_bytes:
            self._refuse(self._too_large())

    def on_message_begin(self) -> None:
        """Start a head, also one that follows another request in the same bytes."""
        super().on_message_begin()
        if self._next != _HEAD:
            self._begin_head(self._received, midway=True)

    def on_headers_complete(self) -> None:
        """Hand the request to the application once its head is within bounds."""
        bounds = self._bounds
        if len(self.headers) > bounds.headers or (
            (self._midway or self._received - self._since > bounds.head_bytes)
            and self._head_size() > bounds.head_bytes
        ):
            raise self._too_large()
        chunked = framing.check(*self._head())
        if self._peer:
            # A proxy's connection carries the requests of many.
            self.client = self.scope["client"] = self.guard.proxies.client(self._peer, self.headers)
        if len(self.pipeline) >= bounds.pipelined:
            # What is queued is answered; the last of the answers tells the client to come again.
            self.cycle.keep_alive = False
            self._next = _IGNORED
            raise _EnoughError
        if self.parser.should_upgrade():
            if self._should_upgrade():
                super().on_headers_complete()
            return
        super().on_headers_complete()
        self.cycle.transport = cast("asyncio.Transport", self._answers)
        if chunked:
            self._begin_framing()
        else:
            self._next = _BODY
        self._due = 0.0
        if self.expect_100_continue:
            # Told no before it sent its body, a client may leave the body out: where the next
            # request would begin is then anyone's guess.
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Pass on a piece of the body; one alone as it is, which saves two copies."""
        self._next = _BODY
        cycle = self.cycle
        if not cycle.response_complete:
            held = cast("bytes | bytearray", cycle.body)
            if not held:
                held = body
            elif isinstance(held, bytearray):
                held += body
            else:
                held = bytearray(held) + body
            cycle.body = cast("bytearray", held)
            if len(held) >= SMALLEST:
                # One read of each connection waits for the application, no more.
                self.flow.pause_reading()
            cycle.message_event.set()

    def on_chunk_header(self) -> None:
        """Expect a chunk or, after the last one, trailers, which nobody gets to see."""
        self._begin_framing()
        self.headers = []

    def on_chunk_complete(self) -> None:
        """Expect the size of the next chunk, and what is called its extensions."""
        self._begin_framing()

    def on_message_complete(self) -> None:
        """Tell the application that its request is whole."""
        if self._next == _HEAD:
            return  # an offer to upgrade: the parser only pretends to have read a body
        self._next = _NOTHING
        self._due = 0.0
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()
        else:
            self.crowd.idle(self)

    def on_response_complete(self) -> None:
        """Turn to whatever waited for this answer to end."""
        self._answers.end()
        self.server_state.total_requests += 1
        if self._parting or self.transport.is_closing():
            return
        self._due = 0.0
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal is not None:
            self._part(self._refusal)
        else:
            self.flow.resume_reading()
            if self._next == _NOTHING:
                self.crowd.idle(self)

    def make_room(self) -> None:
        """Close, for nothing is being done here and another client has come."""
        self.transport.close()

    def resume_writing(self) -> None:
        """Go on writing: the client has read enough for a new span."""
        super().resume_writing()
        self._writing_due = 0.0

    def shutdown(self) -> None:
        """Close now if nothing is being answered, else after the answer."""
        if self._parting:
            self.transport.close()
        else:
            super().shutdown()

    def sweep(self, now: float) -> None:
        """Judge the client's pace; `now` in seconds since any fixed moment, and above 0."""
        closing = self.transport.is_closing()
        if closing or self.flow.write_paused:
            self._sweep_writing(now)
        if closing:
            return
        bounds = self._bounds
        if self._next == _HEAD:
            self._sweep_head(now)
        elif self._next == _NOTHING:
            if self.cycle.response_complete and self._overdue(now, bounds.keep_alive):
                self.transport.close()
        elif self._next == _IGNORED:
            if self._parting and self._overdue(now, bounds.linger):
                self.transport.abort()
        else:
            self._sweep_body(now)

    def _should_upgrade(self) -> bool:
        # In HTTP/1.0 there is no such offer, whatever stands there.
        return self.parser.get_http_version() != "1.0" and super()._should_upgrade()

    def _begin_framing(self) -> None:
        self._next = _FRAMING
        self._since = self._received

    def _begin_head(self, since: int, *, midway: bool) -> None:
        self._next = _HEAD
        self._since = since
        self._midway = midway
        self.crowd.busy(self)
        self._due = 0.0
        self.client = self._peer

    def _head(self) -> tuple[str, bytes, bytes, list[tuple[bytes, bytes]]]:
        parser = self.parser
        return parser.get_http_version(), parser.get_method(), self.url, self.headers

    def _head_size(self) -> int:
        line = len(self.parser.get_method()) + len(self.url) + len(b"  HTTP/1.1\r\n\r\n")
        return line + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _too_large(self) -> RequestEntityTooLargeException:
        bounds = self._bounds
        return RequestEntityTooLargeException(
            f"The head of a request may have {bounds.head_bytes} bytes and {bounds.headers} headers"
        )

    def _feed(self, data: bytes) -> Exception | None:
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserUpgrade, httptools.HttpParserError) as stop:
            return stop
        return None

    def _stop(self, data: bytes, stop: Exception | None) -> None:
        while isinstance(stop, httptools.HttpParserUpgrade):
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                return
            data = self._without_offer() + data[stop.args[0] :]
            stop = self._feed(data)
        if isinstance(stop, httptools.HttpParserCallbackError):
            cause = stop.__context__
            if isinstance(cause, ServiceError):
                self._refuse(cause)
            elif not isinstance(cause, _EnoughError):
                self._refuse(ValidationException("The request is malformed: unreadable target"))
        elif stop is not None:
            self._refuse(ValidationException(f"The request is malformed: {stop}"))

    def _without_offer(self) -> bytes:
        # The parser skips the body of a request that offers another protocol (Java's own client
        # offers h2c with every plain request), so a new one reads it again without the offer.
        head = framing.without_offer(*self._head())
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return head

    def _refuse(self, error: ServiceError) -> None:
        in_head = self._next not in {_BODY, _FRAMING}
        self._next = _IGNORED
        request_id = self.guard.new_id()
        reason = "malformed" if error.status == 400 else "head-too-large"
        self.guard.refused(Refusal(request_id, error.status, reason, error.message, self.client))
        self._refusal = answer(error, request_id, self.server_state.default_headers)
        cycle = self.cycle
        if cycle is None or (in_head and cycle.response_complete):
            self._part(self._refusal)
        elif in_head:
            pass  # on_response_complete sends it, after the answers that come first
        elif self.pipeline:
            self.pipeline.popleft()
        elif cycle.response_started:
            self.transport.close()
        else:
            cycle.disconnected = True
            cycle.message_event.set()
            self._part(self._refusal)

    def _finish(self) -> None:
        if self._next == _NOTHING:
            self.transport.close()
        elif not self._parting:
            self._next = _IGNORED
            self._part(b"")

    def _part(self, last: bytes) -> None:
        self._parting = True
        self._due = 0.0
        self.transport.write(last)
        # Closing with unread input resets the connection, and the reset can overtake the answer.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()

    def _cut(self, reason: str, detail: str) -> None:
        refusal = Refusal(self.guard.new_id(), None, reason, detail, self.client)
        self.guard.refused(refusal)
        self.transport.abort()

    def _overdue(self, now: float, span: float) -> bool:
        if not self._due:
            self._restart(now, span)
        return now >= self._due

    def _restart(self, now: float, span: float) -> None:
        self._due = now + span
        self._mark = self._received

    def _sweep_head(self, now: float) -> None:
        if self.flow.read_paused:
            self._due = 0.0  # the client waits for us
        elif self._overdue(now, self._bounds.head_seconds):
            if self._received:
                self._cut("slow-head", "no complete head in time")
            else:
                self.transport.abort()  # a browser's guess at its next request, no refusal

    def _sweep_body(self, now: float) -> None:
        bounds = self._bounds
        if self.cycle.response_complete:
            if self._overdue(now, bounds.linger):
                self._cut("unread-body", "the body did not end soon after the answer")
        elif self.flow.read_paused or self.cycle.waiting_for_100_continue:
            self._due = 0.0  # the client waits for us
        elif self._received - self._mark >= bounds.quota:
            self._restart(now, bounds.window)
        elif self._overdue(now, bounds.window):
            self._cut("slow-body", "the body arrives below the minimum rate")

    def _sweep_writing(self, now: float) -> None:
        bounds, unwritten = self._bounds, self.transport.get_write_buffer_size()
        if not self._writing_due or self._unwritten - unwritten >= bounds.quota:
            self._writing_due = now + bounds.window
            self._unwritten = unwritten
        elif now >= self._writing_due:
            self._cut("slow-reader", "the answer is read below the minimum rate")


class _EnoughError(Exception):
    """Stops the parser in the middle of its input."""
