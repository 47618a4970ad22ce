"""Files that a scanner looks at, as the people on the page see them."""

from __future__ import annotations

from playwright.sync_api import expect

from openparticipant.testing.server import Server
from tests.clients.chromium import Chromium
from tests.demo.window import PATIENCE, File, Window
from tests.scanning.judge import judge


def test_a_rejected_file_is_told_to_its_sender(browser: Chromium) -> None:
    """It is being checked until the verdict, then plainly rejected; the other side sees nothing."""
    with judge() as scanner, Server(demo="on", scanner=scanner.url) as server:
        window = Window(browser, server.url)
        window.start()
        jane, sam = window.sides
        jane.choose(File("bad.txt", "text/plain", b"bad"))
        scanner.question()
        row = jane.uploads.filter(has_text="bad.txt")
        expect(row).to_contain_text("Being checked…", timeout=PATIENCE)
        scanner.reject()
        card = jane.log.locator(".file").filter(has_text="bad.txt")
        expect(card).to_contain_text(
            "This file was rejected. Nobody can fetch it.", timeout=PATIENCE
        )
        expect(card.get_by_role("button")).to_have_count(0)
        expect(jane.uploads).to_have_count(0)

        jane.choose(File("good.txt", "text/plain", b"good"))
        scanner.question()
        scanner.approve()
        for side in window.sides:
            file = side.log.locator(".file").filter(has_text="good.txt")
            expect(file).to_have_count(1, timeout=PATIENCE)
        expect(sam.log.locator(".file")).to_have_count(1)
        assert sam.download("good.txt") == ("good.txt", b"good")

        jane.say("did you get both?")
        mark = jane.message("did you get both?").locator(".mark")
        expect(mark).to_have_text("Read", timeout=PATIENCE)
        sent = jane.log.get_by_role("article")
        expect(sent.filter(has_text="good.txt").locator(".mark")).to_have_text("Read")
        expect(sent.filter(has_text="bad.txt").locator(".mark")).to_have_count(0)


def test_a_file_that_is_checked_when_the_chat_ends_says_so(browser: Chromium) -> None:
    """Nobody gets it any more, and nothing is left to wait for."""
    with judge() as scanner, Server(demo="on", scanner=scanner.url) as server:
        window = Window(browser, server.url)
        window.start()
        jane, _ = window.sides
        jane.choose(File("late.txt", "text/plain", b"late"))
        scanner.question()
        row = jane.uploads.filter(has_text="late.txt")
        expect(row).to_contain_text("Being checked…", timeout=PATIENCE)
        jane.pane.get_by_role("button", name="End chat").click()

        expect(row.get_by_role("alert")).to_have_text(
            "Not attached. The chat ended while it was being checked.", timeout=PATIENCE
        )
        row.get_by_role("button", name="Dismiss").click()
        expect(jane.uploads).to_have_count(0)
        scanner.approve()
        window.close()
