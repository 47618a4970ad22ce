"""`start-chat`: a chat, a participant in it, and the tokens to speak with."""

from __future__ import annotations

from openparticipant.cli import services
from openparticipant.cli.new_chat import Caller, instance, only, started
from openparticipant.cli.own_command import ask
from openparticipant.cli.refusal import UnknownOptionsError, UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.own_command import Asked

_OPTIONS = (
    Option("--as", choices=("customer", "agent"), exact=True),
    Option("--contact-flow-id", exact=True),
    Option("--contact-id", exact=True),
    Option("--display-name", exact=True),
    Option("--instance-id", exact=True),
)


def run(arguments: list[str], world: Environment) -> int:
    """Start or join a chat, connect, and print the tokens."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as pages  # noqa: PLC0415

        world.write(pages.own_command("start-chat", world.program))
        return 0
    if asked.words:
        raise UnknownOptionsError(asked.words)
    role = asked.values.get("--as")
    contact_id = asked.values.get("--contact-id")
    if contact_id is not None and role != "agent":
        raise UsageError("--contact-id needs --as agent: a chat has one customer")
    if role is not None and not {"--output", "--query"}.isdisjoint(asked.values):
        raise UsageError("--as prints lines for a shell: it takes neither --output nor --query")

    from openparticipant.cli.output import Output  # noqa: PLC0415 - not for a page of help
    from openparticipant.cli.profile import load  # noqa: PLC0415

    profile = load(world.environ, asked.options.profile)
    output = Output(asked.options, world, profile)
    control = Caller(services.control_plane(), asked, world, profile)
    participants = Caller(services.participant(), asked, world, profile)
    if role == "agent":
        if contact_id is None:
            contact_id = started(control, asked, "Customer")["ContactId"]
        participant = _joined(control, asked, contact_id)
    else:
        participant = started(control, asked, asked.values.get("--display-name", "Customer"))
    found = {**participant, **_connected(participants, participant)}
    world.write(output.render("StartChat", found) if role is None else _exports(found))
    return 0


def _joined(control: Caller, asked: Asked, contact_id: str) -> dict[str, Any]:
    answer = control.call(
        "create-participant",
        {
            "InstanceId": instance(asked),
            "ContactId": contact_id,
            "ParticipantDetails": {
                "ParticipantRole": "AGENT",
                "DisplayName": asked.values.get("--display-name", "Agent"),
            },
        },
    )
    credentials = only(answer.get("ParticipantCredentials") or {}, "ParticipantToken")
    return {"ContactId": contact_id, **only(answer, "ParticipantId"), **credentials}


def _connected(participants: Caller, participant: dict[str, Any]) -> dict[str, Any]:
    answer = participants.call(
        "create-participant-connection",
        {
            "Type": ["CONNECTION_CREDENTIALS"],
            "ParticipantToken": participant["ParticipantToken"],
            # Without a socket: who uploads from a shell has none.
            "ConnectParticipant": True,
        },
    )
    return only(answer.get("ConnectionCredentials") or {}, "ConnectionToken", "Expiry")


def _exports(found: dict[str, Any]) -> str:
    from shlex import quote  # noqa: PLC0415

    variables = {
        "OPENPARTICIPANT_CONTACT_ID": found["ContactId"],
        "OPENPARTICIPANT_CONNECTION_TOKEN": found["ConnectionToken"],
    }
    return "".join(f"export {name}={quote(value)}\n" for name, value in variables.items())
