from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from openparticipant.errors import Refused, Unavailable
from openparticipant.limits import DAY, SECOND
from openparticipant.objects.s3.answers import Answer
from openparticipant.objects.s3.bucket import Bucket
from openparticipant.objects.s3.calls import Calls
from openparticipant.objects.s3.held_credentials import HeldCredentials
from openparticipant.objects.s3.listing import Page, page_query, read_page
from openparticipant.objects.s3.trouble import Trouble
from openparticipant.ports import Clock, Invitation, ListedObject, Offer, StoredObject
from openparticipant.sigv4 import encode, presign

LONGEST_URL = 2000  # documented: characters of UploadMetadata's Url
_WITHIN = 5.0  # seconds for what is small
_COPY_WITHIN = 25.0  # seconds; the lease of a completion lasts 30
_MD5 = re.compile(r'"[0-9a-f]{32}"')
_NO_HEADERS: Mapping[str, str] = {}
# As the upload had it: another account that owns the bucket shall own what is kept.
_OWNER: Mapping[str, str] = {"x-amz-acl": "bucket-owner-full-control"}


class S3Objects:
    """`ObjectStore` in a bucket: clients and the store pass the bytes between them.

    It signs for `public_origin`, where clients reach the bucket; its own calls go where `calls` do.
    """

    # A rule of the bucket ends late uploads after a day, which it counts from the midnight that
    # follows, and it may be a day behind.
    leaves_staged = 3 * DAY

    def __init__(
        self,
        bucket: Bucket,
        credentials: HeldCredentials,
        calls: Calls,
        clock: Clock,
        *,
        public_origin: str,
    ) -> None:
        self._bucket = bucket
        self._credentials = credentials
        self._public_origin = public_origin
        self._calls = calls
        self._trouble = Trouble(self.reach, clock)

    @property
    def trouble(self) -> str | None:
        """What is wrong with the store now, in one line; None while it works."""
        return self._trouble.line

    async def close(self) -> None:
        """End what goes on in the background."""
        await self._trouble.close()

    async def reach(self) -> None:
        """Look into the bucket; raise Unavailable with one line that says what is wrong with it."""
        query = f"list-type=2&max-keys=1&prefix={encode(self._bucket.prefix)}"
        answer = await self._calls.ask("GET", self._bucket.root, query=query, within=_WITHIN)
        lies_in = answer.headers.get("x-amz-bucket-region", self._bucket.region)
        if b"<ListBucketResult" not in answer.body or lies_in != self._bucket.region:
            raise Refused(f"object store: {answer.complaint(self._bucket.region)}", untouched=True)

    async def invite(
        self, key: str, headers: Mapping[str, str], *, at: int, lasting: int
    ) -> Invitation:
        """Sign one PUT to `key` that must carry `headers` and those that the settings give.

        It ends before `lasting` seconds where what signs it does. Raises Unavailable if there are
        no credentials, or if the URL would be longer than clients take.
        """
        headers = self._bucket.headers(headers)
        url, ends_at = await self._url("PUT", key, headers, at, lasting)
        return Invitation(url, ends_at, headers)

    async def offer(self, key: str, *, at: int, lasting: int) -> Offer:
        """Sign a GET of `key`; as with `invite`, it may end earlier."""
        return Offer(*await self._url("GET", key, _NO_HEADERS, at, lasting))

    def s3_location(self, key: str) -> tuple[str, str]:
        """Return the bucket, and the key below its prefix."""
        return self._bucket.name, self._bucket.key(key)

    def key_at(self, path: str) -> str | None:
        """Return the key that a URL of this path names, on the bucket's origin."""
        if not path.startswith(self._bucket.root):
            return None
        return self._bucket.our_key(path.removeprefix(self._bucket.root))

    async def look(self, key: str) -> StoredObject | None:
        """Return what lies under `key` now."""
        with self._trouble.noting("look at an object"):
            answer = await self._ask("HEAD", key)
            if answer.status == 404:
                # Whether the object or the whole bucket is missing, a HEAD does not say.
                await self.reach()
                return None
            return _seen(key, answer)

    @asynccontextmanager
    async def read(self, key: str) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """Hold what lies under `key` now open, and give its bytes piece by piece; None: nothing."""
        async with AsyncExitStack() as held:
            # Not around the yield: what befalls the reader is not the store's trouble.
            with self._trouble.noting("read an object"):
                stream = self._calls.stream(self._bucket.path(key), within=_WITHIN)
                pieces = await held.enter_async_context(stream)
            yield None if pieces is None else self._noted(pieces)

    async def listing(self) -> AsyncIterator[ListedObject]:
        """Give everything of ours in the bucket; see `ObjectShelf.listing`."""
        for beginning in self._bucket.beginnings:
            continuation = None
            while True:
                page = await self._page(beginning, continuation)
                for name, changed_at in page.found:
                    yield ListedObject(name, self._bucket.our_key(name), changed_at)
                continuation = page.continuation
                if continuation is None:
                    break

    async def _page(self, beginning: str, continuation: str | None) -> Page:
        with self._trouble.noting("list objects"):
            query = page_query(beginning, continuation)
            answer = await self._calls.ask("GET", self._bucket.root, query=query, within=_WITHIN)
            if not answer.succeeded:
                complaint = answer.complaint(self._bucket.region)
                raise Refused(f"object store: {complaint}", untouched=True)
            return read_page(answer.body)

    async def keep(self, seen: StoredObject, target: str) -> bool:
        """Copy exactly the object that was seen to `target`, in the store, and look at the copy.

        False means that it has been replaced or removed meanwhile; then nothing lies at `target`.
        """
        with self._trouble.noting("copy an object"):
            copied = await self._copy(seen, target)
            try:
                if copied and await self._is_copied(seen, target):
                    return True
                # Also where it was refused: an earlier try may have succeeded unheard.
                await self._ask("DELETE", target)
            except Unavailable as error:
                # Reading changes nothing, but what was copied lies there.
                raise type(error)(str(error), untouched=False) from None
            if copied:
                now = await self._ask("HEAD", seen.key)
                if now.succeeded and _seen(seen.key, now) == seen:
                    raise Refused("object store: a copy differs from its source", untouched=True)
            return False

    async def discard(self, key: str) -> None:
        """Forget an object; discarding what is not there is not an error."""
        with self._trouble.noting("delete an object"):
            await self._ask("DELETE", key)

    async def _copy(self, seen: StoredObject, target: str) -> bool:
        # What it was uploaded with comes along, but for who may read it and how it is encrypted.
        headers = {
            "x-amz-copy-source": self._bucket.copy_source(seen.key),
            "x-amz-copy-source-if-match": seen.version,
            **self._bucket.headers(_OWNER),
        }
        path = self._bucket.path(target)
        answer = await self._calls.ask("PUT", path, headers=headers, within=_COPY_WITHIN)
        return answer.succeeded

    async def _is_copied(self, seen: StoredObject, target: str) -> bool:
        answer = await self._ask("HEAD", target)
        return answer.succeeded and _is_copy(seen, answer)

    async def _ask(self, method: str, key: str) -> Answer:
        return await self._calls.ask(method, self._bucket.path(key), within=_WITHIN)

    async def _noted(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        with self._trouble.noting("read an object"):
            async for piece in pieces:
                yield piece

    async def _url(
        self, method: str, key: str, headers: Mapping[str, str], at: int, lasting: int
    ) -> tuple[str, int]:
        with self._trouble.noting("sign a URL", proves=False):
            credentials, lasting = await self._credentials.lasting(lasting, at=at)
            url = presign(
                credentials,
                method,
                self._public_origin,
                self._bucket.path(key),
                region=self._bucket.region,
                at=at,
                lasting=lasting,
                headers=headers,
            )
            if len(url) > LONGEST_URL:
                token = len(credentials.session_token or "")
                raise Refused(
                    f"object store: a URL would have {len(url)} characters, and clients take "
                    f"{LONGEST_URL}; the session token alone has {token}",
                    untouched=True,
                )
            # A signature counts from its whole second.
            return url, at - at % SECOND + lasting * SECOND


def _seen(key: str, answer: Answer) -> StoredObject:
    headers = answer.headers
    if "etag" not in headers or not headers.get("content-length", "").isdigit():
        raise Refused("object store: an object without ETag and length", untouched=True)
    size, kind = int(headers["content-length"]), headers.get("content-type", "")
    etag = headers["etag"]
    # Under KMS the same bytes have another ETag each time; elsewhere it is their MD5.
    sealed = headers.get("x-amz-server-side-encryption", "").startswith("aws:kms")
    digest = f"md5:{etag[1:-1]}" if _MD5.fullmatch(etag) and not sealed else None
    return StoredObject(key, size, kind, etag, digest)


def _is_copy(seen: StoredObject, copied: Answer) -> bool:
    lies = _seen(seen.key, copied)
    if lies.size != seen.size:
        return False
    return None in {seen.digest, lies.digest} or lies.digest == seen.digest
