"""`get-transcript --all` and `--follow`: page after page, and what comes later."""

from __future__ import annotations

from openparticipant.cli.operations import FOLLOW
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.rendering import modelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from openparticipant.cli.client import Client
    from openparticipant.cli.table import Operation

ENDED = "application/vnd.amazonaws.connect.event.chat.ended"
# The most that the service gives at once.
_PAGE = 100
# Seconds between two looks; well below the rate that the service allows.
_PAUSE = 2


class Transcript:
    """The transcript that a request asks for, beyond its first page."""

    def __init__(self, client: Client, operation: Operation, members: dict[str, Any]) -> None:
        """Take the request, whose members are valid."""
        self._client = client
        self._operation = operation
        self._members = members

    def whole(self) -> dict[str, Any]:
        """Return one answer with the items of all pages, in the order that was asked for."""
        members = {"MaxResults": _PAGE, **self._members}
        pages = list(self._pages(members))
        is_ascending = members.get("SortOrder") == "ASCENDING"
        if self._goes_forward(members) != is_ascending:
            # Each page is in order, but they came the other way round.
            pages.reverse()
        items = [item for page in pages for item in page.get("Transcript", [])]
        first = next((page for page in pages if "InitialContactId" in page), {})
        head = {name: value for name, value in first.items() if name == "InitialContactId"}
        return {**head, "Transcript": items}

    def following(self, *, everything: bool) -> Iterator[dict[str, Any]]:
        """Return the items one by one, the oldest first, until the chat ends.

        It begins with the newest page, or with `everything`, or at the start position. Raises
        CommandError where another order was asked for.
        """
        if self._members.get("SortOrder", "ASCENDING") != "ASCENDING":
            raise CommandError(f"{FOLLOW} shows the oldest first: it goes without DESCENDING")
        if "StartPosition" in self._members and not self._goes_forward(self._members):
            raise CommandError(f"{FOLLOW} goes FORWARD from a start position")
        members = {**self._members, "SortOrder": "ASCENDING"}
        seen: set[str] = set()
        last = ""
        while True:
            for item in self._items(members, everything=everything):
                if item.get("Id", "") in seen:
                    continue
                last = item.get("Id", "")
                seen.add(last)
                yield item
                if item.get("ContentType") == ENDED:
                    return
            self._client.world.sleep(_PAUSE)
            if last:
                members = self._after(last)

    def _items(self, members: dict[str, Any], *, everything: bool) -> list[dict[str, Any]]:
        if everything or self._goes_forward(members):
            return list(Transcript(self._client, self._operation, members).whole()["Transcript"])
        page = next(self._pages(members))
        return list(page.get("Transcript", []))

    def _after(self, item_id: str) -> dict[str, Any]:
        own = ("StartPosition", "NextToken", "MaxResults")
        kept = {name: value for name, value in self._members.items() if name not in own}
        return {
            **kept,
            "ScanDirection": "FORWARD",
            "SortOrder": "ASCENDING",
            "StartPosition": {"Id": item_id},
        }

    def _goes_forward(self, members: dict[str, Any]) -> bool:
        default = "FORWARD" if members.get("StartPosition") else "BACKWARD"
        return bool(members.get("ScanDirection", default) == "FORWARD")

    def _pages(self, members: dict[str, Any]) -> Iterator[dict[str, Any]]:
        tokens: set[str] = set()
        while True:
            answer = self._client.call(self._operation, members)
            page = modelled(answer, self._operation["output"])
            yield page
            token = page.get("NextToken")
            if not token:
                return
            if token in tokens:
                raise CommandError("The service returned the same NextToken twice.")
            tokens.add(token)
            members = {**members, "NextToken": token}
