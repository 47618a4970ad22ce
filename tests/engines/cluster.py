"""Everything that many nodes share, and nodes on it: in this process, or in processes of their own."""

from __future__ import annotations

import asyncio
import base64
import configparser
import io
import itertools
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest

from openparticipant.ports import Clock
from openparticipant.sigv4 import Credentials
from openparticipant.system import SystemClock
from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server
from tests.engines.s3 import S3Server
from tests.serve_process import ServeProcess, plain_environment, supervised

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()
_schemas = itertools.count(1)


class Cluster:
    """One schema of a PostgreSQL, one bucket, one NATS and one master key.

    `settings` are those of every node, by the names of flags.
    """

    def __init__(self, postgres: str, schema: str, s3: S3Server, nats: str, place: Path) -> None:
        self.place = place
        self.database = f"{postgres}{'&' if '?' in postgres else '?'}search_path={schema}"
        self._key = place / "master-key"
        self._key.write_text(f"{MASTER_KEY}\n")
        self.settings = {
            "database": self.database,
            "objects": s3.address,
            "bus": nats,
            "master-key-file": str(self._key),
        }
        self.environment = plain_environment(**s3.environment)

    @property
    def words(self) -> list[str]:
        """The settings as the words of a command."""
        return [f"--{name}={value}" for name, value in self.settings.items()]

    def serve(self, name: str, *words: str, **variables: str) -> ServeProcess:
        """Start a node in a process of its own; its directory and its log have its name."""
        return ServeProcess(
            self.place / name,
            *self.words,
            *words,
            log=self.place / f"{name}.log",
            environment=self.environment | variables,
        )

    def supervised(self, name: str, kept: socket.socket, *words: str) -> ServeProcess:
        """Start a node that is handed a listening socket."""
        log, environment = self.place / f"{name}.log", self.environment
        return supervised(
            self.place / name, kept, *self.words, *words, log=log, environment=environment
        )

    def node(self, clock: Clock | None = None, /, **more: str) -> Server:
        """Return a node in this process, which has not started."""
        shared: dict[str, Any] = {
            name.replace("-", "_"): value for name, value in self.settings.items()
        }
        return Server(clock=clock, log=io.BytesIO(), **shared | more)

    def refusal(self, name: str, *words: str, **variables: str) -> str:
        """Start a node that must end with status 2, and return its one line."""
        node = self.serve(name, *words, **variables)
        assert node.reap() == 2, node.log.read_text("utf-8")
        lines = node.log.read_text("utf-8").splitlines()
        (line,) = [each for each in lines if each.startswith("openparticipant: ")]
        return line

    def execute(self, statement: str) -> list[Any]:
        """Run a statement on the database and return its rows."""

        async def execute() -> list[Any]:
            connection = await asyncpg.connect(self.database)
            try:
                return list(await connection.fetch(statement))
            finally:
                await connection.close()

        return asyncio.run(execute())


@pytest.fixture
def shared(postgres: str, seaweedfs: S3Server, nats: str, tmp_path: Path) -> Iterator[Cluster]:
    """Return what the nodes of this test share, with an empty database."""
    s3 = seaweedfs
    schema = f"nodes_{os.getpid()}_{next(_schemas)}"
    shared = Cluster(postgres, schema, s3, nats, tmp_path)
    before = {name: os.environ.get(name) for name in s3.environment}
    shared.execute(f"CREATE SCHEMA {schema}")
    os.environ.update(s3.environment)
    try:
        yield shared
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        shared.execute(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def two_nodes(shared: Cluster, **settings: str) -> Iterator[tuple[Server, Server]]:
    """Start two nodes in this process, with more settings in common if need be."""
    with shared.node(**settings) as one, shared.node(**settings) as other:
        yield one, other


def at(server: Server, chat: Chat) -> Chat:
    """Return the same participant, who talks to that node."""
    return replace(chat, server=server)


def remote(process: ServeProcess) -> Server:
    """Return a node in a process of its own as chats know servers."""
    profile = configparser.ConfigParser()
    profile.read(process.data_dir / "aws" / "credentials")
    key = Credentials(
        profile["default"]["aws_access_key_id"], profile["default"]["aws_secret_access_key"]
    )
    policy = SimpleNamespace(region="us-east-1")
    node = SimpleNamespace(control_key=key, ports=SimpleNamespace(policy=policy))
    return cast("Server", SimpleNamespace(url=process.url, clock=SystemClock(), node=node))
