"""A transcript for people: who said what and when, with nothing in it that steers a terminal."""

from __future__ import annotations

from openparticipant.cli.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    Members = Mapping[str, Any]

_EVENT = "application/vnd.amazonaws.connect.event."
_EVENTS = {
    f"{_EVENT}chat.ended": "the chat ended",
    f"{_EVENT}participant.joined": "joined",
    f"{_EVENT}participant.left": "left",
}
_INDENT = "    "


class Conversation:
    """One chat, told piece by piece; it remembers who is who, for the receipts."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def title(self, contact: Members) -> str:
        """Return what stands above the items."""
        lines = [
            f"contact {printable(contact['Id'])}",
            f"instance {printable(contact['InstanceId'])}",
            f"started {printable(contact['StartedAt'])}",
        ]
        if "EndedAt" in contact:
            reason = printable(contact.get("DisconnectReason", "no reason given"))
            lines.append(f"ended {printable(contact['EndedAt'])}: {reason}")
        return "\n".join((*lines, "", ""))

    def text(self, items: Iterable[Members]) -> str:
        """Return the lines of items.

        Only an item's first line is not indented, so that nothing said looks like another item.
        """
        return "".join(f"{line}\n" for item in items for line in self._lines(item))

    def _lines(self, item: Members) -> Iterator[str]:
        who = self._author(item)
        first, *more = self._what(item)
        yield "  ".join((printable(item["AbsoluteTime"]), who + first if who else first.strip()))
        yield from (f"{_INDENT}{line}" for line in more)
        for receipt in item.get("MessageMetadata", {}).get("Receipts", ()):
            yield _INDENT + self._receipt(receipt)

    def _author(self, item: Members) -> str:
        """Return name and role, nothing for what nobody did."""
        if "ParticipantId" not in item:
            return ""
        name = printable(item.get("DisplayName", item["ParticipantId"]))
        self._names[item["ParticipantId"]] = name
        return f"{name} ({printable(item.get('ParticipantRole', 'unknown')).lower()})"

    def _what(self, item: Members) -> list[str]:
        """Return what was said or done: the rest of the first line, and the lines below it."""
        kind = item.get("ContentType", "")
        if item["Type"] == "EVENT":
            return [f" {_EVENTS.get(kind, printable(kind.removeprefix(_EVENT)))}"]
        if item["Type"] == "ATTACHMENT":
            return [": " + ", ".join(map(_file, item.get("Attachments", ())))]
        first, *more = _text(item.get("Content", ""))
        note = "" if kind == "text/plain" else f"[{printable(kind)}] "
        return [f": {note}{first}", *more]

    def _receipt(self, receipt: Members) -> str:
        recipient = receipt.get("RecipientParticipantId", "")
        told = [
            f"{word} {printable(receipt[member])}"
            for word, member in (("delivered", "DeliveredTimestamp"), ("read", "ReadTimestamp"))
            if member in receipt
        ]
        return f"{', '.join(told)} by {self._names.get(recipient, printable(recipient))}"


def _file(attachment: Members) -> str:
    name = printable(attachment.get("AttachmentName", ""))
    status = attachment.get("Status", "")
    note = "" if status == "APPROVED" else f" {printable(status).lower()}"
    return f"[file] {name} ({printable(attachment.get('AttachmentId', ''))}){note}"


def _text(content: str) -> list[str]:
    """Return the lines of a text, each safe to show; a tab is a blank."""
    lines = content.replace("\r\n", "\n").replace("\t", " ").split("\n")
    return [printable(line) for line in lines]
