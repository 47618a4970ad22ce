"""The way to a host: its name, its port, its certificate, and whether a page may go it at all."""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from openparticipant.cli.examination.report import WrongError

if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.examination.page import Page
    from openparticipant.cli.examination.report import Report

# What browsers trust without encryption (Secure Contexts).
_LOOPBACK = re.compile(r"(?:.+\.)?localhost|127(?:\.\d+){3}|::1")
_SOON = 7  # days; whoever renews by themselves does so earlier
_DAY = 86_400_000
# OpenSSL's numbers for what is wrong with a certificate (x509_vfy.h).
_NOT_YET, _EXPIRED = 9, 10
_WRONG_NAME = {62, 64}
_MEND_TRUST = (
    "have the whole chain sent (fullchain.pem), of an authority that browsers know; one of "
    "--tls auto has to be told to each browser, and here by --ca-bundle: DATA_DIR/tls/ca.pem"
)


class Ways:
    """Looks at the way to each host once, whatever leads there."""

    def __init__(self, report: Report, page: Page, world: Environment) -> None:
        self._report = report
        self._page = page
        self._world = world
        self._seen: dict[str, bool] = {}

    def is_open(self, name: str, url: str, setting: str) -> bool:
        """Report on the way to a URL's host, and tell whether to go on.

        `setting` says which of the server's settings made the URL.
        """
        parts = urlsplit(url)
        where = f"{parts.scheme}://{parts.netloc}"
        if where not in self._seen:
            self._seen[where] = self._look(name, url, setting)
        return self._seen[where]

    def _look(self, name: str, url: str, setting: str) -> bool:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._page.reach.proxy(url) is not None:
            text = "by way of a proxy that this machine's environment names"
            self._report.skip(f"{name} address", text, f"name {host} in NO_PROXY to look at it")
            return True
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            port = 0
        mend = f"look at the name service, the firewall and {setting}"
        with self._report.step(f"{name} address", mend) as step:
            with _connected(host, port, self._page.reach.connect_timeout, mend) as opened:
                address = opened.getpeername()[0]
            if parts.scheme == "http" and self._page.origin.startswith("https:"):
                self._require_loopback(host, url, setting)
            known = "" if address == host else f" is {address}, and"
            step.says(f"{host}{known} takes connections on port {port}")
        if parts.scheme != "https" or not step.is_well:
            return step.is_well
        return self._is_trusted(name, host, port)

    def _require_loopback(self, host: str, url: str, setting: str) -> None:
        if _LOOPBACK.fullmatch(host):
            return
        where = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        raise WrongError(
            f"{where} is not encrypted, and browsers refuse that to a page that is (mixed content)",
            f"put TLS there, and name it with https:// in {setting}",
        )

    def _is_trusted(self, name: str, host: str, port: int) -> bool:
        reach = self._page.reach
        if reach.trust is False:
            text = "not looked at, with --no-verify-ssl; a browser does look"
            self._report.skip(f"{name} certificate", text, "leave --no-verify-ssl away")
            return True
        with self._report.step(f"{name} certificate", _MEND_TRUST) as step:
            context = ssl.create_default_context(
                cafile=reach.trust if isinstance(reach.trust, str) else None
            )
            mend = "look at what listens there"
            with _connected(host, port, reach.connect_timeout, mend) as opened:
                ends = _end_of_certificate(context, opened, host)
            left = (ends - self._world.clock()) // _DAY
            if left < _SOON:
                raise WrongError(
                    f"the certificate of {host} ends in {left} days",
                    "renew it, and have what serves it read it again",
                )
            trusted = f"; trusted by {reach.trust}, of which browsers have to be told too"
            step.says(
                f"the certificate of {host} is good for {left} days"
                + (trusted if isinstance(reach.trust, str) else "")
            )
        return step.is_well


def _connected(host: str, port: int, timeout: int | None, mend: str) -> socket.socket:
    try:
        return socket.create_connection((host, port), timeout)
    except (socket.gaierror, UnicodeError):
        raise WrongError(f"the name {host} has no address", mend) from None
    except TimeoutError:
        text = f"{host} does not answer on port {port} within {timeout} s"
        raise WrongError(text, mend) from None
    except OSError as error:
        text = f"{host} takes no connection on port {port}: {error.strerror}"
        raise WrongError(text, mend) from None


def _end_of_certificate(context: ssl.SSLContext, opened: socket.socket, host: str) -> int:
    """Return when the host's certificate ends, in epoch milliseconds; raises WrongError."""
    try:
        with context.wrap_socket(opened, server_hostname=host) as encrypted:
            certificate = encrypted.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        raise _distrust(error, host) from None
    except (OSError, ValueError) as error:
        raise WrongError(
            f"{host} does not speak TLS there: {getattr(error, 'reason', None) or error}",
            "have TLS served there, or name the address with http://",
        ) from None
    return int(ssl.cert_time_to_seconds(str(certificate["notAfter"]))) * 1000


def _distrust(error: ssl.SSLCertVerificationError, host: str) -> WrongError:
    said = f"the certificate of {host}"
    if error.verify_code == _EXPIRED:
        return WrongError(f"{said} has expired", "renew it, and have what serves it read it again")
    if error.verify_code == _NOT_YET:
        return WrongError(f"{said} is not valid yet", "look at this machine's clock, then at it")
    if error.verify_code in _WRONG_NAME:
        return WrongError(
            f"{said} is for another name", f"take one that names {host}, or call it by its name"
        )
    return WrongError(f"{said} is of an unknown authority: {error.verify_message}", _MEND_TRUST)
