"""Operations as commands: what goes on the wire and what comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.recording import Reply, json_reply, recording
from tests.cli.worlds import START, TOKEN, Outcome, command

SESSION = "5f9c1f4e-0000-4000-8000-000000000000"


def calling(url: str, *words: str) -> Outcome:
    return command(*words, "--endpoint-url", url, "--region", "us-east-1")


@pytest.mark.parametrize(
    ("words", "path", "body"),
    [
        (
            ["cancel-participant-authentication", "--session-id", SESSION, *TOKEN],
            "/participant/cancel-authentication",
            {"SessionId": SESSION},
        ),
        (
            ["complete-attachment-upload", "--attachment-ids", "a", "--client-token", "c", *TOKEN],
            "/participant/complete-attachment-upload",
            {"AttachmentIds": ["a"], "ClientToken": "c"},
        ),
        (
            [
                "create-participant-connection",
                *("--type", "WEBSOCKET", "CONNECTION_CREDENTIALS"),
                *("--connect-participant", "--participant-token", "TOK"),
            ],
            "/participant/connection",
            {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"], "ConnectParticipant": True},
        ),
        (
            ["disconnect-participant", "--client-token", "c", *TOKEN],
            "/participant/disconnect",
            {"ClientToken": "c"},
        ),
        (
            ["get-attachment", "--attachment-id", "a", "--url-expiry-in-seconds", "9", *TOKEN],
            "/participant/attachment",
            {"AttachmentId": "a", "UrlExpiryInSeconds": 9},
        ),
        (
            ["get-authentication-url", "--session-id", SESSION, "--redirect-uri", "u", *TOKEN],
            "/participant/authentication-url",
            {"SessionId": SESSION, "RedirectUri": "u"},
        ),
        (
            ["get-transcript", "--start-position", "MostRecent=3", "--max-results", "2", *TOKEN],
            "/participant/transcript",
            {"MaxResults": 2, "StartPosition": {"MostRecent": 3}},
        ),
        (
            ["send-event", "--content-type", "e", "--client-token", "c", *TOKEN],
            "/participant/event",
            {"ContentType": "e", "ClientToken": "c"},
        ),
        (
            ["send-message", "--content", "hi", "--content-type", "t", "--client-token=", *TOKEN],
            "/participant/message",
            {"ContentType": "t", "Content": "hi", "ClientToken": ""},
        ),
        (
            [*START, "--client-token", "c", *TOKEN],
            "/participant/start-attachment-upload",
            {
                "ContentType": "text/plain",
                "AttachmentSizeInBytes": 5,
                "AttachmentName": "a.txt",
                "ClientToken": "c",
            },
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_an_operation_sends_what_sdks_send(
    words: list[str], path: str, body: dict[str, Any]
) -> None:
    """Method, path, bearer header and a body whose members stand in the model's order."""
    with recording() as server:
        outcome = calling(server.url, *words)

    (request,) = server.requests
    assert outcome.status == 0, outcome.err
    assert (request.method, request.path) == ("POST", path)
    assert request.body == json.dumps(body).encode()
    assert [name for name, _ in request.headers] == [
        "Host",
        "Accept-Encoding",
        "X-Amz-Bearer",
        "Content-Type",
        "User-Agent",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "Content-Length",
    ]
    assert request.header("x-amz-bearer") == "TOK"
    assert request.header("content-type") == "application/json"
    assert outcome.out == b""


def test_a_view_is_fetched_by_its_token_in_the_path() -> None:
    """A path member is percent-encoded whole, and a GET has neither body nor type."""
    with recording(json_reply({"View": {"Version": 1, "Id": "v"}})) as server:
        outcome = calling(server.url, "describe-view", "--view-token", "a/b c?é", *TOKEN)

    (request,) = server.requests
    assert (request.method, request.path) == ("GET", "/participant/views/a%2Fb%20c%3F%C3%A9")
    assert request.body == b""
    assert request.header("content-type") is None
    assert outcome.json == {"View": {"Id": "v", "Version": 1}}


@pytest.mark.parametrize("base", ["", "/", "/base", "/base/"])
def test_the_endpoints_path_and_query_are_kept(base: str) -> None:
    """A service behind a prefix is called behind the prefix."""
    with recording() as server:
        calling(f"{server.url}{base}?x=1", *START, *TOKEN)

    assert server.requests[0].path == f"{base.rstrip('/')}/participant/start-attachment-upload?x=1"


def test_output_keeps_modelled_members_in_the_models_order() -> None:
    """Unknown and null members vanish, maps stay as they came, text is not escaped."""
    reply = json_reply(
        {
            "Extra": 1,
            "UploadMetadata": {
                "HeadersToInclude": {"z": "1", "a": None},
                "Extra": 2,
                "UrlExpiry": None,
                "Url": "é",
            },
            "AttachmentId": "i",
        }
    )
    with recording(reply) as server:
        outcome = calling(server.url, *START, *TOKEN)

    assert outcome.out.decode() == (
        '{\n    "AttachmentId": "i",\n    "UploadMetadata": {\n        "Url": "é",\n'
        '        "HeadersToInclude": {\n            "z": "1",\n            "a": null\n'
        "        }\n    }\n}\n"
    )


@pytest.mark.parametrize("body", [b"", b"{}", b"no json", b'{"Unknown": 1}'])
def test_an_empty_result_prints_nothing(body: bytes) -> None:
    """Success without members is silent and still success."""
    with recording(Reply(200, body)) as server:
        outcome = calling(server.url, *START, *TOKEN)

    assert (outcome.status, outcome.out, outcome.err) == (0, b"", "")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[]", "'list' object has no attribute 'get'"),
        (b'"s"', "'str' object has no attribute 'get'"),
        (b"null", "'NoneType' object is not iterable"),
    ],
)
def test_an_answer_that_is_no_object_is_an_error(body: bytes, sentence: str) -> None:
    """Valid JSON of the wrong kind ends with a sentence, never with a traceback."""
    with recording(Reply(200, body)) as server:
        outcome = calling(server.url, *START, *TOKEN)

    assert (outcome.status, outcome.err) == (255, f"\n{sentence}\n")


def test_a_whole_number_is_printed_as_one() -> None:
    """Where the model says integer, 1.0 is 1."""
    with recording(Reply(200, b'{"View": {"Version": 1.0}}')) as server:
        outcome = calling(server.url, "describe-view", "--view-token", "v", *TOKEN)

    assert b'"Version": 1\n' in outcome.out
