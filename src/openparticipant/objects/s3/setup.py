"""What a bucket needs before it can hold attachments: two rules, and permission for five doings."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence

from openparticipant.domain.attachment import Attachment
from openparticipant.errors import Refused, Unavailable
from openparticipant.objects.s3 import rules
from openparticipant.objects.s3.bucket import Bucket
from openparticipant.objects.s3.calls import Calls
from openparticipant.objects.s3.store import S3Objects

_WITHIN = 10.0  # seconds
_PROBE = b"This file shows that the bucket can be used. It may be deleted.\n"


async def read_rules(
    bucket: Bucket, calls: Calls, *, origins: Sequence[str], headers: Iterable[str]
) -> dict[str, bytes]:
    """Return the bucket's lists of rules as they shall be, as XML by S3's name for each.

    Others' rules stay as they are, ours is among them. Raises Unavailable.
    """
    wanted = (
        ("cors", "CORSConfiguration", rules.cors_rule(bucket, origins, headers)),
        ("lifecycle", "LifecycleConfiguration", rules.lifecycle_rule(bucket)),
    )
    lists = {}
    for name, root, rule in wanted:
        answer = await _ask(f"read its {name} rules", bucket, calls, "GET", query=name)
        found = answer if answer is not None else b""
        lists[name] = rules.merged(found, rule, root=root)
    return lists


async def write_rules(bucket: Bucket, calls: Calls, lists: Mapping[str, bytes]) -> None:
    """Give the bucket these lists. Raises Unavailable."""
    for name, document in lists.items():
        await _ask(f"write its {name} rules", bucket, calls, "PUT", query=name, body=document)


async def try_out(bucket: Bucket, calls: Calls, objects: S3Objects, probe: Attachment) -> None:
    """Do once what a server does with a bucket. Raises Unavailable that says what cannot be done."""
    staged, kept = probe.staging_key, probe.final_key_of("probe")
    headers = bucket.headers({"Content-Type": probe.content_type})
    await _ask("write", bucket, calls, "PUT", key=staged, body=_PROBE, headers=headers)
    try:
        seen = await objects.look(staged)
        if seen is None or not await objects.keep(seen, kept):
            raise Refused("object store: what was written was not there", untouched=True)
        async with objects.read(kept) as pieces:
            read = b"" if pieces is None else b"".join([piece async for piece in pieces])
        if read != _PROBE:
            raise Refused("object store: what was written came back changed", untouched=True)
    finally:
        await objects.discard(staged)
        await objects.discard(kept)
    if await objects.look(kept) is not None:
        raise Refused("object store: what was deleted is still there", untouched=True)


async def _ask(
    doing: str,
    bucket: Bucket,
    calls: Calls,
    method: str,
    *,
    key: str | None = None,
    query: str = "",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> bytes | None:
    """Return the body of the answer, None if there is nothing there."""
    path = bucket.root if key is None else bucket.path(key)
    every = dict(headers or {})
    if body:
        # S3 takes no rules without it.
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        every["Content-MD5"] = b64encode(md5).decode()
    try:
        answer = await calls.ask(
            method, path, query=query, headers=every, body=body, within=_WITHIN
        )
    except Unavailable as error:
        raise Unavailable(f"{error}, asked to {doing}", untouched=error.untouched) from None
    return None if answer.is_absence else answer.body
