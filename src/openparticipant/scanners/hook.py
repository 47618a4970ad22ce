"""A scanner behind HTTP, asked as AWS asks a function that scans attachments.

It gets AWS's document, version 1.0, and in it the URL at which it may fetch the file. It answers
`{"Status": "APPROVED"}` or `{"Status": "REJECTED"}`; anything else is no verdict.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from openparticipant import __version__
from openparticipant.domain.review import Verdict
from openparticipant.errors import NoVerdict
from openparticipant.ports import CompletedFile
from openparticipant.scanners.failure import Unreachable, words

T = TypeVar("T")

_CONNECT_WITHIN = 5.0  # seconds
_LONGEST_ANSWER = 64 * 1024
_OK = 200
_HEADERS = {"Content-Type": "application/json", "User-Agent": f"openparticipant/{__version__}"}


@dataclass(frozen=True, slots=True)
class Hook:
    """A POST to `target` at `host`; `within` bounds each wait for it, in seconds.

    The path and the query of a hook may be all that keeps strangers out: they are told to nobody.
    """

    host: str
    port: int
    target: str = field(repr=False)
    tls: ssl.SSLContext | None
    within: float

    @property
    def name(self) -> str:
        """See `Scanner`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    @property
    def largest(self) -> int | None:
        """None: it fetches the file itself."""
        return None

    async def reach(self) -> None:
        """Raise `Unreachable` unless a connection can be made, and its certificate is good."""
        call = _Call(self)
        try:
            await call.run(call.connect)
        finally:
            call.close()

    async def scan(self, file: CompletedFile) -> Verdict:
        """Ask about a file."""
        question = json.dumps(await self._question(file)).encode()
        call = _Call(self)
        try:
            await call.run(call.connect)
            status, answer = await call.run(lambda: call.ask(question))
        finally:
            call.close()
        if status != _OK:
            raise NoVerdict(f"{self.name}: it answered {status}, which is no verdict")
        return self._verdict(answer)

    def _verdict(self, answer: bytes) -> Verdict:
        try:
            said = json.loads(answer)
        except (ValueError, RecursionError):
            raise NoVerdict(f"{self.name}: its answer is not JSON") from None
        status = said.get("Status") if isinstance(said, dict) else None
        if status not in ("APPROVED", "REJECTED"):
            raise NoVerdict(f"{self.name}: its answer has no Status of APPROVED or REJECTED")
        return Verdict(is_approved=status == "APPROVED")

    async def _question(self, file: CompletedFile) -> dict[str, Any]:
        bucket, key = file.objects.s3_location(file.key)
        offer = await file.offer(lasting=max(1, round(self.within)))
        attachment = file.attachment
        return {
            "Version": "1.0",
            "InstanceId": file.instance_id,
            "File": {
                "FileId": attachment.id,
                "FileCreationTime": file.completed_at,
                "FileName": attachment.name,
                "FileSizeInBytes": attachment.size,
                "FileLocation": {
                    "S3Location": {
                        "Key": key,
                        "Bucket": bucket,
                        "Arn": f"arn:aws:s3:::{bucket}/{key}",
                    },
                    "Url": offer.url,
                },
            },
        }


class _Call:
    """One connection, used in a thread that nobody who gives up on it has to wait for."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        self._running: asyncio.Future[Any] | None = None
        within = min(_CONNECT_WITHIN, hook.within)
        self._connection = (
            http.client.HTTPSConnection(hook.host, hook.port, timeout=within, context=hook.tls)
            if hook.tls
            else http.client.HTTPConnection(hook.host, hook.port, timeout=within)
        )

    async def run(self, work: Callable[[], T]) -> T:
        """Do something in a thread; when cancelled, cut the connection under it."""
        running = asyncio.get_running_loop().run_in_executor(None, work)
        self._running = running
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._cut()
            raise

    def connect(self) -> None:
        """Open the connection. Raises `Unreachable`."""
        try:
            self._connection.connect()
        except OSError as error:
            raise Unreachable(f"{self._hook.name}: {_words(error)}") from None

    def ask(self, question: bytes) -> tuple[int, bytes]:
        """Send the question and return status and body. Raises `NoVerdict`."""
        hook, connection = self._hook, self._connection
        try:
            assert connection.sock is not None
            connection.sock.settimeout(hook.within)
            connection.request("POST", hook.target, question, _HEADERS)
            answer = connection.getresponse()
            body = answer.read(_LONGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            raise NoVerdict(f"{hook.name}: {_words(error)}") from None
        if len(body) > _LONGEST_ANSWER:
            raise NoVerdict(f"{hook.name}: its answer is longer than {_LONGEST_ANSWER} bytes")
        return answer.status, body

    def close(self) -> None:
        """Give the connection back, as soon as no thread uses it."""
        running = self._running
        if running is None or running.done():
            self._connection.close()
        else:
            # A name that is looked up, or a connection that is not made yet, cannot be cut.
            running.add_done_callback(self._forget)

    def _forget(self, running: asyncio.Future[Any]) -> None:
        running.exception()  # nobody is left to be told
        self._connection.close()

    def _cut(self) -> None:
        line = self._connection.sock
        if line is not None:
            with contextlib.suppress(OSError):  # it is connected no more
                line.shutdown(socket.SHUT_RDWR)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "no TLS can be agreed upon with it"
    if isinstance(error, http.client.HTTPException):
        return "what it says is not HTTP"
    return words(error)
