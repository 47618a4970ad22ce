"""How far one file has got."""

from __future__ import annotations


class Moved:
    """Counts one file's bytes: the thread that moves them writes, the one that shows them reads."""

    __slots__ = ("bytes", "name", "total")

    def __init__(self, name: str) -> None:
        self.name = name
        self.total = 0
        self.bytes = 0
