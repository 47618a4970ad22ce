"""`--generate-cli-skeleton`."""

from __future__ import annotations

from tests.cli.against_aws.case import Cases, Differs, calling, uploading
from tests.cli.against_aws.cases.input_json import NO_KEY, unshown
from tests.cli.against_aws.cases.operations import UPLOAD_SAMPLE
from tests.cli.worlds import START, TOKEN

SAU = "start-attachment-upload"
SKELETON = "--generate-cli-skeleton"
OUTPUT = (SKELETON, "output")
NAME = "--attachment-name"
SENDING = ("send-message", "--content-type", "t", "--content", "c", *TOKEN)
WORKS = Differs("samples-work", status=0, out=UPLOAD_SAMPLE, said="")

CASES: Cases = {
    "of input": calling(SAU, SKELETON, "input", "--output", "text"),
    "with a query": calling(SAU, SKELETON, "--query", "ContentType"),
    "with values": calling(*START, SKELETON, "--attachment-size-in-bytes=0"),
    "no number": calling(SAU, SKELETON, "--attachment-size-in-bytes=x"),
    "no file": calling(SAU, SKELETON, NAME, "file://none"),
    "unknown": calling(SAU, SKELETON, "--foo"),
    "of anything": calling(SAU, SKELETON, "foo"),
    "of yaml": calling(SAU, SKELETON, "yaml-input"),
    "of an empty word": calling(SAU, SKELETON, ""),
    "attached": calling(SAU, f"{SKELETON}=input"),
    "abbreviated": uploading("--gen"),
    "json": calling(SAU, SKELETON, "--cli-input-json", '{"ContentType": "x"}'),
    "broken json": calling(
        *(SAU, SKELETON, "--cli-input-json", "{"),
        python="Invalid JSON: ",
        differs=unshown(NO_KEY),
    ),
    "stray word": calling(SAU, SKELETON, "input", "stray"),
    "help": calling(SAU, SKELETON, "help"),
    "of output, missing": calling(SAU, *OUTPUT),
    "of output, first": calling(SAU, *OUTPUT, SKELETON, "input"),
    "of output, last": calling(*START, *TOKEN, SKELETON, "input", *OUTPUT, differs=WORKS),
    "of output, without a region": uploading(*OUTPUT, where=(), differs=WORKS),
    "of output, empty json": calling(
        *(SAU, *OUTPUT, "--cli-input-json", "{}"),
        differs=Differs(
            "samples-work",
            said="""
Parameter validation failed:
Missing required parameter in input: "ContentType"
Missing required parameter in input: "AttachmentSizeInBytes"
Missing required parameter in input: "AttachmentName"
Missing required parameter in input: "ConnectionToken"
""",
        ),
    ),
    "of output, json": calling(
        *("send-message", *OUTPUT, "--cli-input-json"),
        '{"ContentType": "t", "Content": "c", "ConnectionToken": "T"}',
    ),
    "of output, table": calling(*SENDING, *OUTPUT, "--output", "table"),
    "of output, query": calling(*SENDING, *OUTPUT, "--query", "MessageMetadata"),
    "of output, query as text": calling(
        *SENDING, *OUTPUT, "--query", "MessageMetadata.*", "--output", "text"
    ),
    "of output, invalid": calling(
        *("send-message", "--content-type", "t", "--content", "", *TOKEN, *OUTPUT)
    ),
    "of output, no profile": calling(*SENDING, *OUTPUT, "--profile", "nope"),
    "no profile": calling(SAU, SKELETON, "--profile", "nope", where=()),
}
