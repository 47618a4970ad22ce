"""Each operation: with all it takes, with nothing, in every form, and a sample of its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.cli.against_aws.case import Cases, Differs, calling
from tests.cli.against_aws.replies import (
    ATTACHMENT,
    CONNECTION,
    NOTHING,
    SENT,
    SIGN_IN,
    TRANSCRIPT,
    UPLOAD,
    VIEW,
)
from tests.cli.recording import Reply
from tests.cli.worlds import TOKEN

UPLOAD_SAMPLE = """{
    "AttachmentId": "AttachmentId",
    "UploadMetadata": {
        "Url": "Url",
        "UrlExpiry": "UrlExpiry",
        "HeadersToInclude": {
            "KeyName": "Value"
        }
    }
}
"""
Pairs = tuple[tuple[str, ...], ...]
_TOKEN = (TOKEN,)
_WORKING_SAMPLES = {
    "get-attachment": Differs(
        "samples-work",
        status=0,
        out="""{
    "Url": "Url",
    "UrlExpiry": "UrlExpiry",
    "AttachmentSizeInBytes": 1
}
""",
        said="",
    ),
    "start-attachment-upload": Differs("samples-work", status=0, out=UPLOAD_SAMPLE, said=""),
}
_SAMPLE = ("--generate-cli-skeleton", "output")


@dataclass(frozen=True)
class Operation:
    """Its required options with values, the others, what it answers, and a request as JSON."""

    required: Pairs
    others: Pairs
    reply: Reply
    request: dict[str, object]

    def words(self) -> tuple[str, ...]:
        """Return all options with their values."""
        return tuple(word for option in (*self.required, *self.others) for word in option)

    def least(self) -> tuple[str, ...]:
        """Return the required options with their values."""
        return tuple(word for option in self.required for word in option)


OPERATIONS = {
    "cancel-participant-authentication": Operation(
        (("--session-id", "s" * 36), TOKEN),
        (),
        NOTHING,
        {"SessionId": "s" * 36, "ConnectionToken": "T"},
    ),
    "complete-attachment-upload": Operation(
        (("--attachment-ids", "a", "b"), TOKEN),
        (("--client-token", "c"),),
        NOTHING,
        {"AttachmentIds": ["a"], "ConnectionToken": "T"},
    ),
    "create-participant-connection": Operation(
        (("--participant-token", "P"),),
        (("--type", "WEBSOCKET", "CONNECTION_CREDENTIALS"), ("--connect-participant",)),
        CONNECTION,
        {"ConnectParticipant": False, "ParticipantToken": "P", "Type": ["WEBSOCKET"]},
    ),
    "describe-view": Operation(
        (("--view-token", "v"), TOKEN), (), VIEW, {"ViewToken": "a b", "ConnectionToken": "T"}
    ),
    "disconnect-participant": Operation(
        _TOKEN, (("--client-token", "c"),), NOTHING, {"ClientToken": "", "ConnectionToken": "T"}
    ),
    "get-attachment": Operation(
        (("--attachment-id", "a"), TOKEN),
        (("--url-expiry-in-seconds", "5"),),
        ATTACHMENT,
        {"UrlExpiryInSeconds": 300, "AttachmentId": "a", "ConnectionToken": "T"},
    ),
    "get-authentication-url": Operation(
        (("--session-id", "s" * 36), ("--redirect-uri", "app://signed-in"), TOKEN),
        (),
        SIGN_IN,
        {"RedirectUri": "https://h/x?y=z", "SessionId": "s" * 36, "ConnectionToken": "T"},
    ),
    "get-transcript": Operation(
        _TOKEN,
        (
            ("--contact-id", "c"),
            ("--max-results", "101"),
            ("--next-token", "n"),
            ("--scan-direction", "FORWARD"),
            ("--sort-order", "SIDEWAYS"),
            ("--start-position", "MostRecent=3"),
        ),
        TRANSCRIPT,
        {"StartPosition": {"MostRecent": 1}, "SortOrder": "ASCENDING", "ConnectionToken": "T"},
    ),
    "send-event": Operation(
        (("--content-type", "application/vnd.amazonaws.connect.event.typing"), TOKEN),
        (("--content", "{}"), ("--client-token", "c")),
        SENT,
        {"Content": "x", "ContentType": "t", "ConnectionToken": "T"},
    ),
    "send-message": Operation(
        (("--content-type", "text/plain"), ("--content", "héllo\n"), TOKEN),
        (("--client-token", ""),),
        SENT,
        {"ClientToken": "c", "Content": "\u2028", "ContentType": "t", "ConnectionToken": "T"},
    ),
    "start-attachment-upload": Operation(
        (
            ("--content-type", "text/plain"),
            ("--attachment-size-in-bytes", "5"),
            ("--attachment-name", "a.txt"),
            TOKEN,
        ),
        (("--client-token", "c"),),
        UPLOAD,
        {
            "AttachmentName": "n",
            "AttachmentSizeInBytes": 1,
            "ContentType": "t",
            "ConnectionToken": "T",
        },
    ),
}


def _cases(name: str, operation: Operation) -> Cases:
    words = (name, *operation.words())
    cases = {
        "all options": calling(*words, answers=(operation.reply,)),
        "json": calling(
            *(name, "--cli-input-json", json.dumps(operation.request)), answers=(operation.reply,)
        ),
        "none": calling(name),
        "sample": calling(
            *(name, *operation.least(), *_SAMPLE), differs=_WORKING_SAMPLES.get(name)
        ),
        "text": calling(*words, "--output", "text", answers=(operation.reply,)),
        "table": calling(*words, "--output", "table", answers=(operation.reply,)),
    }
    if operation.others:
        cases["least options"] = calling(name, *operation.least(), answers=(operation.reply,))
    if operation.reply is not NOTHING:
        cases["empty answer"] = calling(*words, answers=(NOTHING,))
    if len(operation.required) > 1:
        for missing in operation.required:
            left = [word for each in operation.required if each is not missing for word in each]
            cases[f"without {missing[0]}"] = calling(name, *left)
    if name not in {"create-participant-connection", "get-transcript"}:
        # These two have enums, whose members `aws` draws by lot.
        cases["skeleton"] = calling(name, "--generate-cli-skeleton", where=())
    return {f"{name}, {what}": case for what, case in cases.items()}


CASES: Cases = {
    name: case
    for operation, its in OPERATIONS.items()
    for name, case in _cases(operation, its).items()
}
