"""Help, of which the names are compared."""

from __future__ import annotations

from tests.cli.against_aws.case import SERVICE, Case, Cases, Differs, calling, uploading
from tests.cli.against_aws.cases.operations import OPERATIONS
from tests.cli.worlds import START, TOKEN

SAU = "start-attachment-upload"
EXTRA = ("--cli-binary-format", "--error-format", "--no-cli-auto-prompt", "--no-cli-pager")


def _own(name: str) -> tuple[str, ...]:
    """Return the options of an operation that `aws` lacks."""
    whose = "participant" if name == "create-participant-connection" else "connection"
    pages = ("--all", "--follow") if name == "get-transcript" else ()
    return (f"--{whose}-token-file", *pages)


def _asked_for(page: str = "everything") -> Differs:
    more = {"everything": EXTRA, "the service": ()}.get(page, (*EXTRA, *_own(page)))
    return Differs("help-everywhere", like=f"of {page}", more=more)


CASES: Cases = {
    "of everything": Case(("help",), differs=Differs("help-everywhere", more=EXTRA)),
    "of the service": Case((SERVICE, "help")),
    **{
        f"of {name}": Case(
            (SERVICE, name, "help"),
            differs=Differs("help-everywhere", more=(*EXTRA, *_own(name))),
        )
        for name in OPERATIONS
    },
    "behind required options": calling(
        *(*START, *TOKEN, "help"), where=(), differs=_asked_for(SAU)
    ),
    "behind one option": calling("start-attachment-upload", "help", "--x", where=()),
    "as an option": Case(("--help",), differs=_asked_for()),
    "as an option of the service": calling("--help", where=(), differs=_asked_for("the service")),
    "as an option of an operation": calling(SAU, "--help", where=(), differs=_asked_for(SAU)),
    "as an option behind all": uploading("--help", differs=_asked_for(SAU)),
    "as a letter": Case(("-h",), differs=_asked_for()),
    "as a letter behind all": uploading("-h", differs=_asked_for(SAU)),
    "without a pager": Case(("help",), environ={"PAGER": ""}, differs=_asked_for()),
    "without groff": Case(
        (SERVICE, "help"), environ={"PATH": "/nonexistent"}, differs=_asked_for("the service")
    ),
}
