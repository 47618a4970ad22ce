"""Files by clicking: to the other side and back, byte for byte, and whatever can go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

import openparticipant.cli
from openparticipant.testing.server import Server
from tests.clients.chromium import Chromium
from tests.contents.filler import filled
from tests.demo.window import PATIENCE, File, Side, Window

PICTURE = (Path(openparticipant.cli.__file__).parent / "demo.png").read_bytes()
NOISE = filled("pdf", 300_000)
LONG_TEXT = filled("txt", 300_000)
BROKEN = filled("png", 100)
MIB = 1024 * 1024


def appears(side: Side, name: str) -> Locator:
    """Wait until a file stands in the transcript, once, and return its card."""
    card = side.log.locator(".file").filter(has_text=name)
    expect(card).to_have_count(1, timeout=PATIENCE)
    return card


@pytest.mark.parametrize("way", ["choose", "drop", "paste"])
def test_a_file_comes_out_as_it_went_in(window: Window, way: str) -> None:
    """From the customer to the agent and back, however it is handed over, under its own name."""
    window.start()
    files = [
        File("räport \u2013 (1) 報告.pdf", "application/pdf", NOISE),
        File("my notes.txt", "text/plain", b"hello"),
    ]
    jane, sam = window.sides
    for sender, receiver, file in ((jane, sam, files[0]), (sam, jane, files[1])):
        getattr(sender, way)(file)
        for side in (sender, receiver):
            appears(side, file.name)
        expect(sender.uploads).to_have_count(0)

        assert receiver.download(file.name) == (file.name, file.content)
        assert sender.download(file.name) == (file.name, file.content)
    expect(sam.log.get_by_text("Downloaded, 293 KB.")).to_be_visible()


def test_several_files_at_once_all_arrive(window: Window) -> None:
    """Some wait for their turn; each has a row of its own while it does."""
    window.start()
    files = [File(f"part {n}.txt", "text/plain", b"%d" % n * 1000) for n in range(8)]
    window.jane.choose(*files)

    for file in files:
        appears(window.sam, file.name)
    expect(window.jane.uploads).to_have_count(0)
    for file in files:
        assert window.sam.download(file.name)[1] == file.content


def test_a_picture_is_shown_on_both_sides(window: Window) -> None:
    """From the pre-signed URL; its box has the same size before it is there."""
    window.start()
    held: list[Route] = []
    window.page.route(re.compile("/attachments/.*"), lambda route: hold(route, held))
    window.jane.drop(File("two bubbles.png", "image/png", PICTURE))
    for side in window.sides:
        card = appears(side, "two bubbles.png")
        image = card.get_by_role("img", name="Preview of two bubbles.png")
        expect(image).to_have_attribute("src", re.compile("/attachments/"), timeout=PATIENCE)
        before = image.bounding_box()
        for route in list(held):
            held.remove(route)
            route.continue_()
        expect(image).to_have_js_property("complete", value=True)
        assert image.evaluate("image => image.naturalWidth") > 0
        assert image.bounding_box() == before


def hold(route: Route, held: list[Route]) -> None:
    """Keep downloads back."""
    if route.request.method == "GET":
        held.append(route)
    else:
        route.continue_()


def test_what_is_no_picture_has_no_preview(window: Window) -> None:
    """A file that only says that it is one is offered for download like any other."""
    window.start()
    window.jane.choose(File("broken.png", "image/png", BROKEN))

    card = appears(window.sam, "broken.png")
    expect(card.get_by_role("img")).to_have_count(0)
    assert window.sam.download("broken.png")[1] == BROKEN


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (File("big.txt", "text/plain", b"x" * (MIB + 1)), "Files cannot exceed 1 MB."),
        (
            File("tool.exe", "application/x-msdownload", b"MZ"),
            "Files of type .exe cannot be attached.",
        ),
        (File("notes.pdf", "image/png", b"%PDF"), "Not attached."),
        (File("empty.txt", "text/plain", b""), "Not attached."),
        (File("noextension", "", b"x"), "Not attached."),
    ],
    ids=["too big", "wrong type", "wrong type for its name", "empty", "no extension"],
)
def test_a_file_that_is_refused_says_why(browser: Chromium, file: File, said: str) -> None:
    """In the service's own words, to be tried again or dismissed; the others go through."""
    with Server(demo="on", attachment_size=str(MIB)) as small:
        window = Window(browser, small.url)
        window.start()
        window.jane.choose(file, File("fine.txt", "text/plain", b"fine"))
        row = window.jane.uploads.filter(has_text=file.name)

        expect(row.get_by_role("alert")).to_contain_text(said, timeout=PATIENCE)
        appears(window.sam, "fine.txt")
        row.get_by_role("button", name=f"Try again: {file.name}").click()
        expect(row.get_by_role("alert")).to_contain_text(said, timeout=PATIENCE)
        row.get_by_role("button", name=f"Dismiss: {file.name}").click()
        expect(window.jane.uploads).to_have_count(0)
        window.expect_refusals()
        window.close()


@pytest.fixture
def slow(window: Window) -> Iterator[Window]:
    """Return a chat on a line that carries 200 KiB a second upwards."""
    window.start()
    session = window.context.new_cdp_session(window.page)
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": 200 * 1024,
        },
    )
    yield window
    session.detach()


def test_an_upload_shows_its_progress_and_can_be_cancelled(slow: Window) -> None:
    """Amounts while it runs; once cancelled, nobody ever sees the file, and the next one goes through."""
    jane, sam = slow.sides
    jane.drop(File("long.txt", "text/plain", b"x" * 4 * MIB))
    row = jane.uploads.filter(has_text="long.txt")
    bar = row.get_by_role("progressbar", name="Sending long.txt")

    expect(row).to_contain_text(re.compile(r"of 4\.0 MB · .*/s · .*left"), timeout=PATIENCE)
    sent = bar.evaluate("bar => bar.value")
    assert 0 < sent < 4 * MIB
    with slow.page.expect_event("requestfailed") as failed:
        row.get_by_role("button", name="Cancel: long.txt").click()
    assert failed.value.method == "PUT"
    expect(jane.uploads).to_have_count(0)
    jane.choose(File("short.txt", "text/plain", b"short"))
    appears(sam, "short.txt")
    expect(sam.log.get_by_text("long.txt")).to_have_count(0)
    slow.expect_refusals()


def test_an_upload_that_the_end_of_the_chat_overtook_says_so(slow: Window) -> None:
    """It does not just vanish; and there is nothing left to try."""
    jane, sam = slow.sides
    jane.choose(File("long.txt", "text/plain", b"x" * 4 * MIB))
    row = jane.uploads.filter(has_text="long.txt")
    expect(row).to_contain_text("of 4.0 MB", timeout=PATIENCE)
    jane.pane.get_by_role("button", name="End chat").click()

    expect(row.get_by_role("alert")).to_have_text(
        "Not attached. The chat ended before it was sent.", timeout=PATIENCE
    )
    expect(row.get_by_role("button", name="Try again")).to_have_count(0)
    row.get_by_role("button", name="Dismiss").click()
    expect(jane.uploads).to_have_count(0)
    sam.paste(File("late.txt", "text/plain", b"x"))
    expect(sam.uploads).to_have_count(0)
    slow.expect_refusals()


def test_an_upload_that_was_cut_off_is_finished_by_itself(window: Window) -> None:
    """A broken line in the middle of a PUT is not the person's business."""
    window.start()
    cuts = [1, 2]

    def cut(route: Route) -> None:
        if route.request.method == "PUT" and cuts:
            cuts.pop()
            route.abort("connectionreset")
        else:
            route.continue_()

    window.page.route(re.compile("/attachments/"), cut)
    window.jane.choose(File("a.txt", "text/plain", LONG_TEXT))

    appears(window.sam, "a.txt")
    assert cuts == []
    assert window.sam.download("a.txt")[1] == LONG_TEXT
    window.expect_refusals()


def test_an_upload_that_the_store_refused_is_told_and_can_be_repeated(window: Window) -> None:
    """A 403 is not taken for success; the same attachment is then finished, not a second one."""
    window.start()
    refusal = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    url = re.compile("/attachments/")
    cors = {"content-type": "application/xml", "access-control-allow-origin": "*"}
    window.page.route(url, lambda route: route.fulfill(status=403, body=refusal, headers=cors))
    window.jane.choose(File("a.txt", "text/plain", b"again"))
    row = window.jane.uploads.filter(has_text="a.txt")
    expect(row.get_by_role("alert")).to_have_text(
        "Not attached. Request has expired", timeout=PATIENCE
    )
    window.page.unroute(url)
    row.get_by_role("button", name="Try again: a.txt").click()

    appears(window.sam, "a.txt")
    assert window.sam.download("a.txt")[1] == b"again"
    window.expect_refusals()


def test_a_download_that_is_refused_is_not_saved_as_the_file(window: Window) -> None:
    """The store's error document must not end up on disk under the file's name."""
    window.start()
    window.jane.choose(File("a.txt", "text/plain", b"hello"))
    card = appears(window.sam, "a.txt")
    saved = []
    window.page.on("download", lambda download: saved.append(download.suggested_filename))
    window.page.route(re.compile("/attachments/"), lambda route: route.fulfill(status=403))
    card.get_by_role("button", name="Download a.txt").click()

    expect(card).to_contain_text("Not downloaded: The download was refused (403).")
    assert saved == []
    window.expect_refusals()


def test_a_rejected_file_is_told_to_its_sender(window: Window) -> None:
    """What a scanner turned down cannot be fetched, and says so."""
    window.start()
    url = re.compile("/participant/transcript")

    def reject(route: Route) -> None:
        answer = route.fetch()
        page = answer.json()
        for item in page["Transcript"]:
            for each in item.get("Attachments", []):
                each["Status"] = "REJECTED"
        route.fulfill(response=answer, json=page)

    window.jane.choose(File("virus.txt", "text/plain", b"hello"))
    appears(window.jane, "virus.txt")
    window.page.route(url, reject)
    window.page.reload()
    card = appears(window.jane, "virus.txt")

    expect(card).to_contain_text("This file was rejected.")
    expect(card.get_by_role("button")).to_have_count(0)


def test_the_files_name_is_text(window: Window) -> None:
    """Markup in a name is letters."""
    window.start()
    name = "<img src=x onerror=alert(1)>.txt"
    window.jane.choose(File(name, "text/plain", b"x"))

    appears(window.sam, name)
    assert window.sam.log.locator("img").count() == 0
