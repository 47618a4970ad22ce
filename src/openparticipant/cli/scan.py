"""Take the words of a command line apart.

The rules are those of the `aws` command, whose levels are parsed one after the other, each taking
what it knows and leaving the rest in order: the global options first, then the command's own.
"""

from __future__ import annotations

from openparticipant.cli.refusal import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Literal

    Takes = Literal["one", "at most one", "many", "nothing"]


class Option:
    """One option of a level.

    `takes` says how many words follow; `value` is what an option stands for that takes none.
    An `exact` option cannot be abbreviated. A `final` one ends the reading. Values in `more` are
    taken beside the `choices`, but not listed among them.
    """

    __slots__ = ("choices", "convert", "exact", "final", "into", "more", "name", "takes", "value")

    def __init__(
        self,
        name: str,
        *,
        into: str = "",
        takes: Takes = "one",
        convert: Callable[[str], object] = str,
        value: object = True,
        choices: tuple[str, ...] = (),
        more: tuple[str, ...] = (),
        exact: bool = False,
        final: bool = False,
    ) -> None:
        self.name = name
        self.into = into or name
        self.takes = takes
        self.convert = convert
        self.value = value
        self.choices = choices
        self.more = more
        self.exact = exact
        self.final = final


class Scanned:
    """What a level found: values by option, the first plain word, all words it does not know."""

    __slots__ = ("rest", "values", "word")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.word: str | None = None
        self.rest: list[str] = []


HELP = (
    Option("--help", into="help", takes="nothing", exact=True, final=True),
    Option("-h", into="help", takes="nothing", exact=True, final=True),
)


def scan(
    words: Sequence[str], options: Iterable[Option], *, word_is_optional: bool = False
) -> Scanned:
    """Take this level's options and first plain word out of `words`.

    Raises UsageError for what the level knows to be wrong.
    """
    return _Reading(
        words, {option.name: option for option in options}, word_is_optional=word_is_optional
    ).read()


class _Reading:
    """The state of one scan.

    A mark is None for a plain word, "--" for the separator, else what an option word means.
    """

    def __init__(
        self, words: Sequence[str], options: dict[str, Option], *, word_is_optional: bool
    ) -> None:
        self._words = words
        self._options = options
        self._word_is_optional = word_is_optional
        self._marks = self._mark_all()
        self._at = 0
        self._found = Scanned()

    def read(self) -> Scanned:
        while self._at < len(self._words):
            mark = self._marks[self._at]
            if mark is None or mark == "--":
                self._read_plain(mark)
                continue
            option, attached = mark
            word = self._words[self._at]
            self._at += 1
            if option is None:
                self._found.rest.append(word)
            elif self._read_option(option, attached):
                break
        return self._found

    def _mark_all(self) -> list[Any]:
        # All words are looked at before any is used, so an ambiguous one is found first.
        marks: list[Any] = []
        for word in self._words:
            if word == "--":
                plain = len(self._words) - len(marks) - 1
                return [*marks, "--", *[None] * plain]
            marks.append(self._mark(word))
        return marks

    def _mark(self, word: str) -> tuple[Option | None, str | None] | None:
        if not word.startswith("-") or word == "-":
            return None
        if word in self._options:
            return self._options[word], None
        name, equals, value = word.partition("=")
        attached = value if equals else None
        if word.startswith("--"):
            if name in self._options:
                return self._options[name], attached
            known = self._options.values()
            fitting = [each for each in known if not each.exact and each.name.startswith(name)]
            if len(fitting) > 1:
                raise _ambiguous(name, attached, [each.name for each in fitting])
            if fitting:
                return fitting[0], attached
        if _is_negative_number(word) or " " in word:
            return None
        return None, None

    def _read_plain(self, mark: str | None) -> None:
        found = self._found
        if found.word is not None:
            found.rest.append(self._words[self._at])
            self._at += 1
            return
        if mark == "--":
            self._at += 1
            if self._at == len(self._words):
                if not self._word_is_optional:
                    found.rest.append("--")
                return
        found.word = self._words[self._at]
        self._at += 1
        if self._at < len(self._words) and self._marks[self._at] == "--":
            self._at += 1

    def _read_option(self, option: Option, attached: str | None) -> bool:
        """Give an option its value; tell whether it ends the reading."""
        values = self._found.values
        if option.takes == "nothing":
            if attached is not None:
                raise UsageError(f"argument {option.name}: ignored explicit argument {attached!r}")
            values[option.into] = option.value
            return option.final
        following = [attached] if attached is not None else self._following(option.takes)
        if option.takes == "many":
            values[option.into] = following
            return False
        if not following:
            if option.takes == "one":
                raise UsageError(f"argument {option.name}: expected one argument")
            values[option.into] = option.value
            return False
        values[option.into] = _converted(option, following[0])
        return False

    def _following(self, takes: Takes) -> list[str]:
        start = self._at
        while self._at < len(self._words) and self._marks[self._at] is None:
            self._at += 1
            if takes != "many":
                break
        return list(self._words[start : self._at])


def _ambiguous(name: str, attached: str | None, fitting: list[str]) -> UsageError:
    from openparticipant.cli.bearer import OPTIONS  # noqa: PLC0415 - it knows of options itself

    # The value may be a token.
    hidden = attached and not set(OPTIONS.values()).isdisjoint(fitting)
    value = "" if attached is None else "=[hidden]" if hidden else f"={attached}"
    return UsageError(f"ambiguous option: {name}{value} could match {', '.join(fitting)}")


def _converted(option: Option, word: str) -> object:
    try:
        value = option.convert(word)
    except ValueError:
        kind = option.convert.__name__
        raise UsageError(f"argument {option.name}: invalid {kind} value: {word!r}") from None
    if option.choices and word not in (*option.choices, *option.more):
        raise UsageError(f"argument {option.name}: {invalid_choice(word, option.choices)}")
    return value


def invalid_choice(word: str, choices: Sequence[str]) -> str:
    """Return the sentence for a word that is none of the choices."""
    from difflib import get_close_matches  # noqa: PLC0415 - only to explain a mistake

    rows = (choices[at : at + 2] for at in range(0, len(choices), 2))
    lines = [" | ".join(f"{choice:40}" for choice in row) for row in rows]
    text = "\n".join(["Invalid choice, valid choices are:\n", *lines])
    close = get_close_matches(word, choices, cutoff=0.8)
    if close:
        meant = "\n".join(f"  * {choice}" for choice in close)
        text += f"\n\n\nInvalid choice: {word!r}, maybe you meant:\n\n{meant}"
    return text


def _is_negative_number(word: str) -> bool:
    whole, dot, fraction = word[1:].removesuffix("\n").partition(".")
    if not dot:
        return whole.isdecimal()
    return fraction.isdecimal() and (not whole or whole.isdecimal())
