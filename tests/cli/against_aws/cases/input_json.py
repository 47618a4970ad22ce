"""`--cli-input-json`."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.against_aws.case import UNSHOWN, Case, Cases, Differs, calling
from tests.cli.worlds import START, TOKEN

SAU = "start-attachment-upload"
JSON = "--cli-input-json"
NAME = "--attachment-name"
FULL: dict[str, Any] = {
    "ContentType": "application/pdf",
    "AttachmentSizeInBytes": 9,
    "AttachmentName": "j.pdf",
    "ClientToken": "jt",
    "ConnectionToken": "JT",
}
WRONG_TYPES = {
    "ContentType": 5,
    "AttachmentSizeInBytes": "9",
    "AttachmentName": ["x"],
    "ConnectionToken": None,
    "ClientToken": True,
    "bar": 1,
}
FILES = {
    "in.json": json.dumps(FULL).encode(),
    "marked.json": b"\xef\xbb\xbf{}",
    "wide.json": json.dumps(FULL).encode("utf-16"),
    "binary": b"\xff\xfe\xfa",
    "empty": b"",
}
PYTHON = "Invalid JSON: "
NONE = {"a list": "[]", "a string": '"str"', "null": "null", "a number": "5", "true": "true"}

NO_KEY = "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
NO_VALUE = "Expecting value: line 1 column 1 (char 0)"
MARK = "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"
FROM_STDIN = Differs("json-from-stdin", like="whole")


def unshown(why: str, row: str = "json-stays-hidden") -> Differs:
    """Return that JSON that is none is not shown."""
    said = f"\nError parsing parameter 'cli-input-json': {PYTHON}{why}\n"
    return Differs(row, said=said)


def document(value: object, *words: str, **more: Any) -> Case:
    """Return a case with an upload's request as JSON, or as the text that is given."""
    text = value if isinstance(value, str) else json.dumps(value)
    return calling(SAU, JSON, text, *words, files=FILES, **more)


def _but(**members: object) -> dict[str, Any]:
    return {**FULL, **members}


CASES: Cases = {
    "whole": document(FULL),
    "with options": document(FULL, NAME, "over", "--attachment-size-in-bytes", "1"),
    "with all options": document(FULL, *START[1:], *TOKEN, "--client-token", "c"),
    "with an empty option": document(FULL, f"{NAME}="),
    "before options": calling(*START, JSON, '{"ConnectionToken": "é"}'),
    "from a file": document("file://in.json"),
    "from bytes": document("fileb://in.json"),
    "from home": document("file://~/in.json"),
    "empty": document("{}"),
    "unknown keys": document({"Foo": 1, "contentType": "x", "AttachmentName": "n"}),
    "wrong types": document(WRONG_TYPES),
    "float": document('{"AttachmentSizeInBytes": 9.0}', *START[1:3], *TOKEN),
    "NaN": document('{"AttachmentSizeInBytes": NaN}', *START[1:3], *TOKEN),
    "a great number": document(_but(AttachmentSizeInBytes=10**30)),
    "true for a number": document(_but(AttachmentSizeInBytes=True)),
    "false for a number": document(_but(AttachmentSizeInBytes=False)),
    "null for a token": document(_but(ClientToken=None)),
    "empty token": document(_but(ConnectionToken="")),
    "no client token": document({k: v for k, v in FULL.items() if k != "ClientToken"}),
    "no connection token": document({k: v for k, v in FULL.items() if k != "ConnectionToken"}),
    "other order": document(dict(reversed(FULL.items()))),
    "a key twice": document('{"AttachmentName": "a", "AttachmentName": "b"}', *START[1:5]),
    "a file's name in it": document(_but(AttachmentName="file://in.json")),
    "half a surrogate": document('{"AttachmentName": "\\ud800é"}', *START[1:5], *TOKEN),
    "a pair of surrogates": document('{"AttachmentName": "\\ud83d\\ude00"}', *START[1:5], *TOKEN),
    "a NUL": document('{"AttachmentName": "\\u0000"}', *START[1:5], *TOKEN),
    "a line feed in a token": document(_but(ConnectionToken="a\nb"), differs=UNSHOWN),
    **{name: document(text) for name, text in NONE.items()},
    "broken": document("{bad", python=PYTHON, differs=unshown(NO_KEY)),
    "broken, with a token": document(
        '{"ConnectionToken": "SECRET"',
        python=PYTHON,
        differs=unshown("Expecting ',' delimiter: line 1 column 29 (char 28)"),
    ),
    "an empty word": document("", python=PYTHON, differs=unshown(NO_VALUE)),
    "a dash": document("-", stdin=json.dumps(FULL).encode(), python=PYTHON, differs=FROM_STDIN),
    "standard input": document(
        "file:///dev/stdin", stdin=json.dumps(FULL).encode(), python=PYTHON, differs=FROM_STDIN
    ),
    "with a mark": document("file://marked.json", python=PYTHON, differs=unshown(MARK)),
    "with a mark, bytes": document("fileb://marked.json"),
    "wide letters, bytes": document("fileb://wide.json"),
    "an empty file": document("file://empty", python=PYTHON, differs=unshown(NO_VALUE)),
    "a link": document(
        "http://127.0.0.1:1/x", python=PYTHON, differs=unshown(NO_VALUE, "urls-are-values")
    ),
    "no file": document("file://none"),
    "a directory": document("file://."),
    "a binary file": document("file://binary"),
    "twice": document("{}", JSON, json.dumps(FULL)),
    "attached": calling(SAU, f"{JSON}={json.dumps(FULL)}"),
    "abbreviated": calling(SAU, "--cli-input", json.dumps(FULL)),
    "abbreviated, all given": calling(*START, *TOKEN, "--cli-input", '{"ClientToken": "c"}'),
    "without a value": calling(SAU, JSON),
    "nested": calling(
        *("get-transcript", JSON),
        '{"StartPosition": {"Id": 1, "Bad": 2}, "MaxResults": "x", "ConnectionToken": "T"}',
    ),
    "nested, and an option": calling(
        *("get-transcript", JSON, '{"StartPosition": {"Id": "a"}, "ConnectionToken": "T"}'),
        *("--start-position", "MostRecent=1"),
    ),
    "list": calling(
        *("complete-attachment-upload", JSON),
        '{"AttachmentIds": ["", 1], "ConnectionToken": "", "ClientToken": ""}',
    ),
    "list that is none": calling(
        *("complete-attachment-upload", JSON, '{"AttachmentIds": "a", "ConnectionToken": "T"}')
    ),
    "path": calling("describe-view", JSON, '{"ConnectionToken": "T", "ViewToken": "a/b"}'),
    "flag": calling(
        *("create-participant-connection", JSON),
        '{"ParticipantToken": "T", "ConnectParticipant": 1}',
    ),
}
