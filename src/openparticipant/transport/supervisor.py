"""What the process's supervisor is told of it: systemd's sd_notify protocol, without its library."""

from __future__ import annotations

import logging
import socket
from collections.abc import MutableMapping

READY = "READY=1"
STOPPING = "STOPPING=1"

_log = logging.getLogger(__name__)


class Supervisor:
    """Whoever listens at the socket that `NOTIFY_SOCKET` names; nobody, where it names none.

    The variable is removed from `environ`, so that no child speaks for this process.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        address = environ.pop("NOTIFY_SOCKET", "")
        # As the protocol writes a name that no file has.
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def tell(self, *assignments: str) -> None:
        """Send one datagram; a supervisor that does not take it is no reason to end."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifying:
                notifying.setblocking(False)
                notifying.sendto("\n".join(assignments).encode(), self._address)
        except OSError as error:
            _log.warning("the supervisor at NOTIFY_SOCKET cannot be told: %s", error.strerror)
