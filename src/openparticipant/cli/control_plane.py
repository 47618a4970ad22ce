"""The two calls of the control plane that open a chat, signed with AWS keys."""

from __future__ import annotations

from urllib.parse import urlsplit

from openparticipant.cli import credentials
from openparticipant.cli.client import Client
from openparticipant.cli.endpoint import resolve
from openparticipant.cli.profile import load
from openparticipant.cli.refusal import NoRegionError
from openparticipant.sigv4 import host_of, sign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.client import Signer
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.table import Operation
    from openparticipant.sigv4 import Credentials

SERVICE = "connect"

START_CHAT_CONTACT: Operation = {
    "name": "StartChatContact",
    "method": "PUT",
    "path": "/contact/chat",
    "bearer": "",
    "input": {"ClientToken": {"type": "string"}},
    "output": {},
}
CREATE_PARTICIPANT: Operation = {
    "name": "CreateParticipant",
    "method": "POST",
    "path": "/contact/create-participant",
    "bearer": "",
    "input": {"ClientToken": {"type": "string"}},
    "output": {},
}


def control_plane(options: GlobalOptions, world: Environment) -> Client:
    """Return a client that signs; raises CommandError without keys or region."""
    profile = load(world.environ, options.profile)
    endpoint = resolve(SERVICE, options, world.environ, profile)
    if endpoint.region is None:
        raise NoRegionError
    asked = options.profile is not None
    keys = credentials.find(world.environ, profile, profile_was_asked=asked)
    return Client(world, options, profile, endpoint, signer(keys, endpoint.region, SERVICE, world))


def signer(keys: Credentials, region: str, service: str, world: Environment) -> Signer:
    """Return what signs each request for a service."""

    def signed(method: str, url: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
        del headers  # what is between may change them, and the rest is what matters
        parts = urlsplit(url)
        return sign(
            keys,
            method,
            host_of(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"),
            parts.path,
            query=parts.query,
            region=region,
            service=service,
            at=world.clock(),
            body=body,
        )

    return signed
