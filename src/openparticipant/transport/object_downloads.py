from __future__ import annotations

import asyncio

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable

from openparticipant.domain.attachment import Status, locate
from openparticipant.objects.disk import DiskObjects
from openparticipant.objects.keys import is_staging
from openparticipant.objects.opened import OpenedObject
from openparticipant.objects.trailer import Trailer
from openparticipant.transport.byte_range import ByteRange, Unsatisfiable, parse_range
from openparticipant.transport.cors import Header
from openparticipant.transport.object_request import Find, ObjectExchange, ObjectRequest
from openparticipant.transport.preconditions import Outcome, http_date, judge, range_applies
from openparticipant.transport.s3xml import ObjectRefusal, access_denied

PIECE = 256 * 1024
_WORTH_WATCHING = 4 * PIECE

# The bytes are a stranger's: no page may run, frame or sniff them, no cache may keep them.
_GUARDED: list[Header] = [
    (b"accept-ranges", b"bytes"),
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


class Downloads:
    """Gives the bytes of attachments that their contact may have now.

    A URL is checked by its signature, which cannot be taken back. So the row is read as well: no
    URL outlives the chat, a rejection, or the attachment.
    """

    def __init__(self, objects: DiskObjects, kept: Find) -> None:
        self._objects = objects
        self._kept = kept

    async def give(
        self,
        request: ObjectRequest,
        exchange: ObjectExchange,
        common: list[Header],
        *,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        """Answer a signed GET or HEAD; `common` headers stand before the object's own.

        Raises ObjectRefusal or Unavailable. If that is after the answer began, the connection must
        be closed, so that nobody takes a part for the whole.
        """
        await self._refuse_unless_kept(request.key)
        opened = await self._objects.open(request.key)
        if opened is None:
            raise ObjectRefusal(
                "NoSuchKey",
                404,
                "The specified key does not exist.",
                details={"Key": request.key},
            )
        with opened:
            trailer = opened.trailer
            etag = etag_of(trailer)
            outcome = judge(request.headers, etag, trailer.stored_at)
            if outcome is Outcome.FAILED:
                raise ObjectRefusal(
                    "PreconditionFailed",
                    412,
                    "At least one of the pre-conditions you specified did not hold",
                )
            headers = [*common, *_GUARDED, *_description(trailer, etag)]
            if outcome is Outcome.NOT_MODIFIED:
                await _begin(send, exchange, 304, headers)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            status, part = 200, ByteRange(0, trailer.size)
            if range_applies(request.headers, etag, trailer.stored_at):
                asked = _range(request, trailer.size)
                if asked is not None:
                    status, part = 206, asked
                    span = f"bytes {part.start}-{part.end - 1}/{trailer.size}"
                    headers.append((b"content-range", span.encode()))
            headers.append((b"content-type", trailer.content_type.encode("latin-1")))
            headers.append((b"content-length", b"%d" % (part.end - part.start)))
            if self._objects.proves_reads and request.method != "HEAD":
                # All of it for any part: only the whole has a hash.
                await opened.prove()
            await _begin(send, exchange, status, headers)
            if request.method == "HEAD":
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await _send_part(opened, part, exchange, receive, send)

    async def _refuse_unless_kept(self, key: str) -> None:
        if is_staging(key):
            raise access_denied("This object has not been completed.")
        ids = locate(key)
        attachment = None if ids is None else await self._kept(*ids)
        # Of what is being scanned only scanners have a URL.
        if (
            attachment is None
            or attachment.final_key != key
            or attachment.status not in {Status.SCANNING, Status.APPROVED}
        ):
            raise access_denied(
                "Nothing is offered here: the chat has ended, or the attachment was rejected or removed."
            )


def etag_of(trailer: Trailer) -> str:
    """Return the entity tag: the SHA-256 of the bytes, which no S3 client takes for an MD5."""
    return f'"{trailer.sha256}"'


def _description(trailer: Trailer, etag: str) -> list[Header]:
    disposition = trailer.content_disposition
    if not disposition.lower().startswith("attachment"):
        disposition = "attachment"
    return [
        (b"content-disposition", disposition.encode("latin-1")),
        (b"etag", etag.encode()),
        (b"last-modified", http_date(trailer.stored_at).encode()),
    ]


def _range(request: ObjectRequest, size: int) -> ByteRange | None:
    text = request.headers.get(b"range")
    try:
        return None if text is None else parse_range(text, size)
    except Unsatisfiable:
        raise ObjectRefusal(
            "InvalidRange",
            416,
            "The requested range is not satisfiable",
            details={"RangeRequested": str(text), "ActualObjectSize": str(size)},
            headers=[(b"content-range", b"bytes */%d" % size)],
        ) from None


async def _begin(
    send: ASGISendCallable, exchange: ObjectExchange, status: int, headers: list[Header]
) -> None:
    exchange.status = status
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _send_part(
    opened: OpenedObject,
    part: ByteRange,
    exchange: ObjectExchange,
    receive: ASGIReceiveCallable,
    send: ASGISendCallable,
) -> None:
    # Sending to a client that has left is silent: without a watch a large file is read for nobody.
    watch = None
    if part.end - part.start > _WORTH_WATCHING:
        watch = asyncio.ensure_future(_left(receive))
    try:
        start = part.start
        while start < part.end and not (watch is not None and watch.done()):
            piece = await opened.read(start, min(PIECE, part.end - start))
            start += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": start < part.end})
            exchange.sent += len(piece)
    finally:
        if watch is not None:
            watch.cancel()


async def _left(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
