"""`doctor` behind a real nginx: as we ship it, then with one thing wrong at a time."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from openparticipant.testing.server import Server
from openparticipant.transport.authority import issue
from tests.cli.doctor.examining import ORIGIN, Examined, examine, only_wrong
from tests.engines.nginx import Nginx
from tests.engines.ports import free_ports

_DAY = 86_400_000
_CONFIGURED = "10-openparticipant.conf"


def rewriting(nginx: Nginx, *pairs: tuple[str, str], name: str = _CONFIGURED) -> None:
    """Replace what stands in a file of its configuration."""
    path = nginx.place / "conf.d" / name
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def examined_behind(place: Path, change: Callable[[Nginx], None]) -> Examined:
    """Run `doctor` at a server behind an nginx that is changed before its start."""
    (port,) = free_ports(1)
    url = f"https://127.0.0.1:{port}"
    with Server(log=io.BytesIO(), public_url=url, trusted_proxies="127.0.0.1") as server:
        nginx = Nginx(place / "nginx", port, [server.url])
        change(nginx)
        with nginx:
            return examine("--ca-bundle", str(nginx.authority), environ=server.environment)


def test_all_is_well_behind_nginx_as_we_ship_it(tmp_path: Path) -> None:
    """Certificate, socket and both directions of a file."""
    examined = examined_behind(tmp_path, lambda _: None)

    assert examined.status == 0, examined.out
    assert set(examined.checks.values()) == {"ok"}
    assert "socket address: wss://127.0.0.1:" in examined.out


def without_upgrade(nginx: Nginx) -> None:
    rewriting(
        nginx,
        ("proxy_set_header Upgrade $http_upgrade;", ""),
        ("proxy_set_header Connection upgrade;", 'proxy_set_header Connection "";'),
    )


def with_the_usual_bound(nginx: Nginx) -> None:
    rewriting(nginx, ("client_max_body_size 104857600;", "client_max_body_size 1m;"))


def with_its_own_page(nginx: Nginx) -> None:
    with_the_usual_bound(nginx)
    rewriting(
        nginx, ("error_page 413 = @object_too_large;", ""), ("error_page 413 = @too_large;", "")
    )


def without_underscores(nginx: Nginx) -> None:
    rewriting(nginx, ("underscores_in_headers on;", ""))


def with_headers_twice(nginx: Nginx) -> None:
    rewriting(
        nginx,
        (
            "    gzip off;\n",
            "    gzip off;\n    add_header access-control-allow-origin * always;\n",
        ),
    )


def without_exposed_headers(nginx: Nginx) -> None:
    rewriting(
        nginx,
        (
            "    gzip off;\n",
            "    gzip off;\n    proxy_hide_header access-control-expose-headers;\n",
        ),
    )


def without_an_upstream(nginx: Nginx) -> None:
    (port,) = free_ports(1)
    path = nginx.place / "conf.d" / _CONFIGURED
    lines = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join(
            f"server 127.0.0.1:{port};" if line.strip().startswith("server 127.") else line
            for line in lines
        )
    )


def with_a_certificate(nginx: Nginx, names: tuple[str, ...], at: int) -> None:
    issued = issue(nginx.place / "other", names, at=at)
    nginx.authority.write_bytes(issued.ca_bundle.read_bytes())
    (nginx.authority.parent / "server.pem").write_bytes(issued.certificate.read_bytes())


def now() -> int:
    return time.time_ns() // 1_000_000


def that_has_expired(nginx: Nginx) -> None:
    with_a_certificate(nginx, ("127.0.0.1",), now() - 400 * _DAY)


def for_another_name(nginx: Nginx) -> None:
    with_a_certificate(nginx, ("localhost",), now())


def of_someone_else(nginx: Nginx) -> None:
    other = issue(nginx.place / "other", ("127.0.0.1",), at=now())
    nginx.authority.write_bytes(other.ca_bundle.read_bytes())


@pytest.mark.parametrize(
    ("change", "said", "mend"),
    [
        (without_upgrade, "socket: the handshake was answered 4", "proxy_set_header Upgrade"),
        (
            with_the_usual_bound,
            "large upload: the object store answered EntityTooLarge",
            "client_max",
        ),
        (with_its_own_page, "large upload: the object store answered Request Entity", "client_max"),
        (
            without_underscores,
            "upload: the object store answered SignatureDoesNotMatch",
            "underscores_",
        ),
        (with_headers_twice, "preflight: the preflight of POST ", "add_header access-control"),
        (without_exposed_headers, "errors: a page may not read x-amzn-errortype and", "Expose"),
        (without_an_upstream, "service: it answers 500 InternalServerException", "/health/ready"),
        (
            that_has_expired,
            "service certificate: the certificate of 127.0.0.1 has expired",
            "renew",
        ),
        (
            for_another_name,
            "service certificate: the certificate of 127.0.0.1 is for another",
            "names",
        ),
        (
            of_someone_else,
            "service certificate: the certificate of 127.0.0.1 is of an unk",
            "chain",
        ),
    ],
)
def test_what_is_broken_is_named(
    tmp_path: Path, change: Callable[[Nginx], None], said: str, mend: str
) -> None:
    """One cause is one sentence, with what to write into the configuration."""
    examined = examined_behind(tmp_path, change)

    wrong = only_wrong(examined)
    assert wrong.startswith(said), examined.out
    assert mend in wrong


def test_a_public_address_that_chatjs_refuses_is_named(tmp_path: Path) -> None:
    """It opens no socket at another plain address than 127.0.0.1, whatever the browser says."""
    with Server(tmp_path, log=io.BytesIO(), public_url="http://localhost:1") as server:
        url = server.url
        examined = examine("--endpoint-url", url, environ=server.environment, origin="http://a.b")

    assert examined.wrong[0].startswith(
        "socket address: ws://localhost:1/participant/websocket is neither wss:// nor"
    )
    assert "--public-url" in examined.wrong[0]
    assert ORIGIN not in examined.out
