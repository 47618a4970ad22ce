"""A service and an object store in one recorder, with accidents to order."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.cli.recording import Recorded, Recorder, Reply, json_reply, recording
from tests.cli.worlds import Outcome, command

EXPIRED = Reply(
    403,
    b"<?xml version='1.0'?><Error><Code>AccessDenied</Code>"
    b"<Message>Request has expired</Message></Error>",
)


@dataclass
class Chat:
    """What a client may do to the attachments of one contact.

    `accidents` holds, by step ("start", "put", "complete", "locate", "get"), the replies that come
    before the true ones.
    """

    accidents: dict[str, list[Reply]] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    completed: list[str] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=lambda: {"x-amz-acl": "private"})
    disposition: str | None = None
    answered: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None
    recorder: Recorder | None = None
    _ids: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def script(self, request: Recorded) -> Reply:
        """Answer a request."""
        steps = {
            "/participant/start-attachment-upload": "start",
            "/participant/complete-attachment-upload": "complete",
            "/participant/attachment": "locate",
            "/participant/disconnect": "leave",
        }
        step = steps.get(request.path, request.method.lower())
        if waiting := self.accidents.get(step):
            return waiting.pop(0)
        reply: Reply = getattr(self, f"_{step}")(request)
        return reply

    def made(self, path: str) -> list[Recorded]:
        """Return the requests to a path, or whose path begins with it."""
        assert self.recorder is not None
        return [each for each in self.recorder.requests if each.path.startswith(path)]

    def run(
        self,
        *words: str,
        environ: Mapping[str, str] | None = None,
        terminal: bool = False,
        stdin: bytes = b"",
    ) -> Outcome:
        """Run a command against this chat."""
        assert self.recorder is not None
        world = {"OPENPARTICIPANT_CONNECTION_TOKEN": "TOK", **(environ or {})}
        url = self.recorder.url
        return command(*words, "--endpoint-url", url, environ=world, terminal=terminal, stdin=stdin)

    def _start(self, request: Recorded) -> Reply:
        asked = request.json
        name = asked["AttachmentName"]
        if name.endswith(".exe"):
            return json_reply({"__type": "ValidationException", "Message": "no .exe"}, 400)
        with self._lock:
            attachment_id = self._ids.setdefault(asked["ClientToken"], f"id-{len(self._ids) + 1}")
        self.names[attachment_id] = name
        headers = {
            **self.headers,
            "Content-Type": asked["ContentType"],
            "Content-Length": str(asked["AttachmentSizeInBytes"]),
        }
        metadata = {"Url": self._url(attachment_id), "HeadersToInclude": headers}
        return json_reply({"AttachmentId": attachment_id, "UploadMetadata": metadata})

    def _leave(self, request: Recorded) -> Reply:
        del request
        return json_reply({})

    def _put(self, request: Recorded) -> Reply:
        self.stored[request.path.split("/")[2].partition("?")[0]] = request.body
        return Reply(200, b"")

    def _complete(self, request: Recorded) -> Reply:
        (attachment_id,) = request.json["AttachmentIds"]
        if attachment_id not in self.stored:
            return json_reply({"__type": "ValidationException", "Message": "no such"}, 400)
        if attachment_id not in self.completed:
            self.completed.append(attachment_id)
        return json_reply({})

    def _locate(self, request: Recorded) -> Reply:
        attachment_id = request.json["AttachmentId"]
        if attachment_id not in self.stored:
            return json_reply({"__type": "ValidationException", "Message": "no such"}, 400)
        size = len(self.stored[attachment_id]) if self.announced is None else self.announced
        return json_reply({"Url": self._url(attachment_id), "AttachmentSizeInBytes": size})

    def _get(self, request: Recorded) -> Reply:
        attachment_id = request.path.split("/")[2].partition("?")[0]
        name = self.names.get(attachment_id, "a.txt")
        plain = f"attachment; filename=\"x\"; filename*=UTF-8''{quote(name)}"
        shown = plain if self.disposition is None else self.disposition
        headers = {"Content-Disposition": shown, **self.answered}
        return Reply(200, self.stored[attachment_id], headers)

    def _url(self, attachment_id: str) -> str:
        assert self.recorder is not None
        return f"{self.recorder.url}/attachments/{attachment_id}?X-Amz-Signature=SECRET"


@contextmanager
def chatting(**chat: object) -> Iterator[Chat]:
    """Serve one chat."""
    made = Chat(**chat)  # type: ignore[arg-type]
    with recording(script=made.script) as recorder:
        made.recorder = recorder
        yield made


def items(outcome: Outcome) -> list[tuple[str, str]]:
    """Return the lines that `attach` printed, as id and name."""
    lines = outcome.out.decode().splitlines()
    return [(line.split("  ", 1)[0], line.split("  ", 1)[1]) for line in lines]
