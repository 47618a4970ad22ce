"""The short spelling of structures, judged by the parser of AWS's command line."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openparticipant.cli.refusal import CommandError
from openparticipant.cli.shorthand import ShorthandError, parse

JUDGE: Any = importlib.import_module("awscli.shorthand")
# Its sentence lacks the place: the name of the function that finds it is printed instead.
FORGOTTEN = "{self._error_location()}"

PIECES = st.one_of(
    st.sampled_from(
        [*("Id", "MostRecent", "a", "=", ",", "[", "]", "{", "}", "'", '"', "\\", "\\,", "@=")]
    ),
    st.sampled_from([" ", "\n", "\t", "\x1c", "\x7f", "\x01", "é", "☃", "😀", "\udcff", "^|~"]),
    st.text(max_size=3),
)


def judged(text: str) -> Any:
    """Return what AWS's parser says."""
    try:
        return JUDGE.ShorthandParser().parse(text)
    except JUDGE.DuplicateKeyInObjectError as error:
        return str(error)
    except JUDGE.ShorthandParseSyntaxError as error:
        return str(error).replace(FORGOTTEN, error._error_location())


def read(text: str) -> Any:
    """Return what ours says."""
    try:
        return parse(text)
    except ShorthandError as error:
        return str(error)


@settings(deadline=None, max_examples=400)
@given(text=st.lists(PIECES, max_size=12).map("".join))
@example(text="a=b,c,d=e")
@example(text="a=[b,{c=d , e=[]}],f='g,\\'',h=\"\"")
@example(text="a=b,'c',d\n,\ne==")
@example(text="a=b,")
@example(text="a=[")
@example(text="a={b=c")
@example(text="a=b,a=c")
def test_a_structure_is_read_as_aws_reads_it(text: str) -> None:
    """Whatever is typed, the value or the sentence is the same."""
    assert read(text) == judged(text)


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    """Anywhere in the structure, but only after `@=`."""
    (tmp_path / "x").write_bytes(b"\x31\n")
    file = f"file://{tmp_path}/x"

    assert parse(f"a@={file},b={{c @= [{file}],d={file}}},e@=fileb://{tmp_path}/x") == {
        "a": "1\n",
        "b": {"c": ["1\n"], "d": file},
        "e": b"1\n",
    }
    with pytest.raises(CommandError, match="No such file"):
        parse("a@=file:///nonexistent/x")
