"""What is told first where several things are wrong."""

from __future__ import annotations

from tests.cli.against_aws.case import Case, Cases, Differs, calling, uploading
from tests.cli.against_aws.cases.input_json import NO_KEY, document, unshown
from tests.cli.against_aws.cases.options import VERSION
from tests.cli.worlds import TOKEN

SAU = "start-attachment-upload"
NAME = "--attachment-name"
SIZE = "--attachment-size-in-bytes"
READ, CONNECT = "--cli-read-timeout", "--cli-connect-timeout"
BAD_FORM = {"AWS_DEFAULT_OUTPUT": "bad"}
PYTHON = "Invalid JSON: "

CASES: Cases = {
    "two choices": uploading("--color", "x", "--output", "y"),
    "a choice, then the query": uploading("--query", "[", "--color", "x"),
    "the query, then a form": uploading("--query", "[", "--output", "bad"),
    "ambiguous, then the command": Case(("--no", "nope")),
    "a choice, then the version": Case(("--output", "x", "--version")),
    "the command, then a choice": Case(
        ("nope", "--color", "x"),
        differs=Differs(
            "options-before-commands",
            said=": error: argument --color: Invalid choice, valid choices are:\n\n"
            f"{'on':40} | {'off':40}\n{'auto':40}\n",
        ),
    ),
    "the version, then a choice": Case(("--version", "--output", "x"), differs=VERSION),
    "the command, then the query": Case(("nope", "--query", "[")),
    "the query, then the operation": calling("nope", "--query", "["),
    "the endpoint, then the operation": calling("nope", "--endpoint-url", "x", where=()),
    "a time-out, then the operation": calling("nope", CONNECT, "z"),
    "the query, the endpoint, a time-out": uploading(
        "--query", "[", "--endpoint-url", "x", READ, "x", where=()
    ),
    "the endpoint, then time-outs": uploading(
        "--endpoint-url", "x", READ, "y", CONNECT, "z", where=()
    ),
    "the operation, then an option": calling("nope", "--foo"),
    "ambiguous, then a number": uploading("--att", "x", SIZE, "x"),
    "a number, then ambiguous": uploading(SIZE, "x", "--att", "x"),
    "a number, then missing": calling(SAU, SIZE, "x"),
    "missing, then unknown": calling(SAU, "--foo"),
    "a number, then unknown": uploading("--foo", SIZE, "x"),
    "missing, then a skeleton's choice": calling(SAU, "--generate-cli-skeleton", "x"),
    "unknown, then the profile": uploading("--foo", "--profile", "nope"),
    "unknown, then a file": uploading("--foo", NAME, "file://none"),
    "unknown, then the region": uploading("--foo", where=()),
    "unknown, then a form": uploading("--foo", environ=BAD_FORM),
    "a file, then the profile": uploading(NAME, "file://none", "--profile", "nope"),
    "a file, then json": document("{", NAME, "file://none"),
    "a file, then a skeleton": calling(
        *(SAU, NAME, "file://none", "--generate-cli-skeleton", "input")
    ),
    "a structure, then a list": calling(
        *("get-transcript", *TOKEN, "--start-position", "{", "--contact-id", "file://none"),
        python=PYTHON,
    ),
    "the profile, then json": document("[]", "--profile", "nope"),
    "the profile, then a skeleton": document("{}", "--generate-cli-skeleton", "--profile", "nope"),
    "json, then a skeleton": document("[]", "--generate-cli-skeleton"),
    "json, then the region": document("{", where=(), python=PYTHON, differs=unshown(NO_KEY)),
    "the profile, then the region": uploading("--profile", "nope", where=()),
    "the profile, then a value": uploading("--content-type=", "--profile", "nope"),
    "the profile, then a number": uploading(SIZE, "x", "--profile", "nope"),
    "the profile, then a form": uploading("--profile", "nope", environ=BAD_FORM),
    "the region, then a value": uploading("--content-type=", "--region", "x y"),
    "no region, then a value": uploading("--content-type=", where=()),
    "no region, then no keys": uploading(where=()),
    "a value, then the keys": uploading(
        "--content-type=", where=("--endpoint-url", "@URL@", "--region", "x")
    ),
    "a value, then a form": uploading(f"{NAME}=", environ=BAD_FORM),
    "a function, then an option": uploading("--query", "nosuch(@)", "--foo"),
    "a function, then a value": uploading("--query", "nosuch(@)", f"{NAME}="),
    "a value, then a token of two lines": uploading(f"{NAME}=", "--connection-token=a\nb"),
    "unknown, the profile, a form": uploading("--foo", "--profile", "nope", environ=BAD_FORM),
    "a broken config, then the operation": calling(
        "nope",
        files={".aws/config": b"nonsense\n"},
        differs=Differs("broken-config", like="the operation alone"),
    ),
    "a broken config, then the version": Case(
        ("--version",),
        files={".aws/config": b"nonsense\n"},
        differs=Differs("broken-config", like="the version, then a choice", out=VERSION.out),
    ),
    "the operation alone": calling("nope"),
}
