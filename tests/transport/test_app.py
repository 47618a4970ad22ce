"""The public and the operator's application: routes, errors, CORS, health, metrics."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from openparticipant.limits import BODY_BYTES
from openparticipant.testing.chat import Answer, post, request
from openparticipant.testing.server import Server
from openparticipant.wire.service import PARTICIPANT
from tests.eventually import eventually


@pytest.fixture(scope="module")
def log() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture(scope="module")
def server(log: io.BytesIO) -> Iterator[Server]:
    with Server(log=log) as running:
        yield running


def check_refusal(answer: Answer, status: int, code: str) -> None:
    """Assert that SDKs and browsers can both read a refusal."""
    assert (answer.status, answer.error) == (status, code)
    assert answer.json["__type"] == code
    assert answer.json["Message"]
    assert answer.headers["x-amzn-requestid"]
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"x-amzn-errortype", "x-amzn-requestid", "retry-after"} <= set(exposed)
    assert "date" not in exposed


def test_an_unknown_path_is_404(server: Server) -> None:
    """Friendlier than the gateway's 403, and still JSON."""
    for path in ("/", "/participant/nothing", "/contact", "/contacts/a", "/participant/views/"):
        check_refusal(post(server, path), 404, "UnknownOperationException")


def test_a_wrong_method_is_405(server: Server) -> None:
    """The text names the right one."""
    answer = request("GET", f"{server.url}/participant/message")

    check_refusal(answer, 405, "MethodNotAllowedException")
    assert "POST" in answer.json["Message"]


def test_a_body_beyond_the_limit_is_413(server: Server) -> None:
    """Whether it announces its length or not; size comes before the token."""
    answer = post(server, "/participant/message", b"x" * (BODY_BYTES + 1))

    check_refusal(answer, 413, "RequestEntityTooLargeException")


def test_the_token_comes_before_the_body(server: Server) -> None:
    """403 for a bad token, whatever the body; 400 only for those who may speak."""
    chat = server.start_chat()

    check_refusal(
        post(server, "/participant/message", b"{", **{"x-amz-bearer": "x"}),
        403,
        "AccessDeniedException",
    )
    check_refusal(post(server, "/participant/message", b"{"), 403, "AccessDeniedException")
    check_refusal(chat.call("message", b"{"), 400, "ValidationException")


def test_every_operation_is_routed(server: Server) -> None:
    """All eleven answer a stranger with 403, not with 404."""
    for operation in PARTICIPANT:
        path = operation.path.replace("{ViewToken}", "a%2Fb")
        answer = request(operation.method, server.url + path)
        check_refusal(answer, 403, "AccessDeniedException")


def test_an_authorization_header_changes_nothing(server: Server) -> None:
    """SDKs sign with whatever keys they find, or with none."""
    chat = server.start_chat()

    for value in ("", "garbage", "AWS4-HMAC-SHA256 Credential=/20260131/us-east-1/execute-api"):
        body = {"Type": ["CONNECTION_CREDENTIALS"]}
        headers = {"x-amz-bearer": chat.participant_token, "authorization": value}
        assert post(server, "/participant/connection", body, **headers).status == 200


def test_preflight_needs_no_token(server: Server) -> None:
    """It names every header that the browser SDK sends, `authorization` among them."""
    asked = "authorization,content-type,x-amz-bearer,x-amz-user-agent,x-custom"
    answer = request(
        "OPTIONS",
        f"{server.url}/participant/message",
        headers={
            "origin": "https://site.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": asked,
        },
    )

    assert answer.status == 204
    assert set(asked.split(",")) <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert int(answer.headers["access-control-max-age"]) >= 600
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_fault_is_a_bland_500_and_a_loud_log_line(server: Server, log: io.BytesIO) -> None:
    """The answer has the request id by which the log tells what happened."""
    chat = server.start_chat()
    objects = server.node.ports.objects
    started = chat.start_upload()
    chat.upload(started)
    staged = server.call(
        lambda: server.node.ports.store.staged(chat.contact_id, started.json["AttachmentId"])
    )
    assert staged is not None
    seen = server.call(lambda: objects.look(staged.staging_key))
    assert seen is not None
    root = server.data_dir / "objects" / seen.key
    root.write_bytes(b"not what was put there")  # a disk that lies

    answer = chat.complete(started.json["AttachmentId"])

    check_refusal(answer, 500, "InternalServerException")
    assert str(server.data_dir) not in answer.body.decode()
    request_id = answer.headers["x-amzn-requestid"]
    assert eventually(lambda: request_id.encode() in log.getvalue())
    lines = [json.loads(line) for line in log.getvalue().splitlines() if b'"status":500' in line]
    (line,) = [one for one in lines if one["request_id"] == request_id]
    assert line["level"] == "error"
    assert line["reason"]


def test_health_and_metrics(server: Server) -> None:
    """Health on both addresses; metrics on the operator's alone."""
    server.start_chat().start_upload()

    for url in (server.url, server.admin_url):
        assert request("GET", f"{url}/health/live").status == 200
        assert request("GET", f"{url}/health/ready").json == {"status": "ready"}
    metrics = request("GET", f"{server.admin_url}/metrics").body.decode()
    counted = 'openparticipant_requests_total{operation="StartAttachmentUpload",status="200"}'
    assert counted in metrics
    assert "openparticipant_request_seconds_bucket" in metrics
    assert request("GET", f"{server.url}/metrics").status == 404
    assert request("GET", f"{server.admin_url}/other").status == 404


def test_nothing_secret_reaches_log_or_metrics(server: Server, log: io.BytesIO) -> None:
    """No token, no key, no signature; ids of contacts and keys of objects may be seen."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    chat.complete(started.json["AttachmentId"])
    chat.download(started.json["AttachmentId"])
    post(server, "/participant/message", b"{", **{"x-amz-bearer": "wrong-bearer"})

    metrics = request("GET", f"{server.admin_url}/metrics").body
    seen = log.getvalue() + metrics
    signature = started.json["UploadMetadata"]["Url"].rpartition("X-Amz-Signature=")[2]
    for secret in (
        chat.connection_token,
        chat.participant_token,
        "wrong-bearer",
        signature,
        "X-Amz-Signature",
        server.node.control_key.secret_access_key,
    ):
        assert secret.encode() not in seen


def test_only_allowed_origins_may_read() -> None:
    """Without the header a browser keeps the answer from the page."""
    with Server(log=io.BytesIO(), allowed_origins="https://a.example") as server:
        ours = request("GET", f"{server.url}/x", headers={"origin": "https://a.example"})
        other = request("GET", f"{server.url}/x", headers={"origin": "https://b.example"})

    assert ours.headers["access-control-allow-origin"] == "https://a.example"
    assert "access-control-allow-origin" not in other.headers
    assert "Origin" in ours.headers["vary"]
