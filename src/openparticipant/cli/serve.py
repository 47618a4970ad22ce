"""`openparticipant serve`: the server in the foreground."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import socket
import sys
from urllib.parse import urlsplit

from openparticipant import bootstrap
from openparticipant.cli.environment import Environment
from openparticipant.cli.server_settings import CANNOT_START, read_settings
from openparticipant.data_dir import ADMIN
from openparticipant.settings import Loaded
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
    log = Log(sys.stderr.buffer)
    root = logging.getLogger()
    root.handlers[:] = [LogHandler(log)]
    root.setLevel(logging.INFO)
    try:
        return server.run(_serve(loaded, world, log))
    except StartError as error:
        world.complain(f"openparticipant: {error}\n")
        return CANNOT_START
    finally:
        log.close()


async def _serve(loaded: Loaded, world: Environment, log: Log) -> int:
    settings = loaded.settings
    clock = bootstrap.own_clock(settings)
    logger = logging.getLogger("openparticipant")
    for warning in loaded.warnings:
        logger.warning(warning)
    data_dir = bootstrap.claim_data_dir(settings)
    supervisor = Supervisor(os.environ)
    public_socket = sockets.inherited(os.environ) or sockets.listen(settings.host, settings.port)
    admin_socket = sockets.listen_admin(
        settings.admin_port, any_port=settings.port == 0, warn=logger.warning
    )
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
        node.data_dir.write(ADMIN, f"{admin_url}\n")
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


def _private(listening: socket.socket) -> bool:
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback
