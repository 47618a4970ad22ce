"""How far a command goes for an answer."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.http import Exchange
    from openparticipant.cli.proxy import Proxy


class Reach:
    """Seconds to wait (None for ever), whom to trust, and by way of whom.

    `trust` is a file of certificates, None for the system's, or False to believe anyone. `opened`,
    where there is one, is told of each connection before a request is sent on it.
    """

    __slots__ = ("_environ", "connect_timeout", "opened", "read_timeout", "trust")

    def __init__(
        self, options: GlobalOptions, environ: Mapping[str, str], *, trust: str | bool | None
    ) -> None:
        """Raise CommandError for a time-out below zero."""
        self.connect_timeout = _seconds("connect", options.connect_timeout)
        self.read_timeout = _seconds("read", options.read_timeout)
        self.trust = trust
        self.opened: Callable[[Exchange], None] | None = None
        self._environ = environ

    def proxy(self, url: str) -> Proxy | None:
        """Return the proxy that the environment wants for a URL; raises CommandError for a bad one."""
        if not any(name[-6:].lower() == "_proxy" for name in self._environ):
            return None
        from openparticipant.cli import proxy  # noqa: PLC0415 - few have one

        return proxy.find(url, self._environ)


def _seconds(what: str, value: int) -> int | None:
    if value < 0:
        raise CommandError(
            f"Attempted to set {what} timeout to {value}, "
            "but the timeout cannot be set to a value less than or equal to 0."
        )
    return value or None
