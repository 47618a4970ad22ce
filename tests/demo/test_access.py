"""The page for everyone: by keyboard, by ear, on small and magnified screens, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openparticipant.testing.server import Server
from tests.clients.chromium import Chromium
from tests.demo.window import PATIENCE, File, Window
from tests.requirements import require

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
PICTURE = (Path(__file__).parents[2] / "src/openparticipant/cli/demo.png").read_bytes()
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 800}, "has_touch": True},
    "phone, dark": {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"},
    "narrowest": {"viewport": {"width": 320, "height": 640}},
    "twice the size": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Chromium, server: Server) -> Iterator[Window]:
    """Return the page on one of several screens."""
    opened = Window(browser, server.url, **SCREENS[request.param])
    yield opened
    opened.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong."""
    require(AXE.is_file(), "npm ci --prefix tests/demo")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def fits(page: Page) -> bool:
    """Tell whether nothing has to be scrolled sideways."""
    fitting: bool = page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    return fitting


def show(page: Page, side: str) -> None:
    """Turn a narrow screen to one side; a wide one shows both."""
    switch = page.get_by_role("navigation")
    if switch.is_visible():
        switch.get_by_role("button", name=side).click()


def test_axe_finds_nothing_wrong(screen: Window) -> None:
    """From the welcome to the end, with all that can stand on the page: names, roles, contrast."""
    page, jane, sam = screen.page, *screen.sides
    assert violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="Start a chat").click()
    expect(page.get_by_text("Connected").first).to_be_attached(timeout=PATIENCE)
    show(page, "Customer")
    jane.line_is("Connected")
    jane.say("Hello " + "w" * 300)
    jane.hears("Hello " + "w" * 300)
    jane.choose(
        File("two bubbles.png", "image/png", PICTURE),
        File("a long name of a file that no line can hold at all.exe", "", b"MZ"),
    )
    expect(jane.uploads.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    expect(jane.log.get_by_role("img")).to_be_visible(timeout=PATIENCE)
    jane.field.fill("x" * 1030)
    assert violations(page) == []
    assert fits(page)
    show(page, "Agent")
    sam.line_is("Connected")
    expect(sam.log.get_by_role("img")).to_be_visible(timeout=PATIENCE)
    sam.field.press_sequentially("h")
    assert violations(page) == []
    assert fits(page)
    show(page, "Customer")
    jane.pane.get_by_role("button", name="End chat").click()
    jane.line_is("Chat over")
    assert violations(page) == []
    screen.expect_refusals()


def test_all_can_be_done_with_the_keyboard(window: Window) -> None:
    """Every control is reached by Tab in the order in which it stands, and shows that it is."""
    page = window.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start a chat")).to_be_focused()
    page.keyboard.press("Enter")
    for side in window.sides:
        side.line_is("Connected")
    expect(window.jane.field).to_be_focused()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    window.sam.hears("first line\nsecond line")
    expect(window.jane.field).to_be_focused()
    window.jane.choose(File("a.txt", "text/plain", b"x"))
    expect(window.sam.log.get_by_role("button", name="Download a.txt")).to_be_visible()
    window.jane.field.fill("on")
    page.get_by_role("button", name="New chat").focus()

    order = [
        *("End chat as Jane", "Messages as Jane sees them", "Download a.txt"),
        *("Attach files as Jane", "Message as Jane", "Send as Jane"),
        *("Leave as Sam", "Messages as Sam sees them", "Download a.txt"),
        *("Attach files as Sam", "Message as Sam"),
    ]
    for expected in order:
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
                const at = document.activeElement;
                const name = at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent;
                return [name || at.textContent, parseFloat(getComputedStyle(at).outlineWidth)];
            }"""
        )
        assert name == expected
        assert outline >= 2, name


def test_who_cannot_see_is_told(window: Window) -> None:
    """The transcript is a polite log; the connection's state and what failed are announced."""
    window.start()
    jane = window.jane
    jane.say("hello")
    jane.hears("hello")
    jane.choose(File("tool.exe", "", b"MZ"))

    expect(jane.uploads.get_by_role("alert")).to_contain_text(".exe", timeout=PATIENCE)
    assert jane.log.get_attribute("aria-live") == "polite"
    assert jane.log.get_by_role("article").filter(has_text="hello").count() == 1
    assert jane.pane.get_by_role("status").first.inner_text() == "Connected"
    window.expect_refusals()


def test_nothing_moves_for_who_wants_it_still(browser: Chromium, server: Server) -> None:
    """With reduced motion asked for, even the sign of reconnecting stands still."""
    moving = """pane => {
        pane.dataset.line = "reconnecting";
        return getComputedStyle(pane.querySelector(".line"), "::before").animationName;
    }"""
    for motion, expected in (("no-preference", "breathe"), ("reduce", "none")):
        window = Window(browser, server.url, reduced_motion=motion)
        window.start()

        assert window.jane.pane.evaluate(moving) == expected
        window.close()
