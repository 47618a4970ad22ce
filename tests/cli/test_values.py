"""Values: how they are spelled, and what the client itself refuses."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openparticipant.cli.operations import option_name
from tests.cli.recording import Recorder, recording
from tests.cli.worlds import START, TOKEN, command

FAILED = "\nParameter validation failed:\n"


def refused(*words: str) -> str:
    """Return the complaint about words that must not be sent."""
    with recording() as server:
        outcome = command(*words, "--endpoint-url", server.url)

    assert outcome.status == 255
    assert server.requests == []
    return outcome.err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (
            [*START, *TOKEN, "--content-type="],
            "Invalid length for parameter ContentType, value: 0, valid min length: 1",
        ),
        (
            [*START, *TOKEN, "--client-token", ""],
            "Invalid length for parameter ClientToken, value: 0, valid min length: 1",
        ),
        (
            [*START, "--connection-token="],
            "Invalid length for parameter ConnectionToken, value: 0, valid min length: 1",
        ),
        (
            [*START, *TOKEN, "--attachment-size-in-bytes", "-1"],
            "Invalid value for parameter AttachmentSizeInBytes, value: -1, valid min value: 1",
        ),
        (
            ["complete-attachment-upload", *TOKEN, "--attachment-ids"],
            "Invalid length for parameter AttachmentIds, value: 0, valid min length: 1",
        ),
        (
            ["complete-attachment-upload", *TOKEN, "--attachment-ids", "[1]"],
            "Invalid type for parameter AttachmentIds[0], value: 1, type: <class 'int'>, valid types: <class 'str'>",
        ),
        (
            ["get-transcript", *TOKEN, "--start-position", "Bad=3"],
            'Unknown parameter in StartPosition: "Bad", must be one of: Id, AbsoluteTime, MostRecent',
        ),
        (
            ["get-transcript", *TOKEN, "--start-position", '{"MostRecent": "3"}'],
            "Invalid type for parameter StartPosition.MostRecent, value: 3, type: <class 'str'>, valid types: <class 'int'>",
        ),
        (
            ["get-attachment", *TOKEN, "--attachment-id=a", "--url-expiry-in-seconds=4"],
            "Invalid value for parameter UrlExpiryInSeconds, value: 4, valid min value: 5",
        ),
    ],
)
def test_minima_and_types_are_checked_before_sending(words: list[str], problem: str) -> None:
    """What the `aws` command would not send is not sent, in the same words."""
    assert refused(*words) == f"{FAILED}{problem}\n"


def test_all_problems_are_told_at_once() -> None:
    """In the model's order, however the options were typed."""
    told = refused(
        "start-attachment-upload",
        *("--attachment-name=", "--connection-token=", "--attachment-size-in-bytes=0"),
        "--content-type=",
    )

    assert [line.split(",")[0].split()[-1] for line in told.splitlines()[2:]] == [
        "ContentType",
        "AttachmentSizeInBytes",
        "AttachmentName",
        "ConnectionToken",
    ]


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        ("+5", 5),
        (" 7 ", 7),
        ("1_000", 1000),
        ("٣", 3),
        ("99999999999999999999", 99999999999999999999),
    ],
)
def test_a_number_is_what_python_takes_for_one(word: str, sent: int) -> None:
    """Maxima are the service's to judge."""
    with recording() as server:
        command(*START, *TOKEN, "--attachment-size-in-bytes", word, "--endpoint-url", server.url)

    assert server.requests[0].json["AttachmentSizeInBytes"] == sent


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (["a", "b"], ["a", "b"]),
        (['["a", "b"]'], ["a", "b"]),
        (["a,b"], ["a,b"]),
        (["a", "[b]"], ["a", "[b]"]),
        (["http://127.0.0.1:1/x"], ["http://127.0.0.1:1/x"]),
    ],
)
def test_a_list_is_words_or_json(words: list[str], sent: list[str]) -> None:
    """JSON only where a single word begins like a list."""
    with recording() as server:
        command(
            *("complete-attachment-upload", *TOKEN, "--attachment-ids", *words),
            *("--endpoint-url", server.url),
        )

    assert server.requests[0].json["AttachmentIds"] == sent


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        ("MostRecent=3", {"MostRecent": 3}),
        (
            "Id=a,AbsoluteTime=2020-01-01T00:00:00Z",
            {"Id": "a", "AbsoluteTime": "2020-01-01T00:00:00Z"},
        ),
        (r"Id=a\,b", {"Id": "a,b"}),
        (' {"MostRecent": 3}', {"MostRecent": 3}),
    ],
)
def test_a_structure_is_pairs_or_json(word: str, sent: dict[str, object]) -> None:
    """Both spellings give the same request."""
    with recording() as server:
        command(
            *("get-transcript", *TOKEN, "--start-position", word),
            *("--endpoint-url", server.url),
        )

    assert server.requests[0].json == {"StartPosition": sent}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (
            "{bad",
            "Invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\nJSON received: {bad",
        ),
        (
            "MostRecent",
            "Expected: '=', received: 'EOF' for input:\nMostRecent\n          ^",
        ),
        (
            "Id=a,Id=b",
            (
                'Second instance of key "Id" encountered for input:\nId=a,Id=b\n     ^\n'
                'This is often because there is a preceding "," instead of a space.'
            ),
        ),
    ],
)
def test_a_structure_that_is_none_is_named(word: str, said: str) -> None:
    """The option and the place are in the sentence; the `aws` command forgot the place."""
    told = refused("get-transcript", *TOKEN, "--start-position", word)

    assert told == f"\nError parsing parameter '--start-position': {said}\n"


def test_text_beyond_ascii_travels_escaped() -> None:
    """The body is pure ASCII, the bearer raw UTF-8, and even a broken byte gets there."""
    with recording() as server:
        command(
            *(*START, "--attachment-name", "é☃\udcff", "--connection-token", "é"),
            *("--endpoint-url", server.url),
        )

    (request,) = server.requests
    assert rb'"\u00e9\u2603\udcff"' in request.body
    assert (request.header("x-amz-bearer") or "").encode("latin-1") == "é".encode()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_url_is_a_word_and_not_fetched(scheme: str) -> None:
    """AWS's command would ask the address and send what it answers."""
    url = f"{scheme}://127.0.0.1:1/x"
    with recording() as server:
        words = ("--attachment-name", url, "--endpoint-url", server.url)
        outcome = command(*START, *TOKEN, *words)

    assert outcome.status == 0
    assert server.requests[0].json["AttachmentName"] == url


def test_a_file_for_a_list_is_one_item_or_json(tmp_path: Path) -> None:
    """AWS's command sends each letter of a plain file as an item of its own."""
    (tmp_path / "x").write_text("an-id")
    with recording() as server:
        command(
            *("complete-attachment-upload", *TOKEN, "--attachment-ids", f"file://{tmp_path}/x"),
            *("--endpoint-url", server.url),
        )

    assert server.requests[0].json["AttachmentIds"] == ["an-id"]


@pytest.fixture(scope="module")
def server() -> Iterator[Recorder]:
    """Run one recording server for all examples."""
    with recording() as recorder:
        yield recorder


# What an argument of a process can hold: no NUL, but any other character and any broken byte.
LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
BROKEN = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
TEXT = st.text(LETTERS | BROKEN, min_size=1)
# What a header can hold: no control characters, and no blank at its ends, which servers take off.
# A dash alone means standard input.
VISIBLE = st.characters(exclude_categories=["Cc", "Cs"])
TOKENS = (
    st.text(VISIBLE | BROKEN)
    .map(lambda text: text.strip(" "))
    .filter(lambda text: text not in {"", "-"})
)
REQUESTS = st.fixed_dictionaries(
    {
        "ContentType": TEXT,
        "AttachmentSizeInBytes": st.integers(min_value=1),
        "AttachmentName": TEXT,
        "ClientToken": TEXT,
        "ConnectionToken": TOKENS,
    }
)


@settings(deadline=None, max_examples=150)  # the machine may be busy
@given(wanted=REQUESTS, way=st.sampled_from(["option", "file", "json", "json file"]))
def test_what_is_given_is_what_arrives(server: Recorder, wanted: dict[str, Any], way: str) -> None:
    """Whatever the values, by option, file or JSON, the service receives exactly them."""
    server.requests.clear()
    with tempfile.TemporaryDirectory() as folder:
        outcome = command(
            *("start-attachment-upload", *spelled(wanted, way, Path(folder))),
            *("--endpoint-url", server.url),
        )

    assert outcome.status == 0, outcome.err
    (request,) = server.requests
    token = wanted.pop("ConnectionToken").encode("utf-8", "surrogateescape")
    assert (request.header("x-amz-bearer") or "").encode("latin-1") == token
    assert request.json == wanted


def spelled(wanted: dict[str, Any], way: str, folder: Path) -> list[str]:
    """Return words that say what is wanted."""
    if way.startswith("json"):
        # On the command line letters stand as they are, in the file as escapes.
        (folder / "in.json").write_text(json.dumps(wanted))
        text = json.dumps(wanted, ensure_ascii=False)
        return ["--cli-input-json", text if way == "json" else f"file://{folder}/in.json"]
    words = []
    for member, value in wanted.items():
        word = str(value)
        if way == "file" and isinstance(value, str) and fits_a_file(value):
            (folder / member).write_text(value, encoding="utf-8", newline="")
            word = f"file://{folder}/{member}"
        assume(not word.startswith("file://") or way == "file")
        words.append(f"{option_name(member)}={word}")
    return words


def fits_a_file(text: str) -> bool:
    """Tell whether a text file gives back the same: no broken byte, no carriage return."""
    return "\r" not in text and not any("\udc80" <= letter <= "\udcff" for letter in text)
