"""botocore's own signers, held at a given moment, as judges of ours.

They ask the real clock in `add_auth` only, so that one method is taken apart here; all that signs
is botocore's.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.auth import (
    SIGNED_HEADERS_BLACKLIST,
    S3SigV4QueryAuth,
    SigV4Auth,
)
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as TheirCredentials

from openparticipant.sigv4 import Credentials

NEVER_SIGNED = frozenset(SIGNED_HEADERS_BLACKLIST)
"""Headers that botocore leaves out whatever it is told; we sign what we are told."""


def theirs(credentials: Credentials) -> TheirCredentials:
    """Give botocore the same key pair."""
    return TheirCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token
    )


def _add_auth(signer: Any, request: Any, at: int) -> None:
    request.context["timestamp"] = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at // 1000))
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))


def query_auth(
    credentials: Credentials,
    method: str,
    url: str,
    *,
    region: str,
    at: int,
    lasting: int,
    headers: Mapping[str, str],
    query: Mapping[str, str],
) -> str:
    """Let S3SigV4QueryAuth sign a URL whose path is already encoded."""
    request = AWSRequest(method, url, headers=dict(headers), params=dict(query))
    signer = S3SigV4QueryAuth(theirs(credentials), "s3", region, expires=lasting)
    _add_auth(signer, request, at)
    return str(request.url)


def header_auth(
    credentials: Credentials,
    method: str,
    url: str,
    *,
    region: str,
    service: str,
    at: int,
    headers: Mapping[str, str],
    body: bytes,
) -> dict[str, str]:
    """Let SigV4Auth sign a request; returns all its headers."""
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    _add_auth(SigV4Auth(theirs(credentials), service, region), request, at)
    return dict(request.headers.items())


@cache
def s3_client(
    credentials: Credentials, endpoint: str | None, region: str, style: str = "path"
) -> Any:
    """Make the client whose generate_presigned_url writes the URLs that ours have to equal."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
