"""`attach PATH...`: files from the disk into the chat, each with all three steps."""

from __future__ import annotations

from openparticipant.cli.own_command import ask_about_files, participant
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from openparticipant.cli.batch import Batch
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.journal import Journal
    from openparticipant.cli.own_command import Asked
    from openparticipant.cli.participant import Participant
    from openparticipant.cli.source import Source

_STDIN = "-"
_OPTIONS = (
    Option("--content-type", exact=True),
    Option("--name", exact=True),
    Option("--resume", exact=True),
)


def run(arguments: list[str], world: Environment) -> int:
    """Attach every file; returns 1 when any of them failed, after trying the others."""
    asked = ask_about_files("attach", "PATH", arguments, _OPTIONS, world)
    if asked is None:
        return 0

    from openparticipant.cli.batch import Batch  # noqa: PLC0415 - not for a page of help

    files = _files(asked)
    batch = Batch(asked, world, participle="attached", member="Path", line=_line)
    speaker = participant(asked, world)
    if _STDIN in asked.words:
        from openparticipant.cli.source import standard_input  # noqa: PLC0415 - a file is as usual

        files = [standard_input(world, asked.values["--name"])]
    path = asked.values.get("--resume")
    if path is None:
        return _attach(batch, speaker, files, asked, None)

    from openparticipant.cli.journal import Journal  # noqa: PLC0415 - only for those who resume
    from openparticipant.cli.upload import require_same_chat  # noqa: PLC0415

    with Journal(path) as journal:
        require_same_chat(speaker, journal)
        return _attach(batch, speaker, files, asked, journal)


def _attach(
    batch: Batch,
    speaker: Participant,
    files: list[Source],
    asked: Asked,
    journal: Journal | None,
) -> int:
    from openparticipant.cli.upload import Upload  # noqa: PLC0415 - not for a page of help

    chosen = asked.values.get("--content-type")
    uploads = [Upload(speaker, each, chosen or _content_type(each.name), journal) for each in files]
    hint = "with --resume FILE from its start, such a command can go on where it was ended"
    if journal is not None:
        hint = "the same command goes on from here"
    return batch.run(uploads, speaker.client, hint)


def _files(asked: Asked) -> list[Source]:
    """Return the files that are meant, none for standard input; raises UsageError."""
    name, path = asked.values.get("--name"), asked.values.get("--resume")
    if name == "":
        raise UsageError("--name is empty")
    if _STDIN in asked.words:
        _require_sense_of_stdin(asked)
        return []

    from openparticipant.cli.source import sources  # noqa: PLC0415 - not for a page of help

    found = sources(asked.words, besides=path)
    if name is not None:
        _require_one(found)
        found[0].name = name
    return found


def _require_sense_of_stdin(asked: Asked) -> None:
    if "--name" not in asked.values:
        raise UsageError("standard input has no name: --name NAME is needed")
    _require_one(asked.words)
    if "--resume" in asked.values:
        raise UsageError("--resume needs files: standard input cannot be read again")
    if asked.values.get("--connection-token") == _STDIN:
        raise UsageError("standard input is either the connection token or the file")


def _require_one(files: Sequence[object]) -> None:
    if len(files) != 1:
        raise UsageError("--name is for one file")


def _line(row: dict[str, Any]) -> str:
    from openparticipant.cli.safe_text import printable  # noqa: PLC0415 - not for a page of help

    return f"{row['AttachmentId']}  {printable(row['AttachmentName'])}\n"


def _content_type(name: str) -> str:
    from openparticipant.domain.filetypes import (  # noqa: PLC0415 - not for a page of help
        CONTENT_TYPES,
        OCTET_STREAM,
        extension,
    )

    # Which extensions are allowed is the service's to say.
    return CONTENT_TYPES.get(extension(name), (OCTET_STREAM,))[0]
