"""DescribeView, GetAuthenticationUrl, CancelParticipantAuthentication: what flows would start.

There is no flow engine, so no chat ever waits for an authentication, and the only views are those
that the operator registered.
"""

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.errors import ResourceNotFoundException, ValidationException
from openparticipant.ports import Ports
from openparticipant.wire.shapes import (
    CancelParticipantAuthenticationRequest,
    DescribeViewRequest,
    DescribeViewResponse,
    Empty,
    GetAuthenticationUrlRequest,
    GetAuthenticationUrlResponse,
    View,
    ViewContent,
)


async def describe_view(
    ports: Ports, caller: Caller, request: DescribeViewRequest
) -> DescribeViewResponse:
    """Return a view that the operator registered; its token is its id."""
    policy = ports.policy
    view = policy.views.get(request.view_token)
    if view is None:
        raise ResourceNotFoundException(
            "There is no view with this ViewToken.",
            resource_id=request.view_token,
            resource_type="VIEW",
        )
    instance = f"arn:aws:connect:{policy.region}:{policy.account}:instance/{caller.instance_id}"
    return DescribeViewResponse(
        view=View(
            id=view.id,
            arn=f"{instance}/view/{view.id}",
            name=view.name,
            version=view.version,
            content=ViewContent(
                input_schema=view.input_schema,
                template=view.template,
                actions=list(view.actions),
            ),
        )
    )


async def get_authentication_url(
    ports: Ports, caller: Caller, request: GetAuthenticationUrlRequest
) -> GetAuthenticationUrlResponse:
    """Refuse: no authentication was initiated."""
    del ports, caller, request
    raise _nothing_initiated()


async def cancel_participant_authentication(
    ports: Ports, caller: Caller, request: CancelParticipantAuthenticationRequest
) -> Empty:
    """Refuse: no authentication was initiated."""
    del ports, caller, request
    raise _nothing_initiated()


def _nothing_initiated() -> ValidationException:
    return ValidationException("No authentication with this SessionId was initiated in the chat.")
