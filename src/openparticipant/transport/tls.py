from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from openparticipant.transport.start import StartError

_ALWAYS = ("127.0.0.1", "::1", "localhost")


class _EncryptedKeyError(Exception):
    """Raised in place of the question for a passphrase that OpenSSL would put to a terminal."""


def context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """Load a certificate chain and its key (in the same file where `key` is None) for serving.

    TLS 1.2 and later, HTTP/1.1 only. Raises StartError with one line that names the file.
    """
    for path in (certificate, key):
        if path is not None:
            _check_readable(path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.minimum_version = ssl.TLSVersion.TLSv1_2
    serving.set_alpn_protocols(["http/1.1"])
    try:
        serving.load_cert_chain(certificate, key, password=_no_passphrase)
    except _EncryptedKeyError:
        raise StartError(
            f"the TLS key {key or certificate} is encrypted; give it without a passphrase"
        ) from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            why = f"the TLS key {key or certificate} does not belong to {certificate}"
        else:
            why = f"no certificate and key in PEM form in {certificate}" + (
                f" and {key}" if key else ""
            )
        raise StartError(why) from error
    return serving


def certified_names(host: str, public_url: str | None) -> tuple[str, ...]:
    """Return the names and addresses that clients may reach this server by, sorted.

    `host` is what the server listens on; where that is every address, it names nobody.
    """
    public = urlsplit(public_url).hostname if public_url else None
    reached = (_certifiable(name) for name in (*_ALWAYS, host, public) if name)
    return tuple(sorted({name for name in reached if name is not None}))


def automatic(directory: Path, names: tuple[str, ...], *, at: int) -> tuple[ssl.SSLContext, Path]:
    """Serve with a certificate for `names` from our own authority, kept in `directory`.

    Returns the context and the file that clients must trust. `at` in epoch milliseconds. Raises
    StartError.
    """
    try:
        # The one import of `cryptography`, which most servers have no use for.
        from openparticipant.transport.authority import issue  # noqa: PLC0415
    except ImportError as error:
        raise StartError("--tls auto needs: pip install 'openparticipant[tls]'") from error
    issued = issue(directory, names, at=at)
    return context(issued.certificate), issued.ca_bundle


def _certifiable(name: str) -> str | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return None if address.is_unspecified else str(address)
    try:
        return name.lower() if name.isascii() else name.encode("idna").decode()
    except UnicodeError as error:
        raise StartError(f"{name} is no host name that a certificate could carry") from error


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise StartError(f"cannot read the TLS file {path}: {error.strerror}") from error


def _no_passphrase() -> str:
    raise _EncryptedKeyError
