from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence


def free_ports(count: int) -> Sequence[int]:
    """Return ports of 127.0.0.1 on which nothing listens."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
