"""Structured logs on stderr: one JSON object a line, written by a thread of their own.

A reader that stops reading must not stop the server, so lines wait in a bounded queue; what does
not fit is dropped and counted in the next line that gets through. Callers pass only what may be
seen: no bearer, no query string, no key ever comes here.
"""

from __future__ import annotations

import logging
import queue
import select
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from openparticipant import trace_context
from openparticipant.transport.recollection import Recollection
from openparticipant.wire.times import iso8601

WAITING_LINES = 20_000
_LINES_AT_ONCE = 1_000
# Woken for each line, the thread would fight the event loop for the interpreter once a request;
# so after a write it lets lines gather, this many seconds.
_GATHER = 0.02
_encode = msgspec.json.Encoder().encode


class Log:
    """Where every line goes; safe to use from any thread.

    Processes that share a pipe each write whole lines at once, and say which `worker` they are.
    """

    def __init__(self, stream: BinaryIO, worker: int | None = None) -> None:
        self._stream = stream
        self._facts = {} if worker is None else {"worker": worker}
        # What is longer than this, a pipe may tear apart to let another writer in between.
        self._at_once = None if worker is None else select.PIPE_BUF
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._dropped = 0
        self.recollection = Recollection()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, level: str, event: str, at: int, facts: dict[str, Any]) -> None:
        """Queue one line; `at` is epoch milliseconds, `facts` have values that JSON knows."""
        if self._lines.qsize() >= WAITING_LINES:
            self._dropped += 1
            return
        line = {"at": iso8601(at), "level": level, "event": event, **self._facts, **facts}
        if (trace_id := trace_context.trace_id()) is not None:
            line["trace_id"] = trace_id
        if self._dropped:
            line["dropped_before"], self._dropped = self._dropped, 0
        written = _encode(line) + b"\n"
        if "reason" in facts and "request_id" in facts:
            self.recollection.note(facts["request_id"], written)
        self._lines.put(written)

    def close(self) -> None:
        """Write what is queued, as far as the reader takes it within a second."""
        self._closing.set()
        self._lines.put(None)
        self._thread.join(timeout=1)

    def _run(self) -> None:
        while True:
            line = self._lines.get()
            lines = []
            while line is not None:
                lines.append(line)
                if len(lines) == _LINES_AT_ONCE or self._lines.empty():
                    break
                line = self._lines.get()
            try:
                for piece in _pieces(lines, self._at_once):
                    self._stream.write(piece)
                    self._stream.flush()
            except (OSError, ValueError):
                pass  # nobody reads any more; the server has nobody else to tell
            if line is None:
                return
            if len(lines) < _LINES_AT_ONCE:
                self._closing.wait(_GATHER)


def _pieces(lines: list[bytes], at_once: int | None) -> Iterator[bytes]:
    """Join lines, as many as fit into `at_once` bytes; one that is longer stays whole."""
    begin, size = 0, 0
    for place, line in enumerate(lines):
        if at_once is not None and begin < place and size + len(line) > at_once:
            yield b"".join(lines[begin:place])
            begin, size = place, 0
        size += len(line)
    yield b"".join(lines[begin:])


class LogHandler(logging.Handler):
    """Brings the records of Python's own logging into the same stream."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a traceback goes along as one member."""
        facts: dict[str, Any] = {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            facts["traceback"] = logging.Formatter().formatException(record.exc_info)
        self._log.write(record.levelname.lower(), "log", int(record.created * 1000), facts)
