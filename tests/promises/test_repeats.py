"""Asked twice, done once."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from openparticipant.limits import ATTACHMENTS_PER_CONTACT
from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server
from tests.promises.place import Place
from tests.promises.promise import promise
from tests.scanning.judge import passing


@promise(32)
def test_a_chat_has_35_attachments(place: Place, chat: Chat) -> None:
    """The next is refused, whoever asks, and complete ones never make room."""
    agent = chat.join()
    chat.attach()
    for number in range(1, ATTACHMENTS_PER_CONTACT):
        assert (agent if number % 2 else chat).start_upload().status == 200
    for participant in (chat, agent):
        refused = participant.start_upload()
        assert (refused.status, refused.error) == (402, "ServiceQuotaExceededException")
    assert place.server.start_chat().start_upload().status == 200


@promise(35)
def test_a_client_token_stands_for_one_call(tmp_path: Path) -> None:
    """The same call has the same answer, also after a restart; another one is refused."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        started = chat.start_upload(ClientToken="start")
        said = chat.say("hello", ClientToken="say")
        assert chat.upload(started).status == 200
    with Server(tmp_path, log=io.BytesIO()) as server:
        again = Chat(
            server,
            chat.contact_id,
            chat.participant_id,
            chat.participant_token,
            chat.connection_token,
        )
        repeated = again.start_upload(ClientToken="start")
        assert repeated.json["AttachmentId"] == started.json["AttachmentId"]
        assert again.say("hello", ClientToken="say").json == said.json
        for other in (
            again.start_upload("b.txt", ClientToken="start"),
            again.start_upload(content=b"other!", ClientToken="start"),
            again.say("goodbye", ClientToken="say"),
        ):
            assert (other.status, other.error) == (400, "ValidationException")
        attachment_id = started.json["AttachmentId"]
        assert again.complete(attachment_id, "complete").status == 200
        assert again.complete(attachment_id, "complete").status == 200
        assert again.complete(attachment_id, "another").status == 409
        items = again.transcript(MaxResults=100).json["Transcript"]
        assert sorted(it["Type"] for it in items if it["Type"] != "EVENT") == [
            "ATTACHMENT",
            "MESSAGE",
        ]


@promise(36)
def test_fifty_racing_completes_have_one_effect(place: Place, chat: Chat) -> None:
    """One of them completes; there is one item, and one object."""
    agent = chat.join()
    upload = place.invite(chat)
    assert upload.put().status == 200
    with agent.listen() as listener, passing(place.clock), ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda n: upload.complete(str(n)).status, range(50)))
        assert sorted(set(statuses)) in ([200, 409], [200])
        assert statuses.count(200) == 1
        said = chat.say("now").json["Id"]
        items = [listener.item()]
        while items[-1]["Id"] != said:
            items.append(listener.item())
    assert sum(it["Type"] == "ATTACHMENT" for it in items) == 1
    stored = agent.transcript(MaxResults=100).json["Transcript"]
    assert sum(it["Type"] == "ATTACHMENT" for it in stored) == 1
    assert len(place.objects_of(upload.attachment_id)) == 1
