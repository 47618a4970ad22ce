"""A started chat, and the few calls by which a test gets to its own subject."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from openparticipant import sigv4
from openparticipant.sigv4 import Credentials
from openparticipant.testing.listener import Listener

if TYPE_CHECKING:
    from openparticipant.testing.server import Server


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The error's code, from the header that SDKs look at first."""
        return self.headers.get("x-amzn-errortype", "")


@dataclass(frozen=True, slots=True)
class Chat:
    """A contact with one connected participant."""

    server: Server
    contact_id: str
    participant_id: str
    participant_token: str
    connection_token: str

    def call(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST to `/participant/<path>` as this participant; `body` is JSON, or bytes as they are."""
        return post(
            self.server,
            f"/participant/{path}",
            body,
            **{"x-amz-bearer": self.connection_token} | headers,
        )

    def start_upload(
        self, name: str = "a.txt", content: bytes = b"hello", **members: Any
    ) -> Answer:
        """Call StartAttachmentUpload for a text file."""
        return self.call(
            "start-attachment-upload",
            {
                "AttachmentName": name,
                "AttachmentSizeInBytes": len(content),
                "ContentType": "text/plain",
                **members,
            },
        )

    def upload(self, started: Answer, content: bytes = b"hello") -> Answer:
        """PUT to the URL of a StartAttachmentUpload, with the headers it gave."""
        metadata = started.json["UploadMetadata"]
        return request("PUT", metadata["Url"], content, metadata["HeadersToInclude"])

    def complete(self, attachment_id: str, client_token: str | None = None) -> Answer:
        """Call CompleteAttachmentUpload."""
        body: dict[str, Any] = {"AttachmentIds": [attachment_id]}
        if client_token is not None:
            body["ClientToken"] = client_token
        return self.call("complete-attachment-upload", body)

    def attach(self, name: str = "a.txt", content: bytes = b"hello") -> str:
        """Start, upload and complete; return the attachment's id."""
        started = self.start_upload(name, content)
        uploaded = self.upload(started, content)
        completed = self.complete(started.json["AttachmentId"])
        assert (started.status, uploaded.status, completed.status) == (200, 200, 200)
        attachment_id: str = started.json["AttachmentId"]
        return attachment_id

    def download(self, attachment_id: str) -> Answer:
        """Call GetAttachment and fetch the URL."""
        offered = self.call("attachment", {"AttachmentId": attachment_id})
        assert offered.status == 200, offered.body
        return request("GET", offered.json["Url"])

    def say(self, content: str = "hello", **members: Any) -> Answer:
        """Call SendMessage with a plain text."""
        return self.call("message", {"ContentType": "text/plain", "Content": content, **members})

    def tell(self, event: str, message_id: str | None = None) -> Answer:
        """Call SendEvent: `typing`, or with a message's id `message.delivered` or `message.read`."""
        body = {"ContentType": f"application/vnd.amazonaws.connect.event.{event}"}
        if message_id is not None:
            body["Content"] = json.dumps({"messageId": message_id})
        return self.call("event", body)

    def transcript(self, **members: Any) -> Answer:
        """Call GetTranscript."""
        return self.call("transcript", members)

    def websocket_url(self) -> str:
        """Call CreateParticipantConnection for a WebSocket and return its URL."""
        answer = post(
            self.server,
            "/participant/connection",
            {"Type": ["WEBSOCKET"]},
            **{"x-amz-bearer": self.participant_token},
        )
        assert answer.status == 200, answer.body
        url: str = answer.json["Websocket"]["Url"]
        return url

    def listen(self) -> Listener:
        """Open a WebSocket as this participant and subscribe to the chat."""
        listener = Listener(self.websocket_url())
        assert listener.subscribe()["content"]["status"] == "success"
        return listener

    def join(self, role: str = "AGENT", display_name: str = "Agent") -> Chat:
        """Add a participant to this contact and connect it."""
        created = self._created(role, display_name)
        token = created["ParticipantCredentials"]["ParticipantToken"]
        return _connected(self.server, self.contact_id, created["ParticipantId"], token)

    def added(self) -> str:
        """Add an agent to this contact; return the participant token, which nobody has used."""
        token: str = self._created("AGENT", "Agent")["ParticipantCredentials"]["ParticipantToken"]
        return token

    def _created(self, role: str, display_name: str) -> Any:
        created = control(
            self.server,
            "POST",
            "/contact/create-participant",
            {
                "InstanceId": "instance",
                "ContactId": self.contact_id,
                "ParticipantDetails": {"ParticipantRole": role, "DisplayName": display_name},
            },
        )
        assert created.status == 200, created.body
        return created.json

    def stop(self) -> Answer:
        """Call StopContact."""
        body = {"InstanceId": "instance", "ContactId": self.contact_id}
        return control(self.server, "POST", "/contact/stop", body)


def start_chat(server: Server, display_name: str, **members: Any) -> Chat:
    """Start a chat on `server` and connect its customer."""
    started = control(
        server,
        "PUT",
        "/contact/chat",
        {
            "InstanceId": "instance",
            "ContactFlowId": "flow",
            "ParticipantDetails": {"DisplayName": display_name},
            **members,
        },
    )
    assert started.status == 200, started.body
    it = started.json
    return _connected(server, it["ContactId"], it["ParticipantId"], it["ParticipantToken"])


def _connected(server: Server, contact_id: str, participant_id: str, token: str) -> Chat:
    answer = post(
        server,
        "/participant/connection",
        {"Type": ["CONNECTION_CREDENTIALS"]},
        **{"x-amz-bearer": token},
    )
    assert answer.status == 200, answer.body
    credentials = answer.json["ConnectionCredentials"]
    return Chat(server, contact_id, participant_id, token, credentials["ConnectionToken"])


def control(
    server: Server, method: str, path: str, body: Any = None, key: Credentials | None = None
) -> Answer:
    """Call the control plane, signed with a key pair: the server's newest, unless told."""
    content = b"" if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"} if content else {}
    bare, _, query = path.partition("?")
    signed = sigv4.sign(
        key or server.node.control_key,
        method,
        sigv4.host_of(server.url),
        bare,
        query=query,
        headers=headers,
        body=content,
        region=server.node.ports.policy.region,
        service="connect",
        at=server.clock.now(),
    )
    return request(method, server.url + path, content, {**headers, **signed})


def post(server: Server, path: str, body: Any = None, **headers: str) -> Answer:
    """POST JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    return request(
        "POST", server.url + path, content, {"content-type": "application/json"} | headers
    )


def request(
    method: str, url: str, content: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Make one request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, content, headers or {})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()
