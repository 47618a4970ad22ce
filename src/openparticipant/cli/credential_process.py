"""`credential_process`: AWS keys that another program prints, as the setting's documentation has it."""

from __future__ import annotations

import json
import shlex
import subprocess
from datetime import UTC, datetime

from openparticipant.cli.refusal import CommandError
from openparticipant.sigv4 import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment

# Enough for a person to type a code; the `aws` command waits for ever.
SECONDS = 120
_VERSION = 1


def printed_by(command: str, world: Environment, patience: float = SECONDS) -> Credentials:
    """Run the program, without a shell, and return the keys that it prints; `patience` in seconds.

    Raises CommandError for a program that fails, takes too long, or prints something else, and
    OSError for one that cannot be started.
    """
    found = _answer(command, world, patience)
    version = found.get("Version", "<Version key not provided>")
    if version != _VERSION:
        raise _failure(
            f"Unsupported version '{version}' for credential process provider, "
            f"supported versions: {_VERSION}"
        )
    if found.get("Expiration") is not None:
        _check_expiration(found["Expiration"], world.clock())
    key, secret = (_string(found, name) for name in ("AccessKeyId", "SecretAccessKey"))
    session = found.get("SessionToken")
    return Credentials(key, secret, str(session) if session else None)


def _answer(command: str, world: Environment, patience: float) -> dict[str, Any]:
    try:
        words = shlex.split(command)
        ran = subprocess.run(  # noqa: S603 - the person's own program, from their own file
            words,
            env=dict(world.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failure(f"no answer within {patience} seconds") from None
    except (ValueError, IndexError) as error:
        raise _failure(f"the command makes no words: {error}") from None
    if ran.returncode != 0:
        raise _failure(ran.stderr.decode(errors="replace"))
    try:
        found = json.loads(ran.stdout)
    except ValueError as error:
        # Not what was printed: there may be a key in it.
        raise CommandError(str(error)) from None
    if not isinstance(found, dict):
        raise CommandError(f"'{type(found).__name__}' object has no attribute 'get'")
    return found


def _string(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise _failure(f"Missing required key in response: '{name}'")
    return value


def _check_expiration(text: object, now: int) -> None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise _failure(f"Expiration is not a time: {error}") from None
    if (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000 <= now:
        raise CommandError(
            "Credentials were refreshed, but the refreshed credentials are still expired."
        )


def _failure(text: str) -> CommandError:
    return CommandError(f"Error when retrieving credentials from custom-process: {text}")
