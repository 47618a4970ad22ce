"""One client's kept connection to a server that may die at any moment."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from openparticipant import sigv4
from openparticipant.sigv4 import Credentials
from openparticipant.system import SystemClock

_REGION = "us-east-1"


class ServerDied(Exception):  # noqa: N818 - what the whole exercise is about
    """The connection ended before the answer was whole: nobody knows what was done."""


class WrongAnswerError(AssertionError):
    """The server gave an answer that no crash excuses."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    def expect(self, *statuses: int) -> Answer:
        """Return the answer; raise WrongAnswerError unless it has one of the statuses."""
        if self.status not in statuses:
            raise WrongAnswerError(f"{self.status} is none of {statuses}: {self.body[:300]!r}")
        return self


class Line:
    """A connection of one thread; `sent` is told of every request before its answer is read."""

    def __init__(
        self,
        url: str,
        key: Credentials,
        sent: Callable[[], None] = lambda: None,
        *,
        trusting: ssl.SSLContext | None = None,
        source: str = "",
        objects_url: str | None = None,
    ) -> None:
        """Dial when the first request is made, over TLS if `trusting`, from the address `source`.

        Pre-signed URLs are those of `objects_url`, where that is another origin.
        """
        self._objects = Line(objects_url, key, sent, trusting=trusting) if objects_url else self
        self._url = url
        self._key = key
        self._sent = sent
        host, came_from = urlsplit(url).netloc, (source, 0)
        self._connection = (
            http.client.HTTPSConnection(
                host, timeout=60, context=trusting, source_address=came_from
            )
            if trusting
            else http.client.HTTPConnection(host, timeout=60, source_address=came_from)
        )

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
        if self._objects is not self:
            self._objects.close()

    def request(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Make one request; raise ServerDied where there is no whole answer."""
        try:
            self._connection.request(method, target, body, dict(headers))
            self._sent()
            response = self._connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise ServerDied(str(error)) from error

    def participant(self, path: str, bearer: str, body: Any) -> Answer:
        """Call an operation of the participant plane."""
        headers = {"content-type": "application/json", "x-amz-bearer": bearer}
        return self.request("POST", f"/participant/{path}", json.dumps(body).encode(), headers)

    def control(self, method: str, path: str, body: Any) -> Answer:
        """Call an operation of the control plane, signed."""
        content = json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        signed = sigv4.sign(
            self._key,
            method,
            sigv4.host_of(self._url),
            path,
            headers=headers,
            body=content,
            region=_REGION,
            service="connect",
            at=SystemClock().now(),
        )
        return self.request(method, path, content, {**headers, **signed})

    def presigned(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Follow a pre-signed URL of this server."""
        origin = self._objects._url
        if not url.startswith(f"{origin}/"):
            raise WrongAnswerError("a pre-signed URL points elsewhere")
        return self._objects.request(method, url.removeprefix(origin), body, headers or {})
