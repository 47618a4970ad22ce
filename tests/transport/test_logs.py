"""The log: whole lines, and a bound that a stuck reader cannot break."""

from __future__ import annotations

import io
import json
import logging
import os

from openparticipant.testing.clock import START
from openparticipant.transport.logs import WAITING_LINES, Log, LogHandler


def test_each_line_is_one_json_object() -> None:
    """Whatever the facts hold."""
    stream = io.BytesIO()
    log = Log(stream)
    log.write("info", "request", START, {"reason": "a\nb\u2028c"})
    log.close()

    (line,) = stream.getvalue().splitlines()
    assert json.loads(line) == {
        "at": "2026-01-01T00:00:00.000Z",
        "level": "info",
        "event": "request",
        "reason": "a\nb\u2028c",
    }


def test_a_reader_that_stops_costs_lines_not_memory_or_time() -> None:
    """Writers never wait; what was dropped is counted in the next line that gets through."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader, os.fdopen(writing, "wb") as stream:
        log = Log(stream)
        for number in range(2 * WAITING_LINES):
            log.write("info", "request", START, {"number": number})
        seen = [reader.readline() for _ in range(WAITING_LINES)]
        log.write("info", "last", START, {})
        while b'"last"' not in seen[-1]:
            seen.append(reader.readline())

    assert json.loads(seen[-1])["dropped_before"] > 0
    assert len(seen) < 2 * WAITING_LINES


def test_a_closed_reader_is_no_fault() -> None:
    """The server goes on."""
    reading, writing = os.pipe()
    os.close(reading)
    with io.FileIO(writing, "w") as stream:
        log = Log(io.BufferedWriter(stream, 1))
        log.write("info", "request", START, {})
        log.close()


def test_pythons_own_records_come_along() -> None:
    """A traceback is one member of one line."""
    stream = io.BytesIO()
    log = Log(stream)
    logger = logging.getLogger("tests.transport.logs")
    handler = LogHandler(log)
    logger.addHandler(handler)
    try:
        int("why")
    except ValueError:
        logger.exception("failed")
    logger.removeHandler(handler)
    log.close()

    line = json.loads(stream.getvalue())
    assert (line["level"], line["message"]) == ("error", "failed")
    assert "ValueError: invalid literal" in line["traceback"]
