"""What tests need to know of an S3 server, whoever made it."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

from openparticipant.sigv4 import Credentials, presign
from openparticipant.system import SystemClock
from openparticipant.testing.object_habits import Habits
from tests.serve_process import plain_environment

REGION = "us-east-1"
BUCKET = "attachments"
_HABITS = Habits(chunked=403)  # as AWS and SeaweedFS are


@dataclass(frozen=True, slots=True)
class S3Server:
    """An S3 server of this machine with one bucket.

    `base` is its origin, `habits` are what it does in its own way; its process may be stopped if it
    is ours.
    """

    base: str
    key: Credentials
    habits: Habits = _HABITS
    region: str = REGION
    bucket: str = BUCKET
    pid: int | None = None

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

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run our command with the key pair and nothing else of AWS's in its environment."""
        return subprocess.run(
            [sys.executable, "-m", "openparticipant", *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env=plain_environment(**{**self.environment, **more}),
        )

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        query: Sequence[tuple[str, str]] = (),
    ) -> bytes:
        """Make a call with a pre-signed URL, without any of our store's code; raise OSError."""
        at = SystemClock().now()
        url = presign(
            self.key, method, self.base, path, region=self.region, at=at, lasting=60, query=query
        )
        request = urllib.request.Request(url, method=method, data=body)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bytes(answer.read())

    def list(self, prefix: str) -> str:
        """Return the bucket's list of what begins so, as XML."""
        query = (("list-type", "2"), ("prefix", prefix))
        return self.ask("GET", f"/{self.bucket}", query=query).decode()

    def make_bucket(self) -> None:
        """Make the bucket, if it is not there; raise OSError."""
        try:
            self.ask("PUT", f"/{self.bucket}")
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 409:
                    raise
