"""A real nginx, configured by the files that we ship."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Self

import pytest

from openparticipant.transport.authority import issue
from tests.requirements import require

SHIPPED = Path(__file__).parent.parent.parent / "deploy" / "nginx"
_PATIENCE = 500  # hundredths of a second
_MAIN = """
daemon off;
worker_processes 2;
pid {place}/nginx.pid;
error_log {place}/error.log;
{user}
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {place}/temporary/body;
    proxy_temp_path {place}/temporary/proxy;
    fastcgi_temp_path {place}/temporary/fastcgi;
    uwsgi_temp_path {place}/temporary/uwsgi;
    scgi_temp_path {place}/temporary/scgi;
    include {place}/conf.d/*.conf;
}}
"""


class Nginx:
    """nginx on a free port of 127.0.0.1, over TLS or, with `encrypted` off, without.

    `nodes` are the origins of nodes, `objects` that of an S3 server, which gets a port of its own.
    Its files lie in `place`: `access.log`, `error.log` and, below `temporary`, what it does not keep
    in memory.
    """

    def __init__(
        self,
        place: Path,
        port: int,
        nodes: Sequence[str],
        *,
        encrypted: bool = True,
        objects: str | None = None,
        objects_port: int = 0,
    ) -> None:
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        require(program, "nginx")
        assert program is not None
        self.place = place
        scheme = "https" if encrypted else "http"
        self.url = f"{scheme}://127.0.0.1:{port}"
        self.objects_url = f"{scheme}://127.0.0.1:{objects_port}" if objects else None
        self._command = [program, "-p", str(place), "-c", str(place / "nginx.conf")]
        (place / "conf.d").mkdir(parents=True)
        (place / "temporary").mkdir()
        user = "user root;" if os.geteuid() == 0 else ""
        (place / "nginx.conf").write_text(_MAIN.format(place=place, user=user))
        issued = issue(place / "tls", ("127.0.0.1",), at=time.time_ns() // 1_000_000)
        self.authority = issued.ca_bundle
        given = {
            "LISTEN": f"127.0.0.1:{port}{' ssl' if encrypted else ''}",
            "SERVER_NAME": "127.0.0.1",
            "CERTIFICATE": str(issued.certificate),
            "CERTIFICATE_KEY": str(issued.certificate),
            "NODES": " ".join(f"server {_address(node)} fail_timeout=1s;" for node in nodes),
            "LOG": str(place / "access.log"),
        }
        self._write("10-openparticipant.conf", given)
        if objects:
            given |= {
                "LISTEN": f"127.0.0.1:{objects_port}{' ssl' if encrypted else ''}",
                "OBJECTS_SERVER_NAME": "127.0.0.1",
                "OBJECTS": f"server {_address(objects)};",
            }
            self._write("20-openparticipant-objects.conf", given)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it and wait until it listens."""
        log = self.place / "error.log"
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(self._command, stdout=stderr, stderr=stderr)
        for _ in range(_PATIENCE):
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2]))).close()
            except OSError:
                time.sleep(0.01)
            else:
                return self
        self.__exit__()
        pytest.fail(f"nginx did not start: {log.read_text()[-2000:]}", pytrace=False)

    def __exit__(self, *_: object) -> None:
        """End it at once, its workers too."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    @property
    def everything_logged(self) -> str:
        """All that it has written to its logs."""
        return "".join(log.read_text() for log in sorted(self.place.glob("*.log")))

    def _write(self, name: str, given: Mapping[str, str]) -> None:
        template = Template((SHIPPED / f"{name}.template").read_text("utf-8"))
        (self.place / "conf.d" / name).write_text(template.safe_substitute(given), "utf-8")


def _address(origin: str) -> str:
    return origin.partition("://")[2]
