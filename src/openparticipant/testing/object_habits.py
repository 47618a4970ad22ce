from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Where stores differ that keep the same contract.

    `chunked` is the status for a body without a length: 411, or 403 from a store that only sees
    that the signed length is missing. `unsigned_amz_header` is that for an `x-amz-` header which
    the URL does not name; `explains` says whether a refusal has a message for people.
    """

    chunked: int = 411
    unsigned_amz_header: int = 403
    explains: bool = True
