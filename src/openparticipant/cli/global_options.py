"""The options that every command has."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openparticipant.cli.query import Query

# The order shows in messages about ambiguous abbreviations.
GLOBALS = (
    Option("--debug", takes="nothing"),
    Option("--endpoint-url"),
    Option("--no-verify-ssl", takes="nothing"),
    Option("--no-paginate", takes="nothing"),
    Option("--output", choices=("json", "text", "table"), more=("yaml",)),
    Option("--query"),
    Option("--profile"),
    Option("--region"),
    Option("--color", choices=("on", "off", "auto")),
    Option("--no-sign-request", takes="nothing"),
    Option("--ca-bundle"),
    Option("--cli-read-timeout"),
    Option("--cli-connect-timeout"),
    # Warns of version 2, there; nothing of it applies here.
    Option("--v2-debug", takes="nothing"),
    Option("--version", takes="nothing", final=True),
    # Version 2 of the `aws` command has these, and scripts carry them; there is nothing to do.
    Option("--no-cli-pager", takes="nothing", exact=True),
    Option("--no-cli-auto-prompt", takes="nothing", exact=True),
    Option("--cli-binary-format", exact=True),
    Option("--error-format", choices=("json", "text"), exact=True),
)

DEFAULT_TIMEOUT = 60


class GlobalOptions:
    """The values of the global options; a time-out is in seconds, 0 waits for ever."""

    __slots__ = (
        "ca_bundle",
        "color",
        "connect_timeout",
        "debug",
        "endpoint_url",
        "output",
        "profile",
        "query",
        "read_timeout",
        "region",
        "sign",
        "verify",
    )

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Read what a scan found; raises CommandError for what only looks like a value."""
        # In the order in which the `aws` command looks at them.
        self.query = _query(values.get("--query"))
        self.endpoint_url: str | None = _endpoint_url(values.get("--endpoint-url"))
        self.verify = "--no-verify-ssl" not in values
        self.read_timeout = int(values.get("--cli-read-timeout", DEFAULT_TIMEOUT))
        self.connect_timeout = int(values.get("--cli-connect-timeout", DEFAULT_TIMEOUT))
        self.debug = "--debug" in values
        self.output: str | None = values.get("--output")
        self.color: str = values.get("--color", "auto")
        self.profile: str | None = values.get("--profile") or None
        self.region: str | None = values.get("--region")
        self.sign = "--no-sign-request" not in values
        self.ca_bundle: str | None = values.get("--ca-bundle")


def read(values: Mapping[str, Any]) -> GlobalOptions:
    """Return the global options; raises CommandError for a value that is none."""
    try:
        return GlobalOptions(values)
    except ValueError as error:
        # The sentence of int(), which is all that the `aws` command says here, too.
        raise CommandError(str(error)) from None


def _query(expression: str | None) -> Query | None:
    if expression is None:
        return None
    from openparticipant.cli.query import Query  # noqa: PLC0415 - its library takes its time

    return Query(expression)


def _endpoint_url(value: str | None) -> str | None:
    if value is None:
        return None
    scheme, colon, _ = value.partition(":")
    plain = scheme.replace("+", "").replace("-", "").replace(".", "")
    if not (colon and scheme[:1].isalpha() and plain.isalnum() and scheme.isascii()):
        raise CommandError(
            f'Bad value for --endpoint-url "{value}": scheme is missing.  '
            "Must be of the form http://<hostname>/ or https://<hostname>/"
        )
    return value
