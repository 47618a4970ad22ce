"""What a table shows: sections, one below the other, each with a title, a header and rows.

How a value falls into sections is the `aws` command's way, except where that loses the value: a
scalar has a row, rows of different lengths are filled up, and what has no cell of its own shows as
JSON in one.
"""

from __future__ import annotations

import json
from unicodedata import east_asian_width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def display_width(text: str) -> int:
    """Return the columns that a text takes; two for characters that may be wide."""
    return (
        len(text)
        if text.isascii()
        else sum(2 if east_asian_width(each) in "WFA" else 1 for each in text)
    )


class Section:
    """One box. `indent` is its depth; `widths` are those of its columns' widest cells."""

    __slots__ = ("header", "indent", "rows", "title", "widths")

    def __init__(self, title: str | None, indent: int) -> None:
        self.title = title
        self.indent = indent
        self.header: list[str] = []
        self.rows: list[list[str]] = []
        self.widths: list[int] = []

    def head(self, header: list[str]) -> None:
        """Name the columns."""
        self.header = header
        self._widen(header)

    def add(self, cells: list[Any]) -> None:
        """Add a row."""
        row = [str(cell) for cell in cells]
        self.rows.append(row)
        self._widen(row)

    def upright(self) -> Section:
        """Return the section with a row for each column, where it has a header and one row."""
        if not self.header or len(self.rows) != 1:
            return self
        turned = Section(self.title, self.indent)
        for pair in zip(self.header, self.rows[0], strict=False):
            turned.add(list(pair))
        return turned

    def _widen(self, cells: list[str]) -> None:
        missing = len(cells) - len(self.widths)
        self.widths += [0] * missing
        for at, cell in enumerate(cells):
            self.widths[at] = max(self.widths[at], display_width(cell))


def sections(title: str, value: Any) -> list[Section]:
    """Return the sections of a value; none for one that is nothing."""
    if value is None or (value != 0 and not value):
        return []
    filling = _Filling()
    filling.show(title, value, 0)
    if not isinstance(value, (dict, list)):
        filling.done[-1].add([value])
    return filling.done


class _Filling:
    """The sections so far; rows go to the last one."""

    def __init__(self) -> None:
        self.done: list[Section] = []

    def show(self, title: str, value: Any, indent: int) -> None:
        """Show a value in a section of its own and those below it."""
        self.done.append(Section(title, indent))
        if isinstance(value, list):
            self._show_list(title, value, indent)
        elif isinstance(value, dict):
            self._show_object(value, indent)

    def _show_list(self, title: str | None, values: list[Any], indent: int) -> None:
        if isinstance(values[0], dict):
            self._show_objects(title, values, indent)
            return
        for each in values:
            if not isinstance(each, list):
                self.done[-1].add([_cell(each)])
            elif any(isinstance(inner, (dict, list)) for inner in each):
                self._show_list(None, each, 0)
            else:
                self.done[-1].add(each)

    def _show_object(self, value: dict[str, Any], indent: int) -> None:
        scalars, nested = _keys([value])
        if len(scalars) == 1:
            self.done[-1].add([scalars[0], value[scalars[0]]])
        elif scalars:
            self.done[-1].head(scalars)
            self.done[-1].add([value[key] for key in scalars])
        self._show_nested(value, nested, indent)

    def _show_objects(self, title: str | None, values: list[Any], indent: int) -> None:
        scalars, nested = _keys([each for each in values if isinstance(each, dict)])
        self.done[-1].head(scalars)
        for at, each in enumerate(values):
            if at and nested:
                self.done.append(Section(title, indent))
                self.done[-1].head(scalars)
            if isinstance(each, dict):
                self.done[-1].add([each.get(key, "") for key in scalars])
                self._show_nested(each, nested, indent)
            else:
                self.done[-1].add([_cell(each)])

    def _show_nested(self, value: dict[str, Any], keys: list[str], indent: int) -> None:
        for key in keys:
            if value.get(key):
                self.show(key, value[key], indent + 1)


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _keys(objects: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Return the keys that hold scalars somewhere, and those that hold more somewhere."""
    scalars: set[str] = set()
    nested: set[str] = set()
    for each in objects:
        for key, inner in each.items():
            (nested if isinstance(inner, (dict, list)) else scalars).add(key)
    return sorted(scalars), sorted(nested)
