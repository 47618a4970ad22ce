"""What strangers' bytes reach first, each as a function of bytes that must never fail.

A target takes any bytes. It returns for those that are refused in the way that is promised, and
fails for any other exception, and where something that always holds does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Callable, Mapping
from ipaddress import ip_network

import uvloop

from openparticipant.bus.envelope import UnreadableError, unseal
from openparticipant.contents.inspector import judge
from openparticipant.contents.media_type import ZIP, media_type_of
from openparticipant.domain.filetypes import CONTENT_TYPES
from openparticipant.errors import ValidationException
from openparticipant.sigv4 import Refused, verify
from openparticipant.transport.byte_range import Unsatisfiable, parse_range
from openparticipant.transport.forwarding import TrustedProxies
from openparticipant.transport.preconditions import judge as judge_preconditions
from openparticipant.wire import frames, next_token, restjson
from openparticipant.wire.service import ADMIN, PARTICIPANT
from tests.contents.judging import attachment
from tests.sigv4.arrival import AT, CREDENTIALS, REGION, Arrival
from tests.transport.test_protocol import transcript

Target = Callable[[bytes], None]
ENDINGS = (*sorted(CONTENT_TYPES), "zip", "gif", "svg", "bin")
_OPERATIONS = [
    (restjson.Codec(operation, ValidationException), operation.path.count("{"))
    for operation in (*PARTICIPANT, *ADMIN)
]
_PROXIES = TrustedProxies([ip_network("127.0.0.0/8"), ip_network("::1/128")])


def _headers(lines: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """Return headers as a server hands them on: names in lower case, values stripped."""
    pairs = (line.partition(b":") for line in lines if b":" in line)
    return tuple((name.lower(), value.strip()) for name, _, value in pairs)


def presigned(data: bytes) -> None:
    """Check a pre-signed request: method, path, query and headers, a line each.

    What is admitted is so again, and for no other method, path or life.
    """
    method, path, query, *lines = [*data.split(b"\n"), b"", b""]
    it = Arrival(method.decode("latin-1"), path, query, _headers(lines))
    try:
        admitted = it.check()
    except Refused:
        return
    assert it.check() == admitted
    assert admitted.expires_at > AT
    for other in (
        Arrival("X" + it.method, it.path, it.query, it.headers),
        Arrival(it.method, it.path + b"x", it.query, it.headers),
        Arrival(it.method, it.path, it.query + b"&x=1", it.headers),
        Arrival(it.method, it.path, it.query, it.headers, at=admitted.expires_at),
        Arrival(it.method, it.path, it.query, (*it.headers, (b"x-amz-more", b"1"))),
    ):
        with contextlib.suppress(Refused):
            other.check()
            raise AssertionError(other)


def signed(data: bytes) -> None:
    """Check a request with an Authorization header; what is admitted is not with another body."""
    method, path, query, *lines = [*data.split(b"\n"), b"", b""]

    def check(body: bytes) -> str:
        return verify(
            method=method.decode("latin-1"),
            path=path,
            query=query,
            headers=_headers(lines),
            body=body,
            lookup=lambda key: CREDENTIALS if key == CREDENTIALS.access_key_id else None,
            region=REGION,
            service="connect",
            at=AT,
        )

    try:
        assert check(b"") == CREDENTIALS.access_key_id
    except Refused:
        return
    with contextlib.suppress(Refused):
        raise AssertionError(check(b"x"))


def json(data: bytes) -> None:
    """Read a request of the operation that the first byte chooses, from address or body.

    What was read from a body can be written and read again.
    """
    codec, members = _OPERATIONS[data[0] % len(_OPERATIONS) if data else 0]
    query, *parts = [*data[1:].split(b"\n"), *[b""] * members]
    body = b"" if members else data[1:]
    path = tuple(part.decode("latin-1") for part in parts[:members])
    try:
        request = codec.decode(body, path, query if members else b"")
    except ValidationException:
        return
    if body:
        assert codec.decode(restjson.encode(request)) == request


def headers(data: bytes) -> None:
    """Read headers as we do: ranges, conditions, forwarded addresses."""
    first, *lines = data.split(b"\n")
    size = len(data)
    with contextlib.suppress(Unsatisfiable):
        part = parse_range(first.decode("latin-1"), size)
        assert part is None or 0 <= part.start < part.end <= size
    found = {name: value.decode("latin-1") for name, value in _headers(lines)}
    judge_preconditions(found, '"tag"', AT)
    address, _ = _PROXIES.client(("127.0.0.1", 1), [(b"x-forwarded-for", line) for line in lines])
    assert address


def frame(data: bytes) -> None:
    """Read a text frame of a WebSocket's client, and the token of a page."""
    text = data.decode("utf-8", "replace")
    read = frames.read(text)
    assert read is None or all(topic.isascii() for topic in read[1])
    place = next_token.read(text, "question", 2)
    assert place is None or next_token.write("question", *place) == text
    with contextlib.suppress(UnreadableError):
        raise AssertionError(unseal(b"a key that nobody has", "contact", data))


def contents(data: bytes) -> None:
    """Judge a file behind the ending that its first byte chooses, twice, with one answer."""
    ending, content = ENDINGS[data[0] % len(ENDINGS) if data else 0], data[1:]

    def judged() -> object:
        whole = io.BytesIO(content) if media_type_of(content) == ZIP else None
        return judge(attachment(f"a.{ending}"), content, whole)

    assert judged() == judged()


def connection(data: bytes) -> None:
    """Serve what a client sends on a connection, cut where the first two bytes say."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        statuses, refusals = runner.run(transcript(data[2:], [*data[:2]]))
    assert set(statuses) <= {100, 200, 400, 413}
    assert refusals <= 1
    assert [s for s in statuses if s >= 400] == [s for s in statuses[-1:] if s >= 400]


TARGETS: Mapping[str, Target] = {
    target.__name__: target
    for target in (presigned, signed, json, headers, frame, contents, connection)
}
