"""Options, files, JSON and skeletons, read side by side with AWS's own command line."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openparticipant.cli.model import OPERATIONS
from tests.cli.test_against_aws import AWS, BIN, Case, Seen, observed
from tests.cli.worlds import START, TOKEN
from tests.requirements import require

SAU = "start-attachment-upload"
FULL = {
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
    "plain": b"file-name\r\n",
    "number": b" 7\n",
    "binary": b"\xff\xfe",
    "bom.json": b"\xef\xbb\xbf{}",
    "in.json": json.dumps(FULL).encode(),
    "list.json": b' ["a", "b"]',
    "position": b"Id=a,\nMostRecent=3",
}
NAME = "--attachment-name"
POSITION = ("get-transcript", *TOKEN, "--start-position")
ATTACHMENTS = ("complete-attachment-upload", *TOKEN, "--attachment-ids")


def document(value: object, *words: str) -> tuple[str, ...]:
    text = value if isinstance(value, str) else json.dumps(value)
    return (SAU, "--cli-input-json", text, *words)


CASES: dict[str, tuple[str, ...]] = {
    "json": document(FULL),
    "json and options": document(FULL, NAME, "over", "--attachment-size-in-bytes", "1"),
    "json from a file": document("file://in.json"),
    "json from bytes": document("fileb://in.json"),
    "json, empty": document("{}"),
    "json, unknown keys": document({"Foo": 1, "contentType": "x", "AttachmentName": "n"}),
    "json, wrong types": document(WRONG_TYPES),
    "json, float": document('{"AttachmentSizeInBytes": 9.0}', *START[1:3], *TOKEN),
    "json, NaN": document('{"AttachmentSizeInBytes": NaN}', *START[1:3], *TOKEN),
    "json, true for a number": document({**FULL, "AttachmentSizeInBytes": True}),
    "json, false for a number": document({**FULL, "AttachmentSizeInBytes": False}),
    "json, null for a token": document({**FULL, "ClientToken": None}),
    "json, no client token": document({k: v for k, v in FULL.items() if k != "ClientToken"}),
    "json, a key twice": document('{"AttachmentName": "a", "AttachmentName": "b"}', *START[1:5]),
    "json, a file's name in it": document({**FULL, "AttachmentName": "file://plain"}),
    "json, half a surrogate": document('{"AttachmentName": "\\ud800é"}', *START[1:5], *TOKEN),
    "json, a list": document("[]"),
    "json, a string": document('"str"'),
    "json, null": document("null"),
    "json, no file": document("file://none"),
    "json twice": document("{}", "--cli-input-json", json.dumps(FULL)),
    "json attached": (SAU, f"--cli-input-json={json.dumps(FULL)}"),
    "json abbreviated": (SAU, "--cli-input", json.dumps(FULL)),
    "json abbreviated, all given": (*START, *TOKEN, "--cli-input", '{"ClientToken": "c"}'),
    "json, nested": (
        *("get-transcript", "--cli-input-json"),
        '{"StartPosition": {"Id": 1, "Bad": 2}, "MaxResults": "x", "ConnectionToken": "T"}',
    ),
    "json, list": (
        *("complete-attachment-upload", "--cli-input-json"),
        '{"AttachmentIds": ["", 1], "ConnectionToken": "", "ClientToken": ""}',
    ),
    "json, path": (
        *("describe-view", "--cli-input-json"),
        '{"ConnectionToken": "T", "ViewToken": "a/b"}',
    ),
    "skeleton": (SAU, "--generate-cli-skeleton"),
    "skeleton of input": (SAU, "--generate-cli-skeleton", "input", "--output", "text"),
    "skeleton, values": (*START, "--generate-cli-skeleton", "--attachment-size-in-bytes=0"),
    "skeleton, no number": (SAU, "--generate-cli-skeleton", "--attachment-size-in-bytes=x"),
    "skeleton, no file": (SAU, "--generate-cli-skeleton", NAME, "file://none"),
    "skeleton, unknown": (SAU, "--generate-cli-skeleton", "--foo"),
    "skeleton of anything": (SAU, "--generate-cli-skeleton", "foo"),
    "skeleton attached": (SAU, "--generate-cli-skeleton=input"),
    "skeleton abbreviated": (*START, *TOKEN, "--gen"),
    "skeleton, json": document(FULL, "--generate-cli-skeleton"),
    "skeleton of output, missing": (SAU, "--generate-cli-skeleton", "output"),
    "skeleton, output first": (
        *(SAU, "--generate-cli-skeleton", "output", "--generate-cli-skeleton", "input"),
    ),
    "skeleton of output, empty": (*ATTACHMENTS, "a", "--generate-cli-skeleton", "output"),
    "skeleton of output": (
        *("send-message", "--content-type", "t", "--content", "c", *TOKEN),
        *("--generate-cli-skeleton", "output"),
    ),
    "skeleton of output, text": (
        *("describe-view", "--view-token", "v", *TOKEN, "--output", "text"),
        *("--generate-cli-skeleton", "output"),
    ),
    "skeleton of output, invalid": (
        *("send-message", "--content-type", "t", "--content", "", *TOKEN),
        *("--generate-cli-skeleton", "output"),
    ),
    "file": (*START, *TOKEN, NAME, "file://plain"),
    "file at home": (*START, *TOKEN, NAME, "file://~/plain"),
    "file by variable": (*START, *TOKEN, NAME, "file://$HOME/plain"),
    "file of standard input": (*START, *TOKEN, NAME, "file:///dev/stdin"),
    "file in capitals": (*START, *TOKEN, NAME, "FILE://plain"),
    "file, none": (*START, *TOKEN, NAME, "file://none"),
    "file, a directory": (*START, *TOKEN, NAME, "file://."),
    "file, binary": (*START, *TOKEN, NAME, "file://binary"),
    "file, bytes": (*START, *TOKEN, NAME, "fileb://plain"),
    "file for a size": (*START, *TOKEN, "--attachment-size-in-bytes", "file://number"),
    "file for a number": ("get-transcript", *TOKEN, "--max-results", "file://number"),
    "file for a list": (*ATTACHMENTS, "file://list.json"),
    "files for a list": (*ATTACHMENTS, "file://plain", "file://plain"),
    "file for a structure": (*POSITION, "file://position"),
    "file for a token": (*START, "--connection-token", "file://none"),
    "no number": ("get-transcript", *TOKEN, "--max-results", "1e3"),
    "number below": ("get-transcript", *TOKEN, "--max-results", "-1"),
    "size below": (*START, *TOKEN, "--attachment-size-in-bytes", "-1"),
    "size empty": (*START, *TOKEN, "--attachment-size-in-bytes="),
    "a broken byte": (*START, *TOKEN, NAME, "\udcff"),
    "control characters": (*START, *TOKEN, NAME, 'a\n"\\\t\x7f☃😀'),
    "everything wrong": (
        *(SAU, "--connection-token=", "--client-token=", "--attachment-name="),
        *("--content-type=", "--attachment-size-in-bytes=-3"),
    ),
    "a word like an option": (*START, *TOKEN, NAME, "-x"),
    "a word like a number": (*START, "--connection-token", "-5", NAME, "- x"),
    "a dash": (*START, *TOKEN, NAME, "-"),
    "abbreviated to two": (*START, *TOKEN, "--att=zz"),
    "abbreviated, globals first": (*START, *TOKEN, "--cl", "x"),
    "both of a pair": (
        *("create-participant-connection", "--participant-token=T", "--type"),
        *("WEBSOCKET", "FOO", "--connect-participant", "--no-connect-p"),
    ),
    "types as json": (
        *("create-participant-connection", "--participant-token=T", "--type", '["A", 1]'),
    ),
    "an empty list": (*ATTACHMENTS, "[]"),
    "an empty word": (*ATTACHMENTS, ""),
    "a list of lists": (*ATTACHMENTS, '["a"]', '["b"]'),
    "a broken list": (*ATTACHMENTS, '["a"'),
    "pairs": (*POSITION, "Id=a b ,MostRecent= 0_3,AbsoluteTime='x, y'"),
    "pairs, escaped": (*POSITION, r"Id=a\,b=c"),
    "pairs, quoted": (*POSITION, r'Id="a\"b"'),
    "pairs, unknown": (*POSITION, "Bad=3,Id="),
    "pairs, a list": (*POSITION, "Id=a,b"),
    "pairs, a map": (*POSITION, "Id={a=[b,c]}"),
    "pairs, a list of numbers": (*POSITION, "MostRecent=3,4"),
    "pairs, no number": (*POSITION, "MostRecent=x"),
    "pairs, twice": (*POSITION, "Id=a,Id=b"),
    "pairs, from a file": (*POSITION, "Id@=file://plain"),
    "pairs, from no file": (*POSITION, "Id@=file://none"),
    "a structure, a list": (*POSITION, "[1]"),
    "a structure, nested": (*POSITION, '{"Id": {"a": 1}}'),
    # What is found first where several things are wrong.
    "query, then operation": ("nope", "--query", "["),
    "missing, then unknown": (SAU, "--foo"),
    "unknown, then profile": (*START, *TOKEN, "--foo", "--profile", "nope"),
    "number, then unknown": (*START, *TOKEN, "--foo", "--attachment-size-in-bytes", "x"),
    "file, then profile": (*START, *TOKEN, NAME, "file://none", "--profile", "nope"),
    "files in the model's order": (
        *(SAU, "--connection-token", "file://2", NAME, "file://1"),
        *("--content-type", "t", "--attachment-size-in-bytes", "1"),
    ),
    "file, then json": document("{", NAME, "file://none"),
    "profile, then skeleton": document("{}", "--generate-cli-skeleton", "--profile", "nope"),
    "json, then skeleton": document("[]", "--generate-cli-skeleton"),
    "profile, then json": document("[]", "--profile", "nope"),
    "profile, then validation": (*START, *TOKEN, "--content-type=", "--profile", "nope"),
    "region, then validation": (*START, *TOKEN, "--content-type=", "--region", "x y"),
    **{
        f"skeleton of {name}": (name, "--generate-cli-skeleton")
        for name in OPERATIONS
        # These have enums, whose members AWS's command draws by lot.
        if name not in {"create-participant-connection", "get-transcript"}
    },
    "session": ("cancel-participant-authentication", *TOKEN, "--session-id", "short"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home that is also the working directory, with some files."""
    path = tmp_path_factory.mktemp("home")
    for name, content in FILES.items():
        (path / name).write_bytes(content)
    return path


@pytest.fixture(scope="module")
def theirs(home: Path) -> dict[str, Seen]:
    """Run AWS's command once for every case; it takes its time."""
    require(AWS.exists(), "the aws command")
    with ThreadPoolExecutor(2) as pool:
        cases = (Case(words, stdin=b"from-stdin\n") for words in CASES.values())
        seen = pool.map(lambda case: observed(AWS, case, home), cases)
        return dict(zip(CASES, seen, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_both_read_the_same(theirs: dict[str, Seen], name: str, home: Path) -> None:
    """However a value is spelled, the request, the output and the sentence are AWS's."""
    case = Case(CASES[name], stdin=b"from-stdin\n")

    assert observed(BIN / "openparticipant", case, home) == theirs[name]
