"""`--debug`."""

from __future__ import annotations

from tests.cli.against_aws.case import (
    HERE,
    SECRET,
    SERVICE,
    Case,
    Cases,
    Differs,
    calling,
    uploading,
)
from tests.cli.against_aws.replies import CONNECTION, refusal
from tests.cli.worlds import START

DEBUG = ("--debug", "--connection-token", SECRET)


def _hidden(behind: str = "") -> Differs:
    said = f"(a trace that hides the token)\n{behind}"
    return Differs("hidden-in-traces", said=said)


CASES: Cases = {
    "a call": uploading(*DEBUG, differs=_hidden()),
    "before the service": Case(("--debug", SERVICE, *START, *DEBUG[1:], *HERE), differs=_hidden()),
    "as text": uploading(*DEBUG, "--output", "text", differs=_hidden()),
    "a refusal": uploading(
        *DEBUG,
        answers=(refusal("ValidationException", "bad"),),
        differs=_hidden(
            "An error occurred (ValidationException) when calling the StartAttachmentUpload "
            "operation: bad\n"
        ),
    ),
    "another operation": calling(
        *("create-participant-connection", "--participant-token", SECRET, "--debug"),
        answers=(CONNECTION,),
        differs=_hidden(),
    ),
    "nothing sent": uploading(
        *(*DEBUG, "--attachment-name="),
        differs=_hidden(
            "Parameter validation failed:\n"
            "Invalid length for parameter AttachmentName, value: 0, valid min length: 1\n"
        ),
    ),
    "the token as JSON": calling(
        *("disconnect-participant", "--debug", "--cli-input-json"),
        f'{{"ConnectionToken": "{SECRET}"}}',
        differs=_hidden(),
    ),
    "nobody there": calling(
        *(*START, *DEBUG, "--endpoint-url", "http://127.0.0.1:1"),
        where=("--region", "x", "--no-sign-request"),
        differs=_hidden(
            "Could not connect to the endpoint URL: "
            '"http://127.0.0.1:1/participant/start-attachment-upload"\n'
        ),
    ),
}
