"""AWS keys, which only the control plane asks for."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError
from openparticipant.sigv4 import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.profile import Profile

_KEY, _SECRET, _SESSION = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"


def find(environ: Mapping[str, str], profile: Profile, *, profile_was_asked: bool) -> Credentials:
    """Return the environment's keys, else the profile's; a profile asked for by option wins.

    Raises CommandError when there are none, or only half of a pair.
    """
    if not profile_was_asked and environ.get(_KEY.upper()):
        secret = environ.get(_SECRET.upper())
        if not secret:
            raise CommandError(f"Partial credentials found in env, missing: {_SECRET.upper()}")
        return Credentials(environ[_KEY.upper()], secret, environ.get(_SESSION.upper()) or None)
    key, secret = profile.get(_KEY), profile.get(_SECRET)
    if not key or not secret:
        raise CommandError(
            "No AWS keys found: the control plane needs AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or a profile that has them. For a server of your own, "
            "`openparticipant env` prints what to set."
        )
    return Credentials(key, secret, profile.get(_SESSION))
