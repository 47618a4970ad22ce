"""A chat as a page holds it: a connection, a socket, a file that goes up and comes back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from openparticipant.cli import trace
from openparticipant.cli.examination import hours
from openparticipant.cli.examination.live_socket import LiveSocket, as_http
from openparticipant.cli.examination.members import objects_in, text_in, texts_in
from openparticipant.cli.examination.report import WrongError
from openparticipant.cli.examination.storage import Storage
from openparticipant.cli.refusal import CommandError

if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.examination.page import Page
    from openparticipant.cli.examination.report import Report
    from openparticipant.cli.examination.service import Service
    from openparticipant.cli.examination.way import Ways

_CONTENT = b"This file shows that a page can send one. It may be deleted.\n"
_NAME, _TYPE = "openparticipant-doctor.txt", "text/plain"
# What Amazon Connect takes unless it is told otherwise.
_LARGE = 20 * 1024 * 1024
_LARGE_NAME, _LARGE_TYPE = "openparticipant-doctor.mp4", "video/mp4"
# Those that amazon-connect-chatjs opens; it gives up a session with any other.
_SOCKET_URL = re.compile(r"wss://|ws://127\.0\.0\.1:")
_PUBLIC, _OBJECTS = "--public-url", "--objects-url"
_MEND = "the server's log tells more"


class Talk:
    """What a participant's token lets a page do, one step after the other."""

    def __init__(
        self,
        service: Service,
        page: Page,
        report: Report,
        ways: Ways,
        world: Environment,
        participant_token: str,
    ) -> None:
        self._service = service
        self._page = page
        self._report = report
        self._ways = ways
        self._world = world
        self._participant_token = participant_token
        self._token = ""
        self._socket: LiveSocket | None = None

    def hold(self) -> None:
        """Take all steps, as far as they lead."""
        url = self._connect()
        if url is None:
            self._report.skip("socket", "there is no connection")
            self._report.skip("file", "there is no connection")
            return
        try:
            self._open(url)
            self._pass_file()
        finally:
            if self._socket is not None:
                self._socket.close()

    def _call(self, command: str, token: str, **members: Any) -> Any:
        url = self._service.url_of(command)
        answer = self._page.post(url, token, members, self._service.mend)
        self._report.hide(trace.secrets(answer))
        return answer

    def _connect(self) -> str | None:
        with self._report.step("connection", _MEND) as step:
            answer = self._call(
                "create-participant-connection",
                self._participant_token,
                Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"],
            )
            self._token = text_in(answer, "ConnectionCredentials", "ConnectionToken")
            url = text_in(answer, "Websocket", "Url")
            if not (self._token and url):
                raise WrongError("the answer has no token or no address of a socket", _MEND)
            step.says("a page gets a token and the address of its socket")
            return url
        return None

    def _open(self, url: str) -> None:
        plain = url.partition("?")[0]
        mend = f"name the server's origin with https:// in {_PUBLIC}"
        with self._report.step("socket address", mend) as step:
            if not _SOCKET_URL.match(url):
                raise WrongError(
                    f"{plain} is neither wss:// nor ws://127.0.0.1:, which chatjs insists on", mend
                )
            step.says(plain)
        if not step.is_well or not self._ways.is_open("socket", as_http(url), _PUBLIC):
            return
        with self._report.step("socket", _MEND) as step:
            self._socket = LiveSocket(url, self._page, self._world, self._service.mend)
            heard = self._socket.ask("aws/subscribe", content={"topics": ["aws/chat"]})
            if text_in(heard, "content", "status") != "success":
                raise WrongError("the subscription was refused", _MEND)
            self._socket.ask("aws/heartbeat")
            step.says("it opens, subscribes and answers heartbeats")
        if not step.is_well and self._socket is not None:
            self._socket.close()
            self._socket = None

    def _pass_file(self) -> None:
        sent = self._send()
        if sent is None:
            return
        attachment_id, storage = sent
        self._look_at_bound(storage)
        with self._report.step("complete", _MEND) as completed:
            self._call(
                "complete-attachment-upload",
                self._token,
                AttachmentIds=[attachment_id],
                ClientToken=self._world.uuid(),
            )
            completed.says("the service takes the upload as whole")
        if not completed.is_well:
            self._report.skip("download", "there is no file")
            return
        if not self._arrives(attachment_id):
            self._report.skip("download", "the file is not in the chat")
            return
        self._fetch(attachment_id, storage)

    def _send(self) -> tuple[str, Storage] | None:
        """Upload a small file; returns its id and where it lies, None where it does not."""
        with self._report.step("start", _MEND) as started:
            attachment_id, storage = self._start(_NAME, _TYPE, len(_CONTENT))
            started.says("an upload may begin")
        if not started.is_well:
            self._report.skip("upload", "it was not begun")
            return None
        if not self._ways.is_open("store", storage.url, _OBJECTS):
            self._report.skip("upload", "there is no way to the store")
            return None
        with self._report.step("upload preflight", _MEND) as step:
            storage.preflight()
            step.says("a page may send what is signed")
        with self._report.step("upload", _MEND) as uploaded:
            storage.put(_CONTENT)
            seen = "and the page may read the answer"
            if not storage.lets_in:
                seen = "though a browser would not have sent them"
            uploaded.says(f"{len(_CONTENT)} bytes went up, {seen}")
        if storage.answered is not None:
            hours.compare(self._report, "store", storage.answered.headers, self._world)
        if not uploaded.is_well and not storage.took:
            self._report.skip("complete", "there is no upload")
            return None
        with self._report.step("longer upload", _MEND) as step:
            storage.require_refusal(_CONTENT + b"!")
            step.says("a byte more than was announced is refused")
        return attachment_id, storage

    def _start(self, name: str, content_type: str, size: int) -> tuple[str, Storage]:
        answer = self._call(
            "start-attachment-upload",
            self._token,
            AttachmentName=name,
            AttachmentSizeInBytes=size,
            ContentType=content_type,
            ClientToken=self._world.uuid(),
        )
        attachment_id, url = (
            text_in(answer, "AttachmentId"),
            text_in(answer, "UploadMetadata", "Url"),
        )
        if not (attachment_id and url):
            raise WrongError("the answer has no place to upload to", _MEND)
        headers = texts_in(answer, "UploadMetadata", "HeadersToInclude")
        return attachment_id, Storage(self._page, url, headers, self._service.url_of("send-event"))

    def _look_at_bound(self, near: Storage) -> None:
        """See whether a proxy refuses a large file before it has seen it."""
        try:
            _, storage = self._start(_LARGE_NAME, _LARGE_TYPE, _LARGE)
        except CommandError as error:
            text = f"20 MiB of video/mp4 may not be announced: {error}"
            self._report.skip("large upload", text, "the server's settings say what may")
            return
        with self._report.step("large upload", near.mend) as step:
            storage.announce()
            step.says("20 MiB are let through; their bytes were not sent")

    def _arrives(self, attachment_id: str) -> bool:
        """Wait for the item that tells of the file."""
        if self._socket is None:
            self._report.skip("item", "there is no socket")
            return True
        within = self._page.reach.read_timeout
        mend = (
            f"nothing came within {within} s: a scanner holds it, or /health/ready of the server "
            "tells what is away"
        )
        with self._report.step("item", mend) as step:
            while True:
                content = _content(self._socket.hear("aws/chat"))
                found = [
                    text_in(each, "Status")
                    for each in objects_in(content, "Attachments")
                    if text_in(each, "AttachmentId") == attachment_id
                ]
                if found:
                    break
            if found[0] != "APPROVED":
                raise WrongError(
                    f"a plain text of {len(_CONTENT)} bytes came as {found[0]}",
                    "look at what the scanner says of it",
                )
            step.says("the file is in the chat, and the socket told of it")
        return step.is_well

    def _fetch(self, attachment_id: str, storage: Storage) -> None:
        with self._report.step("download", _MEND) as step:
            answer = self._call("get-attachment", self._token, AttachmentId=attachment_id)
            url = text_in(answer, "Url")
            if not url:
                raise WrongError("the answer has no place to download from", _MEND)
            if storage.get(url) != _CONTENT:
                raise WrongError(
                    "other bytes came back than went up",
                    "take what changes answers out of the proxy (compression, rewriting)",
                )
            seen = ", and the page may read them" if storage.lets_in else ""
            step.says(f"the same bytes came back{seen}")


def _content(frame: dict[str, Any]) -> dict[str, Any]:
    """Return the item that a frame carries as a text; raises WrongError."""
    try:
        content = json.loads(frame["content"])
    except (KeyError, TypeError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise WrongError("an item came in a form that clients drop", _MEND)
    return content
