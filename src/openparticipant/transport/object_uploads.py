from __future__ import annotations

import base64
import binascii

from uvicorn._types import ASGIReceiveCallable

from openparticipant.domain.attachment import Attachment, locate
from openparticipant.objects.disk import DiskObjects
from openparticipant.objects.incoming import Announced, WrongDigest
from openparticipant.objects.trailer import Trailer
from openparticipant.objects.upload import Upload, WrongLength
from openparticipant.sigv4.canonical import canonical_value
from openparticipant.transport.object_request import Find, ObjectExchange, ObjectRequest
from openparticipant.transport.s3xml import ObjectRefusal, access_denied


class ClientGone(Exception):  # noqa: N818 - an outcome
    """The client left before its request was whole; nobody is there to be answered."""


class Uploads:
    """Takes in the bytes of attachments that are still awaited, and nothing else."""

    def __init__(self, objects: DiskObjects, staged: Find, *, account: str) -> None:
        self._objects = objects
        self._staged = staged
        self._account = account

    async def awaited(self, key: str) -> Attachment:
        """Return the attachment whose bytes may be put under this key, or refuse."""
        attachment = await self._attachment(key)
        if attachment is None:
            raise access_denied(
                "Nothing is awaited here: the chat has ended or the attachment was given up."
            )
        if attachment.status.is_completed:
            raise access_denied("This attachment is already complete.")
        return attachment

    async def differing(self, request: ObjectRequest) -> str:
        """Name the invited headers that this request lacks or changed, in a sentence; or ""."""
        attachment = await self._attachment(request.key)
        if attachment is None:
            return ""
        instance_id = request.key.split("/")[1]
        invited = attachment.headers(account=self._account, instance_id=instance_id)
        names = [
            name.lower()
            for name, value in invited.items()
            if canonical_value(request.headers.get(name.lower().encode(), "\0"))
            != canonical_value(value)
        ]
        if not names:
            return ""
        if len(names) == 1:
            return f"The header {names[0]} differs from the one invited."
        return f"The headers {', '.join(names[:-1])} and {names[-1]} differ from those invited."

    async def take(
        self,
        request: ObjectRequest,
        receive: ASGIReceiveCallable,
        exchange: ObjectExchange,
        payload_sha256: str | None,
    ) -> Trailer:
        """Store a body whose request is admitted; raise ObjectRefusal, Unavailable, ClientGone."""
        key = request.key
        await self.awaited(key)
        announced = Announced(
            key=key,
            size=int(request.headers[b"content-length"]),
            content_type=request.headers.get(b"content-type", "binary/octet-stream"),
            content_disposition=request.headers.get(b"content-disposition", "attachment"),
            md5=_md5(request.headers.get(b"content-md5")),
            sha256=payload_sha256,
        )
        try:
            async with self._objects.receive(announced) as upload:
                await _drain(receive, upload, exchange)
                trailer = await upload.publish(request.at)
        except WrongLength:
            raise ObjectRefusal(
                "IncompleteBody",
                400,
                "You did not provide the number of bytes specified by the Content-Length header",
            ) from None
        except WrongDigest as wrong:
            raise _wrong_digest(wrong) from None
        try:
            await self.awaited(key)
        except ObjectRefusal:
            # Completed or ended while the bytes arrived: they are nobody's now.
            await self._objects.discard(key)
            raise
        return trailer

    async def _attachment(self, key: str) -> Attachment | None:
        ids = locate(key)
        attachment = None if ids is None else await self._staged(*ids)
        return attachment if attachment is not None and attachment.staging_key == key else None


async def _drain(receive: ASGIReceiveCallable, upload: Upload, exchange: ObjectExchange) -> None:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        body = message.get("body", b"")
        exchange.received += len(body)
        await upload.add(body)
        more = message.get("more_body", False)


def _md5(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        if len(base64.b64decode(text, validate=True)) == 16:
            return text
    except (binascii.Error, ValueError):
        pass
    raise ObjectRefusal("InvalidDigest", 400, "The Content-MD5 you specified is not valid.")


def _wrong_digest(wrong: WrongDigest) -> ObjectRefusal:
    if wrong.name == "Content-MD5":
        return ObjectRefusal(
            "BadDigest", 400, "The Content-MD5 you specified did not match what we received."
        )
    return ObjectRefusal(
        "XAmzContentSHA256Mismatch",
        400,
        f"The provided '{wrong.name}' value does not match what was computed.",
    )
