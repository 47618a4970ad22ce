"""An upload URL is good for the one request that was invited."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from openparticipant.limits import HOUR, MINUTE, SIGNATURE_SKEW
from openparticipant.sigv4 import Credentials, presign
from openparticipant.testing.chat import Chat, post
from tests.promises.place import Place, Upload, send
from tests.promises.promise import promise


def refused(place: Place, upload: Upload, *, statuses: tuple[int, ...] = (400, 403)) -> str:
    """Send it and see that it is refused; return the code of the refusal."""
    answer = upload.put()
    assert answer.status in statuses, (answer.status, answer.body)
    assert place.objects_of(upload.attachment_id) == []
    return answer.code


@promise(4)
def test_no_header_can_be_changed(place: Place, chat: Chat) -> None:
    """Each of those that were invited is part of the signature."""
    upload = place.invite(chat)
    for name in upload.headers.keys() - {"Content-Length"}:
        changed = upload.having(name, f"{upload.headers[name]}x")
        assert refused(place, changed) == "SignatureDoesNotMatch", name
    assert upload.put().status == 200


@promise(5)
def test_no_header_can_be_left_out(place: Place, chat: Chat) -> None:
    """Nor all of them."""
    upload = place.invite(chat)
    for name in upload.headers.keys() - {"Content-Length"}:
        refused(place, upload.without(name))
    refused(place, upload.without("Content-Length"), statuses=(400, 403, 411))
    assert send("PUT", upload.url, {"Content-Length": "5"}, b"hello").status == 403
    assert place.objects_of(upload.attachment_id) == []
    assert upload.put().status == 200


CHANGES: dict[str, Callable[[str], str]] = {
    "key": lambda url: url.replace("_UTC.txt", "_UTC.html"),
    "directory": lambda url: url.replace("/staging/", "/"),
    "bucket": lambda url: re.sub(r"^(http://[^/]*/)[^/]*", r"\1elsewhere", url),
    "date": lambda url: re.sub(r"(X-Amz-Date=\d{8}T\d{5})\d", r"\1x", url),
    "second": lambda url: re.sub(
        r"(X-Amz-Date=\d{8}T\d{5})(\d)", lambda it: f"{it[1]}{9 - int(it[2])}", url
    ),
    "expiry": lambda url: re.sub("X-Amz-Expires=[0-9]+", "X-Amz-Expires=86400", url),
    "region": lambda url: url.replace("us-east-1", "eu-west-1"),
    "service": lambda url: url.replace("%2Fs3%2F", "%2Fsqs%2F"),
    "key pair": lambda url: re.sub("Credential=[A-Z0-9]+", "Credential=AKIAELSEWHERE0000000", url),
    "signed headers": lambda url: re.sub("SignedHeaders=[^&]*", "SignedHeaders=host", url),
    "signature": lambda url: re.sub("Signature=[0-9a-f]{64}", "Signature=" + "0" * 64, url),
    "no signature": lambda url: re.sub("&X-Amz-Signature=.*", "", url),
    "no query": lambda url: url.partition("?")[0],
    "one parameter more": lambda url: f"{url}&x-id=PutObject",
    "algorithm": lambda url: url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
}


@promise(6)
def test_no_part_of_the_url_can_be_changed(place: Place, chat: Chat) -> None:
    """What stands in it was signed."""
    upload = place.invite(chat)
    for what, change in CHANGES.items():
        answer = upload.at(change(upload.url)).put()
        expected = {400, 403, 404} if what == "bucket" else {400, 403}
        assert answer.status in expected, (what, answer.status, answer.body)
        assert place.objects_of(upload.attachment_id) == [], what
    assert upload.put().status == 200


@promise(7)
def test_an_expired_url_is_dead(place: Place) -> None:
    """An hour after it was made, it opens nothing."""
    place.clock.advance(-HOUR)
    upload = place.invite(place.server.start_chat())
    place.clock.advance(HOUR)
    assert refused(place, upload) == "AccessDenied"


@promise(7)
def test_a_url_of_the_future_is_refused(built_in: Place) -> None:
    """Clocks may differ, by so much and no more."""
    now = built_in.clock.now()
    chat = built_in.server.start_chat()
    built_in.clock.advance(SIGNATURE_SKEW - MINUTE)
    soon = built_in.invite(chat)
    built_in.clock.advance(2 * MINUTE)
    later = built_in.invite(chat)
    built_in.clock.set(now)
    assert soon.put().status == 200
    refused(built_in, later)


@promise(8)
@pytest.mark.parametrize("lasting", ["0", "-1", "604801", "", "1e2"])
def test_only_a_week_at_most_can_be_asked_for(place: Place, chat: Chat, lasting: str) -> None:
    """What is beyond it is refused for that, before anybody looks at the signature."""
    upload = place.invite(chat)
    changed = re.sub("X-Amz-Expires=[0-9]+", f"X-Amz-Expires={lasting}", upload.url)
    code = refused(place, upload.at(changed))
    if place.bucket is None:
        assert code == "AuthorizationQueryParametersError"


@promise(8)
def test_we_sign_for_a_week_at_most(built_in: Place) -> None:
    """Nothing of ours makes such a URL either."""
    key = Credentials("AKIAEXAMPLE", "secret")
    for lasting in (0, -1, 604801):
        with pytest.raises(ValueError, match="a week"):
            presign(key, "PUT", built_in.server.url, "/a", region="r", at=0, lasting=lasting)
    assert presign(key, "PUT", built_in.server.url, "/a", region="r", at=0, lasting=604800)


@promise(13)
def test_a_url_for_a_put_does_nothing_else(place: Place, chat: Chat) -> None:
    """It reads, lists and deletes nothing, not even what it put."""
    upload = place.invite(chat)
    assert upload.put().status == 200
    for method in ("GET", "HEAD", "DELETE", "POST"):
        answer = send(method, upload.url, {"Content-Length": "0"} if method == "POST" else {})
        assert answer.status in {400, 403, 405}, (method, answer.status)
        assert b"hello" not in answer.body
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(upload.url))
    top = urlsplit(upload.url).path.split("/")[1]
    for path in (f"/{top}", f"/{top}/", f"/{top}/?list-type=2", urlsplit(upload.url).path):
        assert send("GET", origin + path, {}).status in {400, 403, 404, 405}, path
    assert len(place.objects_of(upload.attachment_id)) == 1
    assert upload.complete().status == 200


@promise(46)
def test_older_signatures_are_refused(place: Place, chat: Chat) -> None:
    """Only SigV4 admits anybody."""
    upload = place.invite(chat)
    bare = upload.url.partition("?")[0]
    key_id = upload.url.partition("Credential=")[2].partition("%2F")[0]
    old = f"{bare}?AWSAccessKeyId={key_id}&Expires=4102444800&Signature=AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D"
    refused(place, upload.at(old))
    refused(place, upload.at(upload.url.replace("AWS4-HMAC-SHA256", "AWS3-HMAC-SHA256")))
    in_a_header = upload.at(bare).having(
        "Authorization", f"AWS {key_id}:AAAAAAAAAAAAAAAAAAAAAAAAAAA="
    )
    refused(place, in_a_header)

    operator = place.server.credentials["aws_access_key_id"]
    body = {"InstanceId": "instance", "ContactFlowId": "flow", "ParticipantDetails": {}}
    for authorization in (f"AWS {operator}:AAAA=", f"AWS3-HTTPS AWSAccessKeyId={operator}"):
        answer = post(place.server, "/contact/chat", body, authorization=authorization)
        assert answer.status in {403, 405}
