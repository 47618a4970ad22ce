"""One request that a plane would admit, and the ways to break it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from openparticipant.sigv4 import Credentials, presign
from openparticipant.testing.object_contract.case import BODY
from openparticipant.testing.object_plane import ACCOUNT, INSTANCE, LASTING, REGION, ObjectPlane

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """What goes over the wire; each method returns the request with one thing changed."""

    plane: ObjectPlane
    key: str
    method: str
    url: str
    headers: Headers
    body: bytes

    def replacing(self, old: str, new: str) -> Self:
        """Change the URL."""
        assert old in self.url
        return dataclasses.replace(self, url=self.url.replace(old, new, 1))

    def adding(self, parameters: str) -> Self:
        """Lengthen the query."""
        return dataclasses.replace(self, url=f"{self.url}&{parameters}")

    def dropping(self, parameter: str) -> Self:
        """Leave out a parameter."""
        path, query = self.url.split("?")
        kept = [pair for pair in query.split("&") if not pair.startswith(f"{parameter}=")]
        return dataclasses.replace(self, url=f"{path}?{'&'.join(kept)}")

    def setting(self, parameter: str, value: str) -> Self:
        """Give a parameter another value."""
        return self.dropping(parameter).adding(f"{parameter}={value}")

    def signature(self) -> str:
        """Return the signature, the last parameter."""
        return self.url.rpartition("=")[2]

    def without(self, name: str) -> Self:
        """Leave out a header."""
        return dataclasses.replace(self, headers=tuple(h for h in self.headers if h[0] != name))

    def having(self, name: str, value: str) -> Self:
        """Send a header, in place of one of that name."""
        kept = self.without(name)
        return dataclasses.replace(kept, headers=(*kept.headers, (name, value)))

    def also(self, name: str, value: str) -> Self:
        """Send one header more."""
        return dataclasses.replace(self, headers=(*self.headers, (name, value)))

    def sending(self, body: bytes) -> Self:
        """Send another body, and say how long it is."""
        return dataclasses.replace(self.having("Content-Length", str(len(body))), body=body)

    def chunked(self) -> Self:
        """Send the body without saying how long it will be."""
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(self.body), self.body)
        without = self.without("Content-Length").also("Transfer-Encoding", "chunked")
        return dataclasses.replace(without, body=chunk)

    def by(self, method: str) -> Self:
        """Use another method."""
        return dataclasses.replace(self, method=method)

    def bare(self) -> Self:
        """Send neither headers nor body."""
        return dataclasses.replace(self, headers=(), body=b"")

    def signed(
        self,
        *,
        method: str = "",
        key: str = "",
        credentials: Credentials | None = None,
        base: str = "",
        later: int = 0,
        query: tuple[tuple[str, str], ...] = (),
    ) -> Self:
        """Sign anew, properly, but not quite what was invited; `later` in milliseconds."""
        method = method or self.method
        url = presign(
            credentials or self.plane.credentials,
            method,
            base or self.plane.base,
            f"/attachments/{key or self.key}",
            region=REGION,
            at=self.plane.now() + later,
            lasting=LASTING,
            headers=dict(self.headers),
            query=query,
        )
        if base:
            url = url.replace(base, self.plane.base)
        return dataclasses.replace(self, method=method, url=url)


Break = Callable[[Request], Request]


async def invited(plane: ObjectPlane) -> Request:
    """Propose an attachment and return its upload as it should be."""
    attachment = plane.propose(len(BODY))
    invitation = await plane.invite(attachment)
    headers = attachment.headers(account=ACCOUNT, instance_id=INSTANCE)
    return Request(
        plane,
        attachment.staging_key,
        "PUT",
        invitation.url,
        tuple(headers.items()),
        BODY,
    )


def credential(
    request: Request, *, day: str = "", region: str = REGION, service: str = "s3"
) -> str:
    """Write a Credential parameter."""
    day = day or request.url.partition("X-Amz-Date=")[2][:8]
    key = request.plane.credentials.access_key_id
    return quote(f"{key}/{day}/{region}/{service}/aws4_request", safe="")
