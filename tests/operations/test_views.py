"""What a flow engine would start, over the wire."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openparticipant.testing.chat import Chat, request
from openparticipant.testing.server import Server
from openparticipant.transport.start import StartError

SESSION = "00000000-0000-4000-8000-000000000001"
CONTENT = {"Template": {"Head": {"Title": "Hi"}}, "InputSchema": '{"a":1}', "Actions": ["Send"]}


def describe(server: Server, chat: Chat, token: str) -> tuple[int, dict[str, object]]:
    headers = {"x-amz-bearer": chat.connection_token}
    answer = request("GET", f"{server.url}/participant/views/{token}", headers=headers)
    return answer.status, answer.json


def test_a_registered_view_is_described(tmp_path: Path) -> None:
    """Its token is the file's name; template and schema come as the text of JSON."""
    (tmp_path / "feedback.json").write_text(json.dumps({"Name": "Feedback", "Content": CONTENT}))
    with Server(views=str(tmp_path)) as server:
        status, body = describe(server, server.start_chat(), "feedback")

    assert status == 200
    view = body["View"]
    assert isinstance(view, dict)
    assert (view["Id"], view["Name"], view["Version"]) == ("feedback", "Feedback", 1)
    content = view["Content"]
    assert json.loads(content["Template"]) == CONTENT["Template"]
    assert content["InputSchema"] == CONTENT["InputSchema"]
    assert content["Actions"] == ["Send"]


def test_any_other_view_is_not_found(server: Server) -> None:
    """With the members that the model has for it."""
    status, body = describe(server, server.start_chat(), "a%2Fb%20token%2B%3D%3D")

    assert status == 404
    assert (body["__type"], body["ResourceType"]) == ("ResourceNotFoundException", "VIEW")
    assert body["ResourceId"] == "a/b token+=="


@pytest.mark.parametrize(
    "text",
    [b"{", b"[]", b'{"Content": {}}', b'{"Content": {"Template": "{"}}', b"\xff", b""],
)
def test_a_view_that_cannot_be_read_ends_the_start(tmp_path: Path, text: bytes) -> None:
    """With a line that names the file."""
    (tmp_path / "broken.json").write_bytes(text)

    with pytest.raises(StartError, match=r"broken\.json"), Server(views=str(tmp_path)):
        pass


def test_views_that_are_not_there_end_the_start(tmp_path: Path) -> None:
    """A directory that was mistyped must not look like one without views."""
    with pytest.raises(StartError, match="views"), Server(views=str(tmp_path / "none")):
        pass


def test_no_authentication_was_initiated(server: Server) -> None:
    """Without flows nothing starts one, and AWS refuses as well then."""
    chat = server.start_chat()

    url = chat.call("authentication-url", {"SessionId": SESSION, "RedirectUri": "https://a.test/"})
    cancel = chat.call("cancel-authentication", {"SessionId": SESSION})

    assert (url.error, cancel.error) == ("ValidationException", "ValidationException")
