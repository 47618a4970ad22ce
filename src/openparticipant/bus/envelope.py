"""How a notice travels between nodes: who sealed it, in which version, and what it says.

A node takes only what another node of the same installation sealed, for the contact whose subject
it came by: whoever else may publish there can be a nuisance, but cannot put words into a chat.
Fields are only added at the end, so that the releases beside this one understand what they know of.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.transcript import (
    Advanced,
    AttachedFile,
    Hint,
    ItemType,
    Receipt,
    Receipted,
    TranscriptItem,
    Typing,
)

_MAGIC = b"OP"
_VERSION = 1  # another one only where the release before could misunderstand
_SEAL = 16
_HEAD = len(_MAGIC) + 1 + _SEAL


class UnreadableError(Exception):
    """What came is not for us; `reason` is `foreign`, or `version` if another release sealed it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Wire(msgspec.Struct, array_like=True, omit_defaults=True):
    """Positional: names would take more bytes than most messages."""


class _Author(_Wire):
    id: str
    role: Role
    display_name: str


class _File(_Wire):
    id: str
    name: str
    content_type: str
    is_rejected: bool = False


class _Item(_Wire, tag="item"):
    id: str
    ordinal: int
    at: int
    item_type: ItemType
    author: _Author | None = None
    content_type: str | None = None
    content: str | None = None
    attachment: _File | None = None
    is_private: bool = False


class _Typing(_Wire, tag="typing"):
    id: str
    at: int
    author: _Author


class _Receipted(_Wire, tag="receipt"):
    id: str
    at: int
    message_id: str
    recipient_id: str
    delivered_at: int | None
    read_at: int | None


class _Advanced(_Wire, tag="advanced"):
    ordinal: int


class _Envelope(_Wire):
    content: _Item | _Typing | _Receipted | _Advanced
    trace: str | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Envelope).decode


def seal(key: bytes, hint: Hint, trace: str | None = None) -> bytes:
    """Write an envelope; `trace` is the W3C `traceparent` of what it was written for."""
    body = _encode(_Envelope(_written(hint), trace))
    head = _MAGIC + bytes([_VERSION])
    return head + _seal(key, hint.contact_id, head, body) + body


def unseal(key: bytes, contact_id: str, envelope: bytes) -> tuple[Hint, str | None]:
    """Read an envelope that came by a contact's subject. Raises UnreadableError."""
    head, seal, body = envelope[:3], envelope[3:_HEAD], envelope[_HEAD:]
    if head[:2] != _MAGIC:
        raise UnreadableError("foreign")
    if head[2:] != bytes([_VERSION]):
        raise UnreadableError("version")
    if not hmac.compare_digest(seal, _seal(key, contact_id, head, body)):
        raise UnreadableError("foreign")
    try:
        read = _decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError):
        raise UnreadableError("version") from None
    return _read(contact_id, read.content), read.trace


def seal_of(envelope: bytes) -> bytes:
    """Return what tells an envelope from any other."""
    return envelope[3:_HEAD]


def _seal(key: bytes, contact_id: str, head: bytes, body: bytes) -> bytes:
    mac = hashlib.blake2b(head, key=key, digest_size=_SEAL)
    mac.update(contact_id.encode() + b"\0")
    mac.update(body)
    return mac.digest()


def _written(hint: Hint) -> _Item | _Typing | _Receipted | _Advanced:
    match hint:
        case TranscriptItem():
            file = hint.attachment
            return _Item(
                hint.id,
                hint.ordinal,
                hint.at,
                hint.type,
                _author(hint.author) if hint.author else None,
                hint.content_type,
                hint.content,
                _File(file.id, file.name, file.content_type, file.is_rejected) if file else None,
                hint.is_private,
            )
        case Typing(_, id_, at, author):
            return _Typing(id_, at, _author(author))
        case Receipted(_, id_, at, message_id, receipt):
            return _Receipted(
                id_, at, message_id, receipt.recipient_id, receipt.delivered_at, receipt.read_at
            )
        case Advanced(_, ordinal):
            return _Advanced(ordinal)


def _author(participant: Participant) -> _Author:
    return _Author(participant.id, participant.role, participant.display_name)


def _read(contact_id: str, content: _Item | _Typing | _Receipted | _Advanced) -> Hint:
    match content:
        case _Item():
            file = content.attachment
            return TranscriptItem(
                contact_id,
                content.id,
                content.ordinal,
                content.at,
                content.item_type,
                _participant(content.author) if content.author else None,
                content.content_type,
                content.content,
                AttachedFile(file.id, file.name, file.content_type, file.is_rejected)
                if file
                else None,
                is_private=content.is_private,
            )
        case _Typing():
            return Typing(contact_id, content.id, content.at, _participant(content.author))
        case _Receipted():
            receipt = Receipt(content.recipient_id, content.delivered_at, content.read_at)
            return Receipted(contact_id, content.id, content.at, content.message_id, receipt)
        case _Advanced():
            return Advanced(contact_id, content.ordinal)


def _participant(author: _Author) -> Participant:
    return Participant(author.id, author.role, author.display_name)
