"""Many chats of two, taken through every operation once, some at a time over kept connections."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from bench.live_sockets import SUBSCRIBE, Caller, ClientSocket
from openparticipant.sigv4 import Credentials, host_of, sign

_AT_ONCE = 16
_FILE = bytes(12 * 1024)
_INSTANCE = {"InstanceId": "bench"}


class Chat:
    """One chat of two: what each step leaves for the next."""

    def __init__(self) -> None:
        self.contact_id = ""
        self.participants: list[str] = []  # tokens, the customer's first
        self.bearers: list[str] = []
        self.sockets: list[str] = []
        self.message_id = ""
        self.upload: Any = None
        self.download = ""
        self.listening = 0


Share = tuple[str, list[Chat]]
"""A node's origin and the chats that it serves at one step."""
Step = Callable[[Chat], Awaitable[None]]


class Scene:
    """The chats, and who calls for them; each public method takes one chat one step further."""

    def __init__(self, origins: list[str], key: Credentials, chats: int) -> None:
        """Make chats, for nodes at all `origins`."""
        self.chats = [Chat() for _ in range(chats)]
        self._origins = origins
        self._origin = origins[0]
        self._dealer = random.Random(1)
        self._key = key
        self._callers: dict[str, list[Caller]] = {}
        self._sockets: list[ClientSocket] = []

    @property
    def moved(self) -> int:
        """Bytes of all requests and answers so far."""
        return sum(caller.moved for kept in self._callers.values() for caller in kept)

    def dealt(self, which: slice = slice(None)) -> list[Share]:
        """Deal chats to the nodes at random, to each as many as to the others."""
        chats = self.chats[which]
        self._dealer.shuffle(chats)
        nodes = len(self._origins)
        return [(origin, chats[at::nodes]) for at, origin in enumerate(self._origins)]

    async def serve(self, step: Step, share: Share) -> None:
        """Take chats one step further at their node."""
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(chat: Chat) -> None:
            async with limit:
                await step(chat)

        self._origin, chats = share
        await asyncio.gather(*map(one, chats))

    async def start_chat_contact(self, chat: Chat) -> None:
        """Let a customer come."""
        body = {
            **_INSTANCE,
            "ContactFlowId": "flow",
            "ParticipantDetails": {"DisplayName": "Customer"},
        }
        started = await self._control("PUT", "/contact/chat", body)
        chat.contact_id = started["ContactId"]
        chat.participants.append(started["ParticipantToken"])

    async def create_participant(self, chat: Chat) -> None:
        """Add an agent."""
        body = {
            **_INSTANCE,
            "ContactId": chat.contact_id,
            "ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": "Agent"},
        }
        added = await self._control("POST", "/contact/create-participant", body)
        chat.participants.append(added["ParticipantCredentials"]["ParticipantToken"])

    async def create_participant_connection(self, chat: Chat) -> None:
        """Connect whoever is not connected yet."""
        wanted = {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]}
        given = await self._call("connection", chat.participants[len(chat.bearers)], wanted)
        chat.bearers.append(given["ConnectionCredentials"]["ConnectionToken"])
        chat.sockets.append(given["Websocket"]["Url"])

    async def send_message(self, chat: Chat) -> None:
        """Let the customer say 100 characters."""
        body = {"ContentType": "text/plain", "Content": "x" * 100}
        chat.message_id = (await self._call("message", chat.bearers[0], body))["Id"]

    async def send_typing(self, chat: Chat) -> None:
        """Let the agent type."""
        body = {"ContentType": "application/vnd.amazonaws.connect.event.typing"}
        await self._call("event", chat.bearers[1], body)

    async def send_read(self, chat: Chat) -> None:
        """Let the agent have read the message."""
        kind = "application/vnd.amazonaws.connect.event.message.read"
        content = json.dumps({"messageId": chat.message_id})
        await self._call("event", chat.bearers[1], {"ContentType": kind, "Content": content})

    async def get_transcript(self, chat: Chat) -> None:
        """Let the agent read up."""
        await self._call("transcript", chat.bearers[1], {"MaxResults": 15})

    async def start_attachment_upload(self, chat: Chat) -> None:
        """Let the customer announce a file of 12 KiB."""
        body = {
            "AttachmentName": "a.txt",
            "ContentType": "text/plain",
            "AttachmentSizeInBytes": len(_FILE),
        }
        chat.upload = await self._call("start-attachment-upload", chat.bearers[0], body)

    async def put(self, chat: Chat) -> None:
        """Upload it."""
        place = chat.upload["UploadMetadata"]
        await self._exchange("PUT", place["Url"], place["HeadersToInclude"], _FILE)

    async def complete_attachment_upload(self, chat: Chat) -> None:
        """Say that it is there."""
        body = {"AttachmentIds": [chat.upload["AttachmentId"]]}
        await self._call("complete-attachment-upload", chat.bearers[0], body)

    async def get_attachment(self, chat: Chat) -> None:
        """Let the agent ask for it."""
        body = {"AttachmentId": chat.upload["AttachmentId"]}
        chat.download = (await self._call("attachment", chat.bearers[1], body))["Url"]

    async def get(self, chat: Chat) -> None:
        """Download it."""
        await self._exchange("GET", chat.download, {}, b"")

    async def listen(self, chat: Chat) -> None:
        """Open the socket of whoever has none yet, and wait until it is told of the chat."""
        url = urlsplit(chat.sockets[chat.listening])
        chat.listening += 1
        answered = asyncio.get_running_loop().create_future()

        def hear(_: bytes) -> None:
            if not answered.done():
                answered.set_result(None)

        host = urlsplit(self._origin).netloc
        socket = await ClientSocket.open(url._replace(netloc=host).geturl(), hear)
        socket.send(SUBSCRIBE)
        await answered
        self._sockets.append(socket)

    async def disconnect_participant(self, chat: Chat) -> None:
        """Let the agent leave."""
        await self._call("disconnect", chat.bearers[1], {})

    async def stop_contact(self, chat: Chat) -> None:
        """End the chat."""
        body = {**_INSTANCE, "ContactId": chat.contact_id}
        await self._control("POST", "/contact/stop", body)

    async def _call(self, path: str, bearer: str, body: Any) -> Any:
        headers = {"X-Amz-Bearer": bearer, "Content-Type": "application/json"}
        url = f"{self._origin}/participant/{path}"
        return json.loads(await self._exchange("POST", url, headers, json.dumps(body).encode()))

    async def _control(self, method: str, path: str, body: Any) -> Any:
        origin, content = self._origin, json.dumps(body).encode()
        headers = sign(
            self._key,
            method,
            host_of(origin),
            path,
            region="us-east-1",
            service="connect",
            at=time.time_ns() // 1_000_000,
            body=content,
        )
        return json.loads(await self._exchange(method, f"{origin}{path}", headers, content))

    async def _exchange(self, method: str, url: str, headers: dict[str, str], body: bytes) -> bytes:
        parts = urlsplit(url)
        kept = self._callers.setdefault(f"{parts.scheme}://{parts.netloc}", [])
        caller = kept.pop() if kept else Caller(f"{parts.scheme}://{parts.netloc}")
        try:
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            return await caller.exchange(method, target, headers, body)
        finally:
            kept.append(caller)


def steps(scene: Scene) -> list[tuple[str, Step]]:
    """Return what is measured, in an order in which each finds what it needs."""
    return [
        ("StartChatContact", scene.start_chat_contact),
        ("CreateParticipant", scene.create_participant),
        ("CreateParticipantConnection", scene.create_participant_connection),
        ("the same, by the agent", scene.create_participant_connection),
        ("SendMessage", scene.send_message),
        ("SendEvent, typing", scene.send_typing),
        ("SendEvent, read", scene.send_read),
        ("GetTranscript, 15 items", scene.get_transcript),
        ("StartAttachmentUpload", scene.start_attachment_upload),
        ("PUT of 12 KiB", scene.put),
        ("CompleteAttachmentUpload", scene.complete_attachment_upload),
        ("GetAttachment", scene.get_attachment),
        ("GET of 12 KiB", scene.get),
        ("a socket of the customer", scene.listen),
        ("a socket of the agent", scene.listen),
        ("SendMessage to two sockets", scene.send_message),
        ("SendEvent, typing, to one", scene.send_typing),
        ("DisconnectParticipant", scene.disconnect_participant),
        ("StopContact", scene.stop_contact),
    ]
