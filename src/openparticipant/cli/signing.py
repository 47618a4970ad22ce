"""Requests that carry a signature, made with AWS keys."""

from __future__ import annotations

from urllib.parse import urlsplit

from openparticipant.cli import credentials
from openparticipant.cli.refusal import NoRegionError
from openparticipant.sigv4 import host_of, sign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.client import Signer
    from openparticipant.cli.endpoint import Endpoint
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.profile import Profile
    from openparticipant.sigv4 import Credentials

# Beside the host and the signature's own. Others are not signed: what is between may change them.
_SIGNED = ("Content-Type",)


def signer(
    service: str, options: GlobalOptions, world: Environment, profile: Profile, endpoint: Endpoint
) -> Signer:
    """Return what signs requests of a service; raises CommandError without keys or region."""
    region = endpoint.region
    if region is None:
        raise NoRegionError
    asked = options.profile is not None
    return signer_with(
        credentials.find(world, profile, profile_was_asked=asked), region, service, world
    )


def signer_with(keys: Credentials, region: str, service: str, world: Environment) -> Signer:
    """Return what signs requests of a service with these keys."""

    def signed(method: str, url: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
        parts = urlsplit(url)
        return sign(
            keys,
            method,
            host_of(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"),
            parts.path,
            query=parts.query,
            headers={name: headers[name] for name in _SIGNED if name in headers},
            region=region,
            service=service,
            at=world.clock(),
            body=body,
        )

    return signed
