"""What `aws` was seen to do, as files that are checked in: one for each group of cases."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.against_aws.case import Case
from tests.cli.against_aws.seen import Seen

FOLDER = Path(__file__).parent / "recordings"
# Sentences of the interpreter and of OpenSSL, which comes with it, hold for this release of it.
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Recording:
    """What a command did, under which Python; the command shows whether the case was changed."""

    command: str
    python: str
    seen: Seen

    @classmethod
    def made(cls, case: Case, seen: Seen) -> Recording:
        """Return the recording of what was just seen."""
        return cls(case.command, PYTHON, seen)

    def comparable(self, case: Case, seen: Seen) -> Seen:
        """Return what of `seen` must be as recorded.

        Where the sentence ends in the interpreter's words and another one is running, that is all
        but these.
        """
        if case.python is None or self.python == PYTHON:
            return seen
        return seen.as_far_as_ours(case.python)


def path(group: str) -> Path:
    """Return the file of a group."""
    return FOLDER / f"{group}.json"


def read(group: str) -> dict[str, Recording]:
    """Return the recordings of a group; none where there is no file."""
    if not path(group).exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path(group).read_bytes())
    return {
        name: Recording(record["command"], record["python"], Seen.of(record))
        for name, record in found.items()
    }


def write(group: str, recordings: dict[str, Recording]) -> None:
    """Replace the recordings of a group."""
    records = {
        name: {"command": each.command, "python": each.python, **each.seen.record()}
        for name, each in sorted(recordings.items())
    }
    text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
    FOLDER.mkdir(exist_ok=True)
    # A broken byte is half a pair of surrogates here, whose escape is JSON's, too.
    path(group).write_bytes(text.encode("utf-8", "backslashreplace"))
