"""Bytes that nobody meant as a request."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openparticipant.testing.chat import Chat, post
from openparticipant.testing.server import Server
from openparticipant.wire.service import CONTROL, PARTICIPANT
from tests.fuzz.judge import judge
from tests.fuzz.raw import exchange, first_answer

_BOUNDED = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_PATHS = sorted(one.path for one in PARTICIPANT if one.method == "POST" and one.bearer)
_CONNECTED = sorted(set(_PATHS) - {"/participant/connection", "/participant/disconnect"})
_SEED = json.dumps(
    {
        "AttachmentName": "name.txt",
        "AttachmentSizeInBytes": 12,
        "ContentType": "text/plain",
        "ClientToken": "token",
        "AttachmentIds": ["id"],
        "AttachmentId": "id",
        "Type": ["WEBSOCKET"],
    }
).encode()

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_members = st.sampled_from(sorted(json.loads(_SEED))) | st.text()
_objects = st.dictionaries(_members, _values, max_size=8).map(lambda it: json.dumps(it).encode())


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """Draw a sound body with a few bytes put in, taken out or changed."""
    body = bytearray(_SEED)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(body)


_bodies = st.binary(max_size=400) | _objects | _damaged()


@pytest.mark.parametrize("path", _CONNECTED)
def test_any_body_of_an_admitted_caller_is_answered(chat: Chat, path: str) -> None:
    """Whatever the bytes are, the answer is in the service's form and no fault."""

    @_BOUNDED
    @given(body=_bodies)
    def check(body: bytes) -> None:
        answer = chat.call(path.removeprefix("/participant/"), body)
        judge(answer.status, answer.headers, answer.body)

    check()


@pytest.mark.parametrize("path", ["/participant/connection", "/participant/disconnect"])
def test_any_body_of_a_token_holder_is_answered(server: Server, path: str) -> None:
    """The operations that begin and end a participation take any bytes as calmly."""
    holders = [server.start_chat()]

    @_BOUNDED
    @given(body=_bodies)
    def check(body: bytes) -> None:
        chat = holders[-1]
        connecting = path.endswith("/connection")
        bearer = chat.participant_token if connecting else chat.connection_token
        answer = post(server, path, body, **{"x-amz-bearer": bearer})
        judge(answer.status, answer.headers, answer.body)
        if answer.status == 200 and not connecting:
            holders.append(server.start_chat())

    check()


@pytest.mark.parametrize("path", sorted(one.path for one in CONTROL if one.method == "POST"))
def test_unsigned_bytes_get_nowhere_on_the_control_plane(server: Server, path: str) -> None:
    """Without a signature no body is even looked at."""

    @_BOUNDED
    @given(body=_bodies, authorization=st.text("AWS4-HMCSHA256 =,/;0123456789", max_size=60))
    def check(body: bytes, authorization: str) -> None:
        answer = post(server, path, body, authorization=authorization.strip())
        judge(answer.status, answer.headers, answer.body)
        assert answer.status == 403

    check()


@settings(_BOUNDED, max_examples=150)
@given(
    pieces=st.lists(
        st.binary(max_size=60)
        | st.sampled_from(
            [
                b"POST /participant/event HTTP/1.1\r\n",
                b"GET / HTTP/1.0\r\n",
                b"Host: x\r\n",
                b"Content-Length: 5\r\n",
                b"Content-Length: -1\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"X-Amz-Bearer: \xff\x00\r\n",
                b"Expect: 100-continue\r\n",
                b"Upgrade: websocket\r\nConnection: upgrade\r\n",
                b"\r\n",
                b"5\r\nhello\r\n0\r\n\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                b"\x16\x03\x01\x02\x00\x01",
            ]
        ),
        max_size=12,
    )
)
def test_any_bytes_on_the_socket_are_answered_or_hung_up_on(
    server: Server, pieces: Iterable[bytes]
) -> None:
    """What is no HTTP gets the service's own refusal or no answer, never a fault."""
    received = exchange(server.url, pieces)
    if received.startswith(b"HTTP/1.1 100 "):
        received = received.partition(b"\r\n\r\n")[2]
    if received:
        answer = first_answer(received)
        judge(answer.status, answer.headers, answer.body)
