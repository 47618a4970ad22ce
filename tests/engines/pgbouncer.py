"""A real pgbouncer that gives every transaction whatever session is free."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Self

from tests.engines.postgres import PostgresServer
from tests.eventually import eventually
from tests.requirements import require

_PATIENCE = 20  # seconds
_CONFIGURATION = """
[databases]
* = host={server} user=postgres

[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {place}
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
"""


class Pgbouncer:
    """A pooler in transaction mode before a server, with few sessions, so that they are shared."""

    def __init__(self, server: PostgresServer, sessions: int = 3) -> None:
        self._binary = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
        require(self._binary, "pgbouncer (Debian: pgbouncer)")
        self._account = server.account
        self._place = server.place / "pooler"
        self._configuration = _CONFIGURATION.format(
            server=server.place, place=self._place, sessions=sessions
        )
        self.address = f"postgresql://postgres@/postgres?host={self._place}&port=6432"

    def __enter__(self) -> Self:
        self._place.mkdir()
        settings = self._place / "pgbouncer.ini"
        settings.write_text(self._configuration)
        if self._account is not None:
            shutil.chown(self._place, self._account.pw_uid, self._account.pw_gid)
        self._log = (self._place / "log").open("wb")
        assert self._binary is not None
        self._process = subprocess.Popen(
            [self._binary, settings],
            stdout=self._log,
            stderr=self._log,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
        )
        socket = Path(self._place / ".s.PGSQL.6432")
        assert eventually(socket.exists), (self._place / "log").read_text()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(_PATIENCE)
        self._log.close()
