"""What a node stands on, given from outside."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from openparticipant.ports import Clock, IdSource
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.logs import Log


@dataclass(frozen=True, slots=True)
class Foundation:
    """What a node stands on, given from outside: sockets, time, randomness, and where to log.

    The clock of a node that is one of many is a steady one, which is set to the time of their
    database.
    """

    public_socket: socket.socket
    admin_socket: socket.socket
    clock: Clock
    ids: IdSource
    log: Log
    bounds: Bounds = field(default_factory=Bounds)
