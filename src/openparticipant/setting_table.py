"""The table of settings: the name of each, how text becomes its value, and what people are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from openparticipant import limits
from openparticipant.domain import rates
from openparticipant.domain.contents import CheckMode, ContentChecks
from openparticipant.domain.filetypes import CONTENT_TYPES
from openparticipant.domain.review import Hold
from openparticipant.master_key import MasterKey
from openparticipant.setting import Setting

_INSTANCE = re.compile(r"[A-Za-z0-9-]{1,100}")
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError("must be a port number, or 0 for a free one")
    return int(text)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("must be a whole number above 0")
    return int(text)


def _size(text: str) -> int:
    size = _whole(text)
    if size > limits.ATTACHMENT_SIZE_MAX:
        raise ValueError(f"must be at most {limits.ATTACHMENT_SIZE_MAX}")
    return size


def _up_to_a_day(text: str) -> int:
    seconds = _whole(text)
    if seconds > limits.STAGING_LIFETIME // limits.SECOND:
        raise ValueError("must be at most 86400 seconds")
    return seconds * limits.SECOND


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 86400:
        raise ValueError("must be a number of seconds from 0 to 86400")
    return seconds


def _scan_timeout(text: str) -> float:
    seconds = _seconds(text)
    if seconds < 1:
        raise ValueError("must be a number of seconds from 1 to 86400")
    return seconds


def _hold(text: str) -> Hold:
    if text == "aws":
        return Hold(limits.SCAN_HOLD_OF_AWS, limits.SCAN_TRIES_OF_AWS)
    if (
        not text.isascii()
        or not text.isdigit()
        or int(text) > limits.SCAN_HOLD_MAX // limits.SECOND
    ):
        raise ValueError("must be a whole number of seconds up to 604800, or aws: 60 and 3 tries")
    return Hold(int(text) * limits.SECOND)


def _content_checks(text: str) -> ContentChecks:
    others, own = CheckMode.ENFORCE, dict[str, CheckMode]()
    for place, word in enumerate(word.strip() for word in text.split(",")):
        instance, named, mode = word.rpartition("=")
        if mode not in set(CheckMode) or (named and not _INSTANCE.fullmatch(instance)):
            raise ValueError(
                "must be enforce, warn or off, and INSTANCE=MODE for others, by commas"
            )
        if not named and place:
            raise ValueError("must name the mode of all instances first, and once")
        if named:
            own[instance] = CheckMode(mode)
        else:
            others = CheckMode(mode)
    return ContentChecks(others, own)


def _ratio(text: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1
    if not 0 <= ratio <= 1:
        raise ValueError("must be a number from 0 to 1")
    return ratio


def _origin(text: str) -> str:
    origin = text.removesuffix("/").lower()
    try:
        ported = _ORIGIN.fullmatch(origin) and urlsplit(origin).port != 0
    except ValueError:
        ported = False
    if not ported:
        raise ValueError("must be an origin, such as https://chat.example.org")
    return origin


def _directory(text: str) -> Path:
    if not text:
        raise ValueError("must name a directory")
    return Path(text)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError("must be an address, or a network such as 10.0.0.0/8") from None


def _allowed_origin(text: str) -> str:
    return text if text == "*" else _origin(text)


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"must be {what}")
        return text

    return parse


def _switch(text: str) -> bool:
    if text not in {"on", "off"}:
        raise ValueError("must be on or off")
    return text == "on"


def _scheme(*known: str) -> Callable[[str], str]:
    """Accept the back ends of this release, by scheme."""

    def parse(text: str) -> str:
        if not any(text.startswith(scheme) for scheme in known):
            raise ValueError(f"must begin with {' or '.join(known)} in this release")
        return text

    return parse


def _extension(text: str) -> str:
    if not re.fullmatch(r"\.?[A-Za-z0-9_-]{1,10}", text):
        raise ValueError("must be a file extension, such as pdf")
    return text.removeprefix(".").lower()


_instance = _matching(_INSTANCE.pattern, "the id of an instance")

SETTINGS: tuple[Setting, ...] = (
    Setting("host", str, "127.0.0.1", "address to listen on"),
    Setting("port", _port, "8080", "port to listen on; 0 takes a free one"),
    Setting("data-dir", _directory, "./openparticipant-data", "where everything of this node lies"),
    Setting(
        "database",
        _scheme("sqlite:///", "postgresql://"),
        None,
        "sqlite:///PATH below the data directory, or postgresql://USER:PASSWORD@HOST/NAME",
        secret=True,
        unset="openparticipant.sqlite3 in the data directory",
    ),
    Setting(
        "no-migrate",
        _switch,
        "off",
        "on: the schema is left to openparticipant migrate",
        switch=True,
    ),
    Setting(
        "master-key",
        MasterKey.read,
        None,
        "file with 32 bytes in base64 that seal the keys in a database elsewhere",
        secret=True,
        in_file=True,
        unset="none; SQLite needs none",
    ),
    Setting(
        "objects",
        _scheme("file:///", "s3://"),
        None,
        "file:///DIR or s3://BUCKET/PREFIX for the bytes of attachments",
        unset="objects in the data directory",
    ),
    Setting(
        "verify-reads",
        _switch,
        "off",
        "on: each download of the built-in store is hashed before its first byte goes out",
        switch=True,
    ),
    Setting(
        "bus",
        _scheme("local:", "nats://", "tls://"),
        "local:",
        "how nodes tell each other of new items: local: or nats://HOST:PORT,…",
        secret=True,
    ),
    Setting(
        "scanner",
        _scheme("none:", "clamd://", "http://", "https://", "exec:/"),
        "none:",
        "what looks at files: clamd://HOST:PORT, clamd:///SOCKET, https://HOOK, exec:/PATH; all must approve",
        repeatable=True,
        secret=True,
    ),
    Setting(
        "scan-timeout",
        _scan_timeout,
        str(limits.SCAN_WITHIN_SECONDS),
        "seconds that a scanner may take for a file",
    ),
    Setting(
        "scan-hold",
        _hold,
        str(limits.SCAN_HOLD // limits.SECOND),
        "seconds that a file waits for a scanner that does not answer, until it is rejected; or aws",
    ),
    Setting(
        "public-url",
        _origin,
        None,
        "origin that clients reach this server by",
        unset="where the server listens",
    ),
    Setting(
        "objects-url",
        _origin,
        None,
        "origin of upload and download URLs, if another",
        unset="the public URL, or the bucket's",
    ),
    Setting("region", _matching(r"[a-z0-9-]{1,32}", "a region name"), "us-east-1", "AWS region"),
    Setting("account", _matching(r"[0-9]{12}", "12 digits"), "000000000000", "AWS account id"),
    Setting("tls-cert", Path, None, "certificate chain, PEM"),
    Setting("tls-key", Path, None, "its private key, PEM"),
    Setting("tls", _matching("auto", "auto"), None, "auto makes a CA of your own"),
    Setting(
        "admin-port",
        _port,
        None,
        "loopback port of metrics and administration (8081)",
        unset="8081, or a free one",
    ),
    Setting(
        "workers",
        _whole,
        "1",
        "processes; more than one need postgresql://, s3:// and nats://",
    ),
    Setting(
        "trusted-proxies",
        _network,
        "",
        "proxies whose X-Forwarded-For is believed, as addresses or networks",
        repeatable=True,
        unset="none",
    ),
    Setting(
        "allowed-origins",
        _allowed_origin,
        "*",
        "web origins that browsers may call from",
        repeatable=True,
    ),
    Setting(
        "trace-to",
        _origin,
        None,
        "origin of an OpenTelemetry collector that takes traces over HTTP",
        unset="no traces",
    ),
    Setting("trace-ratio", _ratio, "1", "share of traces recorded, where the client is silent"),
    Setting(
        "views",
        _directory,
        None,
        "directory of views, one NAME.json each, that chats may show",
        unset="no views",
    ),
    Setting(
        "demo",
        _switch,
        "off",
        "on: a chat page at /demo/, for browsers on this machine",
        switch=True,
    ),
    Setting(
        "max-connections",
        _whole,
        None,
        "clients of one process connected at a time; then who is idle for longest is let go",
        unset="three quarters of its open files, ulimit -n",
    ),
    Setting("drain-pause", _seconds, "0", "seconds between not ready and closing, when ending"),
    Setting("drain-timeout", _seconds, "30", "seconds that running requests have to finish"),
    Setting(
        "instances",
        _instance,
        "",
        "the only instances that exist",
        repeatable=True,
        unset="every instance",
    ),
    Setting(
        "instances-without-attachments",
        _instance,
        "",
        "instances where nobody may attach files",
        repeatable=True,
        unset="none",
    ),
    Setting(
        "attachment-extensions",
        _extension,
        ",".join(CONTENT_TYPES),
        "file types that may be attached",
        repeatable=True,
    ),
    Setting(
        "content-check",
        _content_checks,
        "enforce",
        "enforce, warn or off: whether bytes must be what was announced; ,INSTANCE=MODE for others",
    ),
    Setting("attachment-size", _size, str(limits.ATTACHMENT_SIZE), "largest attachment in bytes"),
    Setting(
        "attachments-per-contact",
        _whole,
        str(limits.ATTACHMENTS_PER_CONTACT),
        "attachments that one contact may have",
    ),
    Setting(
        "attachment-bytes-per-contact",
        _whole,
        None,
        "bytes that the attachments of one contact may have in all",
        unset="any number",
    ),
    Setting(
        "attachments-per-instance",
        _whole,
        None,
        "attachments that all contacts of an instance may have, until they are removed",
        unset="any number",
    ),
    Setting(
        "attachment-bytes-per-instance",
        _whole,
        None,
        "bytes that the attachments of an instance may have in all",
        unset="any number",
    ),
    Setting(
        "pending-uploads",
        _whole,
        None,
        "attachments of one participant that may be started and not complete",
        unset="as many as the contact may have",
    ),
    Setting(
        "rates",
        rates.read,
        "",
        "request rates: aws, or token, participant, address or instance =PER_SECOND/BURST",
        repeatable=True,
        unset="none",
    ),
    Setting(
        "retention", _whole, None, "days after its end until a contact is removed", unset="never"
    ),
    Setting(
        "attachment-retention",
        _whole,
        None,
        "days after its approval until the bytes of an attachment are removed",
        unset="never",
    ),
    Setting(
        "upload-url-lifetime",
        _up_to_a_day,
        str(limits.UPLOAD_URL_LIFETIME // limits.SECOND),
        "seconds until an upload URL expires",
    ),
    Setting(
        "abandoned-after",
        _up_to_a_day,
        str(limits.STAGING_LIFETIME // limits.SECOND),
        "seconds until an upload that nobody completed vanishes",
    ),
)
