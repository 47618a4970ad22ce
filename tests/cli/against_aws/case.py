"""Cases: what is typed, in which surroundings, and what the server answers."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tests.cli.against_aws.replies import UPLOAD
from tests.cli.against_aws.seen import Seen
from tests.cli.recording import Reply
from tests.cli.worlds import START, TOKEN

SERVICE = "connectparticipant"
# Stand in words, variables and files for what differs from run to run.
URL, HOST, PORT, HOME = "@URL@", "@HOST@", "@PORT@", "@HOME@"
AUTHORITY, STRANGER = "@AUTHORITY@", "@STRANGER@"
# What no trace may show.
SECRET = "S3CRET"
HERE = ("--endpoint-url", URL, "--region", "us-east-1", "--no-sign-request")

Outlet = Literal["pipe", "full disk", "closed", "reader gone"]


@dataclass(frozen=True)
class Differs:
    """How ours differs on purpose: the row of the table that says so, and what is other.

    `like` names the case of the same group whose recording ours equals instead. Each other field
    that is given replaces that of the recording, `more` are names on a page of help beside the
    recorded ones; all else must be as recorded.
    """

    row: str
    like: str | None = None
    status: int | None = None
    out: str | None = None
    said: str | None = None
    asked: tuple[str, ...] | None = None
    more: tuple[str, ...] = ()

    def from_theirs(self, theirs: Seen) -> Seen:
        """Return what ours must be seen to do."""
        fields = ("status", "out", "said", "asked")
        given = {name: getattr(self, name) for name in fields if getattr(self, name) is not None}
        if self.more:
            lines = sorted([*theirs.out.splitlines(), *self.more])
            given["out"] = "".join(f"{line}\n" for line in lines)
        return replace(theirs, **given)


@dataclass(frozen=True)
class Case:
    """One command line with its surroundings.

    `words` follow the program's name. Files lie below the home, which is the working directory; a
    variable that is None is not set. With `columns`, standard output is a terminal. What `python`
    names ends the part of the sentence that is not the interpreter's or OpenSSL's.
    """

    words: tuple[str, ...]
    answers: tuple[Reply, ...] = (UPLOAD,)
    environ: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    tls: bool = False
    columns: int | None = None
    outlet: Outlet = "pipe"
    python: str | None = None
    differs: Differs | None = None

    @property
    def command(self) -> str:
        """Return the command as a person would type it."""
        variables = [
            f"{name}={shlex.quote(value or '')}" for name, value in sorted(self.environ.items())
        ]
        line = " ".join([*variables, "aws", *map(shlex.quote, self.words)])
        return line.encode("utf-8", "backslashreplace").decode()


Cases = dict[str, Case]


def asking(path: str, body: str, token: str = "TOK") -> str:
    """Return the request that a program makes at its first attempt."""
    return (
        f"POST {path}\naccept-encoding: identity\nx-amz-bearer: {token}\n"
        f"content-type: application/json\namz-sdk-request: attempt=1\n\n{body}"
    )


# Of a token that no header can hold.
UNSHOWN = Differs(
    "tokens-stay-hidden",
    said="\nAn HTTP Client raised an unhandled exception: Invalid header value\n",
)


def calling(*words: str, where: tuple[str, ...] = HERE, **more: Any) -> Case:
    """Return a case of words behind the service's name; it finds the server by options."""
    return Case((SERVICE, *words, *where), **more)


def uploading(*words: str, where: tuple[str, ...] = HERE, **more: Any) -> Case:
    """Return a case of a start-attachment-upload that has all it needs, and then `words`."""
    return calling(*START, *TOKEN, *words, where=where, **more)
