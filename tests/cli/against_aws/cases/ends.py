"""Where output goes: nowhere, to a full disk, through locales that lack letters."""

from __future__ import annotations

from tests.cli.against_aws.case import Case, Cases, Differs, calling, uploading
from tests.cli.against_aws.replies import refusal
from tests.cli.recording import json_reply

POOR = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
POSIX = {"LC_ALL": "POSIX"}
LATIN = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
LETTERS = json_reply({"AttachmentId": "é☃"})
FILE = ("--attachment-name", "file://x")
# What Python itself says of output that is lost when it ends, and of letters.
IGNORED = "Exception ignored "
CODEC = "\n'ascii' codec"
FULL = Differs("lost-output", status=255, said="\n[Errno 28] No space left on device\n")
GONE = Differs("lost-output", status=141, said="")


def _in_utf_8(like: str) -> Differs:
    return Differs("utf-8-in-every-locale", like=like)


CASES: Cases = {
    "full disk": uploading(outlet="full disk", differs=FULL, python=IGNORED),
    "full disk, text": uploading(
        "--output", "text", outlet="full disk", differs=FULL, python=IGNORED
    ),
    "full disk, table": uploading(
        "--output", "table", outlet="full disk", differs=FULL, python=IGNORED
    ),
    "full disk, nothing to write": uploading(outlet="full disk", answers=(json_reply({}),)),
    "full disk, a refusal": uploading(
        outlet="full disk", answers=(refusal("ValidationException", "bad"),)
    ),
    "full disk, version": Case(("--version",), outlet="full disk", differs=FULL, python=IGNORED),
    "full disk, skeleton": calling(
        *("start-attachment-upload", "--generate-cli-skeleton"),
        outlet="full disk",
        differs=FULL,
        python=IGNORED,
    ),
    "closed": uploading(
        outlet="closed", differs=Differs("lost-output", said="\nstandard output is closed\n")
    ),
    "closed, a refusal": uploading(
        outlet="closed", answers=(refusal("ValidationException", "bad"),)
    ),
    "reader gone": uploading(outlet="reader gone", differs=GONE, python=IGNORED),
    "reader gone, much": uploading(
        outlet="reader gone",
        answers=(json_reply({"AttachmentId": "x" * 9_000}),),
        differs=GONE,
        python=IGNORED,
    ),
    "reader gone, nothing to write": uploading(outlet="reader gone", answers=(json_reply({}),)),
    "reader gone, text": uploading(
        "--output", "text", outlet="reader gone", differs=GONE, python=IGNORED
    ),
    "letters as text": uploading("--output", "text", answers=(LETTERS,)),
    "letters as a table": uploading("--output", "table", answers=(LETTERS,)),
    "letters in a file": uploading(*FILE, files={"x": "é☃".encode()}),
    "a poor locale": uploading(
        answers=(LETTERS,), environ=POOR, differs=_in_utf_8("the C locale"), python=CODEC
    ),
    "a poor locale, text": uploading(
        *("--output", "text"),
        answers=(LETTERS,),
        environ=POOR,
        differs=_in_utf_8("letters as text"),
        python=CODEC,
    ),
    "a poor locale, table": uploading(
        *("--output", "table"),
        answers=(LETTERS,),
        environ=POOR,
        differs=_in_utf_8("letters as a table"),
        python=CODEC,
    ),
    "a poor locale, plain letters": uploading(environ=POOR),
    "a poor locale, letters sent": uploading("--attachment-name", "é☃", environ=POOR),
    "a poor locale, a file": uploading(
        *FILE,
        files={"x": "é☃".encode()},
        environ=POOR,
        differs=_in_utf_8("letters in a file"),
    ),
    "a poor locale, letters refused": uploading(answers=(refusal("T", "é☃"),), environ=POOR),
    "the C locale": uploading(answers=(LETTERS,), environ={"LC_ALL": "C"}),
    "the POSIX locale": uploading("--attachment-name", "é☃", answers=(LETTERS,), environ=POSIX),
    "no UTF-8 mode": uploading(answers=(LETTERS,), environ={"PYTHONUTF8": "0"}),
    "another encoding": uploading(
        answers=(json_reply({"AttachmentId": "é"}),),
        environ=LATIN,
        differs=Differs("utf-8-in-every-locale", out='{\n    "AttachmentId": "é"\n}\n'),
    ),
}
