"""Several nodes on engines that they share, behind nginx: what an operator runs, on one machine."""

from __future__ import annotations

import base64
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from openparticipant.sigv4 import Credentials
from tests.cluster.node import Node
from tests.crash.line import Line
from tests.crash.rounds import control_key
from tests.engines.nats import NatsServer
from tests.engines.nginx import Nginx
from tests.engines.ports import free_ports
from tests.engines.postgres import PostgresServer
from tests.engines.seaweedfs import SeaweedServer
from tests.serve_process import plain_environment


class Cluster:
    """PostgreSQL, SeaweedFS, NATS, nodes and nginx, all of its own; everything ends with it."""

    def __init__(self, place: Path, *, nodes: int = 3, settings: tuple[str, ...] = ()) -> None:
        self._open = ExitStack()
        self.postgres = PostgresServer()
        self.seaweed = SeaweedServer()
        self.nats = NatsServer(place)
        port, objects_port, *node_ports = free_ports(2 + nodes)
        self.url = f"http://127.0.0.1:{port}"
        self.objects_url = f"http://127.0.0.1:{objects_port}"
        master_key = place / "master-key"
        master_key.write_bytes(base64.b64encode(os.urandom(32)))
        shared = (
            *("--database", self.postgres.address),
            *("--master-key-file", str(master_key)),
            *("--objects", self.seaweed.s3.address),
            *("--bus", self.nats.url),
            *("--public-url", self.url),
            *("--objects-url", self.objects_url),
            *("--trusted-proxies", "127.0.0.1"),
            *("--drain-pause", "5"),
            *settings,
        )
        environment = plain_environment(**self.seaweed.s3.environment)
        self.nodes = [
            Node(place, f"node-{number}", node_port, shared, environment)
            for number, node_port in enumerate(node_ports, 1)
        ]
        self.nginx = Nginx(
            place / "nginx",
            port,
            [node.url for node in self.nodes],
            encrypted=False,
            objects=self.seaweed.s3.base,
            objects_port=objects_port,
        )

    def __enter__(self) -> Self:
        """Start the engines, the first node, which makes the schema, and then all else."""
        try:
            for engine in (self.postgres, self.seaweed, self.nats):
                self._open.enter_context(engine)
            for node in self.nodes:
                self._open.callback(node.end)
            first, *others = self.nodes
            first.start()
            for node in others:
                node.begin()
            for node in others:
                node.running.ready()
            self._open.enter_context(self.nginx)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._open.close()

    @property
    def key(self) -> Credentials:
        """A key pair of the control plane, which all nodes share."""
        return control_key(self.nodes[0].data_dir)

    def line(self) -> Line:
        """Return a client that calls whichever node nginx chooses."""
        return Line(self.url, self.key, objects_url=self.objects_url)

    def line_to(self, node: Node) -> Line:
        """Return a client of one node."""
        return Line(node.url, self.key, objects_url=self.objects_url)
