"""A chat that is started from a shell, and whoever is called for it."""

from __future__ import annotations

from openparticipant.cli.own_command import client
from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.own_command import Asked
    from openparticipant.cli.profile import Profile
    from openparticipant.cli.services import Service


class Caller:
    """A service whose operations go by their commands."""

    def __init__(
        self, service: Service, asked: Asked, world: Environment, profile: Profile
    ) -> None:
        self._operations = service.operations
        self._client = client(service, asked.options, world, profile)

    def call(self, command: str, members: dict[str, Any]) -> Any:
        """Call an operation by its command; see `Client.call`."""
        return self._client.call(self._operations[command], members)


def started(control: Caller, asked: Asked, name: str) -> dict[str, Any]:
    """Start a chat where the options say; returns its ids and its customer's token."""
    answer = control.call(
        "start-chat-contact",
        {
            "InstanceId": instance(asked),
            "ContactFlowId": asked.values.get("--contact-flow-id", "default"),
            "ParticipantDetails": {"DisplayName": name},
        },
    )
    return only(answer, "ContactId", "ParticipantId", "ParticipantToken")


def instance(asked: Asked) -> str:
    """Return the instance that the options name."""
    name: str = asked.values.get("--instance-id", "default")
    return name


def only(answer: dict[str, Any], *members: str) -> dict[str, Any]:
    """Return these members of an answer; raises CommandError where one is missing."""
    missing = [member for member in members if not answer.get(member)]
    if missing:
        raise CommandError(f"The service's answer lacks {' and '.join(missing)}.")
    return {member: answer[member] for member in members}
