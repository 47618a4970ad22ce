"""The back end of a chat application: starts chats with the server's own key."""

from __future__ import annotations

import configparser
import http.client
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openparticipant.sigv4 import Credentials, host_of, sign


class Back:
    """One kept connection to the control plane."""

    def __init__(self, origin: str, data: Path) -> None:
        profile = configparser.ConfigParser()
        profile.read(data / "aws" / "credentials")
        pair = profile["default"]
        self._key = Credentials(pair["aws_access_key_id"], pair["aws_secret_access_key"])
        self._origin = origin
        self._connection = http.client.HTTPConnection(urlsplit(origin).netloc)

    def chat(self) -> tuple[str, str]:
        """Start a chat of two; return their participant tokens."""
        details = {"DisplayName": "Customer"}
        body = {"InstanceId": "bench", "ContactFlowId": "flow", "ParticipantDetails": details}
        started = self._call("PUT", "/contact/chat", body)
        body = {
            "InstanceId": "bench",
            "ContactId": started["ContactId"],
            "ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": "Agent"},
        }
        added = self._call("POST", "/contact/create-participant", body)
        return started["ParticipantToken"], added["ParticipantCredentials"]["ParticipantToken"]

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _call(self, method: str, path: str, body: Any) -> Any:
        content = json.dumps(body).encode()
        signed = sign(
            self._key,
            method,
            host_of(self._origin),
            path,
            region="us-east-1",
            service="connect",
            at=time.time_ns() // 1_000_000,
            body=content,
        )
        self._connection.request(method, path, content, signed)
        response = self._connection.getresponse()
        said = response.read()
        assert response.status == 200, said
        return json.loads(said)
