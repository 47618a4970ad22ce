"""The object plane over HTTP: what S3 would answer to the pre-signed requests we hand out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from openparticipant.errors import Damaged, Unavailable
from openparticipant.objects.disk import DiskObjects
from openparticipant.ports import Clock, IdSource
from openparticipant.ports.tracer import Tracer
from openparticipant.sigv4 import Credentials, Presigned, Refused, host_of, verify_presigned
from openparticipant.transport.cors import Cors, Header
from openparticipant.transport.object_downloads import Downloads, etag_of
from openparticipant.transport.object_request import Find, ObjectExchange, ObjectRequest, Observed
from openparticipant.transport.object_uploads import ClientGone, Uploads
from openparticipant.transport.s3xml import ObjectRefusal

_LOGGER = logging.getLogger(__name__)
METHODS = ("GET", "HEAD", "PUT")
_EXPOSED = (
    "accept-ranges",
    "content-disposition",
    "content-range",
    "etag",
    "x-amz-request-id",
)


class ObjectsRoute:
    """ASGI application for `/attachments/<key>` on the built-in store.

    `base` is the origin that clients were told; `lookup` finds the secret of an access key.
    """

    def __init__(
        self,
        objects: DiskObjects,
        staged: Find,
        kept: Find,
        *,
        lookup: Callable[[str], Credentials | None],
        base: str,
        region: str,
        account: str,
        clock: Clock,
        ids: IdSource,
        observed: Observed,
        tracer: Tracer | None = None,
        allowed_origins: Sequence[str] = ("*",),
    ) -> None:
        self._uploads = Uploads(objects, staged, account=account)
        self._downloads = Downloads(objects, kept)
        self._lookup = lookup
        self._host = host_of(base)
        self._region = region
        self._clock = clock
        self._ids = ids
        self._observed = observed
        self._tracer = tracer
        self._cors = Cors(allowed_origins, methods=METHODS, exposed=_EXPOSED)

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one request, always with CORS headers and a request id."""
        request = ObjectRequest.read(scope, at=self._clock.now())
        client = scope["client"]
        exchange = ObjectExchange(self._ids.uuid(), request.method, client[0] if client else None)
        if self._tracer is not None:
            exchange.span = self._tracer.request(request.headers.get(b"traceparent"))
        common = [
            (b"x-amz-request-id", exchange.request_id.encode()),
            *self._cors.headers(request.origin),
        ]
        try:
            exchange.key = request.key
            await self._answer(request, exchange, common, receive, send)
        except ClientGone:
            exchange.reason = "the client left in the middle of its upload"
        except ObjectRefusal as refusal:
            await _refuse(refusal, request, exchange, common, send)
        except Damaged as damaged:
            await _refuse(_failed(str(damaged)), request, exchange, common, send)
        except Unavailable as unavailable:
            await _refuse(_unavailable(unavailable), request, exchange, common, send)
        except Exception:
            _LOGGER.exception("request %s failed", exchange.request_id)
            await _refuse(_failed(), request, exchange, common, send)
        finally:
            self._observed(exchange)

    async def _answer(
        self,
        request: ObjectRequest,
        exchange: ObjectExchange,
        common: list[Header],
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        if request.method == "PUT":
            # Before the signature: a length was signed, so its absence would only be a mismatch.
            # A chunked body has none; with both the parser has refused it.
            if b"content-length" not in request.headers:
                raise ObjectRefusal(
                    "MissingContentLength",
                    411,
                    "You must provide the Content-Length HTTP header.",
                )
            presigned = await self._verify(request)
            trailer = await self._uploads.take(request, receive, exchange, presigned.payload_sha256)
            etag = (b"etag", etag_of(trailer).encode())
            await _answer_with(200, [*common, etag], b"", exchange, send)
        elif request.method in METHODS:
            await self._verify(request)
            await self._downloads.give(request, exchange, common, receive=receive, send=send)
        elif request.method == "OPTIONS":
            await self._preflight(request, exchange, common, send)
        else:
            raise ObjectRefusal(
                "MethodNotAllowed",
                405,
                "The specified method is not allowed against this resource.",
                details={"Method": request.method, "ResourceType": "OBJECT"},
                headers=[(b"allow", b"GET, HEAD, OPTIONS, PUT")],
            )

    async def _verify(self, request: ObjectRequest) -> Presigned:
        try:
            return verify_presigned(
                method=request.method,
                path=request.path,
                query=request.query,
                headers=request.raw_headers,
                lookup=self._lookup,
                host=self._host,
                region=self._region,
                at=request.at,
            )
        except Refused as refused:
            message, details = refused.message, {}
            if refused.unsigned_headers:
                details["HeadersNotSigned"] = ", ".join(refused.unsigned_headers)
            if refused.code == "SignatureDoesNotMatch" and request.method == "PUT":
                message = f"{message} {await self._uploads.differing(request)}".rstrip()
            raise ObjectRefusal(refused.code, refused.status, message, details=details) from None

    async def _preflight(
        self,
        request: ObjectRequest,
        exchange: ObjectExchange,
        common: list[Header],
        send: ASGISendCallable,
    ) -> None:
        asked = request.headers.get(b"access-control-request-method")
        if request.origin is None or asked is None:
            raise ObjectRefusal(
                "BadRequest",
                400,
                "Insufficient information. Origin and Access-Control-Request-Method headers "
                "are needed.",
            )
        names = request.headers.get(b"access-control-request-headers", "")
        granted = self._cors.preflight(
            request.origin, asked.encode("latin-1"), names.encode("latin-1")
        )
        if granted is None:
            raise ObjectRefusal(
                "AccessForbidden",
                403,
                "CORSResponse: This CORS request is not allowed.",
                details={"Method": asked, "ResourceType": "OBJECT"},
            )
        await _answer_with(200, [common[0], *granted], b"", exchange, send)


def _unavailable(unavailable: Unavailable) -> ObjectRefusal:
    message = "The object store cannot do this now. Please try again."
    return ObjectRefusal("ServiceUnavailable", 503, message, reason=str(unavailable))


def _failed(reason: str | None = None) -> ObjectRefusal:
    message = "We encountered an internal error. Please try again."
    return ObjectRefusal("InternalError", 500, message, reason=reason)


async def _refuse(
    refusal: ObjectRefusal,
    request: ObjectRequest,
    exchange: ObjectExchange,
    common: list[Header],
    send: ASGISendCallable,
) -> None:
    exchange.code = refusal.code
    exchange.reason = refusal.reason or refusal.message
    if exchange.status is not None:
        return  # too late to say so: leaving the answer unfinished makes the server close
    document = refusal.document(request.path.decode("latin-1"), exchange.request_id)
    headers = [*common, *refusal.headers, (b"content-type", b"application/xml")]
    await _answer_with(refusal.status, headers, document, exchange, send)


async def _answer_with(
    status: int,
    headers: list[Header],
    body: bytes,
    exchange: ObjectExchange,
    send: ASGISendCallable,
) -> None:
    exchange.status = status
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
