"""Every token dies with its chat, on every operation, and says nothing of why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openparticipant.testing.chat import Chat, post, request
from openparticipant.testing.server import Server
from openparticipant.wire.service import PARTICIPANT

SESSION = "5f0c2a1e-8f6d-4a0e-9a63-0f2f6f7d1b11"
BODIES: dict[str, dict[str, Any]] = {
    "CancelParticipantAuthentication": {"SessionId": SESSION},
    "CompleteAttachmentUpload": {"AttachmentIds": ["id"], "ClientToken": "t"},
    "CreateParticipantConnection": {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]},
    "DisconnectParticipant": {},
    "GetAttachment": {"AttachmentId": "id"},
    "GetAuthenticationUrl": {"SessionId": SESSION, "RedirectUri": "https://shop.example"},
    "GetTranscript": {"StartPosition": {}},
    "SendEvent": {"ContentType": "application/vnd.amazonaws.connect.event.typing"},
    "SendMessage": {"ContentType": "text/plain", "Content": "too late"},
    "StartAttachmentUpload": {
        "AttachmentName": "a.txt",
        "AttachmentSizeInBytes": 5,
        "ContentType": "text/plain",
    },
}


def end(chat: Chat) -> None:
    """End a chat as its customer."""
    assert chat.call("disconnect").status == 200


def stop(chat: Chat) -> None:
    """End a chat from behind."""
    assert chat.stop().status == 200


@pytest.mark.parametrize("over", [end, stop])
@pytest.mark.parametrize("operation", PARTICIPANT, ids=lambda one: one.name)
def test_tokens_of_an_ended_chat_open_nothing(server: Server, operation: Any, over: Any) -> None:
    """Clients take 403 on reconnecting for the end of the chat, so it must be nothing else."""
    chat = server.start_chat()
    agent = chat.join()
    over(chat)
    for one in (chat, agent):
        connecting = operation.name == "CreateParticipantConnection"
        token = one.participant_token if connecting else one.connection_token
        if operation.method == "GET":
            url = server.url + operation.path.replace("{ViewToken}", "view")
            answer = request("GET", url, headers={"x-amz-bearer": token})
        else:
            body = json.dumps(BODIES[operation.name]).encode()
            answer = post(server, operation.path, body, **{"x-amz-bearer": token})
        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert answer.json["Message"] == "Access denied"
