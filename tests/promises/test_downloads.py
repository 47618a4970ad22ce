"""What a download is: a stranger's bytes, to be saved and not shown."""

from __future__ import annotations

import pytest

from openparticipant.domain.filetypes import CONTENT_TYPES
from openparticipant.limits import MINUTE, SECOND
from openparticipant.testing.chat import Chat
from tests.promises.place import Place, send
from tests.promises.promise import promise


def offered(chat: Chat, attachment_id: str, **members: int) -> str:
    """Return a URL for a GET."""
    answer = chat.call("attachment", {"AttachmentId": attachment_id, **members})
    assert answer.status == 200, answer.body
    url: str = answer.json["Url"]
    return url


@promise(25)
def test_a_download_is_guarded(built_in: Place) -> None:
    """No page may run, frame or sniff it, and it is saved under its name."""
    chat = built_in.server.start_chat()
    name = 'r\u00e4port "final"; x.txt'
    headers = send("GET", offered(chat, chat.attach(name)), {}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cache-control"] == "private, no-store"
    disposition = headers["content-disposition"]
    assert disposition.startswith("attachment; filename=")
    assert "filename*=UTF-8''r%C3%A4port%20%22final%22%3B%20x.txt" in disposition


@promise(25)
@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x.txt", "a\nb.txt", "a\rb.txt", "a\u2028b.txt"])
def test_no_name_splits_a_header(built_in: Place, name: str) -> None:
    """What could is refused at Start."""
    assert built_in.server.start_chat().start_upload(name).status == 400


@promise(26)
def test_nothing_is_shown_in_place(chat: Chat) -> None:
    """Whatever the type, whatever the URL is made to ask for."""
    for ending, (content_type, *_) in sorted(CONTENT_TYPES.items()):
        started = chat.start_upload(f"a.{ending}", ContentType=content_type)
        assert started.status == 200, started.body
        disposition = started.json["UploadMetadata"]["HeadersToInclude"]["Content-Disposition"]
        assert disposition == f'attachment; filename="a.{ending}"'
    url = offered(chat, chat.attach())
    assert send("GET", url, {}).headers["content-disposition"].startswith("attachment")
    shown = send("GET", f"{url}&response-content-disposition=inline", {})
    assert shown.status == 403
    shown = send("GET", f"{url}&response-content-type=text/html", {})
    assert shown.status == 403


@promise(26)
@pytest.mark.parametrize("ending", ["svg", "html", "htm", "xhtml", "xml", "js"])
def test_active_types_are_not_taken(built_in: Place, ending: str) -> None:
    """Unless the operator adds them, and then they are saved, too."""
    assert built_in.server.start_chat().start_upload(f"a.{ending}").status == 400


@promise(27)
def test_a_download_url_lives_as_long_as_asked(place: Place, chat: Chat) -> None:
    """From 5 seconds to 300, and not a moment more."""
    attachment_id = chat.attach()
    for seconds, status in ((4, 400), (0, 400), (-5, 400), (301, 400), (5, 200), (300, 200)):
        asked = {"AttachmentId": attachment_id, "UrlExpiryInSeconds": seconds}
        assert chat.call("attachment", asked).status == status, seconds
    now = place.clock.now()
    place.clock.set(now - 6 * SECOND)
    short = offered(chat, attachment_id, UrlExpiryInSeconds=5)
    long = offered(chat, attachment_id, UrlExpiryInSeconds=300)
    place.clock.set(now)
    assert send("GET", short, {}).status == 403
    assert send("GET", long, {}).body == b"hello"
    place.clock.set(now - 5 * MINUTE - SECOND)
    old = offered(chat, attachment_id)
    place.clock.set(now)
    assert send("GET", old, {}).status == 403
