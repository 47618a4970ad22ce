"""Taking words apart, judged by the parser that AWS's command line is built on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from openparticipant.cli.refusal import UsageError
from openparticipant.cli.scan import HELP, Option, scan

# A busy machine is no reason to fail.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
OPTIONS = (
    Option("--content-type"),
    Option("--attachment-size-in-bytes", convert=int),
    Option("--attachment-name"),
    Option("--attachment-ids", takes="many"),
    Option("--connect-participant", takes="nothing"),
    Option("--no-connect-participant", into="--connect-participant", takes="nothing", value=False),
    Option("--color", choices=("on", "off")),
    Option("--skeleton", takes="at most one", value="on", choices=("on", "off")),
)


class Judge(argparse.ArgumentParser):
    """The standard library's parser with the options above."""

    def __init__(self, *, word_is_optional: bool) -> None:
        super().__init__(add_help=False)
        for option in OPTIONS:
            if option.takes == "nothing":
                action = "store_true" if option.value else "store_false"
                self.add_argument(
                    option.name, dest=option.into, action=action, default=argparse.SUPPRESS
                )
            else:
                self.add_argument(
                    option.name,
                    dest=option.into,
                    type=option.convert,
                    nargs={"many": "*", "at most one": "?"}.get(option.takes),
                    const=option.value if option.takes == "at most one" else None,
                    choices=option.choices or None,
                    default=argparse.SUPPRESS,
                )
        nargs = "?" if word_is_optional else None
        self.add_argument("word", nargs=nargs, default=argparse.SUPPRESS if nargs else None)

    def error(self, message: str) -> NoReturn:
        """Raise instead of ending the process."""
        raise UsageError(message)


Reading = tuple[dict[str, object], str | None, list[str]]


def judgement(words: list[str], *, word_is_optional: bool) -> Reading:
    namespace, rest = Judge(word_is_optional=word_is_optional).parse_known_args(words)
    values = vars(namespace)
    word = values.pop("word", None)
    return values, None if word == [] else word, rest


def reading(words: list[str], *, word_is_optional: bool) -> Reading:
    found = scan(words, OPTIONS, word_is_optional=word_is_optional)
    if found.word is None and not word_is_optional:
        raise UsageError("the following arguments are required: word")
    return found.values, found.word, found.rest


def outcome(read: Callable[[], Reading]) -> Reading | str:
    """Return what was read, or the complaint without the choices, whose form is AWS's with us."""
    try:
        return read()
    except UsageError as error:
        return str(error).partition("hoice")[0].lower()


NAMES = [option.name for option in OPTIONS]
WORDS = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).flatmap(lambda n: st.integers(2, len(n)).map(lambda i: n[:i])),
    st.tuples(
        st.sampled_from([*NAMES, "--att", "--co", "--con", "--unknown"]),
        st.sampled_from(["", "x", "5", "on", "a=b"]),
    ).map("=".join),
    st.sampled_from(
        [
            "",
            "-",
            "--",
            "-5",
            "-5.5",
            "-.5",
            "-x",
            "- x",
            "--x y",
            "--unknown",
            "word",
            "5",
            "on",
            "é",
        ]
    ),
)


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="the judge is the parser as Python 3.11 has it"
)
@UNHURRIED
@given(words=st.lists(WORDS, max_size=7), word_is_optional=st.booleans())
@example(words=["word", "--attachment-name", "--", "x"], word_is_optional=True)
@example(words=["--attachment-ids", "a", "b", "--", "c", "d"], word_is_optional=False)
@example(words=["--skeleton", "--", "off"], word_is_optional=True)
@example(words=["--skeleton", "--skel=", "off"], word_is_optional=True)
@example(words=["--color=x", "--attach", "y"], word_is_optional=True)
def test_words_are_read_as_argparse_reads_them(*, words: list[str], word_is_optional: bool) -> None:
    """Values, unknown words and complaints are the same, whatever stands on the line."""
    judged = outcome(lambda: judgement(words, word_is_optional=word_is_optional))
    found = outcome(lambda: reading(words, word_is_optional=word_is_optional))

    assert found == judged


def test_an_exact_option_is_never_abbreviated() -> None:
    """What AWS lacks must not make an abbreviation ambiguous that works there."""
    options = (Option("--token"), Option("--token-file", exact=True), *HELP)

    assert scan(["--tok", "a"], options).values == {"--token": "a"}
    assert scan(["--token-f", "a"], options).rest == ["--token-f"]
    assert scan(["--hel"], options).rest == ["--hel"]
    assert scan(["--token-file=a"], options).values == {"--token-file": "a"}


def test_a_final_option_ends_the_reading() -> None:
    """Help is help, whatever else is wrong behind it."""
    assert scan(["--help", "--content-type"], (*OPTIONS, *HELP)).values == {"help": True}
