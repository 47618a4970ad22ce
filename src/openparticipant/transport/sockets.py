"""Listening sockets: our own, or the one a supervisor keeps open across our restarts."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, MutableMapping

from openparticipant.transport.start import StartError

BACKLOG = 2048
ADMIN_PORT = 8081
_FIRST_INHERITED = 3  # systemd's SD_LISTEN_FDS_START
_LOOPBACK = "127.0.0.1"


def listen(host: str, port: int) -> socket.socket:
    """Listen on one address; port 0 takes a free port.

    From here on the kernel takes connections, which wait until they are accepted. A name with
    several addresses is served on its first IPv4 one. Raises StartError.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise StartError(f"cannot listen on {host}: no such host") from error
    family, kind, protocol, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise StartError(_why(error, host, port)) from error
    listening.setblocking(False)
    return listening


def listen_admin(
    port: int | None, *, any_port: bool, warn: Callable[[str], None], place: int = 0
) -> socket.socket:
    """Listen for the operator on the loopback address.

    A given `port` is taken as it is. Without one it is 8081, or a free one if `any_port` or, with
    a warning, if another process holds 8081. Of several processes, each has its `place` behind the
    first one's port. Raises StartError.
    """
    if port is not None:
        return listen(_LOOPBACK, port + place if port else 0)
    if any_port:
        return listen(_LOOPBACK, 0)
    wanted = ADMIN_PORT + place
    try:
        return listen(_LOOPBACK, wanted)
    except StartError:
        listening = listen(_LOOPBACK, 0)
        taken = listening.getsockname()[1]
        warn(f"admin port {wanted} is taken, using {taken}; choose one with --admin-port")
        return listening


def inherited(environ: MutableMapping[str, str]) -> socket.socket | None:
    """Take over the listening socket of a supervisor that follows systemd's protocol.

    `LISTEN_PID` must name this process and `LISTEN_FDS` must be 1; the variables are removed, so
    that no child takes them for its own. None when there is nothing for us. Raises StartError.
    """
    pid, count = environ.pop("LISTEN_PID", None), environ.pop("LISTEN_FDS", None)
    environ.pop("LISTEN_FDNAMES", None)
    if count is None or pid != str(os.getpid()):
        return None
    if count != "1":
        raise StartError(f"LISTEN_FDS is {count}: exactly one listening socket can be taken over")
    try:
        listening = socket.socket(fileno=_FIRST_INHERITED)
    except OSError as error:
        raise StartError(f"LISTEN_FDS: descriptor 3 is no socket: {error.strerror}") from error
    if (
        listening.family not in {socket.AF_INET, socket.AF_INET6}
        or listening.type != socket.SOCK_STREAM
        or not listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    ):
        listening.detach()
        raise StartError("LISTEN_FDS: descriptor 3 is not a listening TCP socket")
    listening.set_inheritable(False)
    listening.setblocking(False)
    return listening


def handed_over(descriptor: int) -> socket.socket:
    """Take over a listening socket of the process that started this one."""
    listening = socket.socket(fileno=descriptor)
    listening.set_inheritable(False)
    listening.setblocking(False)
    return listening


def origin(listening: socket.socket, *, tls: bool) -> str:
    """Return the address a client on this machine would use, such as `http://127.0.0.1:8080`."""
    host, port = listening.getsockname()[:2]
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken by another process; choose another one, or 0"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} is reserved for privileged processes"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"cannot listen on {host}: not an address of this machine"
    return f"cannot listen on {host}, port {port}: {error.strerror}"
