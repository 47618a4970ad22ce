"""What a page in a browser may do, and a socket's client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from openparticipant.limits import MIB, SECOND, WEBSOCKET_URL_LIFETIME
from openparticipant.testing.chat import post, request
from openparticipant.testing.clock import START
from openparticipant.testing.listener import Listener
from tests.promises.place import Place, opened, send
from tests.promises.promise import promise
from tests.transport.live.raw_socket import TEXT, RawSocket, frame

ORIGIN = "https://chat.example.org"
FOREIGN = ("https://evil.example", f"{ORIGIN}.evil.example", "http://chat.example.org", "null")


@pytest.fixture
def guarded() -> Iterator[Place]:
    """Return a server that one site may call."""
    with opened(None, START, allowed_origins=ORIGIN) as place:
        yield place


@promise(30)
def test_only_allowed_origins_may_call(guarded: Place) -> None:
    """By preflight and by answer, refusals included, and never with credentials."""
    chat = guarded.server.start_chat()
    upload = guarded.invite(chat)
    api = f"{guarded.server.url}/participant/start-attachment-upload"
    wanted = {"POST": "content-type,x-amz-bearer", "PUT": ",".join(upload.headers).lower()}
    for url, method in ((api, "POST"), (upload.url, "PUT")):
        for origin in (ORIGIN, *FOREIGN):
            asking = {
                "Origin": origin,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": wanted[method],
            }
            answer = send("OPTIONS", url, asking)
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed == (ORIGIN if origin == ORIGIN else None), (url, origin)
            assert "access-control-allow-credentials" not in answer.headers
            if origin == ORIGIN:
                assert answer.status in {200, 204}
                assert method in answer.headers["access-control-allow-methods"]
                granted = answer.headers["access-control-allow-headers"].lower()
                assert granted == "*" or set(wanted[method].split(",")) <= set(
                    granted.replace(" ", "").split(",")
                )
    for origin in (ORIGIN, *FOREIGN):
        refused = post(guarded.server, "/participant/transcript", {}, origin=origin)
        assert refused.status == 403
        put = upload.having("Origin", origin).put()
        for headers in (refused.headers, put.headers):
            expected = ORIGIN if origin == ORIGIN else None
            assert headers.get("access-control-allow-origin") == expected
            assert "access-control-allow-credentials" not in headers


@promise(30)
def test_unless_told_otherwise_any_origin_may_call(built_in: Place) -> None:
    """Tokens are the right to speak, and no cookie is."""
    answer = post(built_in.server, "/participant/transcript", {}, origin="https://a.example")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers


@promise(43)
def test_a_sockets_url_is_short_lived_and_good_for_sockets_only(guarded: Place) -> None:
    """For its 100 seconds it works again, from the site's pages; nowhere does its token speak."""
    chat = guarded.server.start_chat()
    url = chat.websocket_url()
    for _ in range(2):
        with Listener(url, ORIGIN) as listener:
            assert listener.subscribe()["content"]["status"] == "success"
    for origin in FOREIGN:
        with pytest.raises(InvalidStatus) as refused:
            Listener(url, origin)
        assert refused.value.response.status_code == 403
    token = url.partition("AuthToken=")[2]
    for path in ("connection", "transcript", "message", "disconnect", "start-attachment-upload"):
        answer = post(guarded.server, f"/participant/{path}", {}, **{"x-amz-bearer": token})
        assert (answer.status, answer.error) == (403, "AccessDeniedException")
    for other in (chat.participant_token, chat.connection_token):
        with pytest.raises(InvalidStatus):
            Listener(url.replace(token, other), ORIGIN)
    guarded.clock.advance(WEBSOCKET_URL_LIFETIME + SECOND)
    with pytest.raises(InvalidStatus):
        Listener(url, ORIGIN)


@promise(44)
def test_a_frame_has_its_largest(built_in: Place) -> None:
    """What is beyond is not gathered: the socket closes with 1009, and others hear on."""
    chat = built_in.server.start_chat()
    with chat.listen() as good:
        with RawSocket.open(chat.websocket_url()) as greedy:
            greedy.send(frame(TEXT, b"x" * (4 * MIB)))
            assert greedy.closed_with() == 1009
        said = chat.say().json["Id"]
        while good.item()["Id"] != said:
            pass
    assert request("GET", f"{built_in.server.url}/health/live").status == 200
