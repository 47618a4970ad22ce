"""A real listening server in this process, for tests of whatever talks to it."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

import uvloop

from openparticipant import bootstrap
from openparticipant.bootstrap import Foundation, Node
from openparticipant.ports import Clock, IdSource
from openparticipant.setting_table import SETTINGS
from openparticipant.settings import load
from openparticipant.system import RandomIds, SystemClock
from openparticipant.testing.chat import Chat, start_chat
from openparticipant.transport import sockets
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.logs import Log

T = TypeVar("T")


class Server:
    """openparticipant on a free port of 127.0.0.1, with its own event loop in a thread.

    Use it as a context manager. `data_dir` keeps its state between two servers; without one it is
    a temporary directory. `clock` may be a `SettableClock`. Keyword arguments are settings as the
    command line has them, for example `attachment_size="1000"`.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        bounds: Bounds | None = None,
        log: BinaryIO | None = None,
        **settings: str,
    ) -> None:
        self._temporary = (
            None if data_dir else tempfile.TemporaryDirectory(prefix="openparticipant-")
        )
        self.data_dir = data_dir or Path(self._temporary.name if self._temporary else ".")
        self.clock: Clock = clock or SystemClock()
        self._ids = ids or RandomIds()
        self._bounds = bounds or Bounds()
        self._log = Log(log or sys.stderr.buffer)
        unknown = settings.keys() - {setting.flag.replace("-", "_") for setting in SETTINGS} | (
            settings.keys() & {"data_dir", "port", "admin_port", "workers"}
        )
        if unknown:
            raise TypeError(f"not a setting of a server for tests: {', '.join(sorted(unknown))}")
        self._settings = settings
        self._loop = uvloop.new_event_loop()
        self._over = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="openparticipant", daemon=True)
        self._node: Node | None = None

    @property
    def url(self) -> str:
        """The origin to give to clients."""
        return self.node.server.url

    @property
    def admin_url(self) -> str:
        """The origin of metrics and health."""
        return self.node.server.admin_url

    @property
    def node(self) -> Node:
        """The running node, for tests that look behind the wire; use it through `call` only."""
        if self._node is None:
            raise RuntimeError("the server is not running")
        return self._node

    @property
    def credentials(self) -> Mapping[str, str]:
        """The control plane's key pair as keyword arguments of a boto3 client."""
        key = self.node.control_key
        return {
            "aws_access_key_id": key.access_key_id,
            "aws_secret_access_key": key.secret_access_key,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which AWS's tools find this server without an endpoint option."""
        return {
            "AWS_CONFIG_FILE": str(self.data_dir.absolute() / "aws" / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.data_dir.absolute() / "aws" / "credentials"),
        }

    def start_chat(self, display_name: str = "Customer", **members: Any) -> Chat:
        """Start a chat with a connected customer, over the wire, as a back end would."""
        return start_chat(self, display_name, **members)

    def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Run something on the server's own event loop and return its result."""

        async def run() -> T:
            return await make()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout=60)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        try:
            self._node = self.call(self._assemble)
        except BaseException:
            self._end_loop()
            self._clean_up()
            raise

    def stop(self) -> None:
        """Cut off what is still open and give everything back."""
        node = self.node

        async def end() -> None:
            await node.server.stop()
            await node.close()

        self.call(end)
        self._node = None
        self._end_loop()
        self._clean_up()

    def __enter__(self) -> Self:
        """Start and return the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    async def _assemble(self) -> Node:
        flags = {name.replace("_", "-"): [value] for name, value in self._settings.items()}
        flags["data-dir"] = [str(self.data_dir)]
        settings = dataclasses.replace(load(flags, {}, None).settings, port=0)
        data_dir = bootstrap.claim_data_dir(settings)
        with ExitStack() as opened:
            public = opened.enter_context(sockets.listen(settings.host, 0))
            admin = opened.enter_context(
                sockets.listen_admin(None, any_port=True, warn=lambda _: None)
            )
            foundation = Foundation(public, admin, self.clock, self._ids, self._log, self._bounds)
            node = await bootstrap.assemble(settings, data_dir, foundation)
            opened.pop_all()
        await node.server.start()
        node.data_dir.write_admin(node.server.admin_url)
        node.watch()
        return node

    def _clean_up(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    def _run(self) -> None:
        # As the real server does, it ends what still runs on the loop, and then the loop.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._until_over())

    async def _until_over(self) -> None:
        await self._over

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set_result, None)
        self._thread.join(timeout=60)
        self._log.close()
