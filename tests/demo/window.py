"""The chat page in a browser, used as a person uses it: by what is written on it."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import (
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Request,
    WebSocket,
    WebSocketRoute,
    expect,
)

from tests.clients.chromium import Chromium

PATIENCE = 30_000  # milliseconds; more than a busy machine takes, and no more than a failure costs
# Gathers what the page's policy stopped, before any script of the page runs.
_WATCH_POLICY = """
    globalThis.stopped = [];
    addEventListener("securitypolicyviolation", (e) => stopped.push(e.violatedDirective));
"""
_TRANSFER = """(files) => {
    const transfer = new DataTransfer();
    for (const { name, type, content } of files) {
        const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
    }
    return transfer;
}"""


class File(NamedTuple):
    """A file in a person's hands."""

    name: str
    type: str
    content: bytes


class Side:
    """One half of the page."""

    def __init__(self, page: Page, name: str, role: str) -> None:
        self.page = page
        self.name = name
        self.pane = page.get_by_role("region", name=f"{name}, {role}")
        self.log = self.pane.get_by_role("log")
        self.field = page.get_by_label(f"Message as {name}")
        self.uploads = self.pane.get_by_role("listitem")

    def say(self, text: str) -> None:
        """Write a message and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def message(self, text: str) -> Locator:
        """Return the bubble with exactly this text."""
        exact = re.compile(f"^{re.escape(text)}$")
        return self.log.get_by_role("article").filter(has=self.page.get_by_text(exact))

    def hears(self, text: str) -> None:
        """Wait until a message is there, once."""
        expect(self.message(text)).to_have_count(1, timeout=PATIENCE)

    def texts(self) -> list[str]:
        """Return what was said, in the order in which it stands."""
        return self.log.locator(".text").all_inner_texts()

    def line_is(self, words: str) -> None:
        """Wait until the half says this of its connection."""
        expect(self.pane.get_by_role("status").first).to_have_text(words, timeout=PATIENCE)

    def choose(self, *files: File) -> None:
        """Attach files by the button."""
        with self.page.expect_file_chooser() as chosen:
            self.pane.get_by_role("button", name="Attach files").click()
        chosen.value.set_files(
            [FilePayload(name=f.name, mimeType=f.type, buffer=f.content) for f in files]
        )

    def drop(self, *files: File) -> None:
        """Drag files onto the half and let go."""
        hint = self.pane.get_by_text("Drop files to attach")
        transfer = {"dataTransfer": self._transfer(files)}
        for event in ("dragenter", "dragover"):
            self.log.dispatch_event(event, transfer)
        expect(hint).to_be_visible()
        self.log.dispatch_event("drop", transfer)
        expect(hint).to_be_hidden()

    def paste(self, *files: File) -> None:
        """Paste files into the field."""
        self.field.evaluate(
            """(field, clipboardData) => field.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))""",
            self._transfer(files),
        )

    def download(self, name: str) -> tuple[str, bytes]:
        """Click Download of a file; return the name it is saved under, and its bytes."""
        with self.page.expect_download(timeout=PATIENCE) as waiting:
            self.log.get_by_role("button", name=f"Download {name}", exact=True).click(
                timeout=PATIENCE
            )
        saved = waiting.value
        return saved.suggested_filename, Path(saved.path()).read_bytes()

    def _transfer(self, files: Sequence[File]) -> Any:
        encoded = [
            {"name": it.name, "type": it.type, "content": base64.b64encode(it.content).decode()}
            for it in files
        ]
        return self.page.evaluate_handle(_TRANSFER, encoded)


class Window:
    """A browser window of its own with the page in it."""

    def __init__(self, browser: Chromium, url: str, **options: Any) -> None:
        self.url = url
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.tokens: dict[str, str] = {}
        self.context = browser.new_context(
            **({"viewport": {"width": 1280, "height": 800}} | options)
        )
        self.context.on("request", self._requested)
        self.context.add_init_script(_WATCH_POLICY)
        self.page = self.context.new_page()
        self.page.on("websocket", self._opened)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{url}/demo/")
        self.jane = Side(self.page, "Jane", "Customer")
        self.sam = Side(self.page, "Sam", "Agent")

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both halves, the customer's first."""
        return self.jane, self.sam

    def start(self) -> None:
        """Click through to a chat, and wait until both have joined it."""
        with self.page.expect_response("**/demo/chats") as answered:
            self.page.get_by_role("button", name="Start a chat").click()
        self.tokens = {
            who["DisplayName"]: who["ParticipantToken"]
            for who in (answered.value.json()[role] for role in ("Customer", "Agent"))
        }
        for side in self.sides:
            side.line_is("Connected")
            expect(side.log.get_by_text(re.compile("joined$"))).to_have_count(2, timeout=PATIENCE)

    def expect_refusals(self) -> None:
        """Allow for what the browser itself writes about answers that refuse, or do not come."""
        self.errors = [each for each in self.errors if "Failed to load resource" not in each]
        self.errors = [each for each in self.errors if "WebSocket connection to" not in each]

    def close(self) -> None:
        """End, and hold the page to what it promises."""
        stopped = self.page.evaluate("globalThis.stopped")
        self.context.close()
        ours = tuple(
            f"{scheme}{self.url.removeprefix('http')}/" for scheme in ("http", "ws", "blob:http")
        )
        assert [each for each in self.requests if not each.startswith(ours)] == []
        assert stopped == []
        assert self.errors == []

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def _opened(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)


class Cutter:
    """Holds the WebSockets of a window, so that a test can cut or deafen them."""

    def __init__(self, window: Window) -> None:
        self.opened = 0
        self._lines: list[WebSocketRoute] = []
        self._deaf: list[WebSocketRoute] = []
        window.page.route_web_socket(re.compile("/participant/websocket"), self._hold)

    def _hold(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        self.opened += 1
        self._lines.append(line)
        server.on_message(lambda text: None if line in self._deaf else line.send(text))

    def deafen(self) -> None:
        """Let nothing through any more, and say nothing of it."""
        self._deaf = list(self._lines)

    def cut(self) -> None:
        """End all sockets as a lost network does: without a word of why."""
        lines, self._lines = self._lines, []
        for line in lines:
            line.close(code=1012)
