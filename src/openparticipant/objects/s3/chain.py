"""Where AWS's tools look for credentials: environment, files, web identity, container, instance."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.session

from openparticipant.errors import Unavailable
from openparticipant.sigv4 import Credentials

# Botocore's names for the two files, what people set, and where they lie otherwise.
_FILES = (
    ("credentials_file", "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ("config_file", "AWS_CONFIG_FILE", "~/.aws/config"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Credentials, and when they end (epoch milliseconds) if they do."""

    credentials: Credentials
    expires_at: int | None


class Chain:
    """The usual chain, asked afresh each time, since files and roles give others as time goes by.

    Nothing below `own_profile` is read: what lies there opens this server, not its bucket.
    """

    def __init__(self, own_profile: Path, region: str) -> None:
        self._own_profile = own_profile.resolve()
        self._region = region
        # It tells at every asking where it found them.
        logging.getLogger("botocore").setLevel(logging.WARNING)

    def find(self) -> Found:
        """Return the first credentials there are; it may wait for the network.

        Raises Unavailable, whose text holds nothing that a source of credentials said.
        """
        try:
            found = self._session().get_credentials()
            frozen = found and found.get_frozen_credentials()
        except botocore.exceptions.CredentialRetrievalError as error:
            provider = error.kwargs.get("provider", "their source")
            raise _nothing(f"{provider} failed to give any") from None
        except botocore.exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code", "an error")
            raise _nothing(f"{error.operation_name} was answered with {code}") from None
        except botocore.exceptions.BotoCoreError as error:
            raise _nothing(" ".join(str(error).split())) from None
        except (OSError, ValueError, KeyError) as error:
            raise _nothing(f"{type(error).__name__} while reading them") from None
        if not frozen or not frozen.access_key or not frozen.secret_key:
            raise _nothing("none in the environment, the shared files, or a role")
        credentials = Credentials(frozen.access_key, frozen.secret_key, frozen.token or None)
        # Botocore tells nobody; the tests hold it to this name.
        ends = getattr(found, "_expiry_time", None)
        return Found(credentials, ends and int(ends.timestamp() * 1000))

    def _session(self) -> Any:
        session = botocore.session.Session()
        for name, variable, usual in _FILES:
            named = os.environ.get(variable)
            if named and Path(named).expanduser().resolve().is_relative_to(self._own_profile):
                session.set_config_variable(name, usual)
        if session.get_config_variable("region") is None:
            session.set_config_variable("region", self._region)  # a role's STS has one
        return session


def _nothing(why: str) -> Unavailable:
    return Unavailable(f"object store: no credentials: {why}", untouched=True)
