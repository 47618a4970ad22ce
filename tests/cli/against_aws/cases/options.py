"""How options are spelled: attached, repeated, abbreviated, unknown, in any place."""

from __future__ import annotations

from tests.cli.against_aws.case import HERE, SERVICE, Case, Cases, Differs, calling, uploading
from tests.cli.against_aws.replies import ODD
from tests.cli.worlds import START, TOKEN

NAME = "--attachment-name"
SAU = "start-attachment-upload"
VERSION = Differs("own-version", out="openparticipant/VERSION Python/VERSION\n")

CASES: Cases = {
    "an odd answer": uploading(answers=(ODD,)),
    "attached": uploading(f"{NAME}=b"),
    "attached, with another equals sign": uploading(f"{NAME}=a=b"),
    "attached, empty": uploading(f"{NAME}="),
    "given twice": uploading(NAME, "first", NAME, "second"),
    "a global given twice": uploading("--output", "text", "--output", "json"),
    "a query given twice": uploading("--query", "[", "--query", "AttachmentId"),
    "a word like an option": uploading(NAME, "-x"),
    "a word like a long option": uploading(NAME, "--x"),
    "a token like an option": calling(*START, "--connection-token", "-abc"),
    "a token like an option, attached": calling(*START, "--connection-token=-abc"),
    "a word like a number": calling(*START, "--connection-token", "-5", NAME, "- x"),
    "a word like a fraction": uploading(NAME, "-.5"),
    "a word like no fraction": uploading(NAME, "-5."),
    "a dash": uploading(NAME, "-"),
    "no value at the end": uploading("--client-token", where=()),
    "no value before an option": uploading("--client-token"),
    "some of the required": calling(SAU, NAME, "n"),
    "unknown": uploading("--foo", "bar"),
    "unknown, twice": uploading("--foo", "--foo"),
    "unknown, attached": uploading("--foo=bar"),
    "unknown, a letter": uploading("-x"),
    "stray words": uploading("two", "three", "--four=5"),
    "a stray word among options": calling(SAU, "stray", *START[1:], *TOKEN),
    "capitals": uploading("--Attachment-Name", "b"),
    "as the model spells it": uploading("--attachmentName", "b"),
    "underscores": uploading("--attachment_name", "b"),
    "a separator": calling(*START, *TOKEN, "--", "b", where=()),
    "a separator before globals": uploading("--", "b"),
    "a separator at the end": calling(*START, *TOKEN, *HERE, "--", where=()),
    "a separator at first": Case(("--", SERVICE, *START, *TOKEN, *HERE)),
    "abbreviated": calling(*START, "--conn", "é", "--attachment-n=x", "--client", "y"),
    "abbreviated globals": uploading("--no-pag", "--co", "off"),
    "abbreviated output": uploading("--outp", "text", "--que=AttachmentId", "--co", "on"),
    "abbreviated to two": uploading("--attachment", "zz"),
    "abbreviated to two, attached": uploading("--att=zz"),
    "ambiguous among own": calling(*START, "--con", "T"),
    "ambiguous among globals": uploading("--cl", "x"),
    "ambiguous flags": uploading("--no"),
    "ambiguous versions": uploading("--v"),
    "ambiguous before the service": Case(("--c", "x", SERVICE, *START, *TOKEN, *HERE)),
    "ambiguous behind a mistake": uploading("--foo", "--no"),
    "abbreviated version": Case(("--versio",), differs=VERSION),
    "version": Case(("--version",), differs=VERSION),
    "version, behind all": uploading("--version", differs=VERSION),
    "version, a word behind it": Case(("--version", "nonsense"), differs=VERSION),
    "version, with a value": Case(("--version=x",)),
    "globals first": Case((*HERE, SERVICE, *START, *TOKEN)),
    "globals between": Case((SERVICE, *HERE, *START, *TOKEN)),
    "globals on both sides": Case(
        ("--output", "text", SERVICE, *START, *TOKEN, *HERE, "--output", "json")
    ),
    "own option first": Case(("--content-type", "x", SERVICE, SAU)),
    "own option between": Case((SERVICE, NAME, "x", *START, *TOKEN, *HERE)),
    "flag with a value": uploading("--debug=1"),
    "another flag with a value": uploading("--no-sign-request=yes"),
    "wrong operation": calling("start-attachment-uploads"),
    "an operation like none": calling("zzz"),
    "operation in capitals": calling("Start-Attachment-Upload"),
    "no operation": calling(where=()),
    "no operation, but globals": calling(),
    "no command": Case(()),
    "no command, but globals": Case(HERE),
    "empty operation": calling(""),
    "two operations": calling("send-message", *START, *TOKEN),
    "paginated": calling("get-transcript", *TOKEN, "--max-items", "1"),
    "page size": calling(
        *("get-transcript", *TOKEN, "--page-size=1", "--starting-token", "x"),
        differs=Differs(
            "misspelt-tokens", said="\nUnknown options: --page-size=1, --starting-token, [hidden]\n"
        ),
    ),
    "signed request": uploading("--sign-request"),
    "yaml for a request": uploading("--cli-input-yaml", "x"),
    "no paginate": uploading("--no-paginate"),
    "version 2 is warned of": uploading(
        "--v2-debug", differs=Differs("version-2-warnings", said="")
    ),
    "the answer in a file": uploading("out.json"),
}
