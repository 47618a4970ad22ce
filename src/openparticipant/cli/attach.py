"""`attach FILE...`: files from the disk into the chat, each with all three steps."""

from __future__ import annotations

from openparticipant.cli.own_command import (
    ask,
    connection_options,
    connection_token,
    participant_client,
)
from openparticipant.cli.refusal import CommandError, UsageError
from openparticipant.cli.safe_text import printable
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment

_OPTIONS = (
    *connection_options(),
    Option("--content-type", exact=True),
    Option("--json", takes="nothing", exact=True),
)


def run(arguments: list[str], world: Environment) -> int:
    """Attach every file; returns 1 when any of them failed, after trying the others."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as pages  # noqa: PLC0415

        world.write(pages.own_command("attach", world.program))
        return 0
    if not asked.words:
        raise UsageError("the following arguments are required: FILE")
    token = connection_token(asked, world)
    client = participant_client(asked, world)

    from openparticipant.cli.upload import Upload  # noqa: PLC0415 - not for a page of help

    done = []
    for path in asked.words:
        content_type = asked.values.get("--content-type") or _content_type(path.rpartition("/")[2])
        upload = Upload(client, token, path, content_type)
        try:
            attachment_id = upload.run()
        except (CommandError, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            world.complain(f"{world.program}: {printable(path)}: {printable(reason)}\n")
            continue
        done.append(
            {
                "AttachmentId": attachment_id,
                "AttachmentName": upload.name,
                "AttachmentSizeInBytes": upload.size,
                "ContentType": content_type,
            }
        )
        if "--json" not in asked.values:
            world.write(f"{attachment_id}  {printable(upload.name)}\n")
    if "--json" in asked.values:
        from openparticipant.cli.rendering import json_text  # noqa: PLC0415

        world.write(json_text(done))
    return 0 if len(done) == len(asked.words) else 1


def _content_type(name: str) -> str:
    from openparticipant.domain.filetypes import (  # noqa: PLC0415 - not for a page of help
        CONTENT_TYPES,
        OCTET_STREAM,
        extension,
    )

    # Which extensions are allowed is the service's to say.
    return CONTENT_TYPES.get(extension(name), (OCTET_STREAM,))[0]
