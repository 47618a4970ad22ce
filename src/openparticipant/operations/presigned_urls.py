"""A pre-signed request held against what was invited: each part of it, and the attachment it is for.

What was invited is signed again, at the instant that the URL names, and the two are compared. So it
takes no other way to check a signature, and a bucket's URLs are examined like our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from openparticipant.domain.access_key import Purpose
from openparticipant.domain.attachment import Attachment, Status, locate
from openparticipant.ports import AccessKeys, ListedContact, Ports
from openparticipant.sigv4 import LONGEST, moment
from openparticipant.wire.times import iso8601

_ISSUED, _LASTING, _SIGNATURE = "X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature"
_CREDENTIAL = "X-Amz-Credential"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of a request: what it is about, whether it is as it has to be, and a sentence."""

    about: str
    is_good: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Given:
    """A URL taken apart; `parameters` are decoded."""

    origin: str
    path: str
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, url: str) -> _Given | None:
        try:
            parts = urlsplit(url)
            pairs = parse_qsl(parts.query, keep_blank_values=True, errors="strict")
        except ValueError:
            return None
        return cls(f"{parts.scheme}://{parts.netloc}", unquote(parts.path), dict(pairs))


async def examine(
    ports: Ports,
    keys: AccessKeys,
    *,
    url: str,
    method: str | None,
    headers: Mapping[str, str] | None,
) -> list[Finding]:
    """Say of each part of a request whether it is what was invited.

    Without a `method`, the one that the URL is for; without `headers`, those that have to be sent
    are named.
    """
    given = _Given.read(url)
    key = None if given is None else ports.objects.key_at(given.path)
    ids = None if key is None else locate(key)
    if given is None or key is None or ids is None:
        return [Finding("address", False, "no attachment of this server has such a URL")]
    contact = await ports.store.find_contact(ids[0])
    attachment = await ports.store.find_attachment(*ids)
    if contact is None or attachment is None:
        what = "chat" if contact is None else "attachment"
        return [Finding("address", False, f"its {what} is not known here, or no longer")]
    if key not in {attachment.staging_key, attachment.final_key}:
        return [Finding("address", False, "an attempt to complete it left this behind")]
    is_upload = key == attachment.staging_key
    found = [
        _address(attachment, is_upload=is_upload),
        await _state(ports, attachment, contact, is_upload=is_upload),
    ]
    due = "PUT" if is_upload else "GET"
    if method is not None and method != due:
        found.append(Finding("method", False, f"the URL is for {due}, not for {method}"))
    issued = moment(given.parameters.get(_ISSUED, ""))
    lasting = given.parameters.get(_LASTING, "")
    if issued is None or not (lasting.isascii() and lasting.isdigit() and len(lasting) < 8):
        return [
            *found,
            Finding("signature", False, f"{_ISSUED} or {_LASTING} is missing or broken"),
        ]
    seconds = min(int(lasting), LONGEST)
    found.append(_expiry(issued + seconds * 1000, ports.clock.now()))
    if is_upload:
        invitation = await ports.objects.invite(
            key,
            attachment.headers(
                account=ports.policy.account, instance_id=contact.contact.instance_id
            ),
            at=issued,
            lasting=seconds,
        )
        found.append(await _signature(keys, given, invitation.url))
        found.append(_headers(invitation.headers, headers))
    else:
        offer = await ports.objects.offer(key, at=issued, lasting=seconds)
        found.append(await _signature(keys, given, offer.url))
    return found


def _address(attachment: Attachment, *, is_upload: bool) -> Finding:
    what = "upload" if is_upload else "download"
    return Finding(
        "address",
        True,
        f"{what} of attachment {attachment.id} ({attachment.size} bytes, "
        f"{attachment.content_type}) of contact {attachment.contact_id}",
    )


async def _state(
    ports: Ports, attachment: Attachment, contact: ListedContact, *, is_upload: bool
) -> Finding:
    if contact.contact.ended_at is not None:
        return _attachment(f"its chat ended at {iso8601(contact.contact.ended_at)}")
    if is_upload:
        return await _awaited(ports, attachment)
    match attachment.status:
        case Status.APPROVED:
            return _attachment("it may be fetched", is_good=True)
        case Status.SCANNING:
            return _attachment("it is being scanned; only scanners may fetch it", is_good=True)
        case status:
            return _attachment(f"it is {status.value}")


async def _awaited(ports: Ports, attachment: Attachment) -> Finding:
    if attachment.status.is_completed:
        return _attachment("it is complete, so nothing can be put there any more")
    if await ports.store.staged(attachment.contact_id, attachment.id) is None:
        return _attachment("its sender has left the chat")
    return _attachment("its bytes are awaited", is_good=True)


def _attachment(text: str, *, is_good: bool = False) -> Finding:
    return Finding("attachment", is_good, text)


def _expiry(ends_at: int, now: int) -> Finding:
    if now < ends_at:
        return Finding("expiry", True, f"good until {iso8601(ends_at)}")
    return Finding("expiry", False, f"expired at {iso8601(ends_at)}")


async def _signature(keys: AccessKeys, given: _Given, invited_url: str) -> Finding:
    """Name what differs from the URL that was handed out, the key pair first."""
    invited = _Given.read(invited_url)
    assert invited is not None

    def signature(text: str, *, is_good: bool = False) -> Finding:
        return Finding("signature", is_good, text)

    if given.origin != invited.origin:
        return signature(f"it is for {invited.origin}, and this URL goes to {given.origin}")
    signer, now_signs = (_signer(each) for each in (given, invited))
    if signer != now_signs:
        listed = {key.id for key in await keys.listed() if key.purpose is Purpose.OBJECTS}
        if signer in listed:
            return signature(f"by the key pair {signer}, which signs no more", is_good=True)
        return signature(f"by the key pair {signer}, which is not known here, or no longer")
    names = sorted(
        name
        for name in given.parameters.keys() | invited.parameters.keys()
        if given.parameters.get(name) != invited.parameters.get(name)
    )
    if not names:
        return signature("it is the one that was handed out", is_good=True)
    if names == [_SIGNATURE]:
        return signature("it is not that of this URL: one of the two was changed, or cut off")
    changed = ", ".join(name for name in names if name != _SIGNATURE)
    return signature(f"the URL was changed: {changed}")


def _signer(given: _Given) -> str:
    return given.parameters.get(_CREDENTIAL, "").partition("/")[0]


def _headers(invited: Mapping[str, str], given: Mapping[str, str] | None) -> Finding:
    if given is None:
        names = ", ".join(f"{name}: {value}" for name, value in invited.items())
        return Finding("headers", True, f"the request has to have exactly these: {names}")
    sent = {name.lower(): value.strip() for name, value in given.items()}
    faults = []
    for name, value in invited.items():
        if name.lower() not in sent:
            faults.append(f"{name} is missing, invited was {value!r}")
        elif sent[name.lower()] != value:
            faults.append(f"{name} is {sent[name.lower()]!r}, invited was {value!r}")
    invited_names = {name.lower() for name in invited}
    faults += [
        f"{name} was not invited"
        for name in sorted(sent)
        if name.startswith("x-amz-") and name not in invited_names
    ]
    if faults:
        return Finding("headers", False, "; ".join(faults))
    return Finding("headers", True, "they are those that were invited")
