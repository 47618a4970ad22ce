"""What goes to standard output, beside AWS's own command: forms, queries, colours, terminals."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import termios
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.recording import Reply, json_reply, recording
from tests.cli.test_against_aws import AWS, BIN, PATIENCE, sentence
from tests.cli.worlds import START, TOKEN
from tests.requirements import require

UPLOAD = json_reply(
    {
        "AttachmentId": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",
        "UploadMetadata": {
            "Url": "https://example-bucket.s3.amazonaws.com/upload?X-Amz-Signature=abc&x=1",
            "UrlExpiry": "2030-01-01T00:00:00.000Z",
            "HeadersToInclude": {
                "x-amz-server-side-encryption": "aws:kms",
                "Content-Type": "text/plain",
                "content-length": "5",
            },
        },
    }
)
TRANSCRIPT = json_reply(
    {
        "NextToken": "tok2",
        "InitialContactId": "c-1",
        "Transcript": [
            {
                "Id": "i1",
                "Type": "MESSAGE",
                "Content": "héllo\nworld 日本\t☃",
                "DisplayName": "Ann",
                "MessageMetadata": {
                    "MessageId": "i1",
                    "Receipts": [
                        {"DeliveredTimestamp": "2024", "RecipientParticipantId": "p2"},
                        {"ReadTimestamp": "2025", "RecipientParticipantId": "p3"},
                    ],
                },
            },
            {
                "Id": "i2",
                "Attachments": [{"AttachmentId": "a1", "AttachmentName": "x.pdf"}],
            },
            {"Id": "i3", "Content": "", "Attachments": []},
        ],
    }
)
VIEW = json_reply(
    {
        "View": {
            "Id": "v",
            "Name": "n",
            "Version": 1,
            "Content": {"InputSchema": "{}", "Template": "{}", "Actions": ["A", "B"]},
        }
    }
)
UPLOADING = (*START, *TOKEN)
READING = ("get-transcript", *TOKEN)
VIEWING = ("describe-view", "--view-token", "v", *TOKEN)
COMPLETING = ("complete-attachment-upload", "--attachment-ids", "a", *TOKEN)
ITEMS = "Transcript[].{Id:Id,Said:Content,By:DisplayName,Files:Attachments[].AttachmentName}"


@dataclass(frozen=True)
class Case:
    """Words, the answer to them, variables, and the columns of the terminal, if there is one."""

    words: tuple[str, ...]
    reply: Reply = UPLOAD
    environ: dict[str, str] = field(default_factory=dict)
    columns: int | None = None


def answered(words: tuple[str, ...], reply: Reply) -> dict[str, Case]:
    forms = ("text", "table")
    return {f"{words[0]} as {form}": Case((*words, "--output", form), reply) for form in forms}


def queried(expression: str, *forms: str, words: tuple[str, ...] = UPLOADING) -> dict[str, Case]:
    reply = UPLOAD if words is UPLOADING else TRANSCRIPT if words is READING else Reply()
    return {
        f"{expression} as {form}": Case((*words, "--output", form, "--query", expression), reply)
        for form in forms
    }


def wrong(*words: str, **environ: str) -> dict[str, Case]:
    return {f"{' '.join(words)} {environ}": Case((*UPLOADING, *words), environ=environ)}


CASES = {
    **answered(UPLOADING, UPLOAD),
    **answered(READING, TRANSCRIPT),
    **answered(VIEWING, VIEW),
    **answered(COMPLETING, Reply()),
    **queried("AttachmentId", "json", "text"),
    **queried("UploadMetadata.HeadersToInclude", "text", "table"),
    **queried("[AttachmentId,UploadMetadata.UrlExpiry]", "json", "text", "table"),
    **queried("{a:AttachmentId,b:UploadMetadata.HeadersToInclude}", "json", "text", "table"),
    **queried("Nope", "json", "text", "table"),
    **queried("[`null`,`true`,`1.50`,`1e30`,`-0`]", "json", "text", "table"),
    **queried("`[]`", "json", "text"),
    **queried("`{}`", "json", "text"),
    **queried('`""`', "json", "text", "table"),
    **queried("`[[1,2],[3]]`", "text"),
    **queried(ITEMS, "json", "text", "table", words=READING),
    **queried("Transcript[].[Attachments]", "text", words=READING),
    **queried("Transcript[].[Id,Type]", "table", words=READING),
    **queried("missing", "json", words=COMPLETING),
    # Forms from elsewhere; the option beats the variable beats the profile.
    "variable": Case(UPLOADING, environ={"AWS_DEFAULT_OUTPUT": "text"}),
    "profile": Case((*UPLOADING, "--profile", "tabular")),
    "both": Case((*UPLOADING, "--profile", "tabular"), environ={"AWS_DEFAULT_OUTPUT": "json"}),
    "option": Case((*UPLOADING, "--output=json"), environ={"AWS_DEFAULT_OUTPUT": "bad"}),
    "ignored": Case(UPLOADING, environ={"AWS_OUTPUT": "text"}),
    # What is wrong, and what is told first.
    **wrong("--output", "TEXT"),
    **wrong("--color", "red"),
    **wrong(AWS_DEFAULT_OUTPUT="bad"),
    **wrong(AWS_DEFAULT_OUTPUT=""),
    **wrong("--query", ""),
    **wrong("--query", "["),
    **wrong("--query", "a..b"),
    **wrong("--query", "`bad"),
    **wrong("--query", "file://f/plain"),
    **wrong("--query", "nosuch(@)"),
    **wrong("--query", "length(@, @)"),
    **wrong("--query", "not_null()"),
    **wrong("--query", "abs(AttachmentId)"),
    **wrong("--query", "AttachmentId[::0]"),
    **wrong("--query", "[", "--output", "bad"),
    **wrong("--query", "[", "--endpoint-url", "x", "--cli-read-timeout", "x"),
    **wrong("--endpoint-url", "x", "--cli-read-timeout", "y", "--cli-connect-timeout", "z"),
    **wrong("--cli-read-timeout", "y", "--cli-connect-timeout", "z"),
    **wrong("--query", "nosuch(@)", "--unknown"),
    **wrong("--unknown", "--profile", "nope", AWS_DEFAULT_OUTPUT="bad"),
    **wrong("--profile", "nope", AWS_DEFAULT_OUTPUT="bad"),
    **wrong("--attachment-name=", AWS_DEFAULT_OUTPUT="bad"),
    "an abbreviation that is ambiguous": Case((*UPLOADING, "--v")),
    "choice before query": Case((*UPLOADING, "--query", "[", "--color", "x")),
    "abbreviations": Case((*UPLOADING, "--outp", "text", "--que=AttachmentId", "--co", "on")),
    "query before operation": Case(("no-such-operation", "--query", "[")),
    "time-out before operation": Case(("no-such-operation", "--cli-connect-timeout", "z")),
    # Colours, and terminals of all widths.
    "on": Case((*READING, "--output", "table", "--color", "on"), TRANSCRIPT),
    "on, not a table": Case((*READING, "--output", "text", "--color", "on"), TRANSCRIPT),
    "off": Case((*VIEWING, "--output", "table", "--color", "off"), VIEW, columns=80),
    **{
        f"{columns} columns": Case((*READING, "--output", "table"), TRANSCRIPT, columns=columns)
        for columns in (0, 20, 80, 200)
    },
    "on, on a terminal": Case((*VIEWING, "--output", "table", "--color", "on"), VIEW, columns=80),
    "an empty table": Case((*COMPLETING, "--output", "table"), Reply(), columns=80),
    "json on a terminal": Case(UPLOADING, columns=80),
}
# Found before the call, and not, as there, when the answer has come.
FOUND_EARLIER = {
    name
    for name, case in CASES.items()
    if {"nosuch(@)", "length(@, @)", "not_null()"} & set(case.words)
    or case.environ.get("AWS_DEFAULT_OUTPUT") in {"bad", ""}
}


@dataclass(frozen=True)
class Seen:
    """What one of the two did."""

    status: int
    out: bytes
    said: str
    requests: int


def observed(program: Path, case: Case, home: Path) -> Seen:
    environ = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        **case.environ,
    }
    with recording(case.reply) as server:
        words = ["--endpoint-url", server.url, "--region", "us-east-1", "--no-sign-request"]
        line: list[Any] = [program, "connectparticipant", *words, *case.words]
        if case.columns is None:
            ran = subprocess.run(
                line, env=environ, capture_output=True, timeout=PATIENCE, check=False
            )
            status, out, said = ran.returncode, ran.stdout, ran.stderr
        else:
            status, out, said = on_terminal(line, environ, case.columns)
        return Seen(status, out, sentence(said.decode()), len(server.requests))


def on_terminal(line: list[str], environ: dict[str, str], columns: int) -> tuple[int, bytes, bytes]:
    """Run with a terminal of that many columns as standard output."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with closing(os.fdopen(ours, "rb", buffering=0)) as reader:
        process = subprocess.Popen(line, env=environ, stdout=theirs, stderr=subprocess.PIPE)
        os.close(theirs)
        pieces = []
        # An error is how Linux tells that nobody holds the other end any more.
        with suppress(OSError):
            while piece := reader.read(65536):
                pieces.append(piece)
        assert process.stderr is not None
        with process.stderr as stderr:
            said = stderr.read()
        return process.wait(PATIENCE), b"".join(pieces), said


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with a profile that likes tables."""
    home = tmp_path_factory.mktemp("home")
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[profile tabular]\noutput = table\n")
    return home


@pytest.fixture(scope="module")
def theirs(home: Path) -> dict[str, Seen]:
    """Run AWS's command once for every case; it takes its time."""
    require(AWS.exists(), "the aws command")
    with ThreadPoolExecutor(2) as pool:
        seen = pool.map(lambda case: observed(AWS, case, home), CASES.values())
        return dict(zip(CASES, seen, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_both_print_the_same(theirs: dict[str, Seen], name: str, home: Path) -> None:
    """Scripts cut their values out of these bytes."""
    ours = observed(BIN / "openparticipant", CASES[name], home)

    expected = theirs[name]
    if name in FOUND_EARLIER:
        expected = Seen(expected.status, expected.out, expected.said, ours.requests)
    assert ours == expected


@pytest.mark.parametrize("name", sorted(FOUND_EARLIER))
def test_what_would_cost_the_answer_is_found_before_the_call(name: str, home: Path) -> None:
    """An unknown form or function must not start an upload whose id nobody will see."""
    ours = observed(BIN / "openparticipant", CASES[name], home)

    assert ours.requests == (1 if ours.status == 0 else 0)
