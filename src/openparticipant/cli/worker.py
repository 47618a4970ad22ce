"""One of the processes that `serve --workers` runs; it is given its sockets and told its settings.

The words of the command come on standard input, since among those of a process others may read
them. They are one line of JSON; behind it the line stays open as long as whoever started this
process lives.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

from openparticipant.cli.environment import this_process
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.serve import Worker, serve
from openparticipant.cli.server_settings import read_settings
from openparticipant.transport import sockets

_STDIN = 0


def main() -> int:
    """Serve; the words of this process are its number and the descriptors of its two sockets."""
    world = this_process()
    number, public, admin = (int(word) for word in world.arguments)
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(_STDIN, 65536)
        if not piece:
            return 0
        line += piece
    threading.Thread(target=_end_with_whoever_started_it, name="lifeline", daemon=True).start()
    try:
        loaded = read_settings("serve", json.loads(line), world)
    except CommandError as error:
        world.complain(error.render("openparticipant"))
        return error.status
    assert loaded is not None
    worker = Worker(number, sockets.handed_over(public), sockets.handed_over(admin))
    return serve(loaded, world, worker)


def _end_with_whoever_started_it() -> None:
    """Die as they did, at once: whoever comes next must find the directory and the port free."""
    while os.read(_STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
