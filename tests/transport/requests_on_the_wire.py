"""Requests as bytes, good and bad, and the form of a refusal."""

from __future__ import annotations

import json

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"

MALFORMED = {
    "folded header": POST + b"A: b\r\n c\r\n\r\n",
    "length no number": POST + b"Content-Length: 1x\r\n\r\n",
    "length negative": POST + b"Content-Length: -1\r\n\r\n",
    "length signed": POST + b"Content-Length: +1\r\n\r\n",
    "length beyond 64 bits": POST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "length empty": POST + b"Content-Length:\r\n\r\n",
    "length twice": POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "length as a list": POST + b"Content-Length: 1, 1\r\n\r\na",
    "length, then chunked": POST
    + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked, then length": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunked not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "unknown encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "vertical tab in a header": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "line feeds only": b"GET / HTTP/1.1\nHost: x\n\n",
    "carriage return in a header": b"GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: x\x00y\r\n\r\n",
    "header without a colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "header without a name": b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    "NUL in the target": b"GET /a\x00b HTTP/1.1\r\n\r\n",
    "space in the target": b"GET /a b HTTP/1.1\r\n\r\n",
    "byte over 127 in the target": b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n",
    "fragment in the target": b"GET /a#b HTTP/1.1\r\n\r\n",
    "absolute target without a path": b"GET http://x HTTP/1.1\r\n\r\n",
    "a proxy's method": b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "unknown method": b"FETCH / HTTP/1.1\r\n\r\n",
    "unknown version": b"GET / HTTP/1.2\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS on the plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "noise": b"\x00\xff" * 50,
}


def assert_refusal(head_and_body: bytes, status: int, code: str) -> None:
    """Check the service's own form of an error, as a browser needs it."""
    head, _, body = head_and_body.partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    headers = dict(field.lower().split(": ", 1) for field in fields)
    assert line.startswith(f"HTTP/1.1 {status} ")
    assert headers["content-type"] == "application/json"
    assert headers["x-amzn-errortype"] == code.lower()
    assert headers["x-amzn-requestid"].startswith("request-")
    assert headers["access-control-allow-origin"] == "*"
    assert headers["access-control-expose-headers"] == (
        "x-amzn-errortype, x-amzn-requestid, retry-after"
    )
    assert headers["connection"] == "close"
    assert headers["date"] == "tue, 14 nov 2023 22:13:20 gmt"
    assert int(headers["content-length"]) == len(body)
    assert json.loads(body)["__type"] == code
    assert json.loads(body)["Message"]
