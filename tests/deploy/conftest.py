from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.line import Line
from tests.crash.rounds import control_key
from tests.engines.nginx import Nginx
from tests.engines.ports import free_ports
from tests.serve_process import ServeProcess


@dataclass(frozen=True, slots=True)
class Site:
    """A node behind nginx, reached over TLS alone."""

    node: ServeProcess
    nginx: Nginx

    @property
    def trusting(self) -> ssl.SSLContext:
        """Trust in the certificate of nginx."""
        return ssl.create_default_context(cafile=self.nginx.authority)

    def line(self, source: str = "") -> Line:
        """Return a client that calls from one of this machine's addresses."""
        key = control_key(self.node.data_dir)
        return Line(self.nginx.url, key, trusting=self.trusting, source=source)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a node that listens on the loopback address alone, and nginx in front of it."""
    root = tmp_path_factory.mktemp("site")
    (port,) = free_ports(1)
    settings = ["--public-url", f"https://127.0.0.1:{port}", "--trusted-proxies", "127.0.0.1"]
    # More than nginx admits, so that its own bound is met first.
    settings += ["--attachment-size", "104857600"]
    with (
        ServeProcess(root / "data", *settings, log=Path(root / "node.log")) as node,
        Nginx(root / "nginx", port, [node.url]) as nginx,
    ):
        yield Site(node, nginx)
