"""The operator's API of a running server, found and signed for by what lies in its directory."""

from __future__ import annotations

from openparticipant.cli.client import Client, RefusedError
from openparticipant.cli.endpoint import Endpoint
from openparticipant.cli.http import NoAnswerError
from openparticipant.cli.profile import load
from openparticipant.cli.reach import Reach
from openparticipant.cli.records import NoRecordsError
from openparticipant.cli.retries import configured
from openparticipant.cli.signing import signer_with
from openparticipant.data_dir import PROFILE_CONFIG, PROFILE_CREDENTIALS
from openparticipant.sigv4 import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.table import Operation
    from openparticipant.data_dir import DataDir

SERVICE = "openparticipant"

_ROUTES = {
    "AddAccessKey": ("POST", "/access-keys/add"),
    "ExplainRequest": ("GET", "/requests/{RequestId}"),
    "ExplainUrl": ("POST", "/urls/explain"),
    "GetContactTranscript": ("GET", "/contacts/{ContactId}/transcript"),
    "ListAccessKeys": ("GET", "/access-keys"),
    "ListAuditEvents": ("GET", "/audit"),
    "ListContacts": ("GET", "/contacts"),
    "ListPendingUploads": ("GET", "/pending-uploads"),
    "PurgeContact": ("POST", "/contacts/purge"),
    "RetireAccessKey": ("POST", "/access-keys/retire"),
}
_UNWELCOME = {"InvalidSignatureException", "UnrecognizedClientException"}


class RunningServer:
    """A server that answers."""

    def __init__(self, data_dir: DataDir, options: GlobalOptions, world: Environment) -> None:
        """Raise CommandError where the directory does not tell how to reach it."""
        self._path = data_dir.path
        profile = load(
            {
                "AWS_CONFIG_FILE": str(self._path / PROFILE_CONFIG),
                "AWS_SHARED_CREDENTIALS_FILE": str(self._path / PROFILE_CREDENTIALS),
            },
            None,
        )
        region = profile.get("region")
        self._urls = data_dir.admin_urls()
        key, secret = profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")
        if not self._urls or region is None or key is None or secret is None:
            raise NoRecordsError(
                f"the server on {self._path} has not said yet where it is: try again when it is "
                "ready"
            )
        # Of this machine, so by way of nobody, whatever the environment says of proxies.
        reach = Reach(options, {}, trust=None)
        retries = configured({}, profile)
        signer = signer_with(Credentials(key, secret), region, SERVICE, world)
        self._clients = {
            url: Client(world, options, Endpoint(url, region, reach, retries), signer)
            for url in self._urls
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, operation: str, members: Mapping[str, object]) -> Any:
        """Return the answer's JSON object. Raises NoRecordsError."""
        return self._ask(self._urls[0], operation, members)

    def call_any(self, operation: str, members: Mapping[str, object]) -> Any:
        """Return the answer of whichever process has one. Raises the first one's NoRecordsError."""
        errors = []
        for url in self._urls:
            try:
                return self._ask(url, operation, members)
            except NoRecordsError as error:
                errors.append(error)
        raise errors[0]

    def _ask(self, url: str, operation: str, members: Mapping[str, object]) -> Any:
        method, path = _ROUTES[operation]
        row: Operation = {
            "name": operation,
            "method": method,
            "path": path,
            "bearer": "",
            "input": {},
            "output": {},
        }
        try:
            return self._clients[url].call(row, members)
        except NoAnswerError:
            raise NoRecordsError(
                f"{self._path} is in use by another openparticipant process, but no server answers "
                f"at {url}"
            ) from None
        except RefusedError as error:
            if error.code in _UNWELCOME:
                raise NoRecordsError(
                    f"the server at {url} does not accept the key in "
                    f"{self._path / PROFILE_CREDENTIALS}: {error.message}"
                ) from None
            raise NoRecordsError(error.message or str(error).strip()) from None
