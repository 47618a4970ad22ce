"""What is taken out of the outcomes of `aws` and ours before they are compared, and what is not."""

from __future__ import annotations

import pytest

from tests.cli.against_aws import plain
from tests.cli.against_aws.help_page import names
from tests.cli.recording import Recorded

TRACE = "2026-01-01 10:00:00,000 - MainThread - botocore.x - DEBUG - token S3CRET\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("usage: x\n\naws: error: no\n", ": error: no\n"),
        ("usage: x\n\nUnknown options: --a\n", "\nUnknown options: --a\n"),
        ("\nbad\n", "\nbad\n"),
        ("x (_ssl.c:1006)\n", "x (_ssl.c:N)\n"),
        (
            "/a/b.py:7: InsecureRequestWarning: x\n  warnings.warn(\nbad\n",
            "(InsecureRequestWarning)\nbad\n",
        ),
        ('Traceback (most recent call last):\n  File "x"\n    y\nE: z\n', "(Traceback)\nE: z\n"),
    ],
)
def test_a_sentence_is_left(text: str, left: str) -> None:
    """Usage, paths and numbers of lines are each program's own."""
    assert plain.sentence(text, None) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (TRACE, "(a trace that shows the token)\n"),
        (TRACE + "\nbad\n", "(a trace that shows the token)\nbad\n"),
        ("> POST http://x\n", "(a trace that hides the token)\n"),
        ("> POST http://x\n\nbad\n", "(a trace that hides the token)\nbad\n"),
        ("\nbad S3CRET\n", "(a trace that shows the token)\nbad S3CRET\n"),
        ("", ""),
    ],
)
def test_of_a_trace_the_sentence_is_left_and_whether_it_leaks(text: str, left: str) -> None:
    """A trace of nothing is none."""
    assert plain.sentence(text, "S3CRET") == left


def test_a_page_of_help_is_its_names() -> None:
    """Also where letters are printed over others, and never the prose."""
    page = (
        "S\bSY\bYNOPSIS\n    upload\n    --a-b <value>\n    [--c]\n\nOPTIONS\n"
        "  -\b--\b-a\ba-\b-b\bb (string)\n     Prose of --d and so on.\n"
        "AVAILABLE COMMANDS\n  +o get-it\n\n  +o help\nMORE\n  some-word\n"
    )

    assert names(page) == "--a-b\n--c\nget-it\n"


def test_a_request_is_told_without_chance() -> None:
    """Ids, times and signatures; what they belong to stays."""
    asked = Recorded(
        "POST",
        "/x",
        [
            ("Host", "h"),
            ("X-Amz-Bearer", "é".encode().decode("latin-1")),
            ("Authorization", "AWS4-HMAC-SHA256 Credential=x"),
            ("amz-sdk-request", "ttl=20260101T000000Z; attempt=2; max=5"),
            ("Content-Length", "9"),
        ],
        b'{"a": "789f5eb6-4341-4ca0-b7c0-eb3fab89071d", "b": "\xff"}',
    )

    assert plain.request(asked) == (
        "POST /x\nx-amz-bearer: é\nauthorization: AWS4-HMAC-SHA256\n"
        'amz-sdk-request: attempt=2; max=5\n\n{"a": "UUID", "b": "\udcff"}'
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("aws-cli/1.45.11 Python/3.11.7\n", "aws-cli/VERSION Python/VERSION\n"),
        ('{"Url": "http://x/y"}\n', '{"Url": "http://x/y"}\n'),
    ],
)
def test_output_is_left_as_it_is_but_for_versions(text: str, left: str) -> None:
    """Scripts read its bytes."""
    assert plain.output(text, is_help=False) == left
