"""On whose behalf something is done now: a request, and who signed it.

It follows the task that set it, and whatever that task starts. Empty for what the server does by
itself.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestContext:
    """`request_id` is the one that the client is told; `signer` the access key id of a back end."""

    request_id: str | None = None
    signer: str | None = None


SERVER = RequestContext()
current: ContextVar[RequestContext] = ContextVar("request", default=SERVER)
