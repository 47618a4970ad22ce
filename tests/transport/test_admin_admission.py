"""The operator's API: who is admitted, and what else its port answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from openparticipant import sigv4
from openparticipant.limits import BODY_BYTES, MINUTE
from openparticipant.sigv4 import Credentials
from openparticipant.testing.chat import control, request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.transport.admin_calls import check_refusal, signed


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(clock=SettableClock()) as running:
        yield running


def test_who_does_not_sign_is_not_admitted(server: Server) -> None:
    """Whatever is missing or wrong in the signature; the answer names the cause as AWS does."""
    path = "/contacts"
    key = server.node.control_key
    check_refusal(
        request("GET", server.admin_url + path), 403, "MissingAuthenticationTokenException"
    )
    for changes, code in (
        ({"key": key._replace(access_key_id="AKIAOTHER")}, "UnrecognizedClientException"),
        ({"key": key._replace(secret_access_key="other")}, "InvalidSignatureException"),
        ({"service": "connect"}, "InvalidSignatureException"),
        ({"at": server.clock.now() - 16 * MINUTE}, "InvalidSignatureException"),
        ({"at": server.clock.now() + 16 * MINUTE}, "InvalidSignatureException"),
        ({"query": "State=OPEN", "sent": f"{path}?State=ENDED"}, "InvalidSignatureException"),
        ({"query": "State=OPEN", "sent": path}, "InvalidSignatureException"),
        ({"sent": "/contacts/a/transcript"}, "InvalidSignatureException"),
    ):
        check_refusal(signed(server, path, **changes), 403, code)


def test_what_is_signed_for_one_plane_admits_to_no_other(server: Server) -> None:
    """Nor does the key that signs the URLs of objects."""
    url = "/contacts/instance/contact"
    headers = sigv4.sign(
        server.node.control_key,
        "GET",
        sigv4.host_of(server.url),
        url,
        region=server.node.ports.policy.region,
        service="openparticipant",
        at=server.clock.now(),
    )
    check_refusal(
        request("GET", server.url + url, headers=headers), 403, "InvalidSignatureException"
    )
    with closing(sqlite3.connect(server.data_dir / "openparticipant.sqlite3")) as database:
        keys = database.execute(
            "SELECT access_key_id, secret_access_key FROM access_keys WHERE purpose = 'objects'"
        ).fetchall()
    assert keys
    for pair in keys:
        check_refusal(
            signed(server, "/contacts", key=Credentials(*pair)), 403, "UnrecognizedClientException"
        )


def test_the_rest_of_the_port_is_what_it_was(server: Server) -> None:
    """Health and metrics are open; a wrong method, path or size is refused in the usual form."""
    assert request("GET", f"{server.admin_url}/health/live").json == {"status": "live"}
    assert request("GET", f"{server.admin_url}/health/x").status == 404
    assert request("GET", f"{server.admin_url}/metrics").status == 200
    check_refusal(signed(server, "/contacts", method="POST"), 405, "MethodNotAllowedException")
    for path in ("/", "/contact", "/contacts/", "/contacts//transcript", "/metrics/"):
        check_refusal(request("GET", server.admin_url + path), 404, "UnknownOperationException")
    large = b"x" * (BODY_BYTES + 1)
    answer = signed(server, "/contacts", body=large)
    check_refusal(answer, 413, "RequestEntityTooLargeException")
    answer = request("OPTIONS", f"{server.admin_url}/contacts", headers={"origin": "https://a.b"})
    assert (answer.status, "access-control-allow-origin" in answer.headers) == (405, False)


def test_there_is_no_websocket(server: Server) -> None:
    """Asking for one is refused, not a fault."""
    headers = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert request("GET", f"{server.admin_url}/contacts", headers=headers).status == 403


def test_the_public_port_has_none_of_it(server: Server) -> None:
    """A key of the control plane reads no transcript there."""
    chat = server.start_chat()
    assert control(server, "GET", "/contacts").error == "UnknownOperationException"
    answer = control(server, "GET", f"/contacts/{chat.contact_id}/transcript")
    assert answer.error == "ResourceNotFoundException"
