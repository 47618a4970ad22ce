"""Lines of processes that share a pipe."""

from __future__ import annotations

import io
import json
import select

from openparticipant.transport.logs import Log


class Pieces(io.BytesIO):
    """What was written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: object, /) -> int:
        """Note a piece."""
        piece = bytes(data)  # type: ignore[call-overload]
        self.written.append(piece)
        return len(piece)


def test_whole_lines_are_written_at_once() -> None:
    """No more than a pipe keeps together, so that another process's line never comes in between."""
    stream = Pieces()
    log = Log(stream, worker=2)
    for number in range(500):
        log.write("info", "request", 0, {"number": number, "text": "x" * (number % 300)})
    log.write("info", "request", 0, {"number": 500, "text": "x" * 2 * select.PIPE_BUF})
    log.close()
    lines = [json.loads(line) for line in b"".join(stream.written).splitlines()]

    assert [line["number"] for line in lines] == list(range(501))
    assert {line["worker"] for line in lines} == {2}
    assert all(piece.endswith(b"\n") for piece in stream.written)
    assert all(len(piece) <= select.PIPE_BUF or piece.count(b"\n") == 1 for piece in stream.written)
    assert len(stream.written) < 100
