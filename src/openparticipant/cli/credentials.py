"""AWS keys, which only signed requests ask for."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError
from openparticipant.sigv4 import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.profile import Profile

_KEY, _SECRET, _SESSION = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
# Each says that the keys are somewhere else, which is before the keys of the profile, there.
_ELSEWHERE = (
    "role_arn",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "sso_account_id",
    "login_session",
)
_WEB_IDENTITY = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")


class NoKeysError(CommandError):
    """The request is to be signed, and nothing holds keys."""

    code = "NoCredentials"

    def __init__(self) -> None:
        super().__init__(
            'Unable to locate credentials. You can configure credentials by running "aws configure".'
            "\nFor a server of your own, `openparticipant env` prints what leads to its keys."
        )

    def render(self, program: str) -> str:
        """Return the sentences, which like those about the region have no blank line before them."""
        del program
        return f"{self}\n"


def find(world: Environment, profile: Profile, *, profile_was_asked: bool) -> Credentials:
    """Return the environment's keys, else the profile's; a profile asked for by option wins.

    A profile has keys or names a program that prints some. Raises CommandError when there are none,
    only half of a pair, or where they are to be fetched in a way that is not supported: the keys
    that happen to be there would be the wrong ones.
    """
    environ = world.environ
    if not profile_was_asked and environ.get(_KEY.upper()):
        secret = environ.get(_SECRET.upper())
        if not secret:
            raise CommandError(f"Partial credentials found in env, missing: {_SECRET.upper()}")
        return Credentials(environ[_KEY.upper()], secret, environ.get(_SESSION.upper()) or None)
    _refuse_elsewhere(world, profile)
    key, secret = profile.get(_KEY), profile.get(_SECRET)
    if key:
        if not secret:
            raise CommandError(
                f"Partial credentials found in the profile ({profile.name}), missing: {_SECRET}"
            )
        return Credentials(key, secret, profile.get(_SESSION) or None)
    command = profile.get("credential_process")
    if command is None:
        raise NoKeysError

    from openparticipant.cli.credential_process import printed_by  # noqa: PLC0415 - seldom

    return printed_by(command, world)


def _refuse_elsewhere(world: Environment, profile: Profile) -> None:
    found = [f"{name} of the profile ({profile.name})" for name in _ELSEWHERE if profile.get(name)]
    if all(world.environ.get(name) for name in _WEB_IDENTITY):
        found.append(" and ".join(_WEB_IDENTITY))
    if found:
        raise CommandError(
            f"Keys as {found[0]} would have them fetched are not supported: neither of roles nor "
            "of single sign-on. Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
            "AWS_SESSION_TOKEN, or have the profile name a credential_process instead."
        )
