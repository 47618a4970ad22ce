"""What is tried again, and how often: the three modes that AWS's SDKs have."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.profile import Profile

MODES = ("legacy", "standard", "adaptive")
LEGACY = MODES[0]
_PASSING = frozenset({500, 502, 503, 504})
_PASSING_IN_LEGACY = _PASSING | {429, 509}
# Of answers with status 400.
_CODES_IN_LEGACY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestThrottledException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
    }
)
# Of answers with any status.
_CODES = _CODES_IN_LEGACY | {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
# The longest pause, in seconds, but for legacy's.
_LONGEST = 20


class Retries:
    """How often to try, what to try again, and how long to pause.

    Adaptive is standard here: what it adds spaces out the calls of a process that makes many.
    """

    __slots__ = ("mode", "most")

    def __init__(self, mode: str = LEGACY, most: int | None = None) -> None:
        self.mode = mode
        self.most = most if most is not None else 5 if mode == LEGACY else 3

    def is_passing(self, status: int, code: str) -> bool:
        """Tell whether an error may be gone the next time."""
        if self.mode == LEGACY:
            return status in _PASSING_IN_LEGACY or (status == 400 and code in _CODES_IN_LEGACY)
        return status in _PASSING or code in _CODES

    def ran_out(self, attempt: int, *, passing: bool) -> bool:
        """Tell whether SDKs put an error down to the end of attempts.

        Standard counts before it looks at the error, so that its last one always is.
        """
        return attempt == self.most and (passing or self.mode != LEGACY)

    def pause(self, attempt: int, chance: float) -> float:
        """Return the seconds to wait after an attempt; `chance` is a random number below 1."""
        longest: float = 2 ** (attempt - 1)
        return chance * (longest if self.mode == LEGACY else min(longest, _LONGEST))


def configured(environ: Mapping[str, str], profile: Profile) -> Retries:
    """Return what environment, else profile, ask for; raises CommandError for what is no setting."""
    most = _most(environ.get("AWS_MAX_ATTEMPTS", profile.get("max_attempts")))
    mode = environ.get("AWS_RETRY_MODE", profile.get("retry_mode"))
    if mode is None:
        return Retries(most=most)
    if mode not in MODES:
        raise CommandError(f'Invalid value provided to "mode": "{mode}" must be one of: {MODES}')
    return Retries(mode, most)


def _most(setting: str | None) -> int | None:
    if setting is None:
        return None
    try:
        most = int(setting)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if most < 1:
        raise CommandError(
            f'Value provided to "max_attempts": {most} '
            "must be an integer greater than or equal to 1."
        )
    return most
