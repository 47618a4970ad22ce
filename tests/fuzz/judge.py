"""What holds of every answer of the two JSON planes, whatever was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping

STATUSES = frozenset({200, 400, 402, 403, 404, 405, 409, 413, 429})
_REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def judge(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    headless: bool = False,
    also: Collection[int] = (),
) -> None:
    """Raise AssertionError unless an answer has a status and a form that clients can live with.

    `headers` are by lower-case name; `headless` says that the answer to HEAD has no body; `also`
    are statuses that only the operation asked may have.
    """
    assert status in STATUSES or status in also, (status, body[:300])
    assert headers["access-control-allow-origin"] == "*"
    exposed = headers["access-control-expose-headers"].split(", ")
    assert "x-amzn-errortype" in exposed
    assert "x-amzn-requestid" in exposed
    assert "date" not in exposed
    assert _REQUEST_ID.fullmatch(headers["x-amzn-requestid"])
    assert headers["content-type"] == "application/json"
    if headless:
        return
    answer = json.loads(body)
    if status == 200:
        assert "x-amzn-errortype" not in headers
    else:
        assert answer["__type"] == headers["x-amzn-errortype"]
        assert isinstance(answer["Message"], str)
        assert 1 <= len(answer["Message"]) <= 2000
