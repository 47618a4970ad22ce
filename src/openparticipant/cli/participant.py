"""A participant of a chat: the service, and the connection token to speak to it with."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openparticipant.cli.client import Client
    from openparticipant.cli.table import Operation


class Participant:
    """Calls operations in the participant's name."""

    __slots__ = ("_token", "client")

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self._token = token

    def call(self, operation: Operation, members: Mapping[str, Any]) -> Any:
        """Call an operation; see `Client.call`."""
        return self.client.call(operation, {**members, "ConnectionToken": self._token})
