"""Which instance a request of the control plane names."""

from __future__ import annotations

from openparticipant.domain.contact import instance_id
from openparticipant.errors import ResourceNotFoundException, ServiceError
from openparticipant.ports import Policy


def named_instance(policy: Policy, text: str, refusal: type[ServiceError]) -> str:
    """Return the bare id; raise `refusal` for what is none, ResourceNotFoundException for others'."""
    bare = instance_id(text)
    if bare is None:
        raise refusal("InstanceId must be the id of an instance, or its ARN.")
    if policy.instances and bare not in policy.instances:
        raise ResourceNotFoundException("There is no instance with this InstanceId.")
    return bare
