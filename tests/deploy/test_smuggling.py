"""nginx and a node read every request alike, so that none hides in another one's body."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.deploy.conftest import Site
from tests.eventually import eventually
from tests.transport.test_smuggling import BODIES, CHUNKED, HEADS, HIDDEN, WHOLE

_POST = b"POST /participant/message HTTP/1.1\r\nHost: x\r\n"
_LAST = b"GET /attachments/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_PATIENCE = 20.0


def test_no_request_reaches_a_node_behind_the_back_of_nginx(site: Site) -> None:
    """Whatever is sent, a node answers what nginx asked of it and no more."""
    shapes = [*HEADS.values(), *(request for request, _ in WHOLE.values())]
    shapes += [_POST + CHUNKED + b"\r\n" + body for body in BODIES.values()]
    asked, answered = len(nginx_ids(site)), len(node_ids(site))
    for shape in shapes:
        # The operations' bodies wait in nginx, the object store's pass through as they come.
        for path in (b" /participant/message ", b" /attachments/key "):
            send(site, shape.replace(b" /a ", path) + HIDDEN + _LAST)
    send(site, _LAST.replace(b"/attachments", b"/contact"))
    assert eventually(lambda: '"/contact/last"' in access_log(site))
    seen = nginx_ids(site)[asked:]
    assert len(seen) > len(WHOLE)
    assert eventually(lambda: len(node_ids(site)) - answered >= len(seen))
    assert sorted(node_ids(site)[answered:]) == sorted(seen)


def send(site: Site, data: bytes) -> None:
    """Send bytes on a connection of their own and wait until nginx has no more to say.

    Not half-closed meanwhile: nginx takes that for a client that has left.
    """
    address = urlsplit(site.nginx.url)
    with (
        socket.create_connection((address.hostname or "", address.port or 0), _PATIENCE) as plain,
        site.trusting.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        contextlib.suppress(OSError),
    ):
        line.sendall(data)
        while line.recv(65536):
            pass


def access_log(site: Site) -> str:
    return (site.nginx.place / "access.log").read_text("utf-8")


def nginx_ids(site: Site) -> list[str]:
    """Return the ids of all answers that nginx was given by a node."""
    told = [json.loads(line)["request_id"] for line in access_log(site).splitlines()]
    return [request_id for request_id in told if request_id]


def node_ids(site: Site) -> list[str]:
    """Return the ids of all requests that the node has answered."""
    return list(_logged(site))


def _logged(site: Site) -> Iterator[str]:
    whole, _, _ = site.node.log.read_text("utf-8").rpartition("\n")
    for line in whole.splitlines():
        facts = json.loads(line)
        if facts.get("request_id"):
            yield facts["request_id"]
