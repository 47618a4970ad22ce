"""The unmodified AWS SDK for JavaScript v3 on Node, with `fetch` for the bytes."""

from __future__ import annotations

from tests.clients.programs import VIEW, Shell, javascript
from tests.serve_process import ServeProcess


def test_file_goes_up_and_comes_back(server: ServeProcess, shell: Shell) -> None:
    """The whole flow, and each refusal under the name that a program looks for."""
    seen = javascript(shell, "round_trip.mjs")
    assert seen["same"] is True
    assert seen["repeated"] is True
    assert seen["statuses"] == [200, 200, 200]
    assert seen["size"] == 300_001
    assert seen["socket"] == f"ws{server.url.removeprefix('http')}/participant/websocket"
    assert seen["errors"] == {
        "early": ["ValidationException", 400, "string"],
        "type": ["ValidationException", 400, "string"],
        "other": ["ValidationException", 400, "string"],
        "token": ["AccessDeniedException", 403, "string"],
        "conflict": ["ConflictException", 409, "string"],
        "quota": ["ServiceQuotaExceededException", 402, "string"],
        "ended": ["AccessDeniedException", 403, "string"],
        "stopped": ["ContactNotFoundException", 410, "string"],
    }


def test_people_talk(shell: Shell) -> None:
    """The operations of a conversation, and each refusal as the class of the model."""
    seen = javascript(shell, "chat.mjs")
    joined = "participant.joined"
    assert seen["whole"] == [joined, joined, "one", "zwei 😴", "three"]
    assert seen["pages"] == seen["whole"]
    assert seen["fromSecond"] == ["zwei 😴", "three"]
    told = ["DeliveredTimestamp", "ReadTimestamp", "RecipientParticipantId"]
    assert seen["receipts"] == told
    assert seen["view"] == ["welcome", VIEW["Name"], VIEW["Content"]["Template"]]
    assert seen["missing"] == ["a/b token+==", "VIEW"]
    assert seen["errors"] == {
        "long": ["ValidationException", 400],
        "url": ["ValidationException", 400],
        "cancel": ["ValidationException", 400],
        "crowd": ["ConflictException", 409],
        "late": ["AccessDeniedException", 403],
        "closed": ["AccessDeniedException", 403],
    }
