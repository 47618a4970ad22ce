"""One connection to PostgreSQL, which may pass through a pooler."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Self

import asyncpg

from openparticipant.stores.postgres_address import Address
from openparticipant.stores.write import Rows

OLDEST_SERVER = 13
# A server that accepts and then says nothing is as good as one that is not there.
_DIAL_SECONDS = 3
_FAREWELL_SECONDS = 3


class ServerTooOldError(Exception):
    """The server is of a release that has not been tried."""


class Line:
    """A connection whose statements are read by the server once.

    A pooler in transaction mode gives each transaction whatever session is free, so that nothing
    may be left in one: there, a statement is sent whole each time, nameless and in the same packet
    as its parameters. Whether one stands between is seen by the session's own number, which a
    pooler makes up for its clients.
    """

    def __init__(self, connection: Any, *, pooled: bool) -> None:
        self._connection = connection
        self._pooled = pooled
        self._statements: dict[str, Any] = {}
        self._settled = True
        self.last_used = 0.0

    @classmethod
    async def dial(cls, address: Address) -> Self:
        """Connect to the first of the servers that takes writes.

        Raises what hindered the last one: OSError, or the driver's or the server's error.
        """
        hindrance: BaseException | None = None
        for host, port in address.hosts:
            try:
                async with asyncio.timeout(_DIAL_SECONDS):
                    return await cls._dial(address, host, port)
            except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
                hindrance = error
        assert hindrance is not None
        raise hindrance

    @classmethod
    async def _dial(cls, address: Address, host: str, port: int) -> Self:
        connection = await asyncpg.connect(
            **address.dialled(host, port),
            target_session_attrs="read-write",
            # Statements are kept here: the driver would name them behind a pooler, too.
            statement_cache_size=0,
        )
        if connection.get_server_version().major < OLDEST_SERVER:
            connection.terminate()
            raise ServerTooOldError
        try:
            session = await connection.fetchval("SELECT pg_backend_pid()")
        except BaseException:
            connection.terminate()
            raise
        return cls(connection, pooled=session != connection.get_server_pid())

    @property
    def is_clean(self) -> bool:
        """Whether the next one may use it: open, answered in full, and in no transaction."""
        connection = self._connection
        return self._settled and not connection.is_closed() and not connection.is_in_transaction()

    async def execute(self, script: str) -> None:
        """Run statements without parameters."""
        with self._asking():
            await self._connection.execute(script)

    async def fetch(self, statement: str, *parameters: Any) -> Rows:
        """Run one statement and return its rows."""
        with self._asking():
            prepared = self._statements.get(statement)
            if prepared is None:
                name = "" if self._pooled else f"statement_{len(self._statements)}"
                prepared = await self._connection.prepare(statement, name=name)
                self._statements[statement] = prepared
            rows: Rows = await prepared.fetch(*parameters)
            return rows

    async def undo(self) -> None:
        """Give up the transaction; a line that cannot do that is not clean."""
        if self._settled:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self.execute("ROLLBACK")

    async def hang_up(self) -> None:
        """Close the connection; what still runs on it is given up."""
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._connection.close(timeout=_FAREWELL_SECONDS)

    @contextlib.contextmanager
    def _asking(self) -> Any:
        self._settled = False
        try:
            yield
        except asyncpg.PostgresError:
            # That was an answer. Where the line broke with it, the connection knows.
            self._settled = True
            raise
        self._settled = True
