"""`--output table`: sections drawn with bars and dashes, byte for byte as the `aws` command does."""

from __future__ import annotations

from itertools import cycle

from openparticipant.cli.table_sections import Section, display_width, sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_PADDING = 4  # two blanks on either side of a cell
_BORDERS = 2
RESET = "\x1b[0m"
_BLUE = "\x1b[1m\x1b[34m"
_YELLOW = "\x1b[2m\x1b[33m"


def table(title: str, value: Any, columns: int, *, coloured: bool) -> str:
    """Draw a value; whatever is wider than `columns` is turned upright, but never cut."""
    shown = sections(title, value)
    if not shown:
        return ""
    width = max(map(_least_width, shown))
    if width > columns:
        shown = [section.upright() for section in shown]
        width = max(map(_least_width, shown))
    drawing = _Drawing(width, coloured=coloured)
    pieces = ["-" * width + "\n"]
    for section in shown:
        pieces += drawing.pieces(section)
    # Colours are taken back after each piece, also after an empty one.
    end = RESET if coloured else ""
    return "".join(piece + end for piece in pieces)


def _least_width(section: Section) -> int:
    edges = _BORDERS + 2 * section.indent
    cells = sum(width + _PADDING for width in section.widths)
    # A section without a title measures as if it were called None.
    return max(display_width(str(section.title)), cells) + edges


class _Drawing:
    """A table of one width."""

    def __init__(self, width: int, *, coloured: bool) -> None:
        self._width = width
        self._coloured = coloured

    def pieces(self, section: Section) -> Iterator[str]:
        """Yield the section's lines, each in four pieces."""
        bars = self._styled("|", _YELLOW) * section.indent
        for line in self._lines(section, self._width - 2 * section.indent):
            yield from (bars, line, bars, "\n")

    def _lines(self, section: Section, width: int) -> Iterator[str]:
        if section.title:
            yield _centred(section.title, width, "|")
            if not section.header and not section.rows:
                yield f"+{'-' * (width - 2)}+"
        widths = _scaled([each + _PADDING for each in section.widths], width)
        rule = _rule(widths)
        if section.header:
            yield rule
            yield _row(section.header, widths, _centred)
        if section.rows and widths:
            yield rule
            for row in section.rows:
                yield _row(row, widths, self._left)
            yield rule

    def _left(self, text: str, width: int, edge: str) -> str:
        size = display_width(text)
        blanks = "  " if width >= size + 2 + len(edge) + 1 else ""
        left = edge + blanks
        right = " " * (width - len(left) - size - 1) + "|"
        return left + self._styled(text, _BLUE) + right

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{RESET}" if self._coloured else text


def _centred(text: str, width: int, edge: str) -> str:
    size = display_width(text)
    before = width // 2 - size // 2 - 1
    left = edge + " " * before + text
    return left + " " * (width - len(edge) - before - size - 1) + "|"


def _row(cells: list[str], widths: list[int], drawn: Callable[[str, int, str], str]) -> str:
    filled = [*cells, *[""] * (len(widths) - len(cells))]
    edges = ("|", *[""] * len(widths))  # each cell brings its right edge
    return "".join(map(drawn, filled, widths, edges))


def _rule(widths: list[int]) -> str:
    return "".join(
        f"{'-' * (width - 1)}+" if at else f"+{'-' * (width - 2)}+"
        for at, width in enumerate(widths)
    )


def _scaled(widths: list[int], total: int) -> list[int]:
    """Stretch the columns to `total`; the first ones lose what is too much, the last ones gain."""
    if not widths:
        return widths
    factor = total / sum(widths)
    scaled = [round(factor * width) for width in widths]
    surplus = sum(scaled) - total
    step = -1 if surplus > 0 else 1
    order = range(len(scaled)) if surplus > 0 else range(len(scaled) - 1, -1, -1)
    for at, _ in zip(cycle(order), range(abs(surplus)), strict=False):
        scaled[at] += step
    return scaled
