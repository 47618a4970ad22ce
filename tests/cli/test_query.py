"""`--query`: what is found wrong before the call, and what after it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.cli.query import Query
from openparticipant.cli.refusal import CommandError
from tests.cli.recording import json_reply, recording
from tests.cli.worlds import START, TOKEN, Outcome, command

URL = "https://h/upload?X-Amz-Signature=SECRET"
ANSWER = json_reply({"AttachmentId": "i", "UploadMetadata": {"Url": URL, "Extra": 1}})


def asking(url: str, *words: str) -> Outcome:
    return command(*START, *TOKEN, "--endpoint-url", url, *words)


def test_a_query_sees_what_would_be_printed() -> None:
    """Members that the model does not know are gone before the expression is applied."""
    with recording(ANSWER) as server:
        outcome = asking(server.url, "--query", "[UploadMetadata.Extra, keys(UploadMetadata)]")

    assert outcome.json == [None, ["Url"]]


def test_the_last_query_wins() -> None:
    """Like any repeated option."""
    with recording(ANSWER) as server:
        outcome = asking(server.url, "--query", "[", "--query=AttachmentId")

    assert outcome.out == b'"i"\n'


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("nosuch(@)", "Unknown function: nosuch()"),
        ("a[?b == nosuch(`1`)].c", "Unknown function: nosuch()"),
        ("Nope && nosuch(@)", "Unknown function: nosuch()"),
        ("length()", "Expected 1 argument for function length(), received 0"),
        (
            "a[1:2:3].{x: not_null()}",
            "Expected at least 1 argument for function not_null(), received 0",
        ),
    ],
)
def test_a_call_that_cannot_succeed_is_not_made(expression: str, sentence: str) -> None:
    """A wrong function would cost the answer that was paid for."""
    with recording(ANSWER) as server:
        outcome = asking(server.url, "--query", expression)

    assert (outcome.status, outcome.out, outcome.err) == (255, b"", f"\n{sentence}\n")
    assert server.requests == []


def test_an_error_in_a_function_does_not_show_secrets() -> None:
    """The sentence is AWS's, which quotes the value; a pre-signed URL is hidden."""
    with recording(ANSWER) as server:
        hidden = asking(server.url, "--query", "abs(UploadMetadata.Url)")
        nested = asking(server.url, "--query", "abs(UploadMetadata)")
        shown = asking(server.url, "--query", "abs(AttachmentId)")

    said = "In function abs(), invalid type for value: {}, expected one of: ['number'], received: "
    assert hidden.err == f'\n{said.format("[hidden]")}"string"\n'
    assert nested.err == f'\n{said.format({"Url": "[hidden]"})}"object"\n'
    assert shown.err == f'\n{said.format("i")}"string"\n'
    assert (hidden.status, hidden.out) == (255, b"")


def test_an_expression_for_functions_is_no_result() -> None:
    """What JSON cannot say is an error, and not half a document."""
    with recording(ANSWER) as server:
        outcome = asking(server.url, "--query", "[&AttachmentId]")

    assert (outcome.status, outcome.out) == (255, b"")
    assert outcome.err == "\nEncountered unrecognized type in JSON encoder.\n"


@pytest.mark.filterwarnings("ignore:deprecated string literal syntax")
@settings(deadline=None)  # the machine may be busy
@given(st.text("ab.[]{}()*@&|!<>=?:,`'\"\\-01 \t") | st.text(max_size=20))
def test_any_text_is_an_expression_or_refused(expression: str) -> None:
    """No expression ends in a traceback, neither compiled nor applied."""
    try:
        query = Query(expression)
        query.check_functions()
        query.apply({"a": [1, "x", {"b": None}], "b": "text"})
    except CommandError:
        return


@pytest.mark.parametrize("depth", [10_000, 200_000])
def test_a_bottomless_expression_is_refused(depth: int) -> None:
    """Depth ends in a sentence."""
    with pytest.raises(CommandError, match=r"recursion|Invalid|nested|Parse"):
        Query("[" * depth)
