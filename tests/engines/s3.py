"""What tests need to know of an S3 server, whoever made it."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass

from openparticipant.sigv4 import Credentials, presign
from openparticipant.system import SystemClock

REGION = "us-east-1"
BUCKET = "attachments"


@dataclass(frozen=True, slots=True)
class S3Server:
    """An S3 server of this machine with one bucket.

    `base` is its origin; `chunked_status` is what it answers to a body without a length.
    """

    base: str
    key: Credentials
    chunked_status: int = 403
    region: str = REGION
    bucket: str = BUCKET

    @property
    def address(self) -> str:
        """The bucket as a setting."""
        return f"s3://{self.bucket}/chats?endpoint={self.base}&region={self.region}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a server of ours gets the key pair."""
        return {
            "AWS_ACCESS_KEY_ID": self.key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.key.secret_access_key,
        }

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Make a call with a pre-signed URL, without any of our store's code; raise OSError."""
        at = SystemClock().now()
        url = presign(self.key, method, self.base, path, region=self.region, at=at, lasting=60)
        request = urllib.request.Request(url, method=method, data=body)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bytes(answer.read())

    def make_bucket(self) -> None:
        """Make the bucket, if it is not there; raise OSError."""
        try:
            self.ask("PUT", f"/{self.bucket}")
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 409:
                    raise
