"""One setting of the server: its names, and how text becomes its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PREFIX = "OPENPARTICIPANT_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: its name, how text becomes a value, and what people are told.

    `default` is text too, so that `config show` prints what could be typed; `unset` says what having
    no value comes to. A `switch` is on or off, and its flag alone turns it on.
    What is `in_file` never stands among the words of a command or in the file of settings: there,
    the path of a file that holds it does.
    """

    name: str
    parse: Callable[[str], Any]
    default: str | None
    help: str
    repeatable: bool = False
    secret: bool = False
    unset: str = ""
    switch: bool = False
    in_file: bool = False

    @property
    def flag(self) -> str:
        """The name among the words of a command and in the file of settings."""
        return f"{self.name}-file" if self.in_file else self.name

    @property
    def field(self) -> str:
        """The name in `Settings`."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.field.upper()
