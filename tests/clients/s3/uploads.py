"""One chat's files over boto3, step by step."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from tests.clients.sdk import client
from tests.clients.test_boto3 import connected

_ONCE = Config(retries={"total_max_attempts": 1}, max_pool_connections=32)


class Uploads:
    """A customer's connection, and the URLs that were made for it."""

    def __init__(self, participant: Any, token: str) -> None:
        self.participant = participant
        self.token = token

    def start(self, size: int) -> dict[str, Any]:
        """Announce a file of so many bytes."""
        started: dict[str, Any] = self.participant.start_attachment_upload(
            ContentType="text/plain",
            AttachmentSizeInBytes=size,
            AttachmentName="a.txt",
            ConnectionToken=self.token,
        )
        return started

    def complete(self, started: dict[str, Any], client_token: str = "complete") -> None:
        """Say that the file is there."""
        self.participant.complete_attachment_upload(
            AttachmentIds=[started["AttachmentId"]],
            ClientToken=client_token,
            ConnectionToken=self.token,
        )

    def get(self, started: dict[str, Any]) -> bytes:
        """Fetch the file with a URL made for it."""
        offered = self.participant.get_attachment(
            AttachmentId=started["AttachmentId"], ConnectionToken=self.token
        )
        with urllib.request.urlopen(offered["Url"], timeout=20) as answer:
            return bytes(answer.read())


def put(started: dict[str, Any], body: bytes) -> int:
    """Upload as invited; return the status."""
    metadata = started["UploadMetadata"]
    request = urllib.request.Request(
        metadata["Url"], body, metadata["HeadersToInclude"], method="PUT"
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@contextmanager
def uploads(session: boto3.session.Session) -> Iterator[Uploads]:
    """Start a chat and lend its customer; nothing is tried twice."""
    with client(session, "connectparticipant", config=_ONCE) as participant:
        yield Uploads(participant, connected(session, participant))
