from __future__ import annotations

import asyncio
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from openparticipant.transport.authority import issue
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.listener import Listener
from openparticipant.transport.refusal import Guard
from openparticipant.transport.sockets import listen
from openparticipant.transport.start import StartError
from openparticipant.transport.tls import automatic, certified_names, context
from tests.transport.served import AT, Echo, on_loop, until

NAMES = ("127.0.0.1", "::1", "chat.example", "localhost")
DAY = 86_400_000
GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


def certificate_in(path: Path) -> x509.Certificate:
    """Read the certificate of a file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def present() -> int:
    """Return the machine's time: OpenSSL judges certificates by nothing else."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def serving_tls(tls: ssl.SSLContext) -> AsyncIterator[tuple[Listener, int]]:
    """Serve over TLS on a free port."""
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    guard = Guard(Bounds(head_seconds=0.2), lambda: "request", lambda _: None)
    listener = Listener(Echo(), listening, guard, tls)
    await listener.open()
    listener.tick(1.0, AT)
    try:
        yield listener, port
    finally:
        await listener.close(0)


def strict_client(bundle: Path) -> ssl.SSLContext:
    """Make a client that trusts the bundle alone and checks what newer Pythons check."""
    client = ssl.create_default_context(cafile=str(bundle))
    client.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    client.set_alpn_protocols(["h2", "http/1.1"])
    return client


@pytest.mark.parametrize("name", NAMES)
def test_certificate_for_each_name_passes_the_strictest_client(tmp_path: Path, name: str) -> None:
    """A client with the bundle connects by each name, over HTTP/1.1."""

    @on_loop
    async def scenario() -> None:
        serving, bundle = automatic(tmp_path / "tls", NAMES, at=present())
        async with serving_tls(serving) as (_, port):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=strict_client(bundle), server_hostname=name
            )
            chosen = writer.get_extra_info("ssl_object").selected_alpn_protocol()
            assert chosen == "http/1.1"
            writer.write(GET)
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200 ")
            writer.close()

    scenario()


def test_other_names_are_refused_by_the_client(tmp_path: Path) -> None:
    """The certificate stands for no more than it was made for."""

    @on_loop
    async def scenario() -> None:
        serving, bundle = automatic(tmp_path, NAMES, at=present())
        async with serving_tls(serving) as (_, port):
            with pytest.raises(ssl.SSLCertVerificationError):
                await asyncio.open_connection(
                    "127.0.0.1", port, ssl=strict_client(bundle), server_hostname="elsewhere"
                )

    scenario()


def test_old_tls_is_refused(tmp_path: Path) -> None:
    """Nothing older than TLS 1.2 is spoken."""
    serving, _ = automatic(tmp_path, NAMES, at=AT)
    assert serving.minimum_version == ssl.TLSVersion.TLSv1_2


def test_client_that_never_shakes_hands_is_cut_off(tmp_path: Path) -> None:
    """A silent connection to a TLS port lasts no longer than one to a plain port."""

    @on_loop
    async def scenario() -> None:
        serving, _ = automatic(tmp_path, NAMES, at=AT)
        async with serving_tls(serving) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read() == b""
            writer.close()

    scenario()


def test_refusal_reaches_a_client_over_tls(tmp_path: Path) -> None:
    """TLS has no half-closed connection; the client still gets to read why."""

    @on_loop
    async def scenario() -> None:
        serving, bundle = automatic(tmp_path, NAMES, at=present())
        async with serving_tls(serving) as (listener, port):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=strict_client(bundle), server_hostname="localhost"
            )
            writer.write(b"GET / HTTP/1.1\r\nA: " + b"a" * 2_000_000)
            await writer.drain()
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 413 ")
            writer.close()
            await until(lambda: listener.connections == 0)

    scenario()


def test_files_are_private(tmp_path: Path) -> None:
    """Keys are for their owner alone, also in a directory that was there before."""
    directory = tmp_path / "data" / "tls"
    directory.mkdir(parents=True, mode=0o755)
    issue(directory, NAMES, at=AT)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == dict.fromkeys(["authority.pem", "ca.pem", "server.pem"], 0o600)


def test_bundle_holds_no_key(tmp_path: Path) -> None:
    """What clients are pointed to is the authority's certificate and nothing else."""
    bundle = issue(tmp_path, NAMES, at=AT).ca_bundle.read_bytes()
    assert bundle.count(b"-----BEGIN") == bundle.count(b"-----BEGIN CERTIFICATE-----") == 1


def test_restart_changes_nothing(tmp_path: Path) -> None:
    """A certificate that still fits is kept byte by byte."""
    issue(tmp_path, NAMES, at=AT)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    issue(tmp_path, tuple(reversed(NAMES)), at=AT + 300 * DAY)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("names", "at"), [((*NAMES, "new.example"), AT), (NAMES[:-1], AT), (NAMES, AT + 368 * DAY)]
)
def test_server_certificate_is_renewed_under_the_same_authority(
    tmp_path: Path, names: tuple[str, ...], at: int
) -> None:
    """New names, or less than 30 days left, give a new certificate that old clients trust."""
    issued = issue(tmp_path, NAMES, at=AT)
    bundle, server = issued.ca_bundle.read_bytes(), certificate_in(issued.certificate)
    issue(tmp_path, names, at=at)
    renewed = certificate_in(issued.certificate)
    assert renewed.serial_number != server.serial_number
    assert renewed.not_valid_after_utc.timestamp() * 1000 > at + 30 * DAY
    renewed.verify_directly_issued_by(certificate_in(issued.ca_bundle))
    assert issued.ca_bundle.read_bytes() == bundle


def test_authority_is_renewed_after_ten_years(tmp_path: Path) -> None:
    """At the end of its life the authority is replaced, and with it what it signed."""
    issued = issue(tmp_path, NAMES, at=AT)
    old = certificate_in(issued.ca_bundle)
    issue(tmp_path, NAMES, at=AT + 3619 * DAY)
    assert certificate_in(issued.ca_bundle) == old
    issue(tmp_path, NAMES, at=AT + 3621 * DAY)
    new = certificate_in(issued.ca_bundle)
    assert new.subject != old.subject
    certificate_in(issued.certificate).verify_directly_issued_by(new)


def test_interrupted_start_is_made_good(tmp_path: Path) -> None:
    """Whatever a crash leaves, half-written or missing, the next start serves."""
    issued = issue(tmp_path, NAMES, at=AT)
    authority = issued.ca_bundle.read_bytes()
    (tmp_path / "server.new").write_bytes(b"half")
    issued.certificate.unlink()
    issued.ca_bundle.unlink()
    issue(tmp_path, NAMES, at=AT)
    assert issued.ca_bundle.read_bytes() == authority
    context(issued.certificate)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "authority.pem",
        "ca.pem",
        "server.pem",
    ]


@pytest.mark.parametrize("name", ["authority.pem", "server.pem"])
def test_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    """A damaged key is never silently replaced: clients trust the old one."""
    issue(tmp_path, NAMES, at=AT)
    (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(StartError, match=name):
        issue(tmp_path, NAMES, at=AT)


def test_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the place of the directory is one clear line."""
    (tmp_path / "tls").write_bytes(b"")
    with pytest.raises(StartError, match="cannot keep certificates in"):
        issue(tmp_path / "tls", NAMES, at=AT)


def test_missing_extra_is_named() -> None:
    """Without the extra the start says what to install."""
    script = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from pathlib import Path\n"
        "from openparticipant.transport.tls import automatic\n"
        "automatic(Path('never'), ('localhost',), at=0)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "StartError: --tls auto needs: pip install 'openparticipant[tls]'" in done.stderr


@pytest.mark.parametrize(
    ("host", "public_url", "more"),
    [
        ("127.0.0.1", None, ()),
        ("0.0.0.0", None, ()),
        ("::", "https://Chat.Example:8443/", ("chat.example",)),
        ("0:0:0:0:0:0:0:1", "https://[2001:DB8::0:1]", ("2001:db8::1",)),
        ("10.0.0.7", "https://bücher.example", ("10.0.0.7", "xn--bcher-kva.example")),
    ],
)
def test_names_are_those_clients_may_use(
    host: str, public_url: str | None, more: tuple[str, ...]
) -> None:
    """Loopback always, the host and the public address in the form that a certificate carries."""
    assert certified_names(host, public_url) == tuple(
        sorted(("127.0.0.1", "::1", "localhost", *more))
    )


def test_name_no_certificate_can_carry_is_refused() -> None:
    """A host name beyond what DNS knows is one clear line."""
    with pytest.raises(StartError, match="no host name"):
        certified_names("ü" * 70, None)


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    """Make a certificate and a key as an operator would bring them."""
    pem = issue(tmp_path / "tls", NAMES, at=AT).certificate.read_bytes()
    key, mark, certificate = pem.partition(b"-----BEGIN CERTIFICATE-----")
    (tmp_path / "cert.pem").write_bytes(mark + certificate)
    (tmp_path / "key.pem").write_bytes(key)
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def test_given_files_are_served(given: tuple[Path, Path]) -> None:
    """Certificate and key of an operator's own are loaded from two files."""
    assert context(*given).get_ca_certs() == []


def test_missing_file_is_named(given: tuple[Path, Path], tmp_path: Path) -> None:
    """A path that leads nowhere stands in the message."""
    with pytest.raises(StartError, match=r"cannot read the TLS file .*absent.pem: No such file"):
        context(given[0], tmp_path / "absent.pem")
    with pytest.raises(StartError, match=r"cannot read the TLS file .*absent.pem: No such file"):
        context(tmp_path / "absent.pem", given[1])


def test_key_of_another_certificate_is_named(given: tuple[Path, Path], tmp_path: Path) -> None:
    """A key that does not belong to the certificate is said to be just that."""
    other = issue(tmp_path / "other", NAMES, at=AT).certificate
    with pytest.raises(StartError, match=r"key .* does not belong to .*cert.pem"):
        context(given[0], other)


def test_encrypted_key_is_not_asked_for(given: tuple[Path, Path]) -> None:
    """A server never waits at a terminal for a passphrase."""
    certificate, key = given
    loaded = load_pem_private_key(key.read_bytes(), None)
    secret = BestAvailableEncryption(b"passphrase")
    key.write_bytes(loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
    with pytest.raises(StartError, match=r"key.pem is encrypted"):
        context(certificate, key)


def test_file_that_is_no_certificate_is_named(given: tuple[Path, Path]) -> None:
    """Something other than PEM is a sentence, not an OpenSSL code."""
    given[0].write_bytes(b"no certificate")
    with pytest.raises(StartError, match=r"no certificate and key in PEM form in .*cert.pem"):
        context(*given)
