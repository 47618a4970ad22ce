"""The seven requests of the demo, over plain HTTP, each shown with its answer."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import CommandError
from openparticipant.sigv4 import Credentials, host_of, sign

_NAME = "two bubbles.png"
_LONGEST_SHOWN = 46


class RoundTrip:
    """One chat, one file. Raises CommandError as soon as a step goes wrong."""

    def __init__(self, world: Environment, url: str, profile: Path) -> None:
        self._world = world
        self._url = url
        self._profile = profile
        self._step = 0
        self._started = time.monotonic()

    def run(self) -> None:
        """Carry out all steps."""
        picture = Path(__file__).with_name("demo.png").read_bytes()
        digest = hashlib.sha256(picture).hexdigest()
        chat = self._start_chat()
        connection = self._ask(
            "CreateParticipantConnection: the customer's browser connects",
            "connection",
            chat["ParticipantToken"],
            {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]},
        )
        token = connection["ConnectionCredentials"]["ConnectionToken"]
        upload = self._ask(
            "StartAttachmentUpload: where may this picture go?",
            "start-attachment-upload",
            token,
            {
                "AttachmentName": _NAME,
                "AttachmentSizeInBytes": len(picture),
                "ContentType": "image/png",
            },
        )
        metadata = upload["UploadMetadata"]
        self._title(f"PUT: {len(picture)} bytes straight to the URL, sha256 {digest[:16]}…")
        self._request("PUT", metadata["Url"], picture, metadata["HeadersToInclude"])
        attachment_id = upload["AttachmentId"]
        self._ask(
            "CompleteAttachmentUpload: the bytes are there",
            "complete-attachment-upload",
            token,
            {"AttachmentIds": [attachment_id]},
        )
        offer = self._ask(
            "GetAttachment: where is it now?",
            "attachment",
            token,
            {"AttachmentId": attachment_id},
        )
        self._title("GET: the same bytes again")
        body = self._request("GET", offer["Url"])
        back = hashlib.sha256(body).hexdigest()
        if back != digest:
            raise CommandError(f"what came back differs: sha256 {back} instead of {digest}")
        seconds = time.monotonic() - self._started
        self._world.write(
            f"\n  went up    sha256 {digest}\n  came back  sha256 {back}\n"
            f"  equal, {len(body)} bytes, {seconds:.2f} s from the first request\n"
        )

    def _start_chat(self) -> Any:
        self._title("StartChatContact: a back end starts a chat, signed with SigV4")
        path = "/contact/chat"
        body = json.dumps(
            {
                "InstanceId": "demo",
                "ContactFlowId": "demo",
                "ParticipantDetails": {"DisplayName": "Jane"},
            }
        ).encode()
        headers = {"Content-Type": "application/json"}
        signed = sign(
            self._credentials(),
            "PUT",
            host_of(self._url),
            path,
            region="us-east-1",
            service="connect",
            at=self._world.clock(),
            headers=headers,
            body=body,
        )
        return json.loads(self._request("PUT", self._url + path, body, headers | signed))

    def _credentials(self) -> Credentials:
        text = (self._profile / "credentials").read_text("utf-8")
        pairs = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
        return Credentials(pairs["aws_access_key_id"], pairs["aws_secret_access_key"])

    def _ask(self, title: str, path: str, bearer: str, members: dict[str, Any]) -> Any:
        self._title(title)
        headers = {"X-Amz-Bearer": bearer, "Content-Type": "application/json"}
        body = json.dumps(members).encode()
        return json.loads(self._request("POST", f"{self._url}/participant/{path}", body, headers))

    def _title(self, title: str) -> None:
        self._step += 1
        self._world.write(f"\n{self._step}  {title}\n")

    def _request(
        self, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> bytes:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._world.write(f"   {method} {_shortened(target)}\n")
        for name, value in (headers or {}).items():
            self._world.write(f"     {name}: {_masked(name, value)}\n")
        if body.startswith(b"{"):
            self._world.write(f"     {body.decode()}\n")
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            connection.request(method, target, body or None, headers or {})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise CommandError(f"{method} failed: {error}") from None
        finally:
            connection.close()
        self._world.write(f"   {response.status} {_shown(content)}\n")
        if response.status != 200:
            raise CommandError(f"{method} {parts.path} was answered with {response.status}")
        return content


def _shown(content: bytes) -> str:
    """Show an answer: JSON indented and with long values shortened, anything else by its size."""
    if not content.startswith(b"{"):
        return f"({len(content)} bytes)" if content else ""
    text = json.dumps(json.loads(content), indent=2)
    return re.sub(r'"([^"]*)"(?=[,\n])', lambda m: f'"{_shortened(m[1])}"', text).replace(
        "\n", "\n   "
    )


def _masked(name: str, value: str) -> str:
    """Show enough of a bearer or a signature to be recognised, not enough to be used."""
    if name.lower() in {"x-amz-bearer", "authorization"}:
        return f"{value[:12]}…"
    return value


def _shortened(text: str) -> str:
    text = text.partition("?")[0] + ("?…" if "?" in text else "")
    if len(text) <= 2 * _LONGEST_SHOWN:
        return text if len(text) <= _LONGEST_SHOWN or "/" in text else f"{text[:12]}…"
    return f"{text[:_LONGEST_SHOWN]}…{text[-_LONGEST_SHOWN:]}"
