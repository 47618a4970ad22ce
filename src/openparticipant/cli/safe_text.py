"""Text from elsewhere, before it reaches a terminal or becomes a file's name."""

from __future__ import annotations

from unicodedata import category

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # scripts and emoji need them


def is_safe(letter: str) -> bool:
    """Tell whether a character neither steers a terminal, nor turns text around, nor breaks it."""
    return letter in _JOINERS or category(letter) not in {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """Return `text` with a replacement for each character that is not safe."""
    if text.isprintable():  # nearly always, and a hundred times faster than to look at each
        return text
    return "".join(letter if is_safe(letter) else "\N{REPLACEMENT CHARACTER}" for letter in text)
