from __future__ import annotations

import asyncio
from pathlib import Path

from tests.serve_process import ServeProcess
from tests.storm.flood import flood
from tests.storm.storms import dropped_at_once, invite, restarted

GUESTS = 60


def test_all_come_back_when_all_are_dropped_at_once(tmp_path: Path) -> None:
    """A refusal or a fault there would end browser clients for good."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        guests = invite(server.url, server.data_dir, GUESTS)
        storm = asyncio.run(dropped_at_once(guests))
    assert storm.trouble == []
    assert storm.seconds < 10


def test_restart_behind_a_supervisors_socket_loses_nobody_and_nothing(tmp_path: Path) -> None:
    """Sockets are closed while calls are still answered, and what was acknowledged is kept."""
    storm = asyncio.run(restarted(tmp_path, GUESTS, talkers=5))
    assert storm.trouble == []


def test_nothing_of_a_flood_is_lost(tmp_path: Path) -> None:
    """Messages as fast as one client goes reach both listeners, all of them, in order."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        flood(server, 1500)
