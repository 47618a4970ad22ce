"""A deployment to be measured: its nodes, the engines under them, and what both have used so far."""

from __future__ import annotations

import configparser
import re
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cost_scene import Scene
from bench.processes import ServerProcess
from bench.shared_engines import SharedEngines, shared_engines, used
from openparticipant.sigv4 import Credentials

_READY = "openparticipant ready on "
_COUNTED = (
    (
        re.compile(r'openparticipant_stage_seconds_count{stage="(authenticate|store read)"}'),
        "reads",
    ),
    (re.compile(r'openparticipant_stage_seconds_count{stage="store write"}'), "writes"),
    (
        re.compile(r'openparticipant_stage_seconds_count{stage="object (look|keep|discard)"}'),
        "objects",
    ),
    (re.compile(r'openparticipant_bus_notices_total{direction="out"}'), "notices"),
)


@dataclass(frozen=True, slots=True)
class Node:
    """One node, and where it is reached."""

    server: ServerProcess
    origin: str
    admin: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """Nodes that serve the same chats."""

    title: str
    nodes: Sequence[Node]
    engines: SharedEngines | None
    key: Credentials

    def scene(self, chats: int) -> Scene:
        """Make chats whose calls come in two halves, to two nodes or twice to the only one."""
        origins = [node.origin for node in self.nodes]
        return Scene(origins * (2 // len(origins)), self.key, chats)

    def scenes_of_nodes(self, chats: int) -> Iterator[Scene]:
        """Make chats for each node alone."""
        return (Scene([node.origin], self.key, chats) for node in self.nodes)

    def cpu(self) -> float:
        """Return the CPU seconds that its nodes have used."""
        return sum(node.server.cpu() for node in self.nodes)

    def used(self) -> dict[str, float]:
        """Return all counters; that itself takes CPU of the nodes."""
        counts = dict.fromkeys(("reads", "writes", "objects", "notices"), 0.0)
        for node in self.nodes:
            with urllib.request.urlopen(f"{node.admin}/metrics", timeout=10) as answer:
                for line in answer.read().decode().splitlines():
                    for pattern, kind in _COUNTED:
                        if pattern.match(line):
                            counts[kind] += float(line.rpartition(" ")[2])
        counts["written"] = sum(node.server.written() for node in self.nodes)
        counts["engine"] = used(self.engines.postgres) * 1e6 if self.engines else 0.0
        return counts


@contextmanager
def deployed(title: str, root: Path, nodes: int, *, on_engines: bool) -> Iterator[Deployment]:
    """Run nodes, on engines of their own or as installed; they share core 0."""
    root.mkdir()
    with ExitStack() as running:
        engines = running.enter_context(shared_engines(root)) if on_engines else None
        serving = []
        for number in range(nodes):
            node = _start(root / str(number), engines)
            running.callback(node.server.stop)
            serving.append(node)
        profile = configparser.ConfigParser()
        profile.read(root / "0" / "aws" / "credentials")
        pair = profile["default"]
        key = Credentials(pair["aws_access_key_id"], pair["aws_secret_access_key"])
        yield Deployment(title, serving, engines, key)


def _start(data: Path, engines: SharedEngines | None) -> Node:
    command = [sys.executable, "-m", "openparticipant", "serve", "--port", "0"]
    command += ["--data-dir", str(data), *(engines.words if engines else ())]
    environment = engines.environment if engines else None
    server = ServerProcess(command, data.with_suffix(".log"), environment)
    admin = (data / "admin").read_text().strip()
    return Node(server, server.ready_line.removeprefix(_READY).strip(), admin)
