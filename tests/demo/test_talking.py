"""The journey through a chat by clicking: talk, marks, cuts, the end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import APIResponse, Request, Route, expect

from openparticipant.testing.chat import post
from openparticipant.testing.server import Server
from tests.demo.window import PATIENCE, Cutter, Window


def client_token(request: Request) -> str:
    """Return the ClientToken of a call."""
    body = request.post_data_json
    assert body
    found: str = body["ClientToken"]
    return found


def test_both_talk_and_see_what_became_of_it(window: Window) -> None:
    """Messages go both ways, each once and in order, and are told to have been read."""
    window.start()
    jane, sam = window.sides
    said = []
    for number in range(5):
        for side in (jane, sam):
            text = f"{side.name} says {number}"
            side.say(text)
            said.append(text)
            for each in (jane, sam):
                each.hears(text)

    assert jane.texts() == sam.texts() == said
    for side in (jane, sam):
        for number in range(5):
            mark = side.message(f"{side.name} says {number}").locator(".mark")
            expect(mark).to_have_text("Read", timeout=PATIENCE)


def test_many_messages_at_once_keep_their_order(window: Window) -> None:
    """What is typed faster than it is answered stands in the order of typing, on both sides."""
    window.start()
    jane, sam = window.sides
    said = [f"number {number}" for number in range(30)]
    for text in said:
        jane.say(text)

    sam.hears(said[-1])
    jane.hears(said[-1])
    assert jane.texts() == sam.texts() == said


def test_a_message_stands_once_while_its_answer_is_awaited(window: Window) -> None:
    """The socket may tell of it before the request is answered; and the next one waits for its turn."""
    window.start()
    jane, sam = window.sides
    held: list[tuple[Route, APIResponse]] = []

    def hold_first(route: Route) -> None:
        if held:
            asked.append(client_token(route.request))
            route.continue_()
        else:
            held.append((route, route.fetch()))

    asked: list[str] = []
    window.page.route(re.compile("/participant/message$"), hold_first)
    jane.say("first")
    sam.hears("first")
    jane.say("second")
    jane.hears("second")

    assert jane.texts() == ["first", "second"]
    assert sam.texts() == ["first"]
    assert asked == []
    ((route, response),) = held
    route.fulfill(response=response)
    sam.hears("second")
    assert jane.texts() == sam.texts() == ["first", "second"]


def test_typing_is_shown_to_the_other_and_ends_with_the_message(window: Window) -> None:
    """Not to oneself; and no longer once there is something to read."""
    window.start()
    jane, sam = window.sides
    jane.field.press_sequentially("hm")

    expect(sam.pane.get_by_text("Jane is typing…")).to_be_visible(timeout=PATIENCE)
    expect(jane.pane.get_by_text("is typing")).to_have_count(0)
    jane.field.press("Enter")
    sam.hears("hm")
    expect(sam.pane.get_by_text("Jane is typing…")).to_have_count(0)


def test_a_message_is_read_only_once_it_is_in_view(window: Window) -> None:
    """On a phone, one half is hidden: what comes there is delivered, counted, and not yet read."""
    window.start()
    window.page.set_viewport_size({"width": 390, "height": 800})
    window.jane.say("are you there?")

    mark = window.jane.message("are you there?").locator(".mark")
    expect(mark).to_have_text("Delivered", timeout=PATIENCE)
    other = window.page.get_by_role("navigation").get_by_role("button", name="Agent")
    expect(other).to_contain_text("1 new")
    other.click()
    expect(other).not_to_contain_text("new", timeout=PATIENCE)
    window.page.get_by_role("navigation").get_by_role("button", name="Customer").click()
    expect(mark).to_have_text("Read", timeout=PATIENCE)


HOSTILE = [
    "<script>document.title = 'taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "**bold** [a link](javascript:alert(1)) `code`",
    "</p></article><h1>out</h1>",
    "&lt;b&gt; &amp; ${1+1} {{7*7}}",
    "\u202eevil\u202c שלום world مرحبا",
    "👩‍👩‍👧‍👦" * 20,
    "w" * 1024,
]


@pytest.mark.parametrize("content_type", ["text/plain", "text/markdown"])
def test_whatever_is_said_is_shown_as_text(
    window: Window, server: Server, content_type: str
) -> None:
    """Markup, scripts and markdown are letters; long words and any writing stay within the bubble."""
    window.start()
    connected = post(
        server,
        "/participant/connection",
        {"Type": ["CONNECTION_CREDENTIALS"]},
        **{"x-amz-bearer": window.tokens["Sam"]},
    )
    bearer = connected.json["ConnectionCredentials"]["ConnectionToken"]
    for text in HOSTILE:
        body = {"ContentType": content_type, "Content": text}
        assert post(server, "/participant/message", body, **{"x-amz-bearer": bearer}).status == 200

    for side in window.sides:
        expect(side.log.locator(".text")).to_have_count(len(HOSTILE), timeout=PATIENCE)
        assert side.log.locator(".text").all_text_contents() == HOSTILE
        assert side.log.evaluate("log => log.scrollWidth <= log.clientWidth")
        assert side.log.locator("script, img, a, b, h1").count() == 0
    assert window.page.title() == "Chat page · openparticipant"


def test_a_message_too_long_is_not_sent_and_not_lost(window: Window) -> None:
    """The limit is counted as the service counts it: by characters, not by UTF-16."""
    window.start()
    jane = window.jane
    fits = "😀" * 1024
    jane.field.fill(fits + "!")

    expect(jane.pane.get_by_text("1 characters too many")).to_be_visible()
    expect(jane.pane.get_by_role("button", name="Send as Jane")).to_be_disabled()
    jane.field.press("Enter")
    assert jane.field.input_value() == fits + "!"
    assert jane.texts() == []
    jane.say(fits)
    window.sam.hears(fits)


def test_a_message_that_failed_can_be_sent_again_and_is_said_once(window: Window) -> None:
    """It stays, with the reason and a way on; what comes after it is not held up."""
    window.start()
    jane, sam = window.sides
    url = re.compile("/participant/message$")
    tokens = []

    def refuse(route: Route) -> None:
        tokens.append(client_token(route.request))
        route.fulfill(status=400, json={"__type": "ValidationException", "Message": "Not now."})

    window.page.route(url, refuse)
    jane.say("once")
    expect(jane.pane.get_by_role("alert").filter(has_text="Not sent. Not now.")).to_be_visible()
    window.page.unroute(url)
    jane.say("after it")
    sam.hears("after it")
    with window.page.expect_request(url) as asked:
        jane.pane.get_by_role("button", name="Try again").click()
    sam.hears("once")

    assert client_token(asked.value) == tokens[0]
    assert jane.texts() == sam.texts() == ["after it", "once"]
    window.expect_refusals()


def test_a_passing_failure_is_not_even_seen(window: Window) -> None:
    """A 429 and a 500 are tried again, when the server says, under the same ClientToken."""
    window.start()
    url = re.compile("/participant/message$")
    answers = [
        {"status": 429, "headers": {"retry-after": "0"}, "json": {"Message": "Slow down."}},
        {"status": 500, "json": {"Message": "Internal error"}},
    ]
    tokens = []

    def stumble(route: Route) -> None:
        tokens.append(client_token(route.request))
        if answers:
            route.fulfill(**answers.pop(0))  # type: ignore[arg-type]
        else:
            route.continue_()

    window.page.route(url, stumble)
    window.jane.say("patience")
    window.sam.hears("patience")

    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    window.expect_refusals()


def test_after_a_cut_nothing_is_missing(window: Window) -> None:
    """Both sockets are lost; Jane's comes back last, and brings all that was said meanwhile."""
    cutter = Cutter(window)
    window.page.reload()
    window.start()
    jane, sam = window.sides
    jane.say("before")
    sam.hears("before")
    closed = re.compile("/participant/connection$")

    def only_sam(route: Route) -> None:
        if route.request.headers["x-amz-bearer"] == window.tokens["Jane"]:
            route.fulfill(status=500, json={"Message": "Internal error"})
        else:
            route.continue_()

    window.page.route(closed, only_sam)
    cutter.cut()
    jane.line_is("Reconnecting…")
    sam.line_is("Connected")
    for number in range(3):
        sam.say(f"meanwhile {number}")
        sam.hears(f"meanwhile {number}")
    assert jane.texts() == ["before"]
    # What Jane says needs no socket; that it was read, she can only hear of later.
    jane.say("can you hear me?")
    sam.hears("can you hear me?")
    window.page.unroute(closed)

    jane.line_is("Connected")
    jane.hears("meanwhile 2")
    assert jane.texts() == sam.texts()
    expect(jane.message("can you hear me?").locator(".mark")).to_have_text("Read", timeout=PATIENCE)
    window.expect_refusals()


def test_a_line_that_died_silently_is_noticed(window: Window) -> None:
    """No answer to a heartbeat by the time of the next one: the page opens another line."""
    cutter = Cutter(window)
    window.page.clock.install()
    window.page.reload()
    window.start()
    assert cutter.opened == 2
    cutter.deafen()
    window.sam.say("does anybody hear?")
    # No longer than it takes: the answers to what follows come in real time.
    window.page.clock.run_for(20_500)

    for side in window.sides:
        side.line_is("Connected")
        side.hears("does anybody hear?")
    assert cutter.opened == 4


def test_asking_twice_in_a_row_is_no_reason_to_hang_up(window: Window) -> None:
    """An answer takes time; that there is none yet does not mean that the line is dead."""
    cutter = Cutter(window)
    window.page.reload()
    window.start()
    window.page.evaluate("for (const again of [1, 2]) dispatchEvent(new Event('offline'))")
    window.jane.say("still there?")

    for side in window.sides:
        side.hears("still there?")
        side.line_is("Connected")
    assert cutter.opened == 2


def test_a_line_is_renewed_before_it_expires(window: Window) -> None:
    """A minute before its hour is over the next one is open; nobody sees any of it."""
    cutter = Cutter(window)
    window.page.clock.install()
    window.page.reload()
    window.start()
    window.page.clock.fast_forward(58 * 60_000)
    # Heard behind the answers to the heartbeats that were due.
    window.jane.say("nearly an hour")
    for side in window.sides:
        side.hears("nearly an hour")
    assert cutter.opened == 2
    with window.page.expect_websocket():
        window.page.clock.fast_forward(90_000)

    for side in window.sides:
        side.line_is("Connected")
    window.jane.say("still the same chat")
    for side in window.sides:
        side.hears("still the same chat")


def test_a_machine_without_a_network_is_told_so(window: Window) -> None:
    """Not the server's fault; as soon as the network is back, so is the line."""
    cutter = Cutter(window)
    window.page.reload()
    window.start()
    window.context.set_offline(offline=True)
    cutter.cut()
    for side in window.sides:
        side.line_is("Offline")
    window.context.set_offline(offline=False)

    for side in window.sides:
        side.line_is("Connected")
    window.jane.say("back again")
    window.sam.hears("back again")
    window.expect_refusals()


def test_a_reload_loses_nothing(window: Window) -> None:
    """The tab keeps the chat, and the page asks for what was said."""
    window.start()
    window.jane.say("still here?")
    window.sam.hears("still here?")
    window.page.reload()

    for side in window.sides:
        side.line_is("Connected")
        side.hears("still here?")
    window.sam.say("yes")
    window.jane.hears("yes")


def test_the_customer_ends_the_chat_for_both(window: Window) -> None:
    """Both are told, nothing more can be sent, and a new chat begins from there."""
    window.start()
    jane, sam = window.sides
    sam.say("bye")
    jane.hears("bye")
    jane.pane.get_by_role("button", name="End chat").click()

    for side in (jane, sam):
        expect(side.log.get_by_text("The chat has ended")).to_be_visible(timeout=PATIENCE)
        side.line_is("Chat over")
        expect(side.field).not_to_be_editable()
        expect(side.pane.get_by_role("button", name="Attach files")).to_be_disabled()
    window.page.get_by_role("button", name="New chat").click()
    for side in (jane, sam):
        side.line_is("Connected")
        expect(side.log.get_by_text(re.compile("joined$"))).to_have_count(2, timeout=PATIENCE)
        assert side.texts() == []
    expect(jane.field).to_be_focused()


def test_the_agent_leaves_and_the_customer_stays(window: Window) -> None:
    """One half is over; the other is told and goes on."""
    window.start()
    jane, sam = window.sides
    sam.pane.get_by_role("button", name="Leave").click()

    sam.line_is("Chat over")
    expect(sam.log.get_by_text("You left")).to_be_visible()
    expect(jane.log.get_by_text("Sam left")).to_be_visible(timeout=PATIENCE)
    jane.say("hello?")
    jane.hears("hello?")
    jane.line_is("Connected")


def test_a_chat_that_ended_while_nobody_listened_is_told(window: Window) -> None:
    """After a reload the tokens are refused: that is how the service says that it is over."""
    window.start()
    window.page.evaluate("globalThis.kept = sessionStorage.getItem('chat')")
    kept = window.page.evaluate("kept")
    window.jane.pane.get_by_role("button", name="End chat").click()
    window.sam.line_is("Chat over")
    window.page.evaluate("chat => sessionStorage.setItem('chat', chat)", kept)
    window.page.reload()

    for side in window.sides:
        side.line_is("Chat over")
    window.expect_refusals()
