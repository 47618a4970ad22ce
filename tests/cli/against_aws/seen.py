"""What a program was seen to do, as text that can be compared and reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Lines = list[str]


@dataclass(frozen=True)
class Seen:
    """Exit status, standard output, the sentence on standard error, the requests in turn.

    A request is a line with method and path, its headers, an empty line and the body.
    """

    status: int
    out: str
    said: str
    asked: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """Return it with lists of lines, which are easy to review."""
        return {
            "status": self.status,
            "out": self.out.split("\n"),
            "said": self.said.split("\n"),
            "asked": [request.split("\n") for request in self.asked],
        }

    @classmethod
    def of(cls, record: dict[str, Any]) -> Seen:
        """Return what `record` was made of."""
        return cls(
            record["status"],
            "\n".join(record["out"]),
            "\n".join(record["said"]),
            tuple("\n".join(request) for request in record["asked"]),
        )

    def as_far_as_ours(self, mark: str) -> Seen:
        """Cut the sentence behind `mark`: what follows is the interpreter's."""
        before, found, _ = self.said.partition(mark)
        return Seen(self.status, self.out, before + found, self.asked)
