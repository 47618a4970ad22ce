"""ExplainRequest and ExplainUrl: what clients are not told, for the operator."""

from __future__ import annotations

from openparticipant.errors import InvalidRequestException, ResourceNotFoundException
from openparticipant.operations.presigned_urls import examine
from openparticipant.ports import OperatorPorts
from openparticipant.wire import admin as wire

_ONLY_RUNNING = "No server runs: only one that does can tell. What was refused stands in its log."


async def explain_request(
    ports: OperatorPorts, request: wire.ExplainRequestRequest
) -> wire.ExplainRequestResponse:
    """Return why a request was refused, as the log has it."""
    if ports.running is None:
        raise InvalidRequestException(_ONLY_RUNNING)
    facts = ports.running.refusals.find(request.request_id)
    if facts is None:
        raise ResourceNotFoundException(
            "This node remembers no refusal with this RequestId: it was answered, it is one of long "
            "ago, or another node's."
        )
    status = facts.get("status")
    return wire.ExplainRequestResponse(
        request_id=request.request_id,
        at=str(facts["at"]),
        reason=str(facts["reason"]),
        status=None if status is None else int(status),
        details={
            name: str(fact)
            for name, fact in facts.items()
            if name not in _TOLD and fact is not None
        },
    )


_TOLD = frozenset({"at", "event", "level", "ms", "reason", "request_id", "status"})


async def explain_url(
    ports: OperatorPorts, request: wire.ExplainUrlRequest
) -> wire.ExplainUrlResponse:
    """Compare a pre-signed request with what was invited."""
    if ports.running is None:
        raise InvalidRequestException(_ONLY_RUNNING)
    findings = await examine(
        ports.running.ports,
        ports.keys,
        url=request.url,
        method=request.method,
        headers=request.headers,
    )
    return wire.ExplainUrlResponse(
        findings=[
            wire.Finding(about=each.about, is_good=each.is_good, text=each.text)
            for each in findings
        ]
    )
