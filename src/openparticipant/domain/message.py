"""What may be said: content types of messages, and how long each may be."""

from __future__ import annotations

import json
from collections.abc import Collection

from openparticipant.limits import (
    INTERACTIVE_RESPONSE_CHARACTERS,
    JSON_MESSAGE_CHARACTERS,
    TEXT_MESSAGE_CHARACTERS,
)

PLAIN = "text/plain"
JSON = "application/json"
CONTENT_TYPES = {
    PLAIN: TEXT_MESSAGE_CHARACTERS,
    "text/markdown": TEXT_MESSAGE_CHARACTERS,
    JSON: JSON_MESSAGE_CHARACTERS,
    "application/vnd.amazonaws.connect.message.interactive.response": INTERACTIVE_RESPONSE_CHARACTERS,
}
"""The content types of messages, each with the most characters that it may have."""


def why_unfit(content_type: str, content: str) -> str | None:
    """Say why a text cannot be a message of this content type, or None if it can."""
    longest = CONTENT_TYPES.get(content_type)
    if longest is None:
        return "has a ContentType that is not one of messages"
    if len(content) > longest:
        return f"must have at most {longest} characters"
    if content_type == JSON and not _is_json(content):
        return "is not valid JSON"
    return None


def why_unwelcome(content_type: str, allowed: Collection[str]) -> str | None:
    """Say why a contact does not take this content type, or None if it does."""
    if content_type in allowed:
        return None
    return "has a ContentType that SupportedMessagingContentTypes of the chat lacks"


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> None:
    raise ValueError(constant)
