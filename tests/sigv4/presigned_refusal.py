"""What a request to a pre-signed URL is refused with."""

from __future__ import annotations

import pytest

from openparticipant.sigv4 import Credentials, Refused
from tests.sigv4.arrival import CREDENTIALS, Arrival

MALFORMED = ("AuthorizationQueryParametersError", 400)
MISMATCH = ("SignatureDoesNotMatch", 403)
DENIED = ("AccessDenied", 403)
REQUIRED = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
    "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)


def refused(request: Arrival, credentials: Credentials = CREDENTIALS) -> Refused:
    """Return the refusal that a request meets, which must not speak of key or signature."""
    with pytest.raises(Refused) as caught:
        request.check(credentials)
    refusal = caught.value
    for secret in (credentials.access_key_id, credentials.secret_access_key):
        assert secret not in str(refusal)
    return refusal


def answer(request: Arrival, credentials: Credentials = CREDENTIALS) -> tuple[str, int]:
    """Return the code and status that a request is refused with."""
    refusal = refused(request, credentials)
    return refusal.code, refusal.status
