"""The server's own calls of the bucket: signed, bounded, and tried again where that is safe."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from yarl import URL

from openparticipant.objects.s3 import setback
from openparticipant.objects.s3.answers import Answer
from openparticipant.objects.s3.bucket import Bucket
from openparticipant.objects.s3.held_credentials import SHORTEST, HeldCredentials
from openparticipant.objects.s3.setback import Setback
from openparticipant.ports import Clock
from openparticipant.sigv4 import Credentials, encode_path, host_of, sign

T = TypeVar("T")

CONNECTIONS = 64
_CONNECT = 2.0  # seconds
_SILENCE = 10.0  # seconds without a byte
_PAUSES = (100, 400)  # milliseconds before the second and the third try; the middle of a spread
_THROTTLED = 3  # times as long
_UNSENT = frozenset({"Accept", "Accept-Encoding", "Content-Type"})
_PIECE = 256 * 1024
_LARGEST = 1 << 20  # bytes of an answer that is read as a whole
_FAILURES = (aiohttp.ClientError, OSError, ValueError)  # TimeoutError is an OSError
_NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def reads(self) -> bool:
        return self.method in {"GET", "HEAD"}


class Calls:
    """One kept HTTP client for one bucket; to be made, as `async with`, on the loop that uses it."""

    def __init__(self, bucket: Bucket, credentials: HeldCredentials, clock: Clock) -> None:
        self._bucket = bucket
        self._credentials = credentials
        self._clock = clock
        self._host = host_of(bucket.origin)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            timeout=aiohttp.ClientTimeout(sock_connect=_CONNECT, sock_read=_SILENCE, total=None),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_UNSENT,
            headers={"User-Agent": "openparticipant", "Accept-Encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        within: float,
        query: str = "",
        headers: Mapping[str, str] = _NO_HEADERS,
        body: bytes = b"",
    ) -> Answer:
        """Make a request that may be repeated; return a success, an absence, or a 412.

        `path` is not encoded, `query` is; `within` is seconds in all. Raises Unavailable with one
        line that says what is wrong, Refused if trying again would not help.
        """
        request = _Request(method, path, query, headers, body)
        return await self._repeated(request, lambda: self._try(request), within)

    @asynccontextmanager
    async def stream(
        self, path: str, *, within: float
    ) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """Begin a GET, and give its body piece by piece; None if there is no such object.

        `within` seconds the answer must begin. Both this and the pieces raise as `ask` does.
        """
        request = _Request("GET", path, "", _NO_HEADERS, b"")
        begun = await self._repeated(request, lambda: self._begin(request), within)
        if begun is None:
            yield None
            return
        async with begun:
            yield self._pieces(begun)

    async def _pieces(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        try:
            # Without a length an end in the middle would look like the end.
            if response.content_length is None:
                raise ValueError("no length")
            async for piece in response.content.iter_chunked(_PIECE):
                yield piece
        except _FAILURES as error:
            raise setback.of_error(self._host, error).unavailable(untouched=True) from None

    async def _repeated(
        self, request: _Request, make: Callable[[], Awaitable[T]], within: float
    ) -> T:
        touched = False
        try:
            async with asyncio.timeout(within):
                for pause in _PAUSES:
                    try:
                        return await make()
                    except Setback as met:
                        if not met.temporary:
                            raise
                        touched = touched or met.may_have_acted
                        times = _THROTTLED if met.throttled else 1
                    await self._rest(pause * times, request.path)
                return await make()
        except TimeoutError:
            raise Setback("no answer in time").unavailable(untouched=request.reads) from None
        except Setback as met:
            untouched = request.reads or not (touched or met.may_have_acted)
            raise met.unavailable(untouched=untouched) from None

    async def _begin(self, request: _Request) -> aiohttp.ClientResponse | None:
        """Return an answer whose body is yet to be read, or None if there is no such object."""
        try:
            response, _ = await self._send(request)
            if response.status == 200:
                return response
            answer = await _whole(response)
        except _FAILURES as error:
            raise setback.of_error(self._host, error) from None
        self._check(answer)
        return None

    async def _try(self, request: _Request) -> Answer:
        try:
            response, used = await self._send(request)
            answer = await _whole(response)
            if answer.is_about_credentials and await self._credentials.replace(used):
                response, _ = await self._send(request)
                answer = await _whole(response)
        except _FAILURES as error:
            raise setback.of_error(self._host, error) from None
        self._check(answer)
        return answer

    def _check(self, answer: Answer) -> None:
        met = setback.of_answer(answer, self._bucket.region)
        if met is not None:
            raise met

    async def _send(self, request: _Request) -> tuple[aiohttp.ClientResponse, Credentials]:
        at = self._clock.now()
        credentials, _ = await self._credentials.lasting(SHORTEST, at=at)
        target = encode_path(request.path)
        signed = sign(
            credentials,
            request.method,
            self._host,
            target,
            region=self._bucket.region,
            service="s3",
            at=at,
            query=request.query,
            headers=request.headers,
            body=request.body,
        )
        query = f"?{request.query}" if request.query else ""
        response = await self._session.request(
            request.method,
            URL(f"{self._bucket.origin}{target}{query}", encoded=True),
            headers={**request.headers, **signed},
            data=request.body or None,
            allow_redirects=False,
        )
        return response, credentials

    async def _rest(self, pause: int, path: str) -> None:
        # Spread by the key, so that many who were turned away together do not come back together.
        await self._clock.sleep(pause // 2 + zlib.crc32(path.encode()) % pause)


async def _whole(response: aiohttp.ClientResponse) -> Answer:
    """Read an answer to its end; raise ValueError if it is larger than any that S3 gives here."""
    async with response:
        body = await response.content.read(_LARGEST)
        while piece := await response.content.read(_LARGEST):
            body += piece
            if len(body) > _LARGEST:
                raise ValueError("an endless answer")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, body)
