"""`parameter_validation = false`: what is wrong leaves the machine, and the service says so."""

from __future__ import annotations

from tests.cli.against_aws.case import Cases, calling
from tests.cli.recording import json_reply
from tests.cli.worlds import START, TOKEN

UPLOAD = "start-attachment-upload"
CONFIG = {".aws/config": b"[default]\nparameter_validation = false\n"}
WRONG = {
    "empty": (*START, *TOKEN, "--attachment-name=", "--attachment-size-in-bytes=0"),
    "no token": (UPLOAD, "--cli-input-json", '{"ContentType": "x"}'),
    "a number for a token": (UPLOAD, "--cli-input-json", '{"ConnectionToken": 5}'),
    "nulls": (UPLOAD, "--cli-input-json", '{"ConnectionToken": "T", "ContentType": null}'),
    "wrong types": (
        UPLOAD,
        "--cli-input-json",
        '{"ConnectionToken": "T", "ContentType": 5, "AttachmentSizeInBytes": "five"}',
    ),
    "path": ("describe-view", "--cli-input-json", '{"ViewToken": 7, "ConnectionToken": ""}'),
    "bytes": (*START, *TOKEN, "--attachment-name", "fileb:///dev/null"),
}
CASES: Cases = {
    name: calling(*words, files=CONFIG, answers=(json_reply({}, 403),))
    for name, words in WRONG.items()
}
