"""Every refusal the service can express, each with its wire status.

The class name is the code a client sees. Statuses are those of AWS's service models
(`connectparticipant` 2018-09-07, `connect` 2017-08-08); the few that AWS does not model say so.
"""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """A refusal with a wire form; `message` is written for the person at the client.

    `reason` is for the operator's log only and never leaves the server.
    """

    status: ClassVar[int]

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason

    @property
    def code(self) -> str:
        """The name a client matches on."""
        return type(self).__name__

    def members(self) -> dict[str, str]:
        """Return the modelled members beside the message."""
        return {}


class AccessDeniedException(ServiceError):
    """The caller may not do this; on the participant plane the text never says why."""

    status = 403

    def __init__(self, message: str = "Access denied", *, reason: str | None = None) -> None:
        super().__init__(message, reason=reason)


class ValidationException(ServiceError):
    """The input breaks a constraint; the text is shown to end users as it is."""

    status = 400


class ThrottlingException(ServiceError):
    """Too many requests for now; `retry_after` is in seconds."""

    status = 429

    def __init__(self, message: str, *, retry_after: int, reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class InternalServerException(ServiceError):
    """The participant plane failed; what happened is in the log under the request id."""

    status = 500

    def __init__(self, message: str = "Internal error", *, reason: str | None = None) -> None:
        super().__init__(message, reason=reason)


class ServiceQuotaExceededException(ServiceError):
    """A counted limit is reached."""

    status = 402


class ConflictException(ServiceError):
    """The thing is in a state that this call cannot change."""

    status = 409


class ResourceNotFoundException(ServiceError):
    """The named resource does not exist."""

    status = 404

    def __init__(
        self,
        message: str,
        *,
        resource_id: str = "",
        resource_type: str = "",
        reason: str | None = None,
    ) -> None:
        super().__init__(message, reason=reason)
        self.resource_id = resource_id
        self.resource_type = resource_type

    def members(self) -> dict[str, str]:
        """Return what was not found, where the participant plane's model asks for it."""
        found = {"ResourceId": self.resource_id, "ResourceType": self.resource_type}
        return {name: value for name, value in found.items() if value}


class InvalidRequestException(ServiceError):
    """Control plane: the request breaks a constraint or a rule between members."""

    status = 400


class InvalidParameterException(ServiceError):
    """Control plane: one parameter has a value that is not allowed."""

    status = 400


class InternalServiceException(ServiceError):
    """Control plane's own name for a failure on our side."""

    status = 500

    def __init__(self, message: str = "Internal error", *, reason: str | None = None) -> None:
        super().__init__(message, reason=reason)


class LimitExceededException(ServiceError):
    """Control plane: an account limit is reached."""

    status = 429


class ContactNotFoundException(ServiceError):
    """Control plane: StopContact of a contact that is not there or has ended."""

    status = 410


class MissingAuthenticationTokenException(ServiceError):
    """Not modelled; AWS's answer to a control-plane call without a signature."""

    status = 403


class UnrecognizedClientException(ServiceError):
    """Not modelled; AWS's answer to an access key it does not know."""

    status = 403


class InvalidSignatureException(ServiceError):
    """Not modelled; AWS's answer to a signature that does not fit the request."""

    status = 403


class IncompleteSignatureException(ServiceError):
    """Not modelled; AWS's answer to an Authorization header it cannot read."""

    status = 403


class UnknownOperationException(ServiceError):
    """Not modelled; no operation lives at this path."""

    status = 404


class MethodNotAllowedException(ServiceError):
    """Not modelled; the path exists, the method does not. `allowed` is the one that does."""

    status = 405

    def __init__(self, message: str, *, allowed: str) -> None:
        super().__init__(message)
        self.allowed = allowed


class RequestEntityTooLargeException(ServiceError):
    """Not modelled; head or body exceed what the server reads."""

    status = 413


class Unavailable(Exception):
    """A backend cannot answer now; logged with its reason, answered as the plane's 500.

    `untouched` means that nothing was changed for certain, so the same may be tried again. Without
    it a write may yet have been recorded.
    """

    def __init__(self, reason: str, *, untouched: bool = False) -> None:
        super().__init__(reason)
        self.untouched = untouched


class NoVerdict(Unavailable):
    """A scanner gave no answer that counts, whether it is there or not."""


class Damaged(Unavailable):
    """What lies in the object store is not what was put there; trying again does not help."""


class Refused(Unavailable):
    """A backend is there and does not do this: a permission, a name or a setting is wrong."""
