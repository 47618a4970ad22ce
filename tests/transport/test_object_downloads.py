"""Downloads over real HTTP."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from openparticipant.domain.attachment import Status
from openparticipant.sigv4 import presign
from openparticipant.testing.object_plane import REGION, ObjectPlane
from openparticipant.testing.raw_http import Answer, Wire, fetch
from openparticipant.transport.preconditions import http_date

BODY = bytes(range(256)) * 4096 * 2
NAME = "\N{SNOWMAN}.html"


@asynccontextmanager
async def kept(root: Path, body: bytes = BODY) -> AsyncIterator[tuple[ObjectPlane, str]]:
    """Serve a plane with one completed attachment."""
    async with ObjectPlane(root) as plane:
        attachment = plane.propose(len(body), name=NAME, content_type="text/html")
        invitation = await plane.invite(attachment)
        assert (await fetch("PUT", invitation.url, invitation.headers, body)).status == 200
        seen = await plane.objects.look(attachment.staging_key)
        assert seen is not None
        key = attachment.final_key_of(plane.ids.uuid())
        assert await plane.objects.keep(seen, key)
        plane.complete(attachment, key)
        yield plane, key


async def ask(
    plane: ObjectPlane,
    key: str,
    method: str = "GET",
    query: tuple[tuple[str, str], ...] = (),
    **headers: str,
) -> Answer:
    """Make a signed request."""
    url = presign(
        plane.credentials,
        method,
        plane.base,
        f"/attachments/{key}",
        region=REGION,
        at=plane.now(),
        lasting=300,
        query=query,
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await fetch(method, url, named)


async def test_a_download_is_guarded(tmp_path: Path) -> None:
    """A stranger's file comes as announced, and no browser runs, frames, sniffs or shows it."""
    async with kept(tmp_path) as (plane, key):
        answer = await ask(plane, key)

    assert (answer.status, answer.body) == (200, BODY)
    headers = answer.headers
    assert headers["content-type"] == "text/html"
    assert headers["content-disposition"].startswith("attachment; filename=")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "private, no-store"
    assert headers["accept-ranges"] == "bytes"
    assert headers["access-control-allow-origin"] == "*"


async def test_overrides_are_ignored(tmp_path: Path) -> None:
    """A signed wish for another type or for showing in place is verified and not followed."""
    wishes = (
        ("response-content-disposition", "inline"),
        ("response-content-type", "text/plain"),
    )
    async with kept(tmp_path) as (plane, key):
        answer = await ask(plane, key, "GET", wishes)

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_what_was_stored_to_be_shown_is_attached(tmp_path: Path) -> None:
    """Even an object that was signed as inline is only ever handed out as an attachment."""
    async with ObjectPlane(tmp_path) as plane:
        attachment = plane.propose(1)
        headers = {"Content-Length": "1", "Content-Disposition": "inline"}
        invitation = await plane.objects.invite(
            attachment.staging_key, headers, at=plane.now(), lasting=300
        )
        assert (await fetch("PUT", invitation.url, headers, b"x")).status == 200
        seen = await plane.objects.look(attachment.staging_key)
        assert seen is not None
        key = attachment.final_key_of(plane.ids.uuid())
        await plane.objects.keep(seen, key)
        plane.complete(attachment, key)

        answer = await ask(plane, key)

    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "binary/octet-stream"


async def test_a_head_is_a_get_without_its_bytes(tmp_path: Path) -> None:
    """HEAD has the same headers, and its own signature."""
    async with kept(tmp_path) as (plane, key):
        got = await ask(plane, key)
        head = await ask(plane, key, "HEAD")

    volatile = {"x-amz-request-id"}
    assert head.status == 200
    assert {k: v for k, v in head.headers.items() if k not in volatile} == {
        k: v for k, v in got.headers.items() if k not in volatile
    }


async def test_parts_join_to_the_whole(tmp_path: Path) -> None:
    """A download continued in ranges is the object, piece for piece."""
    size, step = len(BODY), 700_001
    async with kept(tmp_path) as (plane, key):
        parts = [
            await ask(plane, key, Range=f"bytes={start}-{start + step - 1}")
            for start in range(0, size, step)
        ]

    assert {part.status for part in parts} == {206}
    assert b"".join(part.body for part in parts) == BODY
    assert parts[-1].headers["content-range"] == f"bytes {step * 2}-{size - 1}/{size}"


async def test_conditions_and_ranges(tmp_path: Path) -> None:
    """Conditional requests get 304, 412 or the object; If-Range decides between part and whole."""
    async with kept(tmp_path) as (plane, key):
        etag = (await ask(plane, key)).headers["etag"]
        plane.clock.advance(1000)

        same = await ask(plane, key, If_None_Match=etag)
        other = await ask(plane, key, If_Match='"other"')
        since = await ask(plane, key, If_Modified_Since=http_date(plane.now()))
        part = await ask(plane, key, Range="bytes=0-4", If_Range=etag)
        whole = await ask(plane, key, Range="bytes=0-4", If_Range='"other"')
        several = await ask(plane, key, Range="bytes=0-4,7-9")
        beyond = await ask(plane, key, Range=f"bytes={len(BODY)}-")

    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    assert (other.status, other.code) == (412, "PreconditionFailed")
    assert since.status == 304
    assert (part.status, part.body) == (206, BODY[:5])
    assert (whole.status, len(whole.body)) == (200, len(BODY))
    assert (several.status, len(several.body)) == (200, len(BODY))
    assert (beyond.status, beyond.code) == (416, "InvalidRange")
    assert beyond.headers["content-range"] == f"bytes */{len(BODY)}"


async def test_a_file_that_is_cut_meanwhile_is_never_a_whole_answer(tmp_path: Path) -> None:
    """A client sees a broken connection, not a short file that looks complete."""
    body = bytes(32 << 20)
    async with kept(tmp_path, body) as (plane, key):
        offer = await plane.objects.offer(key, at=plane.now(), lasting=300)
        wire = await Wire.open(offer.url)
        await wire.head("GET", offer.url, {})
        assert await wire.status() == 200
        os.truncate(tmp_path / key, 20 << 20)

        assert len(await wire.rest()) < len(body)

        exchange = await plane.ended(2)
        assert (exchange.status, exchange.code) == (200, "InternalError")
        await wire.close()


async def test_nothing_is_read_for_a_client_that_left(tmp_path: Path) -> None:
    """A download ends with its client, not with the file."""
    body = bytes(32 << 20)
    async with kept(tmp_path, body) as (plane, key):
        offer = await plane.objects.offer(key, at=plane.now(), lasting=300)
        wire = await Wire.open(offer.url)
        await wire.head("GET", offer.url, {})
        assert await wire.status() == 200
        await wire.close()

        assert (await plane.ended(2)).sent < len(body)


@pytest.mark.parametrize(
    ("origin", "method", "status"),
    [
        ("https://chat.example", "PUT", 200),
        ("https://chat.example", "DELETE", 403),
        ("https://other.example", "PUT", 403),
        (None, "PUT", 400),
        ("https://chat.example", None, 400),
    ],
)
async def test_preflights(
    origin: str | None, method: str | None, status: int, tmp_path: Path
) -> None:
    """A preflight needs no valid signature; a page that may not is told so without a grant."""
    asks = {"Origin": origin, "Access-Control-Request-Method": method}
    async with ObjectPlane(tmp_path, allowed_origins=("https://chat.example",)) as plane:
        url = f"{plane.base}/attachments/any/key?X-Amz-Signature=none"

        answer = await fetch("OPTIONS", url, {n: v for n, v in asks.items() if v is not None})

    assert answer.status == status
    assert answer.code == {200: "", 403: "AccessForbidden", 400: "BadRequest"}[status]
    assert ("access-control-allow-methods" in answer.headers) == (status == 200)
    if origin == "https://other.example":
        assert "access-control-allow-origin" not in answer.headers


REVOKED = "Nothing is offered here: the chat has ended, or the attachment was rejected or removed."


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "status",
    [Status.PENDING, Status.COMPLETING, Status.REJECTED, Status.REMOVED, None],
    ids=str,
)
async def test_a_url_dies_with_what_it_was_for(
    status: Status | None, method: str, tmp_path: Path
) -> None:
    """The signature is as good as before; the answer says what has happened."""
    async with kept(tmp_path) as (plane, key):
        [attachment] = plane.rows.values()
        if status is None:
            plane.forget(attachment)
        else:
            plane.change(attachment, status)

        answer = await ask(plane, key, method)

        [*_, exchange] = plane.exchanges
    assert (answer.status, exchange.code, exchange.reason) == (403, "AccessDenied", REVOKED)


async def test_a_scanner_reads_before_the_verdict(tmp_path: Path) -> None:
    """What is being scanned has a URL, which nobody but scanners is given."""
    async with kept(tmp_path) as (plane, key):
        [attachment] = plane.rows.values()
        plane.change(attachment, Status.SCANNING)

        answer = await ask(plane, key)

    assert answer.body == BODY


async def test_only_the_completed_object_is_given(tmp_path: Path) -> None:
    """What an attempt left behind that lost is nobody's."""
    async with kept(tmp_path) as (plane, key):
        [attachment] = plane.rows.values()
        lost = attachment.final_key_of(plane.ids.uuid())
        seen = await plane.objects.look(key)
        assert seen is not None
        assert await plane.objects.keep(seen, lost)

        answer = await ask(plane, lost)

    assert (answer.status, answer.code) == (403, "AccessDenied")
