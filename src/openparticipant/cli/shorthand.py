"""The short spelling of a structure: `Id=a,MostRecent=3`.

Values are words, 'quoted' or "quoted" words, lists `a,b` or `[a, b]`, and maps `{a=b}`; a comma in a
word needs a backslash. `Name@=file://PATH` takes the value from a file. Which characters may stand
where, and the sentences about those that may not, are those of the `aws` command.
"""

from __future__ import annotations

import re

from openparticipant.cli.parameter_file import resolved
from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BLANK = " \t\n\r\v\f"
_KEY = re.compile(r"[A-Za-z0-9_.#/:-]*")
_FAR = r"\U00010000-\U0010ffff"
_START = rf"(?:\\,|[^\x00-\x20\"',=\[{{{_FAR}])"
# The first value after `=` may hold further signs of equality; one after a comma ends at them, since
# it may turn out to be the next name.
_FIRST = re.compile(rf"{_START}(?:\\,|[^\x00-\x08\x0e-\x1b\"',\]}}{_FAR}])*")
_SECOND = re.compile(rf"{_START}(?:\\,|[^\x00-\x08\x0e-\x1b\"',={_FAR}])*")
_QUOTED = {
    "'": ("singled quoted", re.compile(r"'(?:\\'|[^'])*'")),
    '"': ("double quoted", re.compile(r'"(?:\\"|[^"])*"')),
}


class ShorthandError(CommandError):
    """The text is not in the short spelling; the sentence shows where."""


class _UnexpectedError(ShorthandError):
    def __init__(self, text: str, at: int, expected: str, received: str) -> None:
        super().__init__(
            f"Expected: '{expected}', received: '{received}' for input:\n{_pointed(text, at)}"
        )


def parse(text: str) -> dict[str, Any]:
    """Return the structure that `text` spells, all leaves as words; raises ShorthandError."""
    return _Reader(text).structure()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._from_file = False

    @property
    def _here(self) -> str:
        """The next character, or nothing at the end."""
        return self._text[self._at : self._at + 1]

    def structure(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        end = 0
        while True:
            name = self._name()
            value = self._values()
            if name in found:
                raise ShorthandError(
                    f'Second instance of key "{name}" encountered for input:\n'
                    f"{_pointed(self._text, end + 1)}\n"
                    'This is often because there is a preceding "," instead of a space.'
                )
            found[name] = value
            end = self._at
            if not self._here:
                return found
            self._expect(",", blanks=True)

    def _name(self) -> str:
        matched = _KEY.match(self._text, self._at)
        name = matched[0] if matched else ""
        self._at += len(name)
        self._skip_blanks()
        self._from_file = self._here == "@"
        if self._from_file:
            self._at += 1
            self._skip_blanks()
        self._expect("=", blanks=True)
        return name

    def _values(self) -> Any:
        if not self._here:
            return ""
        return self._nested() if self._here in "[{" else self._words()

    def _nested(self) -> Any:
        match self._here:
            case "[":
                return self._list()
            case "{":
                return self._map()
            case _:
                return self._first()

    def _words(self) -> Any:
        first = self._first()
        self._skip_blanks()
        if self._here != ",":
            return first
        self._expect(",", blanks=True)
        words = [first]
        while True:
            try:
                word = self._second()
                self._skip_blanks()
                if not self._here:
                    words.append(word)
                    break
                self._expect(",", blanks=True)
                words.append(word)
            except _UnexpectedError:
                if not self._here:
                    raise
                # What was taken for one more word is the next name: back to the comma before it.
                self._at = self._text.rfind(",", 0, self._at + 1)
                break
        return words if len(words) > 1 else first

    def _list(self) -> list[Any]:
        self._expect("[", blanks=True)
        found = []
        while self._here != "]":
            found.append(self._nested())
            self._skip_to_next("]")
        self._expect("]")
        return found

    def _map(self) -> dict[str, Any]:
        self._expect("{", blanks=True)
        found = {}
        while self._here != "}":
            name = self._name()
            found[name] = self._nested()
            self._skip_to_next("}")
        self._expect("}")
        return found

    def _skip_to_next(self, end: str) -> None:
        self._skip_blanks()
        if self._here != end:
            self._expect(",")
            self._skip_blanks()

    def _first(self) -> Any:
        if self._here in _QUOTED:
            return self._quoted()
        matched = _FIRST.match(self._text, self._at)
        return self._word(matched[0]) if matched else ""

    def _second(self) -> Any:
        if self._here in _QUOTED:
            return self._quoted()
        return self._word(self._match("second", _SECOND))

    def _quoted(self) -> Any:
        quote = self._here
        matched = self._match(*_QUOTED[quote])
        self._at += len(matched)
        plain = matched[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\")
        return self._resolved(plain)

    def _word(self, matched: str) -> Any:
        self._at += len(matched)
        return self._resolved(matched.replace("\\,", ",").rstrip())

    def _resolved(self, word: str) -> str | bytes:
        return resolved(word) if self._from_file else word

    def _match(self, name: str, pattern: re.Pattern[str]) -> str:
        matched = pattern.match(self._text, self._at)
        if matched is None:
            raise _UnexpectedError(self._text, self._at, f"<{name}>", "<none>")
        return matched[0]

    def _expect(self, sign: str, *, blanks: bool = False) -> None:
        if blanks:
            self._skip_blanks()
        if self._here != sign:
            raise _UnexpectedError(self._text, self._at, sign, self._here or "EOF")
        self._at += 1
        if blanks:
            self._skip_blanks()

    def _skip_blanks(self) -> None:
        while self._here and self._here in _BLANK:
            self._at += 1


def _pointed(text: str, at: int) -> str:
    """Return the text with a caret under one character, behind the line in which it stands."""
    line = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{' ' * (at - line)}^{text[end:]}"
