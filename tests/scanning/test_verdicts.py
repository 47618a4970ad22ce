"""What people in a chat see of a file that a scanner looks at, before and after its verdict."""

from __future__ import annotations

from openparticipant.testing.chat import request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.eventually import eventually
from tests.scanning.judge import Judge, Pair, comes_to_rest, files, pair, status_of

NOBODY = "00000000-0000-4000-8000-000000000000"


def fetched(chat: Pair, attachment_id: str) -> set[tuple[int, bytes]]:
    """Return what GetAttachment answers both of them."""
    body = {"AttachmentId": attachment_id}
    answers = [each.call("attachment", body) for each in (chat.customer, chat.agent)]
    return {(answer.status, answer.body) for answer in answers}


def test_nobody_sees_a_file_while_it_is_scanned(scanner: Judge, chat: Pair) -> None:
    """Not its sender either: no item, and to GetAttachment it is as unknown as what is not there."""
    attachment_id = chat.send()
    assert scanner.question()["FileId"] == attachment_id

    assert chat.seen(chat.customer) == chat.seen(chat.agent) == []
    assert chat.heard(chat.to_customer) == chat.heard(chat.to_agent) == []
    assert fetched(chat, attachment_id) == fetched(chat, NOBODY)
    scanner.approve()


def test_an_approved_file_comes_to_all(scanner: Judge, chat: Pair) -> None:
    """Once, at the place and instant of the verdict."""
    attachment_id = chat.send(b"good")
    scanner.question()
    chat.agent.say("meanwhile")
    scanner.approve()

    for listener in (chat.to_customer, chat.to_agent):
        while (item := listener.item())["Type"] != "ATTACHMENT":
            continue
        assert status_of(item) == (attachment_id, "APPROVED")
    assert chat.heard(chat.to_customer) == chat.heard(chat.to_agent) == []
    for viewer in (chat.customer, chat.agent):
        assert chat.seen(viewer) == [(attachment_id, "APPROVED")]
        assert viewer.download(attachment_id).body == b"good"


def test_a_rejected_file_is_told_to_its_sender_alone(
    server: Server, scanner: Judge, chat: Pair
) -> None:
    """On the socket and in the transcript; all others step over it, and what follows arrives."""
    attachment_id = chat.send(b"bad")
    scanner.question()
    scanner.reject()
    while (item := chat.to_customer.item())["Type"] != "ATTACHMENT":
        continue

    assert status_of(item) == (attachment_id, "REJECTED")
    assert chat.heard(chat.to_customer) == chat.heard(chat.to_agent) == []
    assert chat.seen(chat.customer) == [(attachment_id, "REJECTED")]
    assert chat.seen(chat.agent) == []
    later = chat.send(b"good")
    scanner.question()
    scanner.approve()
    assert comes_to_rest(server)
    assert chat.seen(chat.agent) == [(later, "APPROVED")]
    assert [status_of(item) for item in chat.heard(chat.to_agent)] == [(later, "APPROVED")]


def test_a_rejected_file_is_out_of_reach(server: Server, scanner: Judge, chat: Pair) -> None:
    """By its id, by a URL that was signed before, by the upload's URL; and its bytes are gone."""
    started = chat.customer.start_upload(content=b"bad")
    chat.customer.upload(started, b"bad")
    attachment_id = started.json["AttachmentId"]
    assert chat.customer.complete(attachment_id).status == 200
    url = scanner.question()["FileLocation"]["Url"]
    assert request("GET", url).body == b"bad"
    scanner.reject()
    assert comes_to_rest(server)

    assert request("GET", url).status == 403
    assert fetched(chat, attachment_id) == fetched(chat, NOBODY)
    assert chat.customer.upload(started, b"bad").status == 403
    assert files(server) == []


def test_the_operator_sees_what_was_rejected(server: Server, scanner: Judge, chat: Pair) -> None:
    """The transcript of the operator's has every item, and says of this one what became of it."""
    attachment_id = chat.send()
    scanner.question()
    scanner.reject()
    assert comes_to_rest(server)
    store = server.node.ports.store
    found = server.call(lambda: store.find_contact(chat.customer.contact_id))
    assert found is not None
    items = server.call(
        lambda: store.page(found.seq, viewer=None, begin=1, forward=True, limit=100)
    )

    assert [item.ordinal for item in items] == list(range(1, found.items + 1))
    (file,) = [item.attachment for item in items if item.attachment]
    assert (file.id, file.is_rejected) == (attachment_id, True)


def test_complete_may_be_repeated_whatever_became_of_it(
    server: Server, scanner: Judge, chat: Pair
) -> None:
    """Under its client token it is done, while it is scanned and after; under another it is refused."""
    for conclude in (scanner.approve, scanner.reject):
        attachment_id = chat.send(client_token="once")
        scanner.question()
        for scanned in (False, True):
            if scanned:
                conclude()
                assert comes_to_rest(server)
            assert chat.customer.complete(attachment_id, "once").status == 200
            for token in ("twice", None):
                refused = chat.customer.complete(attachment_id, token)
                assert (refused.status, refused.error) == (409, "ConflictException")
    assert scanner.asked == 2


def test_the_uploads_url_ends_with_complete(scanner: Judge, chat: Pair) -> None:
    """What is scanned cannot be replaced."""
    started = chat.customer.start_upload(content=b"good")
    chat.customer.upload(started, b"good")
    attachment_id = started.json["AttachmentId"]
    chat.customer.complete(attachment_id)
    url = scanner.question()["FileLocation"]["Url"]
    refused = chat.customer.upload(started, b"evil")

    assert (refused.status, request("GET", url).body) == (403, b"good")
    assert b"already complete" in refused.body
    scanner.approve()


def test_nobody_acknowledges_a_file_they_cannot_see(
    server: Server, scanner: Judge, chat: Pair
) -> None:
    """To the others its id is that of nothing."""
    chat.send()
    scanner.question()
    scanner.reject()
    assert comes_to_rest(server)
    (item,) = chat.heard(chat.to_customer)
    hidden, nothing = (
        chat.agent.tell("message.read", item["Id"]),
        chat.agent.tell("message.read", NOBODY),
    )

    assert (hidden.status, hidden.body) == (nothing.status, nothing.body)
    assert hidden.status == 400


def test_a_chat_that_ends_takes_its_file_along(server: Server, scanner: Judge, chat: Pair) -> None:
    """The verdict comes too late to tell anybody; neither bytes nor row stay."""
    chat.send()
    scanner.question()
    chat.customer.stop()
    scanner.approve()

    assert comes_to_rest(server)
    assert files(server) == []
    contact_id = chat.customer.contact_id
    items = server.call(lambda: server.node.ports.store.items(contact_id, after=0, limit=100))
    assert [item.attachment for item in items if item.attachment] == []


def test_a_chat_that_ended_needs_no_verdict(
    server: Server, scanner: Judge, clock: SettableClock
) -> None:
    """What was held is cleared away without another look at it."""
    with pair(server) as chat:
        chat.send()
        scanner.question()
        scanner.babble()
        backlog = server.node.ports.store.scan_backlog
        assert eventually(lambda: (server.call(backlog).due_at or 0) == clock.now() + 1000)
        chat.customer.stop()
        clock.advance(1000)

        assert comes_to_rest(server)
    assert files(server) == []
    assert scanner.asked == 1


def test_a_sender_who_left_hears_nothing(server: Server, scanner: Judge, chat: Pair) -> None:
    """Whoever stays gets the approved file; of a rejected one nobody is told."""
    started = [chat.agent.start_upload() for _ in range(2)]
    for each in started:
        chat.agent.upload(each)
        assert chat.agent.complete(each.json["AttachmentId"]).status == 200
    for _ in range(2):
        scanner.question()
    chat.agent.call("disconnect")
    scanner.approve()
    scanner.reject()
    assert comes_to_rest(server)

    ((_, status),) = chat.seen(chat.customer)
    assert status == "APPROVED"
