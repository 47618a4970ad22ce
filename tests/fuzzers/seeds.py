"""Where the fuzzers begin: what is right, of each kind, so that they need not guess it."""

from __future__ import annotations

from collections.abc import Mapping

from openparticipant.sigv4 import sign
from openparticipant.wire import next_token
from tests.contents.samples import VALID, gif, jpeg, nameless, nested_office, png
from tests.fuzzers.targets import ENDINGS
from tests.sigv4.arrival import AT, CREDENTIALS, HOST, REGION, arrival


def _presigned() -> list[bytes]:
    it = arrival()
    lines = [b"%s: %s" % header for header in it.headers]
    return [b"\n".join([it.method.encode(), it.path, it.query, *lines])]


def _signed() -> list[bytes]:
    found = []
    for method, path in (("PUT", "/contact/chat"), ("GET", "/contacts/instance/contact")):
        headers = sign(
            CREDENTIALS, method, HOST, path, headers={}, body=b"", region=REGION, service="connect", at=AT
        )  # fmt: skip
        lines = [f"host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
        found.append("\n".join([method, path, "", *lines]).encode())
    return found


_BODIES = (
    b'{"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain", "ClientToken": "t"}',
    b'{"AttachmentIds": ["0f7c6a30-1111-4222-8333-444455556666"], "ClientToken": "t"}',
    b'{"AttachmentId": "a", "UrlExpiryInSeconds": 5}',
    b'{"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"], "ConnectParticipant": true}',
    b'{"ContentType": "text/plain", "Content": "\\u00e4\\ud83d\\ude00\\u0000"}',
    b'{"StartPosition": {"MostRecent": 3}, "ScanDirection": "FORWARD", "SortOrder": "ASCENDING", "MaxResults": 9}',
    b"{}",
)

SEEDS: Mapping[str, list[bytes]] = {
    "presigned": _presigned(),
    "signed": _signed(),
    "json": [
        *(bytes([number]) + body for number in range(11) for body in _BODIES),
        *(bytes([number]) + b"MaxResults=3&NextToken=a%20b\nview%3A1" for number in range(11, 15)),
        bytes([10]) + b"ViewToken=x\nview",
    ],
    "headers": [
        b'bytes=0-4\nif-match: "tag"\nif-none-match: W/"x", *',
        b'bytes=-5\nif-modified-since: Sat, 31 Jan 2026 10:15:30 GMT\nif-range: "tag"',
        b"bytes=2-\n127.0.0.1, ::ffff:10.0.0.1\n[::1]:80",
    ],
    "frame": [
        b'{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}})',
        b'{"topic":"aws/heartbeat"}',
        next_token.write("question", 1, 2).encode(),
    ],
    "contents": [
        *(bytes([ENDINGS.index(ending)]) + it for ending, all_ in VALID.items() for it in all_[:2]),
        *(bytes([ENDINGS.index("zip")]) + it for it in (nested_office(), b"#!/bin/sh", b"<svg>", b"MZ")),
        # Found by the fuzzer: an entry without a name.
        bytes([ENDINGS.index("zip")]) + nameless(),
        *(bytes([ENDINGS.index("gif")]) + it for it in (gif(), png(9, 9), jpeg(9, 9))),
    ],
    "connection": [
        b"\x10\x20POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcdGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x05\x60POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
        b"\x00\x00GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    ],
}  # fmt: skip
"""Inputs of each target."""
