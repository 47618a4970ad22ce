from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from openparticipant.transport.sockets import ADMIN_PORT, inherited, listen, listen_admin, origin
from openparticipant.transport.start import StartError


def test_free_port_is_found_and_named() -> None:
    """Port 0 takes a port that nobody holds, and the origin names it."""
    with closing(listen("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert port
        assert origin(listening, tls=False) == f"http://127.0.0.1:{port}"
        assert origin(listening, tls=True) == f"https://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_address_of_version_six_stands_in_brackets() -> None:
    """An IPv6 origin is a URL that clients can read."""
    try:
        six = listen("::1", 0)
    except StartError as error:
        pytest.skip(f"no IPv6 here: {error}")
    with closing(six) as listening:
        port = listening.getsockname()[1]
        assert origin(listening, tls=False) == f"http://[::1]:{port}"


def test_name_with_several_addresses_prefers_version_four() -> None:
    """`localhost` is where every client looks sooner or later."""
    with closing(listen("localhost", 0)) as listening:
        assert listening.family == socket.AF_INET


@pytest.mark.parametrize(
    ("host", "why"),
    [("not..a.host", "no such host"), ("192.0.2.1", "not an address of this machine")],
)
def test_unusable_host_is_one_clear_line(host: str, why: str) -> None:
    """A host that is not ours stops the start with a sentence."""
    with pytest.raises(StartError, match=why) as error:
        listen(host, 0)
    assert "\n" not in str(error.value)


def test_taken_port_is_one_clear_line() -> None:
    """A second server on the same port is told which one and what to do."""
    with closing(listen("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} on 127.0.0.1 is taken") as error:
            listen("127.0.0.1", port)
        assert "\n" not in str(error.value)


@contextmanager
def default_admin_port_taken() -> Iterator[None]:
    """Hold the default port, unless another process does already."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", ADMIN_PORT))
            holder.listen()
        except OSError:
            pass
        yield


def test_taken_default_admin_port_gives_a_free_one_and_a_warning() -> None:
    """Two servers on one machine both start, and the second says where its admin API is."""
    warnings: list[str] = []
    with (
        default_admin_port_taken(),
        closing(listen_admin(None, any_port=False, warn=warnings.append)) as listening,
    ):
        host, port = listening.getsockname()
        assert host == "127.0.0.1"
        assert port != ADMIN_PORT
        assert [f"using {port}" in warning for warning in warnings] == [True]


def test_free_public_port_gives_a_free_admin_port() -> None:
    """`--port 0` asks for a server that is in nobody's way: nothing to warn about."""
    warnings: list[str] = []
    with closing(listen_admin(None, any_port=True, warn=warnings.append)) as listening:
        assert listening.getsockname()[1] != ADMIN_PORT
    assert warnings == []


def test_admin_port_that_was_asked_for_is_never_replaced() -> None:
    """A port that an operator named is that port or an error."""
    with closing(listen("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(StartError, match=str(port)):
            listen_admin(port, any_port=True, warn=pytest.fail)


def test_nothing_is_inherited_without_a_supervisor() -> None:
    """Without the variables there is no socket to take over."""
    assert inherited({}) is None


def test_socket_of_another_process_is_left_alone() -> None:
    """A child of the process that was meant inherits the variables, not the socket."""
    environ = {"LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "http"}
    assert inherited(environ) is None
    assert environ == {}


@pytest.mark.parametrize("count", ["2", "0", "x", ""])
def test_only_one_socket_can_be_inherited(count: str) -> None:
    """Which of two sockets would be the public one is nobody's guess."""
    with pytest.raises(StartError, match="exactly one"):
        inherited({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": count})
