"""A certificate authority of the server's own, for `--tls auto`.

Needs the extra `tls`; whoever imports this module answers for its absence.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openparticipant.transport.start import StartError

_AUTHORITY_LASTS = timedelta(days=3650)
# Apple's systems refuse server certificates that last longer than 825 days.
_SERVER_LASTS = timedelta(days=397)
_RENEW_BEFORE = timedelta(days=30)
_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """Where the server's certificate lies, with its key, and what its clients must trust."""

    certificate: Path
    ca_bundle: Path


def issue(directory: Path, names: tuple[str, ...], *, at: int) -> Issued:
    """Make sure that `directory` holds a certificate for exactly `names`, and say where.

    A certificate is kept while it has 30 days left and fits the names; the authority is kept for
    ten years, so that whoever trusts it need not be asked again. Files have mode 0600 in a
    directory of 0700, and each is replaced whole and durably. `at` in epoch milliseconds.
    Raises StartError.
    """
    now = datetime.fromtimestamp(at / 1000, tz=UTC)
    issued = Issued(certificate=directory / "server.pem", ca_bundle=directory / "ca.pem")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        authority = _Pair.load(directory / "authority.pem")
        if authority is None or authority.ends_soon(now):
            authority = _new_authority(now)
            _replace(directory / "authority.pem", authority.pem())
        trusted = authority.certificate.public_bytes(Encoding.PEM)
        if not issued.ca_bundle.exists() or issued.ca_bundle.read_bytes() != trusted:
            _replace(issued.ca_bundle, trusted)
        server = _Pair.load(issued.certificate)
        if server is None or server.ends_soon(now) or not server.fits(authority, names):
            _replace(issued.certificate, _new_server(authority, names, now).pem())
    except OSError as error:
        raise StartError(f"cannot keep certificates in {directory}: {error.strerror}") from error
    return issued


@dataclass(frozen=True, slots=True)
class _Pair:
    """A key and its certificate, kept in one file so that neither is ever without the other."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def load(cls, path: Path) -> _Pair | None:
        if not path.exists():
            return None
        pem = path.read_bytes()
        try:
            key = load_pem_private_key(pem, None)
            certificate = x509.load_pem_x509_certificate(pem)
        except (ValueError, TypeError) as error:
            raise StartError(f"{path} is damaged; remove it to have a new one made") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise StartError(f"{path} was not made here; remove it to have a new one made")
        return cls(key, certificate)

    def pem(self) -> bytes:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM)

    def ends_soon(self, now: datetime) -> bool:
        return self.certificate.not_valid_after_utc - now < _RENEW_BEFORE

    def fits(self, authority: _Pair, names: tuple[str, ...]) -> bool:
        try:
            self.certificate.verify_directly_issued_by(authority.certificate)
            kind = x509.SubjectAlternativeName
            certified = self.certificate.extensions.get_extension_for_class(kind).value
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            return False
        return {str(name.value) for name in certified} == set(names)


def _new_authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    # Two authorities of one name would be taken for each other in a list of trusted ones.
    name = _name(f"openparticipant authority {serial:x}"[:42])
    certificate = (
        _certificate(
            key.public_key(),
            subject=name,
            issuer=name,
            serial=serial,
            now=now,
            lasts=_AUTHORITY_LASTS,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, SHA256())
    )
    return _Pair(key, certificate)


def _new_server(authority: _Pair, names: tuple[str, ...], now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    certificate = (
        _certificate(
            key.public_key(),
            subject=_name("openparticipant"),
            issuer=authority.certificate.subject,
            serial=x509.random_serial_number(),
            now=now,
            lasts=_SERVER_LASTS,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(purpose, critical=False)
        .add_extension(alternatives, critical=False)
        .add_extension(by, critical=False)
        .sign(authority.key, SHA256())
    )
    return _Pair(key, certificate)


def _certificate(
    public_key: ec.EllipticCurvePublicKey,
    *,
    subject: x509.Name,
    issuer: x509.Name,
    serial: int,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    own = x509.SubjectKeyIdentifier.from_public_key(public_key)
    return (
        x509.CertificateBuilder()
        .serial_number(serial)
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + lasts)
        .add_extension(own, critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        unfinished.unlink()
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
