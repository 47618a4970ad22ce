"""Calls of the operator's API, signed, and the form of its refusals."""

from __future__ import annotations

from openparticipant import sigv4
from openparticipant.sigv4 import Credentials
from openparticipant.testing.chat import Answer, request
from openparticipant.testing.server import Server


def signed(
    server: Server,
    path: str,
    query: str = "",
    *,
    method: str = "GET",
    key: Credentials | None = None,
    service: str = "openparticipant",
    at: int | None = None,
    sent: str | None = None,
    body: bytes = b"",
) -> Answer:
    """Call the API; `sent` goes over the line instead of what was signed."""
    target = f"{path}?{query}" if query else path
    headers = sigv4.sign(
        key or server.node.control_key,
        method,
        sigv4.host_of(server.admin_url),
        path,
        query=query,
        body=body,
        region=server.node.ports.policy.region,
        service=service,
        at=server.clock.now() if at is None else at,
    )
    return request(method, server.admin_url + (sent or target), body or None, headers)


def check_refusal(answer: Answer, status: int, code: str) -> None:
    """Assert that a refusal has the form that all planes give it."""
    assert (answer.status, answer.error) == (status, code), answer.body
    assert answer.json["__type"] == code
    assert answer.json["Message"]
    assert answer.headers["x-amzn-requestid"]
    assert answer.headers["content-type"] == "application/json"
