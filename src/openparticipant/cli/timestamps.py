"""`cli_timestamp_format`: how moments are printed, which travel as seconds since 1970."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from openparticipant.cli.profile import Profile

_SETTING = "cli_timestamp_format"


def form(profile: Profile) -> Callable[[Any], Any]:
    """Return what writes a moment as the profile wants it; raises CommandError for no such form."""
    match profile.get(_SETTING):
        case None | "none" | "wire":
            return as_it_came
        case "iso8601":
            return iso8601
        case other:
            raise CommandError(
                f'Unknown {_SETTING} value: {other}, valid values are "none", "wire" or "iso8601"'
            )


def as_it_came(value: Any) -> Any:
    """Return the value itself."""
    return value


def iso8601(value: Any) -> str:
    """Write seconds in the local time zone, a text in its own; raises CommandError for neither."""
    from datetime import UTC, datetime  # noqa: PLC0415 - seldom asked for

    try:
        return datetime.fromtimestamp(float(value), UTC).astimezone().isoformat()
    except (OSError, OverflowError, TypeError, ValueError):
        pass
    try:
        return datetime.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise CommandError(f'Invalid timestamp "{value}": {error}') from None
