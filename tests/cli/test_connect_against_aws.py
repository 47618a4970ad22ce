"""The same words behind `connect`, given to AWS's own command line and to ours, both with keys."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as TheirCredentials

from openparticipant.sigv4 import Credentials, verify
from openparticipant.sigv4.stamps import moment
from tests.cli.recording import Recorded, Reply, json_reply, recording
from tests.cli.worlds import UUID
from tests.requirements import require

BIN = Path(sys.executable).parent
AWS = BIN / "aws"
PATIENCE = 60
KEYS = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK"}
REGION = "eu-west-2"


@dataclass(frozen=True)
class Case:
    """Words behind `connect`, what the service answers, and what is set; in `config` also files."""

    words: tuple[str, ...]
    reply: Reply = field(default_factory=lambda: json_reply({}))
    environ: Mapping[str, str] = field(default_factory=lambda: KEYS)
    config: str = ""


START = ("start-chat-contact", "--instance-id", "i", "--contact-flow-id", "f")
NAMED = (*START, "--participant-details", "DisplayName=J")
JOIN = ("create-participant", "--instance-id", "i", "--contact-id", "c", "--client-token", "t")
STOP = ("stop-contact", "--contact-id", "c", "--instance-id", "i")
DESCRIBE = ("describe-contact", "--instance-id", "i", "--contact-id", "c")
CONTACT = json_reply(
    {
        "Contact": {
            "Attributes": {"b": "1", "a": None},
            "LastUpdateTimestamp": None,
            "DisconnectTimestamp": 1795374937,
            "InitiationTimestamp": 1795374937.853,
            "Id": "c",
        }
    }
)
TEXTS = json_reply(
    {"Contact": {"DisconnectTimestamp": "2026-11-22T18:55:37Z", "InitiationTimestamp": "1.5"}}
)
ISO = "[default]\ncli_timestamp_format = iso8601\n"
JOINED = json_reply(
    {"ParticipantId": "p", "ParticipantCredentials": {"Expiry": "e", "ParticipantToken": "t"}}
)


def printing(text: str) -> str:
    return f"[default]\ncredential_process = {sys.executable} -c \"print('''{text}''')\"\n"


def refused(code: str, status: int) -> Reply:
    return json_reply({"message": "no"}, status, **{"x-amzn-errortype": f"{code}:http://x/"})


CASES = {
    "map": Case((*NAMED, "--attributes", "a=b,c=d, e=")),
    "map as JSON": Case((*NAMED, "--attributes", '{"a": "é"}')),
    "everything": Case(
        (
            *(*NAMED, "--client-token", "t"),
            *("--initial-message", "ContentType=text/plain,Content='a, b'"),
            *("--chat-duration-in-minutes", "60"),
            *("--supported-messaging-content-types", "text/plain", "text/markdown"),
        )
    ),
    "map in a map": Case((*NAMED, "--attributes", "a=1,b={c=d}")),
    "list in a map": Case((*NAMED, "--attributes", "a=1,2,b=3")),
    "empty key": Case((*NAMED, "--attributes", '{"": "x", "a": 1}')),
    "no map": Case((*NAMED, "--attributes", "[1]")),
    "bad JSON": Case((*NAMED, "--attributes", "{x")),
    "bad integer": Case((*NAMED, "--chat-duration-in-minutes", "x")),
    "small integer": Case((*NAMED, "--chat-duration-in-minutes", "5")),
    "bad member": Case((*START, "--participant-details", "Name=J", "--client-token", "")),
    "missing": Case(START),
    "input JSON": Case(
        (
            *("start-chat-contact", "--cli-input-json"),
            '{"ParticipantDetails": {"DisplayName": "J"}, "InstanceId": "i", "ContactFlowId": "f"}',
        )
    ),
    "skeleton": Case(("stop-contact", "--generate-cli-skeleton"), environ={}),
    "joined": Case((*JOIN, "--participant-details", "ParticipantRole=AGENT,DisplayName=A"), JOINED),
    "stopped": Case((*STOP, "--disconnect-reason", "Code=x"), Reply(200, b"")),
    "not found": Case(STOP, refused("ContactNotFoundException", 410)),
    "expired": Case(STOP, refused("InvalidSignatureException", 403)),
    "skewed": Case(STOP, refused("RequestTimeTooSkewed", 403)),
    "described": Case(DESCRIBE, CONTACT),
    "as text": Case((*DESCRIBE, "--output", "text"), CONTACT),
    "as a table": Case((*DESCRIBE, "--output", "table"), CONTACT),
    "queried": Case((*DESCRIBE, "--query", "Contact.InitiationTimestamp"), CONTACT),
    "moments": Case(DESCRIBE, CONTACT, config=ISO),
    "moments that are text": Case(
        DESCRIBE, TEXTS, config=ISO, environ={**KEYS, "TZ": "Asia/Tokyo"}
    ),
    "moments elsewhere": Case(
        DESCRIBE, CONTACT, config=ISO, environ={**KEYS, "TZ": "America/New_York"}
    ),
    "moments in no form": Case(DESCRIBE, config=ISO.replace("iso8601", "iso")),
    "path": Case((*DESCRIBE, "--instance-id", "arn:a:b/é ~?", "--contact-id", "c/d+e%20")),
    "empty path": Case((*DESCRIBE, "--instance-id", "", "--contact-id", "")),
    "unknown option": Case((*DESCRIBE, "--foo", "x")),
    "no operation": Case(()),
    "session": Case(DESCRIBE, environ={**KEYS, "AWS_SESSION_TOKEN": "ST"}),
    "unsigned": Case((*DESCRIBE, "--no-sign-request"), environ={}),
    "half a pair": Case(DESCRIBE, environ={"AWS_ACCESS_KEY_ID": "AK"}),
    "the invalid before the keys": Case((*DESCRIBE, "--contact-id="), environ={}),
    "profile": Case(
        DESCRIBE, environ={}, config="[default]\naws_access_key_id=AK\naws_secret_access_key=SK\n"
    ),
    "program": Case(
        DESCRIBE,
        environ={},
        config=printing(
            '{\\"Version\\": 1, \\"AccessKeyId\\": \\"AK\\", \\"SecretAccessKey\\": \\"SK\\",'
            ' \\"SessionToken\\": \\"ST\\", \\"Expiration\\": \\"2100-01-01T00:00:00Z\\"}'
        ),
    ),
    "program of another version": Case(DESCRIBE, environ={}, config=printing('{\\"Version\\": 2}')),
    "program without keys": Case(DESCRIBE, environ={}, config=printing('{\\"Version\\": 1}')),
    "program without JSON": Case(DESCRIBE, environ={}, config=printing("hello")),
    "program without an object": Case(DESCRIBE, environ={}, config=printing("[]")),
    "program with old keys": Case(
        DESCRIBE,
        environ={},
        config=printing(
            '{\\"Version\\": 1, \\"AccessKeyId\\": \\"AK\\", \\"SecretAccessKey\\": \\"SK\\",'
            ' \\"Expiration\\": \\"2001-01-01T00:00:00Z\\"}'
        ),
    ),
    "program that fails": Case(
        DESCRIBE, environ={}, config="[default]\ncredential_process = sh -c 'echo no >&2; exit 3'\n"
    ),
    "no program": Case(DESCRIBE, environ={}, config="[default]\ncredential_process = /none\n"),
}


@dataclass(frozen=True)
class Seen:
    """What one of the two did; `requests` as they came."""

    status: int
    out: str
    said: str
    compared: list[Recorded]
    requests: list[Recorded] = field(compare=False)


def observed(program: Path, case: Case, home: Path) -> Seen:
    config = home / f"config-{program.name}"
    config.write_text(case.config)
    environ = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": str(config),
        **case.environ,
    }
    with recording(case.reply) as server:
        ran = subprocess.run(
            [program, "connect", *case.words, "--endpoint-url", server.url, "--region", REGION],
            env=environ,
            cwd=home,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Seen(
            ran.returncode,
            ran.stdout.decode(),
            sentence(ran.stderr.decode()),
            [comparable(each) for each in server.requests],
            server.requests,
        )


def sentence(err: str) -> str:
    """Return standard error without the usage, which is ours, and the program's name."""
    for start in (": error: ", "\nUnknown options: "):
        if start in err:
            return err[err.index(start) :]
    return err


def comparable(request: Recorded) -> Recorded:
    """Return a request without what differs from run to run, and with its headers ordered."""
    random = {"user-agent", "amz-sdk-invocation-id", "host", "x-amz-date"}
    headers = sorted(
        (name.lower(), re.sub(r"/\d{8}/|Signature=\w+", "", value))
        for name, value in request.headers
        if name.lower() not in random
    )
    body = re.sub(UUID.encode(), b"UUID", request.body)
    length = str(len(request.body))
    headers = [(name, "*" if value == length else value) for name, value in headers]
    return Recorded(request.method, request.path, headers, body)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """Run AWS's command once for every case; it takes its time."""
    require(AWS.exists(), "the aws command")
    homes = [tmp_path_factory.mktemp("home") for _ in CASES]
    with ThreadPoolExecutor(2) as pool:
        seen = pool.map(lambda case, home: observed(AWS, case, home), CASES.values(), homes)
        return dict(zip(CASES, seen, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_both_do_the_same(theirs: dict[str, Seen], name: str, tmp_path: Path) -> None:
    """Output, status, sentence, request line, body, headers, and what of them is signed."""
    ours = observed(BIN / "openparticipant", CASES[name], tmp_path)

    assert ours == theirs[name]
    for request in ours.requests:
        if request.header("authorization") is not None:
            require_signed(request)


def require_signed(request: Recorded) -> None:
    """Have two judges look at a signature: our own check, and botocore's signer."""
    session, date = request.header("x-amz-security-token"), request.header("x-amz-date") or ""
    at = moment(date)
    assert at is not None
    verify(
        method=request.method,
        path=request.path.encode(),
        query=b"",
        headers=[(name.encode(), value.encode()) for name, value in request.headers],
        region=REGION,
        service="connect",
        at=at,
        lookup={"AK": Credentials("AK", "SK", session)}.get,
        body=request.body,
    )
    authorization = request.header("authorization") or ""
    signer = SigV4Auth(TheirCredentials("AK", "SK", session), "connect", REGION)
    again = AWSRequest(
        request.method, f"http://{request.header('host')}{request.path}", data=request.body
    )
    again.context["timestamp"] = date
    signed = re.findall(r"SignedHeaders=([^,]+)", authorization)[0].split(";")
    for name in signed:
        again.headers[name] = request.header(name) or ""
    text = signer.string_to_sign(again, signer.canonical_request(again))
    assert authorization.endswith(f"Signature={signer.signature(text, again)}")
