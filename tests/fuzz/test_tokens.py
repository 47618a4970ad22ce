"""Who may speak: every bearer but the right one gets the same 403."""

from __future__ import annotations

import pytest

from openparticipant.testing.chat import Answer, Chat, post, request
from openparticipant.testing.server import Server
from tests.fuzz.judge import judge

START = "/participant/start-attachment-upload"
GOOD = {"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain"}


def denied(answer: Answer) -> None:
    """Check that an answer says no, and not why."""
    judge(answer.status, answer.headers, answer.body)
    assert answer.status == 403
    assert answer.json == {"__type": "AccessDeniedException", "Message": "Access denied"}


def bearers(chat: Chat) -> dict[str, str | None]:
    """Return what is no connection token, though some of it nearly is."""
    token = chat.connection_token
    return {
        "none": None,
        "empty": "",
        "blank": "   ",
        "nonsense": "nonsense",
        "cut short": token[:-1],
        "one character more": token + "0",
        "in capitals": token.upper(),
        "reversed": token[::-1],
        "twice": token + token,
        "with a scheme": f"Bearer {token}",
        "beyond ASCII": "ÿ" * 64,
        "the longest": "a" * 1000,
        "longer than a token can be": "a" * 1001,
        "a participant token": chat.participant_token,
        "SQL": "' OR 1=1 --",
    }


NAMES = (
    "none",
    "empty",
    "blank",
    "nonsense",
    "cut short",
    "one character more",
    "in capitals",
    "reversed",
    "twice",
    "with a scheme",
    "beyond ASCII",
    "the longest",
    "longer than a token can be",
    "a participant token",
    "SQL",
)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_bearer_is_denied(server: Server, chat: Chat, name: str) -> None:
    """Nothing but a connection token that is alive opens an operation."""
    bearer = bearers(chat)[name]
    headers = {} if bearer is None else {"x-amz-bearer": bearer}
    denied(post(server, START, GOOD, **headers))


def test_connection_token_does_not_connect(server: Server, chat: Chat) -> None:
    """Where a participant token is due, a connection token is as good as none."""
    wanted = {"Type": ["CONNECTION_CREDENTIALS"]}
    bearer = {"x-amz-bearer": chat.connection_token}
    denied(post(server, "/participant/connection", wanted, **bearer))


def test_tokens_of_an_ended_chat_are_denied(server: Server, chat: Chat) -> None:
    """The end of a contact ends both kinds of tokens, for everyone in it."""
    agent = chat.join()
    assert chat.call("disconnect", {}).status == 200
    for one in (chat, agent):
        denied(one.call("start-attachment-upload", GOOD))
        denied(one.call("disconnect", {}))
        wanted = {"Type": ["WEBSOCKET"]}
        bearer = {"x-amz-bearer": one.participant_token}
        denied(post(server, "/participant/connection", wanted, **bearer))


def test_agent_that_left_is_denied_and_the_chat_goes_on(chat: Chat) -> None:
    """An agent's leaving ends the agent's tokens alone."""
    agent = chat.join()
    assert agent.call("disconnect", {}).status == 200
    denied(agent.call("start-attachment-upload", GOOD))
    assert chat.start_upload().status == 200


def test_token_of_another_contact_reaches_nothing_here(server: Server, chat: Chat) -> None:
    """A stranger's attachment and one that never was are the same to the caller."""
    stranger = server.start_chat()
    theirs = stranger.attach()
    pending = stranger.start_upload().json["AttachmentId"]
    unknown = chat.call("attachment", {"AttachmentId": "5f0c2a1e-8f6d-4a0e-9a63-0f2f6f7d1b11"})
    assert unknown.status == 400
    for other in (theirs, pending, "no id at all", "../" + theirs, theirs.upper()):
        read = chat.call("attachment", {"AttachmentId": other})
        completed = chat.complete(other)
        assert (read.status, read.body) == (unknown.status, unknown.body)
        assert (completed.status, completed.body) == (unknown.status, unknown.body)
    assert stranger.download(theirs).body == b"hello"


def test_attachment_of_another_participant_cannot_be_completed(chat: Chat) -> None:
    """In one contact, too, only who announced a file may complete it."""
    agent = chat.join()
    started = chat.start_upload()
    assert chat.upload(started).status == 200
    attachment_id = started.json["AttachmentId"]
    unknown = agent.complete("unknown")
    refused = agent.complete(attachment_id)
    assert (refused.status, refused.body) == (unknown.status, unknown.body)
    assert chat.complete(attachment_id).status == 200
    assert agent.download(attachment_id).body == b"hello"


def test_custom_bot_may_upload_and_not_read(chat: Chat) -> None:
    """A bot is refused every attachment, its own and one that never was."""
    bot = chat.join("CUSTOM_BOT", "Bot")
    attachment_id = bot.attach("from the bot.txt")
    denied(bot.call("attachment", {"AttachmentId": attachment_id}))
    denied(bot.call("attachment", {"AttachmentId": "unknown"}))
    assert chat.download(attachment_id).body == b"hello"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "garbage",
        "Bearer of bad news",
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260131/us-east-1/connectparticipant/"
        "aws4_request, SignedHeaders=host, Signature=" + "0" * 64,
        "Basic " + "QQ" * 2000,
    ],
    ids=["empty", "garbage", "bearer", "signed by somebody", "long"],
)
def test_authorization_changes_nothing(server: Server, chat: Chat, authorization: str) -> None:
    """SDKs sign with whatever keys they find; neither good nor bad ones count here."""
    right = chat.call("start-attachment-upload", GOOD, authorization=authorization)
    assert right.status == 200
    denied(post(server, START, GOOD, authorization=authorization))


def test_token_of_2_mb_ends_at_the_parser(server: Server) -> None:
    """A head that no bound stops would be held in memory for everyone who cares to send one."""
    answer = post(server, START, GOOD, **{"x-amz-bearer": "a" * 2_000_000})
    judge(answer.status, answer.headers, answer.body)
    assert (answer.status, answer.error) == (413, "RequestEntityTooLargeException")


def test_bearer_in_the_query_or_the_body_is_none(server: Server, chat: Chat) -> None:
    """The header alone carries the token: an address ends up in logs."""
    token = chat.connection_token
    denied(post(server, START, {**GOOD, "ConnectionToken": token, "X-Amz-Bearer": token}))
    with_query = f"{server.url}{START}?X-Amz-Bearer={token}"
    denied(request("POST", with_query, b"{}", {"content-type": "application/json"}))
