"""`openparticipant serve`: the server in the foreground."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from openparticipant import bootstrap
from openparticipant.cli.environment import Environment
from openparticipant.cli.server_settings import CANNOT_START, read_settings
from openparticipant.settings import Loaded, Settings
from openparticipant.system import RandomIds
from openparticipant.transport import server, sockets
from openparticipant.transport.logs import Log, LogHandler
from openparticipant.transport.start import StartError
from openparticipant.transport.supervisor import READY, STOPPING, Supervisor

# New containers between two collections; a request leaves no cycles, so there is little to find.
_COLLECT_AFTER = 20_000


def run(arguments: list[str], world: Environment) -> int:
    """Serve until a signal; 0 when drained, 2 when the server cannot start."""
    loaded = read_settings("serve", arguments, world)
    if loaded is None:
        return 0
    if loaded.settings.workers > 1:
        from openparticipant.cli import workers  # noqa: PLC0415 - one process has no use for it

        return workers.run(loaded, arguments, world)
    return serve(loaded, world)


@dataclass(frozen=True, slots=True)
class Worker:
    """What one of several processes is given by the one that runs them."""

    number: int
    public_socket: socket.socket
    admin_socket: socket.socket


def serve(loaded: Loaded, world: Environment, worker: Worker | None = None) -> int:
    """Serve in this process until a signal, and return the exit status."""
    try:
        with logging_to_stderr(worker.number if worker else None) as log:
            return server.run(_serve(loaded, world, log, worker))
    except StartError as error:
        world.complain(f"openparticipant: {error}\n")
        return CANNOT_START


@contextmanager
def logging_to_stderr(worker: int | None = None) -> Iterator[Log]:
    """Let everything that is logged meanwhile go to standard error."""
    log = Log(sys.stderr.buffer, worker)
    root = logging.getLogger()
    root.handlers[:] = [LogHandler(log)]
    root.setLevel(logging.INFO)
    try:
        yield log
    finally:
        log.close()


async def _serve(loaded: Loaded, world: Environment, log: Log, worker: Worker | None) -> int:
    settings = loaded.settings
    clock = bootstrap.own_clock(settings)
    logger = logging.getLogger("openparticipant")
    for warning in () if worker else loaded.warnings:
        logger.warning(warning)
    data_dir = bootstrap.claim_data_dir(settings, worker.number if worker else None)
    public_socket = worker.public_socket if worker else listen(settings)
    admin_socket = worker.admin_socket if worker else listen_admin(settings)
    # Whoever runs several processes tells of all of them at once.
    supervisor = Supervisor({} if worker else os.environ)
    node = await bootstrap.assemble(
        settings,
        data_dir,
        bootstrap.Foundation(public_socket, admin_socket, clock, RandomIds(), log),
    )
    if not _private(public_socket) and node.server.url.startswith("http:"):
        public = settings.public_url or ""
        if urlsplit(public).scheme != "https":
            logger.warning(
                "serving plain http beyond this machine: browsers will refuse the WebSocket; "
                "use --tls-cert, --tls auto, or a proxy with --public-url https://…"
            )
    node.watch()

    def ready(url: str, admin_url: str) -> None:
        # What lives now lives until the end: the collector need not look at it again, nor as often.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER)
        node.data_dir.write_admin(admin_url)
        logger.info("ready on %s, metrics on %s/metrics, data in %s", url, admin_url, data_dir.path)
        world.write(f"openparticipant ready on {url}\n")
        supervisor.tell(READY, f"STATUS=ready on {url}")

    def ending() -> None:
        supervisor.tell(STOPPING, "STATUS=draining")

    try:
        return await server.serve(
            node.server,
            ready,
            ending,
            over=node.over,
            drain_pause=settings.drain_pause,
            drain_timeout=settings.drain_timeout,
        )
    finally:
        await node.close()
        logger.info("ended")


def listen(settings: Settings) -> socket.socket:
    """Listen for clients, or take over a supervisor's socket. Raises StartError."""
    return sockets.inherited(os.environ) or sockets.listen(settings.host, settings.port)


def listen_admin(settings: Settings, place: int = 0) -> socket.socket:
    """Listen for the operator; `place` counts the processes from 0. Raises StartError."""
    return sockets.listen_admin(
        settings.admin_port,
        any_port=settings.port == 0,
        warn=logging.getLogger("openparticipant").warning,
        place=place,
    )


def _private(listening: socket.socket) -> bool:
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback
