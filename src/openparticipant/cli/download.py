"""`download ATTACHMENT_ID...`: attachments from the chat onto the disk, whole or not at all."""

from __future__ import annotations

import os

from openparticipant.cli.own_command import ask_about_files, participant
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.transfers import Transfer

_STDOUT = "-"
_OPTIONS = (
    Option("-o", into="--out", exact=True),
    Option("--out", exact=True),
    Option("--force", takes="nothing", exact=True),
)


def run(arguments: list[str], world: Environment) -> int:
    """Save every attachment and print the files' names; returns 1 when any of them failed."""
    asked = ask_about_files("download", "ATTACHMENT_ID", arguments, _OPTIONS, world)
    if asked is None:
        return 0

    from openparticipant.cli.batch import Batch  # noqa: PLC0415 - not for a page of help

    batch = Batch(asked, world, participle="saved", member="AttachmentId", line=_line)
    target = asked.values.get("--out")
    if target == _STDOUT and batch.output is not None:
        raise UsageError("--out - leaves no room for another output")
    if len(asked.words) > 1:
        _require_distinct(asked.words)
        _require_folder(target)
    speaker = participant(asked, world)

    from openparticipant.cli.arrival import Saved, Shown  # noqa: PLC0415 - not for a mistake
    from openparticipant.cli.place import places  # noqa: PLC0415
    from openparticipant.cli.saving import Saving  # noqa: PLC0415

    arrivals: list[Transfer]
    if target == _STDOUT:
        arrivals = [Shown(speaker, asked.words[0], world)]
    else:
        force = "--force" in asked.values
        arrivals = [
            Saved(speaker, each, Saving(target, world.uuid(), place, force=force))
            for each, place in zip(asked.words, places(len(asked.words)), strict=True)
        ]
    return batch.run(arrivals, speaker.client, "the same command with the other ids goes on")


def _require_distinct(ids: list[str]) -> None:
    twice = next((each for at, each in enumerate(ids) if each in ids[:at]), None)
    if twice is not None:
        raise UsageError(f"the attachment {twice} is named twice")


def _require_folder(target: str | None) -> None:
    if target == _STDOUT:
        raise UsageError("--out - takes one attachment")
    if target is not None and not os.path.isdir(target):  # noqa: PTH112 - pathlib slows the start
        raise UsageError(f"several attachments need a folder, and {target} is none")


def _line(row: dict[str, Any]) -> str:
    from openparticipant.cli.safe_text import printable  # noqa: PLC0415 - not for a page of help

    return f"{printable(row['Path'])}\n" if row else ""
