"""The load under which the server is killed: conversations in which two lanes attach files."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from tests.crash.ledger import Conversation, Ended, Upload
from tests.crash.line import Line, ServerDied, WrongAnswerError


class ConversationOver(Exception):  # noqa: N818 - an expected turn
    """The other lane has disconnected the participant."""


class Fuse:
    """Blows when a given number of requests has been sent."""

    def __init__(self, requests: int) -> None:
        self._left = requests
        self._lock = threading.Lock()
        self.blown = threading.Event()

    def burn(self) -> None:
        """Count one request."""
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                self.blown.set()


class Load:
    """Threads that hold conversations until the server dies; `conversations` is the ledger."""

    def __init__(self, dial: Callable[[], Line], seed: int, *, couples: int) -> None:
        self._dial = dial
        self._threads = [
            threading.Thread(target=self._converse_until_the_end, args=(random.Random(seed + one),))
            for one in range(couples)
        ]
        self._doomed = threading.Event()
        self.conversations: list[Conversation] = []
        self.faults: list[Exception] = []

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def brace(self) -> None:
        """Expect the server's death from now on; whoever was hung up on before has a complaint."""
        self._doomed.set()

    def join(self) -> None:
        """Wait until every lane has noticed that the server is dead."""
        for thread in self._threads:
            thread.join(60)
            if thread.is_alive():
                raise WrongAnswerError("a client still waits for a dead server")

    def _converse_until_the_end(self, rng: random.Random) -> None:
        self._attempt(lambda line: self._converse_for_ever(line, rng))

    def _attempt(self, work: Callable[[Line], None]) -> None:
        """Do some work on a line of its own, until it is done or the server dies."""
        line = self._dial()
        try:
            work(line)
        except ServerDied as error:
            if not self._doomed.is_set():
                self.faults.append(error)
        except Exception as error:  # noqa: BLE001 - handed to the main thread
            self.faults.append(error)
        finally:
            line.close()

    def _converse_for_ever(self, line: Line, rng: random.Random) -> None:
        while True:
            self._converse(line, rng)

    def _converse(self, line: Line, rng: random.Random) -> None:
        conversation = begin(line)
        self.conversations.append(conversation)
        other_rng = random.Random(rng.getrandbits(32))
        other = threading.Thread(
            target=self._attempt, args=(lambda it: lane(it, conversation, other_rng),)
        )
        other.start()
        try:
            lane(line, conversation, rng)
            if rng.random() < 0.3:
                disconnect(line, conversation)
        finally:
            other.join(60)


def begin(line: Line) -> Conversation:
    """Start a chat and connect its customer."""
    body = {
        "InstanceId": "crash",
        "ContactFlowId": "flow",
        "ParticipantDetails": {"DisplayName": "Customer"},
    }
    started = line.control("PUT", "/contact/chat", body).expect(200).json
    token = started["ParticipantToken"]
    wanted = {"Type": ["CONNECTION_CREDENTIALS"]}
    connected = line.participant("connection", token, wanted).expect(200).json
    connection_token = connected["ConnectionCredentials"]["ConnectionToken"]
    return Conversation(started["ContactId"], token, connection_token)


def lane(line: Line, conversation: Conversation, rng: random.Random) -> None:
    """Attach a few files; now and then leave in the middle, under the other lane's feet."""
    try:
        for _ in range(rng.randint(1, 4)):
            attach(line, conversation, rng)
            if rng.random() < 0.05:
                disconnect(line, conversation)
                return
    except ConversationOver:
        return


def attach(line: Line, conversation: Conversation, rng: random.Random) -> None:
    """Take one file through its steps, some of them twice, and write down what was said."""
    upload = Upload.draw(rng)
    conversation.uploads.append(upload)
    token, content = conversation.connection_token, upload.content

    def call(path: str, body: object, *expected: int) -> dict[str, object]:
        answer = line.participant(path, token, body)
        if answer.status in {400, 403} and conversation.ended is not Ended.NO:
            raise ConversationOver
        found: dict[str, object] = answer.expect(*expected).json
        return found

    started = call("start-attachment-upload", upload.proposal(), 200)
    upload.attachment_id = str(started["AttachmentId"])
    if rng.random() < 0.2:
        again = call("start-attachment-upload", upload.proposal(), 200)
        if again["AttachmentId"] != upload.attachment_id:
            raise WrongAnswerError("a repeated ClientToken got another attachment")
        started = again
    if rng.random() < 0.1:
        call("complete-attachment-upload", upload.completion(), 400)
    put(line, conversation, upload, started, content)
    upload.complete_asked = True
    call("complete-attachment-upload", upload.completion(), 200)
    upload.completed = True
    if rng.random() < 0.2:
        call("complete-attachment-upload", upload.completion(), 200)
    if rng.random() < 0.1:
        other = {**upload.completion(), "ClientToken": "another"}
        call("complete-attachment-upload", other, 409)
    if rng.random() < 0.3:
        offered = call("attachment", {"AttachmentId": upload.attachment_id}, 200)
        get(line, conversation, str(offered["Url"]), content)


def put(
    line: Line,
    conversation: Conversation,
    upload: Upload,
    started: dict[str, object],
    content: bytes,
) -> None:
    """Upload the bytes to where the server said."""
    metadata = started["UploadMetadata"]
    assert isinstance(metadata, dict)
    stored = line.presigned("PUT", metadata["Url"], content, metadata["HeadersToInclude"])
    if stored.status == 403 and conversation.ended is not Ended.NO:
        raise ConversationOver
    stored.expect(200)
    upload.stored = True


def get(line: Line, conversation: Conversation, url: str, content: bytes) -> None:
    """Fetch the bytes again from where the server said."""
    got = line.presigned("GET", url)
    if got.status == 403 and conversation.ended is not Ended.NO:
        raise ConversationOver
    if got.expect(200).body != content:
        raise WrongAnswerError("other bytes came back")


def disconnect(line: Line, conversation: Conversation) -> None:
    """End the participation, and with it the contact."""
    conversation.ended = Ended.ASKED
    line.participant("disconnect", conversation.connection_token, {}).expect(200, 403)
    conversation.ended = Ended.ACKNOWLEDGED
