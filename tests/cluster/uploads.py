"""The steps of an attachment, each over whatever line it is given."""

from __future__ import annotations

from typing import Any

from tests.crash.line import Answer, Line


def begin_upload(line: Line, token: str, content: bytes) -> dict[str, Any]:
    """Call StartAttachmentUpload for a text file."""
    body = {
        "AttachmentName": "a.txt",
        "AttachmentSizeInBytes": len(content),
        "ContentType": "text/plain",
    }
    started: dict[str, Any] = (
        line.participant("start-attachment-upload", token, body).expect(200).json
    )
    return started


def put(line: Line, started: dict[str, Any], content: bytes, *more: int) -> Answer:
    """Upload the bytes; `more` are statuses beside 200 that are right."""
    given = started["UploadMetadata"]
    answer = line.presigned("PUT", given["Url"], content, given["HeadersToInclude"])
    return answer.expect(200, *more)


def complete(line: Line, token: str, started: dict[str, Any], client_token: str = "") -> Answer:
    """Call CompleteAttachmentUpload."""
    body: dict[str, Any] = {"AttachmentIds": [started["AttachmentId"]]}
    if client_token:
        body["ClientToken"] = client_token
    return line.participant("complete-attachment-upload", token, body)


def fetched(line: Line, token: str, started: dict[str, Any]) -> bytes:
    """Return the bytes of a completed attachment."""
    wanted = {"AttachmentId": started["AttachmentId"]}
    offered = line.participant("attachment", token, wanted).expect(200)
    return line.presigned("GET", offered.json["Url"]).expect(200).body


def items(line: Line, token: str) -> list[dict[str, Any]]:
    """Return the whole transcript, oldest first."""
    found: list[dict[str, Any]] = []
    body: dict[str, Any] = {
        "MaxResults": 100,
        "ScanDirection": "FORWARD",
        "SortOrder": "ASCENDING",
    }
    while True:
        page = line.participant("transcript", token, body).expect(200).json
        found += page["Transcript"]
        if not page.get("NextToken"):
            return found
        body["NextToken"] = page["NextToken"]
