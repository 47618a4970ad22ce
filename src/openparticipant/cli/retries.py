"""When to try again, and when to give up."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.profile import Profile

# The `aws` command's default mode.
ATTEMPTS = 5
STATUSES = frozenset({429, 500, 502, 503, 504, 509})
THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestThrottledException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
    }
)


def most_attempts(world: Environment, profile: Profile) -> int:
    """Return how often to try; raises CommandError for a setting that is no such number."""
    setting = world.environ.get("AWS_MAX_ATTEMPTS", profile.get("max_attempts"))
    if setting is None:
        return ATTEMPTS
    try:
        attempts = int(setting)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if attempts < 1:
        raise CommandError(
            f'Value provided to "max_attempts": {attempts} '
            "must be an integer greater than or equal to 1."
        )
    return attempts


def attempts(world: Environment, most: int) -> Iterator[int]:
    """Count from 1 to `most`, pausing longer and longer, by chance, before each but the first."""
    for attempt in range(1, most + 1):
        if attempt > 1:
            world.sleep(world.random() * 2 ** (attempt - 2))
        yield attempt


def is_passing(status: int, code: str) -> bool:
    """Tell whether an error may be gone the next time."""
    return status in STATUSES or (status == 400 and code in THROTTLED)
