"""A transcript as people read it: one line begins each item, and nothing in it is obeyed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openparticipant.cli.conversation import Conversation
from openparticipant.cli.safe_text import is_safe

AT = "2026-01-31T10:15:00.172Z"
EVENT = "application/vnd.amazonaws.connect.event."
CUSTOMER = {"ParticipantId": "c", "DisplayName": "Ann", "ParticipantRole": "CUSTOMER"}
AGENT = {"ParticipantId": "a", "DisplayName": "Bob", "ParticipantRole": "AGENT"}


def item(kind: str, content_type: str = "", **members: Any) -> dict[str, Any]:
    """Return an item."""
    return {"AbsoluteTime": AT, "Id": "i", "Type": kind, "ContentType": content_type, **members}


def message(content: str, **members: Any) -> dict[str, Any]:
    """Return a plain message of the customer's."""
    return item("MESSAGE", "text/plain", Content=content, **{**CUSTOMER, **members})


def told(*items: dict[str, Any]) -> list[str]:
    """Return the lines of items."""
    return Conversation().text(items).splitlines()


def test_who_says_what() -> None:
    """Name and role, then the words; further lines stand below."""
    assert told(message("one\r\ntwo\n\tthree"), message("x", ContentType="text/markdown")) == [
        f"{AT}  Ann (customer): one",
        "    two",
        "     three",
        f"{AT}  Ann (customer): [text/markdown] x",
    ]


def test_what_happened_is_told_in_words() -> None:
    """Whoever did it; the end is nobody's. An event without a word here keeps its name."""
    assert told(
        item("EVENT", f"{EVENT}participant.joined", **AGENT),
        item("EVENT", f"{EVENT}participant.left", **AGENT),
        item("EVENT", f"{EVENT}participant.idle", **AGENT),
        item("EVENT", f"{EVENT}chat.ended"),
    ) == [
        f"{AT}  Bob (agent) joined",
        f"{AT}  Bob (agent) left",
        f"{AT}  Bob (agent) participant.idle",
        f"{AT}  the chat ended",
    ]


def test_files_are_named_with_their_ids() -> None:
    """An approved one needs no word for that."""
    files = [
        {"AttachmentId": "id-1", "AttachmentName": "a.pdf", "Status": "APPROVED"},
        {"AttachmentId": "id-2", "AttachmentName": "b\x1b[2J.pdf", "Status": "REJECTED"},
    ]
    (line,) = told(item("ATTACHMENT", "application/pdf", Attachments=files, **CUSTOMER))
    assert line == (
        f"{AT}  Ann (customer): [file] a.pdf (id-1), "
        "[file] b\N{REPLACEMENT CHARACTER}[2J.pdf (id-2) rejected"
    )


def test_receipts_name_who_was_seen_before() -> None:
    """A stranger is an id; what was only delivered says no more."""
    receipts = [
        {"RecipientParticipantId": "a", "DeliveredTimestamp": "T1", "ReadTimestamp": "T2"},
        {"RecipientParticipantId": "z", "DeliveredTimestamp": "T3"},
    ]
    lines = told(
        item("EVENT", f"{EVENT}participant.joined", **AGENT),
        message("hello", MessageMetadata={"MessageId": "i", "Receipts": receipts}),
    )
    assert lines[2:] == ["    delivered T1, read T2 by Bob", "    delivered T3 by z"]


def test_the_title_tells_how_a_chat_ended() -> None:
    """An open one has no such line; the reason is text of a client."""
    contact = {"Id": "c-1", "InstanceId": "default", "StartedAt": AT}
    assert Conversation().title(contact).splitlines() == [
        "contact c-1", "instance default", f"started {AT}", "",
    ]  # fmt: skip
    ended = {**contact, "EndedAt": AT, "DisconnectReason": "a\n\x1b]0;b"}
    assert Conversation().title(ended).splitlines()[3] == (
        f"ended {AT}: a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}]0;b"
    )


@given(st.lists(st.tuples(st.text(min_size=1), st.text(), st.text()), max_size=4))
def test_nothing_said_looks_like_another_item(said: list[tuple[str, str, str]]) -> None:
    """Whatever stands in names and messages: one line each begins at the margin, all are safe."""
    text = Conversation().text(
        message(content, DisplayName=name, ContentType=kind) for name, content, kind in said
    )

    lines = text.split("\n")[:-1]
    assert all(is_safe(letter) for line in lines for letter in line)
    margins = [line for line in lines if not line.startswith("    ")]
    assert len(margins) == len(said)
    assert all(line.startswith(AT) for line in margins)
