"""The same words given to AWS's own command line: same output, same status, same request."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.recording import DROP, Recorded, Reply, json_reply, recording
from tests.cli.worlds import START, TOKEN, UUID
from tests.requirements import require

BIN = Path(sys.executable).parent
AWS = BIN / "aws"
PATIENCE = 60
ANSWER = json_reply(
    {
        "UploadMetadata": {"HeadersToInclude": {"z": "1", "a": None}, "New": 1, "Url": "é?x=1&y"},
        "AttachmentId": "i",
        "Transcript": [{"Type": "MESSAGE", "Content": "hé", "New": 2, "Id": "1"}, {}],
        "View": {"Version": 1.0, "Id": "v"},
        "New": {},
    }
)


@dataclass(frozen=True)
class Case:
    """Words behind `connectparticipant`, and what the service answers."""

    words: tuple[str, ...]
    reply: Reply = ANSWER
    attempts: str = "1"
    stdin: bytes = b""


START_POSITION = ("get-transcript", *TOKEN, "--start-position")
CASES = {
    "success": Case((*START, *TOKEN)),
    "empty": Case((*START, *TOKEN, "--client-token=c"), json_reply({"New": 1})),
    "abbreviated": Case((*START, "--conn", "é", "--attachment-n=x", "--no-pag", "--co", "off")),
    "list": Case(("complete-attachment-upload", *TOKEN, "--attachment-ids", "a", "b")),
    "boolean": Case(
        ("create-participant-connection", "--participant-token=T", "--no-connect-participant")
    ),
    "structure": Case((*START_POSITION, "MostRecent=3", "--max-results", "1_0")),
    "path": Case(("describe-view", *TOKEN, "--view-token", "a/b c?é")),
    "refused": Case(
        (*START, *TOKEN), json_reply({"message": "bad", "__type": "a#ValidationException:x"}, 400)
    ),
    "throttled": Case(
        (*START, *TOKEN), json_reply({"Message": "slow", "__type": "T"}, 429), attempts="2"
    ),
    "not json": Case((*START, *TOKEN), Reply(403, b"<p>no</p>")),
    "unavailable": Case((*START, *TOKEN), Reply(503, b"")),
    "closed": Case((*START, *TOKEN), DROP),
    "invalid": Case((*START, *TOKEN, "--content-type=", "--attachment-size-in-bytes=0")),
    "not a number": Case((*START, *TOKEN, "--attachment-size-in-bytes", "5.5")),
    "ambiguous": Case((*START, "--con", "T")),
    "missing": Case(START),
    "unknown": Case((*START, *TOKEN, "two", "three", "--four=5")),
    "no operation": Case(("start-attachment-uploads",)),
    "bad structure": Case((*START_POSITION, '{"MostRecent": "3", "Bad": 1}')),
    "bad json": Case((*START_POSITION, "{bad")),
    "no profile": Case((*START, *TOKEN, "--profile", "nope")),
}


@dataclass(frozen=True)
class Seen:
    """What one of the two did."""

    status: int
    out: str
    said: str
    requests: list[Recorded]


def observed(program: Path, case: Case, home: Path) -> Seen:
    environ = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": case.attempts,
    }
    with recording(case.reply) as server:
        words = ("--endpoint-url", server.url, "--region", "us-east-1", "--no-sign-request")
        ran = subprocess.run(
            [program, "connectparticipant", *case.words, *words],
            env=environ,
            cwd=home,
            input=case.stdin,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Seen(
            ran.returncode,
            ran.stdout.decode(),
            sentence(ran.stderr.decode()).replace(server.url, "http://SERVER"),
            [comparable(each) for each in server.requests],
        )


def sentence(err: str) -> str:
    """Return standard error without the usage, which is ours, and the program's name."""
    for start in (": error: ", "\nUnknown options: "):
        if start in err:
            return err[err.index(start) :]
    return err


def comparable(request: Recorded) -> Recorded:
    """Return a request without what differs from run to run."""
    random = {"user-agent", "amz-sdk-invocation-id", "host"}
    headers = [
        (name.lower(), re.sub("ttl=[^;]*; ", "", value))
        for name, value in request.headers
        if name.lower() not in random
    ]
    body = re.sub(UUID.encode(), b"UUID", request.body)
    return Recorded(request.method, request.path, headers, body)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """Run AWS's command once for every case; it takes its time."""
    require(AWS.exists(), "the aws command")
    home = tmp_path_factory.mktemp("home")
    with ThreadPoolExecutor(2) as pool:
        seen = pool.map(lambda case: observed(AWS, case, home), CASES.values())
        return dict(zip(CASES, seen, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_both_do_the_same(theirs: dict[str, Seen], name: str, tmp_path: Path) -> None:
    """Whoever replaces `aws` by `openparticipant` in a script must not notice."""
    ours = observed(BIN / "openparticipant", CASES[name], tmp_path)

    assert ours == theirs[name]
