"""ListAccessKeys, AddAccessKey, RetireAccessKey: how the operator rotates key pairs."""

from __future__ import annotations

from openparticipant.domain.access_key import AccessKey, Purpose
from openparticipant.errors import InvalidRequestException, ResourceNotFoundException
from openparticipant.ports import LastKeyError, OperatorPorts
from openparticipant.wire import admin as wire
from openparticipant.wire.times import iso8601


async def list_access_keys(
    ports: OperatorPorts, request: wire.ListAccessKeysRequest
) -> wire.ListAccessKeysResponse:
    """Return all key pairs that anything is still admitted by, without their secrets."""
    del request
    return wire.ListAccessKeysResponse(
        access_keys=[_told(key) for key in await ports.keys.listed()]
    )


async def add_access_key(
    ports: OperatorPorts, request: wire.AddAccessKeyRequest
) -> wire.AddAccessKeyResponse:
    """Make a key pair; the only time that a secret is told, and only one that back ends need."""
    key, secret = await ports.keys.add(Purpose(request.purpose.lower()))
    return wire.AddAccessKeyResponse(
        access_key=_told(key),
        secret_access_key=secret if key.purpose is Purpose.CONTROL else None,
    )


async def retire_access_key(
    ports: OperatorPorts, request: wire.RetireAccessKeyRequest
) -> wire.RetireAccessKeyResponse:
    """Let a key pair sign nothing more."""
    try:
        key = await ports.keys.retire(request.access_key_id, is_leaked=request.is_leaked)
    except LastKeyError as last:
        raise InvalidRequestException(
            f"This is the last key pair for {last.purpose.value}: add another one first."
        ) from None
    if key is None:
        raise ResourceNotFoundException("There is no key pair with this AccessKeyId.")
    return wire.RetireAccessKeyResponse(access_key=_told(key))


def _told(key: AccessKey) -> wire.AccessKey:
    return wire.AccessKey(
        id=key.id,
        purpose="CONTROL" if key.purpose is Purpose.CONTROL else "OBJECTS",
        created_at=iso8601(key.created_at),
        retires_at=None if key.retires_at is None else iso8601(key.retires_at),
    )
