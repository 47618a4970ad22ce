"""A store that is away, slow, wrong or no store at all: one line, in time, and the truth about it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from openparticipant.errors import Refused, Unavailable
from openparticipant.objects.s3.chain import Found
from openparticipant.objects.s3.store import S3Objects
from openparticipant.ports import StoredObject
from openparticipant.sigv4 import Credentials
from openparticipant.system import SystemClock
from openparticipant.testing.clock import SettableClock
from tests.cli.raw_server import HANG_UP, http, saying
from tests.objects.s3.opening import opened

STAGED = "connect/i/Attachments/chat/staging/2026/01/31/c/a_1_UTC.txt"
KEPT = "connect/i/Attachments/chat/2026/01/31/c/a_x_1_UTC.txt"
ETAG = f'"{"a" * 32}"'
SEEN = StoredObject(STAGED, 5, "text/plain", ETAG, f"md5:{'a' * 32}")
XML = "Content-Type: application/xml"
LISTED = http("200 OK", b"<ListBucketResult></ListBucketResult>", XML)
COPIED = http("200 OK", b"<CopyObjectResult></CopyObjectResult>", XML)


def head(size: int = 5, etag: str = ETAG, *more: str) -> bytes:
    """Return the answer to a HEAD."""
    lines = (f"Content-Length: {size}", "Content-Type: text/plain", f"ETag: {etag}", *more)
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


def error(status: str, code: str, more: str = "") -> bytes:
    """Return an error as S3 writes it; its message repeats what nobody shall read."""
    text = f"<Error><Code>{code}</Code><Message>s3cr3t</Message>{more}</Error>"
    return http(status, text.encode(), XML)


async def look(objects: S3Objects) -> object:
    """Look at the staged object."""
    return await objects.look(STAGED)


async def keep(objects: S3Objects) -> object:
    """Keep what was seen."""
    return await objects.keep(SEEN, KEPT)


async def discard(objects: S3Objects) -> object:
    """Discard the staged object."""
    await objects.discard(STAGED)
    return None


async def read(objects: S3Objects) -> object:
    """Read what was kept."""
    async with objects.read(KEPT) as pieces:
        return None if pieces is None else b"".join([piece async for piece in pieces])


async def failing(
    do: Callable[[S3Objects], Awaitable[object]], *answers: bytes, refused: bool = False
) -> Unavailable:
    """Do something with a store that gives these answers, and return what it comes to."""
    with saying(*([answer] for answer in answers)) as server:
        async with opened(f"s3://files?endpoint={server.url}") as objects:
            with pytest.raises(Unavailable) as wrong:
                await do(objects)
            assert objects.trouble is not None
    assert "\n" not in str(wrong.value)
    assert "s3cr3t" not in str(wrong.value)
    assert "Signature=" not in str(wrong.value)
    assert isinstance(wrong.value, Refused) == refused
    return wrong.value


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error("403 Forbidden", "AccessDenied"), "AccessDenied (403)"),
        (error("403 Forbidden", "SignatureDoesNotMatch"), "SignatureDoesNotMatch (403)"),
        (error("404 Not Found", "NoSuchBucket"), "NoSuchBucket (404)"),
        (
            error("301 Moved", "PermanentRedirect", "<Region>eu-north-1</Region>"),
            "the bucket lies in eu-north-1, not in us-east-1",
        ),
        (
            error("400 Bad Request", "AuthorizationHeaderMalformed", "<Region>eu-north-1</Region>"),
            "the bucket lies in eu-north-1, not in us-east-1",
        ),
        (
            http("400 Bad Request", b"", "x-amz-bucket-region: eu-north-1"),
            "the bucket lies in eu-north-1, not in us-east-1",
        ),
        (http("302 Found", b"", "Location: http://127.0.0.1:1/"), "a redirect (302)"),
        (http("404 Not Found", b"<html>", "Content-Type: text/html"), "status 404 with text/html"),
    ],
)
async def test_a_refusal_is_in_the_stores_own_words(answer: bytes, said: str) -> None:
    """What trying again would not mend is said at once, and where a redirect leads is not asked."""
    wrong = await failing(read, answer, refused=True)

    assert said in str(wrong)
    assert wrong.untouched


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error("500 Oops", "InternalError"), "InternalError (500)"),
        (error("503 Slow", "SlowDown"), "SlowDown (503)"),
        (http("502 Bad Gateway", b"<html>", "Content-Type: text/html"), "502 with text/html"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "its answer is not HTTP"),
        (HANG_UP, "it hung up"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "its answer ended early"),
        (b"HTTP/1.0 200 OK\r\n\r\nno length", "its answer is not as S3's"),
    ],
)
async def test_an_outage_is_one_line(answer: bytes, said: str) -> None:
    """It was tried again in vain; reading has changed nothing."""
    wrong = await failing(read, answer)

    assert said in str(wrong)
    assert wrong.untouched


async def test_nobody_there_is_one_line() -> None:
    """It names the host, and nothing was done there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    async with opened(f"s3://files?endpoint=http://{host}") as objects:
        for do in (look, keep, discard, read):
            with pytest.raises(Unavailable, match=f"{host}: connection refused") as wrong:
                await do(objects)
            assert wrong.value.untouched


@pytest.mark.parametrize(
    ("do", "answer", "untouched"),
    [
        (discard, error("503 Slow", "SlowDown"), True),
        (discard, error("500 Oops", "InternalError"), False),
        (discard, HANG_UP, False),
        (keep, error("403 Forbidden", "AccessDenied"), True),
        (keep, error("500 Oops", "InternalError"), False),
        (keep, error("200 OK", "InternalError"), False),
        (look, HANG_UP, True),
    ],
)
async def test_what_may_have_happened_is_told(
    do: Callable[[S3Objects], Awaitable[object]], answer: bytes, *, untouched: bool
) -> None:
    """Only what certainly changed nothing may be done again by others."""
    wrong = await failing(do, answer, refused=b"AccessDenied" in answer)

    assert wrong.untouched == untouched


@pytest.mark.parametrize(
    "first", [error("503 Slow", "SlowDown"), error("500 Oops", "InternalError"), HANG_UP]
)
async def test_a_passing_fault_is_nobodys_business(first: bytes) -> None:
    """It is tried again, after a pause."""
    with saying([first], [head()]) as server:
        async with opened(f"s3://files?endpoint={server.url}") as objects:
            assert await objects.look(STAGED) == SEEN
            assert objects.trouble is None

    assert len(server.heads) == 2


async def test_a_store_that_says_nothing_is_given_up_in_time() -> None:
    """Somebody waits for the answer, and gets one."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"s3://files?endpoint=http://127.0.0.1:{silent.getsockname()[1]}"
        async with opened(address) as objects, asyncio.timeout(8):
            with pytest.raises(Unavailable, match="no answer in time"):
                await objects.look(STAGED)


async def test_a_missing_object_is_not_a_missing_bucket() -> None:
    """To a HEAD both are the same 404; only one of them is the client's fault."""
    missing = b"HTTP/1.1 404 Not Found\r\n\r\n"
    with saying([missing], [LISTED]) as server:
        async with opened(f"s3://files?endpoint={server.url}") as objects:
            assert await objects.look(STAGED) is None

    wrong = await failing(look, missing, error("404 Not Found", "NoSuchBucket"), refused=True)

    assert "NoSuchBucket" in str(wrong)


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ([COPIED, head()], True),
        # Under KMS the same bytes have another ETag each time.
        ([COPIED, head(5, f'"{"b" * 32}"', "x-amz-server-side-encryption: aws:kms")], True),
        ([COPIED, head(5, '"not-an-md5"')], True),
        # The copy is of something else, and so is the source by now: the store took no notice of
        # the condition.
        ([COPIED, head(5, f'"{"b" * 32}"'), http("204 No Content"), head(5, '"new"')], False),
        ([COPIED, head(6), http("204 No Content"), head(6, '"new"')], False),
        ([error("412 Precondition Failed", "PreconditionFailed"), http("204 No Content")], False),
        ([error("404 Not Found", "NoSuchKey"), http("204 No Content")], False),
    ],
)
async def test_a_copy_is_looked_at(answers: list[bytes], *, kept: bool) -> None:
    """Only what certainly is the object that was seen counts; anything else is deleted."""
    with saying(*([answer] for answer in answers)) as server:
        async with opened(f"s3://files?endpoint={server.url}") as objects:
            assert await objects.keep(SEEN, KEPT) == kept

    methods = [each.split()[0] for each in server.heads]
    assert ("DELETE" in methods) != kept
    assert f"x-amz-copy-source-if-match: {ETAG}" in server.heads[0]


async def test_a_copy_that_fails_after_its_200_is_made_again() -> None:
    """S3 begins to answer before it has copied, and says in the body if it could not."""
    with saying([error("200 OK", "InternalError")], [COPIED], [head()]) as server:
        async with opened(f"s3://files?endpoint={server.url}") as objects:
            assert await objects.keep(SEEN, KEPT)

    assert [each.split()[0] for each in server.heads] == ["PUT", "PUT", "HEAD"]


@pytest.mark.parametrize("after", [(HANG_UP,), (head(6), HANG_UP)])
async def test_a_copy_that_nobody_could_look_at_may_lie_there(after: tuple[bytes, ...]) -> None:
    """Looking changes nothing, but the copy was made; whoever gives up has to delete it."""
    assert not (await failing(keep, COPIED, *after)).untouched


async def test_a_copy_that_always_differs_is_the_stores_fault() -> None:
    """To begin again would never end."""
    answers = (COPIED, head(6), http("204 No Content"), head())

    assert "a copy differs" in str(await failing(keep, *answers, refused=True))


async def test_replaced_keys_are_looked_for() -> None:
    """Whoever rotates the keys need not restart the server."""
    keys = iter(("AKOLD", "AKNEW"))
    clock = SettableClock(SystemClock().now())

    def find() -> Found:
        return Found(Credentials(next(keys), "s"), None)

    denied = error("403 Forbidden", "InvalidAccessKeyId")
    with saying([http("204 No Content")], [denied], [http("204 No Content")]) as server:
        async with opened(f"s3://files?endpoint={server.url}", find, clock=clock) as objects:
            await objects.discard(STAGED)
            clock.advance(15_000)
            await objects.discard(STAGED)

    used = [next(key for key in ("AKOLD", "AKNEW") if key in each) for each in server.heads]
    assert used == ["AKOLD", "AKOLD", "AKNEW"]


async def test_trouble_ends_by_itself() -> None:
    """Where nobody asks for anything, the store looks whether it is back."""
    clock = SettableClock(SystemClock().now())
    oops = error("400 Oops", "RequestTimeout")
    with saying(*[[oops]] * 5, [LISTED]) as server:
        async with opened(f"s3://files?endpoint={server.url}", clock=clock) as objects:
            looking = asyncio.create_task(objects.look(STAGED))
            while not looking.done():
                clock.advance(2000)
                await asyncio.sleep(0)
            with pytest.raises(Unavailable):
                looking.result()
            trouble = objects.trouble
            assert trouble is not None
            while objects.trouble is not None:
                clock.advance(1000)
                await asyncio.sleep(0)

    methods = [each.split()[0] for each in server.heads]
    assert methods == ["HEAD"] * 3 + ["GET"] * 3


async def test_a_refusal_is_of_one_doing_and_forgotten() -> None:
    """Permissions are: the store may well do all else; and what nobody met again may be mended."""
    clock = SettableClock(SystemClock().now())
    with saying([error("403 Forbidden", "AccessDenied")], [head()]) as server:
        async with opened(f"s3://files?endpoint={server.url}", clock=clock) as objects:
            with pytest.raises(Refused):
                await objects.discard(STAGED)
            assert objects.trouble == "object store: AccessDenied (403), asked to delete an object"
            await objects.look(STAGED)
            assert objects.trouble is not None

            clock.advance(60_000)

            assert objects.trouble is None
