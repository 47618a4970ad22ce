"""What a copy of the data directory gives away, and what two servers have in common: nothing."""

from __future__ import annotations

import io
from pathlib import Path

from openparticipant.testing.chat import post
from openparticipant.testing.server import Server


def test_no_token_is_stored(tmp_path: Path) -> None:
    """Only digests are: who reads every file of the server can speak for nobody in a chat."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        chat.attach()
        bearer = {"x-amz-bearer": chat.participant_token}
        socket = post(server, "/participant/connection", {"Type": ["WEBSOCKET"]}, **bearer)
        _, found, websocket_token = socket.json["Websocket"]["Url"].partition("AuthToken=")
        assert found
        while_it_runs = stored(tmp_path)
    for token in (chat.participant_token, chat.connection_token, websocket_token):
        for content in (while_it_runs, stored(tmp_path)):
            assert token.encode() not in content
            assert bytes.fromhex(token) not in content
            assert chat.contact_id.encode() in content  # so this is where it would be


def test_no_two_servers_share_a_secret(tmp_path: Path) -> None:
    """Key pairs are made at the first start and kept; there is no default."""
    found = []
    for directory in ("one", "two", "one"):
        with Server(tmp_path / directory, log=io.BytesIO()) as server:
            found.append(dict(server.credentials))
    first, other, again = found

    assert first == again
    assert not set(first.values()) & set(other.values())


def stored(directory: Path) -> bytes:
    """Return the content of every file below a directory."""
    return b"\n".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())
