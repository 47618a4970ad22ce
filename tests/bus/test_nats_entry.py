"""Who is let in by a NATS, and how a start says that it is not."""

from __future__ import annotations

import asyncio
import io
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from openparticipant.bootstrap.bus import bus
from openparticipant.settings import load
from openparticipant.testing.bus_contract import CONTACT, Ear, said
from openparticipant.testing.chat import request
from openparticipant.testing.server import Server
from openparticipant.transport.authority import issue
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.start import StartError
from tests.bus.nats_keys import NatsKey, credentials
from tests.bus.nodes import buses, settle
from tests.cli.worlds import command
from tests.engines.nats import NatsServer

PASSWORD = "authorization { user: jo, password: 'geh@im/1' }\n"
TOKEN = "authorization { token: geheim }\n"


async def refusal(url: str) -> str:
    """Return the one line that a start with this bus ends with."""
    settings = load({"bus": [url]}, {}, None).settings
    with pytest.raises(StartError) as refused:
        async with bus(settings, "secret", Metrics()):
            pass
    line = str(refused.value)
    assert "\n" not in line
    assert "geheim" not in line
    assert "geh" not in line
    return line


async def works(url: str) -> None:
    """Check that two nodes hear each other there."""
    async with buses(url) as (here, there):
        ear = Ear(there, CONTACT)
        await settle(there)
        here.publish(said(1))
        assert await ear.next() == said(1)


class Talker(asyncio.Protocol):
    """Says something to whoever comes, and keeps what it is told."""

    def __init__(self, words: bytes) -> None:
        self.told = b""
        self._words = words
        self._transports: list[asyncio.Transport] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Speak first."""
        assert isinstance(transport, asyncio.Transport)
        self._transports.append(transport)
        transport.write(self._words)

    def data_received(self, data: bytes) -> None:
        """Listen."""
        self.told += data

    def end(self) -> None:
        """Hang up."""
        for transport in self._transports:
            transport.abort()


@asynccontextmanager
async def answering(words: bytes) -> AsyncIterator[tuple[str, Talker]]:
    """Return the address of a server that says this to everyone."""
    talker = Talker(words)
    server = await asyncio.get_running_loop().create_server(lambda: talker, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", talker
    finally:
        server.close()
        talker.end()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("config", "right", "wrong"),
    [
        (PASSWORD, "jo:geh%40im%2F1@", ["", "jo:geheim@", "geheim@"]),
        (TOKEN, "geheim@", ["", "jo:geheim@", "geheim1@"]),
    ],
    ids=["password", "token"],
)
async def test_password_or_token(config: str, right: str, wrong: list[str], tmp_path: Path) -> None:
    """The right one is let in; any other is one line that names the server."""
    with NatsServer(tmp_path, config=config) as server:
        await works(f"nats://{right}127.0.0.1:{server.port}")
        for each in wrong:
            assert await refusal(f"nats://{each}127.0.0.1:{server.port}") == (
                f"--bus: 127.0.0.1:{server.port}: the server says 'Authorization Violation'"
            )


async def test_nkey(tmp_path: Path) -> None:
    """The key in the file answers the server's question; another key does not."""
    user, other = NatsKey("user"), NatsKey("user")
    (tmp_path / "user").write_text(f"{user.seed}\n")
    (tmp_path / "other").write_text(other.seed)
    config = f"authorization {{ users: [ {{ nkey: {user.public} }} ] }}\n"
    with NatsServer(tmp_path, config=config) as server:
        await works(f"{server.url}?nkey={tmp_path}/user")
        line = await refusal(f"{server.url}?nkey={tmp_path}/other")
        assert line.endswith("the server says 'Authorization Violation'")


async def test_file_of_credentials(tmp_path: Path) -> None:
    """A JWT that an account signed, and the key that it speaks of."""
    operator, account, user = (NatsKey(kind) for kind in ("operator", "account", "user"))
    config = (
        f"operator: {operator.certify(operator, 'operator')}\n"
        f"resolver: MEMORY\nresolver_preload: {{ {account.public}: "
        f"{operator.certify(account, 'account')} }}\n"
    )
    (tmp_path / "creds").write_text(credentials(account.certify(user, "user"), user.seed))
    stranger = NatsKey("account")
    (tmp_path / "wrong").write_text(credentials(stranger.certify(user, "user"), user.seed))
    with NatsServer(tmp_path, config=config) as server:
        await works(f"{server.url}?creds={tmp_path}/creds")
        line = await refusal(f"{server.url}?creds={tmp_path}/wrong")
        assert line.endswith("the server says 'Authorization Violation'")


async def test_tls(tmp_path: Path) -> None:
    """Spoken where the server asks for it, and judged by the authority that was named."""
    issued = issue(tmp_path / "tls", ("127.0.0.1",), at=time.time_ns() // 1_000_000)
    config = f'tls {{ cert_file: "{issued.certificate}", key_file: "{issued.certificate}" }}\n'
    with NatsServer(tmp_path, config=config + TOKEN) as server:
        for scheme in ("nats", "tls"):
            url = f"{scheme}://geheim@127.0.0.1:{server.port}"
            await works(f"{url}?ca={issued.ca_bundle}")
            assert "certificate is not trusted" in await refusal(url)
        assert "certificate" in await refusal(
            f"tls://geheim@localhost:{server.port}?ca={issued.ca_bundle}"
        )


async def test_tls_is_never_given_up() -> None:
    """A server, or whoever stands before it, that offers no TLS is told no password."""
    greeting = b'INFO {"max_payload":1000,"auth_required":true}\r\n'
    async with answering(greeting) as (address, talker):
        line = await refusal(f"tls://geheim@{address}")

        assert line == f"--bus: {address}: the server does not speak TLS"
        assert talker.told == b""


async def test_a_right_that_is_missing(tmp_path: Path) -> None:
    """Found at the start, not by the first chat that nobody hears."""
    config = (
        "authorization { users: ["
        "{user: a, password: a, permissions: {publish: 'openparticipant.>', subscribe: 'x'}},"
        "{user: b, password: b, permissions: {subscribe: 'openparticipant.>', publish: 'x'}},"
        "{user: c, password: c, permissions: {publish: 'openparticipant.contact.>',"
        " subscribe: 'openparticipant.contact.>'}}"
        "] }\n"
    )
    with NatsServer(tmp_path, config=config) as server:
        for name, what in (("a", "Subscription"), ("b", "Publish")):
            line = await refusal(f"nats://{name}:{name}@127.0.0.1:{server.port}")
            assert f"Permissions Violation for {what} to" in line
        await works(f"nats://c:c@127.0.0.1:{server.port}")


@pytest.mark.parametrize(
    "words",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"INFO \r\n",
        b"INFO []\r\n",
        b"INFO [1,2]\r\n",
        b"INFO " + b"[" * 20_000 + b"\r\n",
        b"INFO {}\r\nMSG a 1 -5\r\n",
        b"INFO {}\r\nMSG\r\n",
        b"\xff\xfe\r\n",
        b"x" * 100_000,
        b"220 mail ESMTP\r\n",
        b"-PONG\r\n",
        b"PONG\r\n",
    ],
    ids=lambda words: words[:20].decode("latin-1").strip(),
)
async def test_what_is_no_nats(words: bytes) -> None:
    """Whatever else answers there is one line."""
    async with answering(words) as (address, _):
        line = await refusal(f"nats://geheim@{address}")

        assert line == f"--bus: {address}: what answers is not a NATS server"


async def test_nobody_and_silence() -> None:
    """No host, no server, and one that accepts and says nothing."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"127.0.0.1:{unused.getsockname()[1]}"
        line = await refusal(f"nats://geheim@{closed},jo:geheim@host.invalid")
    async with answering(b"") as (silent, _):
        assert await refusal(f"nats://{silent}") == f"--bus: {silent}: no answer"
    assert line == f"--bus: {closed}: connection refused; host.invalid:4222: no such host"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nats://", "names no host, or a wrong port"),
        ("nats://h:x", "names no host, or a wrong port"),
        ("nats://h:99999", "names no host, or a wrong port"),
        ("nats://a,", "names no host, or a wrong port"),
        ("nats://a,tls://b", "is not a URL such as nats://HOST:4222"),
        ("nats://a,http://b", "is not a URL such as nats://HOST:4222"),
        ("nats://geheim/x@a", "has a path, which no NATS server has"),
        ("nats://a?geheim", "has parameters that cannot be read"),
        ("nats://a?cred=x", "has no parameter 'cred'; there are ca, cert, creds, key, nkey"),
        (
            "nats://a?nkey=/dev/null/x",
            "names /dev/null/x, which cannot be read: Not a directory",
        ),
        ("nats://a?creds=/dev/null", "names /dev/null, which is no file of NATS credentials"),
        (
            "nats://a?nkey=/dev/null",
            "names /dev/null, which does not hold the seed of a user's NKEY",
        ),
        ("nats://a?ca=/dev/null/x", "names certificates that cannot be read"),
    ],
)
async def test_a_wrong_url(url: str, said: str) -> None:
    """One line that says what is wrong with it, and repeats nothing secret."""
    assert (await refusal(url)).startswith(f"--bus: the URL {said}")


async def test_an_account_key_is_no_users(tmp_path: Path) -> None:
    """A key of the wrong kind, or with a letter changed, is told apart before anybody is asked."""
    path = tmp_path / "key"
    user = NatsKey("user").seed
    for seed in (
        NatsKey("account").seed,
        user[:-1],
        f"{user[:10]}{'AB'[user[10] == 'A']}{user[11:]}",
    ):
        path.write_text(seed)
        line = await refusal(f"nats://a?nkey={path}")
        assert line == f"--bus: the URL names {path}, which does not hold the seed of a user's NKEY"


def test_nkeys_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not installed what signs is told what to install."""
    (tmp_path / "key").write_text(NatsKey("user").seed)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)

    line = asyncio.run(refusal(f"nats://a?nkey={tmp_path}/key"))

    assert line == (
        "--bus: the URL names an NKEY, which needs the extra \"nats\": pip install 'openparticipant[nats]'"
    )


@pytest.mark.parametrize("words", [["serve", "--port", "0"], ["config", "check"]], ids=" ".join)
def test_it_ends_with_status_2(words: list[str], tmp_path: Path) -> None:
    """One line on stderr, without the password."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"nats://jo:geheim@127.0.0.1:{unused.getsockname()[1]}"
        words = [*words, "--data-dir", str(tmp_path), "--bus", url]
        done = subprocess.run(
            [sys.executable, "-m", "openparticipant", *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("openparticipant: --bus: 127.0.0.1:")
    assert done.stderr.endswith(": connection refused\n")
    assert "geheim" not in done.stderr


def test_config_check_lets_a_nats_pass(nats: str) -> None:
    """It calls on the server, as a start would."""
    outcome = command("config", "check", "--bus", nats)

    assert (outcome.status, outcome.out) == (0, b"the configuration is valid\n")


def test_config_show_hides_the_password() -> None:
    """Also one in a URL with several servers; what nobody chose is no secret."""
    shown = command("config", "show", "--bus", "nats://jo:geheim@a,b").out.decode()

    assert "bus = ***  # --bus\n" in shown
    assert "geheim" not in shown
    assert "bus = local:  # default\n" in command("config", "show").out.decode()


def test_a_server_counts_what_it_tells(nats: str) -> None:
    """A node with NATS serves as any other, and shows its notices."""
    with Server(bus=nats, log=io.BytesIO()) as server:
        chat = server.start_chat()
        with chat.listen() as listener:
            assert chat.say("hello").status == 200
            while listener.item().get("Content") != "hello":
                pass
        metrics = request("GET", f"{server.admin_url}/metrics").body.decode()

    assert 'openparticipant_bus_notices_total{direction="out"}' in metrics
    assert 'openparticipant_bus_notices_total{direction="in"} 0.0' in metrics
