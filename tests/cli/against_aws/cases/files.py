"""Values that stand in files."""

from __future__ import annotations

from typing import Any

from tests.cli.against_aws.case import UNSHOWN, Case, Cases, Differs, asking
from tests.cli.against_aws.case import calling as call
from tests.cli.against_aws.case import uploading as upload
from tests.cli.worlds import START, TOKEN

NAME = "--attachment-name"
FILES = {
    "plain": b"file-name\r\n",
    "empty": b"",
    "number": b" 7\n",
    "binary": b"\xff\xfe",
    "marked": b"\xef\xbb\xbfx",
    "token": b"FROM-FILE",
    "lines": b"a\n\nb\n",
    "a b": b"blank",
    "list.json": b' ["a", "b"]',
    "position": b"Id=a,\nMostRecent=3",
    "position.json": b'{"Id": "a", "MostRecent": 3}',
    "folder/inner": b"inner",
}
POSITION = ("get-transcript", *TOKEN, "--start-position")
IDS = ("complete-attachment-upload", *TOKEN, "--attachment-ids")


def calling(*words: str, **more: Any) -> Case:
    return call(*words, files=FILES, **more)


def uploading(*words: str, **more: Any) -> Case:
    return upload(*words, files=FILES, **more)


CASES: Cases = {
    "a file": uploading(NAME, "file://plain"),
    "a file of lines": uploading(NAME, "file://lines"),
    "attached": uploading(f"{NAME}=file://plain"),
    "in a folder": uploading(NAME, "file://folder/inner"),
    "with a blank in its name": uploading(NAME, "file://a b"),
    "by its whole path": uploading(NAME, "file://@HOME@/plain"),
    "at home": uploading(NAME, "file://~/plain"),
    "by a variable": uploading(NAME, "file://$HOME/plain"),
    "by a variable in braces": uploading(
        NAME, "file://${WHERE}/inner", environ={"WHERE": "folder"}
    ),
    "by a variable that is not set": uploading(NAME, "file://$NOWHERE/plain"),
    "standard input": uploading(NAME, "file:///dev/stdin", stdin=b"from-stdin\n"),
    "in capitals": uploading(NAME, "FILE://plain"),
    "blank before": uploading(NAME, " file://plain"),
    "one slash": uploading(NAME, "file:/plain"),
    "without a name": uploading(NAME, "file://"),
    "without a name, bytes": uploading(NAME, "fileb://"),
    "none": uploading(NAME, "file://none"),
    "none, bytes": uploading(NAME, "fileb://none"),
    "none, beyond ASCII": uploading(NAME, "file://é☃"),
    "a directory": uploading(NAME, "file://folder"),
    "empty": uploading(NAME, "file://empty"),
    "binary": uploading(NAME, "file://binary"),
    "with a mark": uploading(NAME, "file://marked"),
    "bytes": uploading(NAME, "fileb://plain"),
    "every text from a file": calling(
        *("start-attachment-upload", "--content-type", "file://folder/inner"),
        *("--attachment-size-in-bytes", "1", NAME, "file://a b"),
        *("--client-token", "file://token", "--connection-token", "file://token"),
    ),
    "a token": calling(*START, "--connection-token", "file://token"),
    "a token with its newline": calling(
        *(*START, "--connection-token", "file://lines"), differs=UNSHOWN
    ),
    "a token of bytes": calling(
        *(*START, "--connection-token", "fileb://token"),
        differs=Differs(
            "json-stays-hidden",
            said="\nParameter validation failed:\nInvalid type for parameter ConnectionToken, "
            "value: [hidden], type: <class 'bytes'>, valid types: <class 'str'>\n",
        ),
    ),
    "a token from nowhere": calling(*START, "--connection-token", "file://none"),
    "for a size": uploading("--attachment-size-in-bytes", "file://number"),
    "for a number": calling("get-transcript", *TOKEN, "--max-results", "file://number"),
    "for a number, no number": calling("get-transcript", *TOKEN, "--max-results", "file://plain"),
    "for a number, bytes": calling("get-transcript", *TOKEN, "--max-results", "fileb://number"),
    "for a list": calling(*IDS, "file://list.json"),
    "for a list, plain": calling(
        *(*IDS, "file://token"),
        differs=Differs(
            "files-for-lists",
            asked=(
                asking(
                    "/participant/complete-attachment-upload",
                    '{"AttachmentIds": ["FROM-FILE"], "ClientToken": "UUID"}',
                ),
            ),
        ),
    ),
    "for a list, two": calling(*IDS, "file://plain", "file://plain"),
    "for a list, none": calling(*IDS, "file://none"),
    "for a structure": calling(*POSITION, "file://position"),
    "for a structure, json": calling(*POSITION, "file://position.json"),
    "for a structure, bytes": calling(
        *(*POSITION, "fileb://position.json"),
        differs=Differs(
            "structure-mistakes",
            said="\nParameter validation failed:\nInvalid type for parameter StartPosition, value: "
            'b\'{"Id": "a", "MostRecent": 3}\', type: <class \'bytes\'>, '
            "valid types: <class 'dict'>\n",
        ),
    ),
    "for a structure, none": calling(*POSITION, "file://none"),
    "for a path": calling("describe-view", *TOKEN, "--view-token", "file://folder/inner"),
    "for a message": calling(
        *("send-message", *TOKEN, "--content-type", "text/plain", "--content", "file://lines")
    ),
    "for a global": uploading("--query", "file://plain"),
    "for a region": call(*START, *TOKEN, "--region", "file://plain", where=("--no-sign-request",)),
    "in the model's order": calling(
        *("start-attachment-upload", "--connection-token", "file://2", NAME, "file://1"),
        *("--content-type", "t", "--attachment-size-in-bytes", "1"),
    ),
    "another encoding": uploading(
        NAME, "file://plain", environ={"AWS_CLI_FILE_ENCODING": "utf-16"}
    ),
}
