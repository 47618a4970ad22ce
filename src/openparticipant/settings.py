"""Every setting of the server: a flag, an environment variable and a TOML key of the same name.

A flag beats the environment, the environment beats the file, the file beats the default. What
nobody would notice to be wrong is an error: an unknown flag or key, a value that does not parse.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openparticipant import limits
from openparticipant.domain.filetypes import CONTENT_TYPES

PREFIX = "OPENPARTICIPANT_"
# Read elsewhere: by the command line, and by the test suite.
_NOT_SETTINGS = frozenset(
    {"CONFIG", "CONNECTION_TOKEN", "CONTACT_ID", "PARTICIPANT_TOKEN", "REQUIRE"}
)


class SettingsError(Exception):
    """A setting is wrong; the text is one line for the person who set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. Sizes are bytes, lifetimes milliseconds, drain times seconds.

    Lists are tuples; an empty `instances` admits every instance. `public_url` and `objects_url`
    are origins; None stands for the address the server listens on.
    """

    host: str
    port: int
    data_dir: Path
    database: str
    objects: str
    bus: str
    scanner: tuple[str, ...]
    public_url: str | None
    objects_url: str | None
    region: str
    account: str
    tls_cert: Path | None
    tls_key: Path | None
    tls: str | None
    admin_port: int | None
    allowed_origins: tuple[str, ...]
    drain_pause: float
    drain_timeout: float
    instances: tuple[str, ...]
    instances_without_attachments: tuple[str, ...]
    attachment_extensions: tuple[str, ...]
    attachment_size: int
    attachments_per_contact: int
    upload_url_lifetime: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: its name, how text becomes a value, and what people are told.

    `default` is text too, so that `config show` prints what could be typed.
    """

    name: str
    parse: Callable[[str], Any]
    default: str | None
    help: str
    repeatable: bool = False
    secret: bool = False

    @property
    def field(self) -> str:
        """The name in `Settings`."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.field.upper()


@dataclass(frozen=True, slots=True)
class Given:
    """The text of one setting and where it came from, for people."""

    setting: Setting
    values: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, what each was made of, and what deserves a warning."""

    settings: Settings
    given: Sequence[Given]
    warnings: Sequence[str]


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


def _url_lifetime(text: str) -> int:
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


def _origin(text: str) -> str:
    parts = urlsplit(text)
    try:
        hostless = not parts.hostname or parts.port == 0
    except ValueError:
        hostless = True
    if (
        parts.scheme not in {"http", "https"}
        or hostless
        or parts.username is not None
        or parts.path not in {"", "/"}
        or parts.query
        or parts.fragment
    ):
        raise ValueError("must be an origin, such as https://chat.example.org")
    return text.rstrip("/")


def _allowed_origin(text: str) -> str:
    return text if text == "*" else _origin(text)


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"must be {what}")
        return text

    return parse


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


_instance = _matching(r"[A-Za-z0-9-]{1,100}", "the id of an instance")

SETTINGS: tuple[Setting, ...] = (
    Setting("host", str, "127.0.0.1", "address to listen on"),
    Setting("port", _port, "8080", "port to listen on; 0 takes a free one"),
    Setting("data-dir", Path, "./openparticipant-data", "where everything of this node lies"),
    Setting(
        "database", _scheme("sqlite:///"), None,
        "sqlite:///PATH below the data directory", secret=True,
    ),
    Setting("objects", _scheme("file:///"), None, "file:///DIR for the bytes of attachments"),
    Setting("bus", _scheme("local:"), "local:", "how nodes tell each other of new items"),
    Setting("scanner", _scheme("none:"), "none:", "what looks at files", repeatable=True),
    Setting("public-url", _origin, None, "origin that clients reach this server by"),
    Setting("objects-url", _origin, None, "origin of upload and download URLs, if another"),
    Setting("region", _matching(r"[a-z0-9-]{1,32}", "a region name"), "us-east-1", "AWS region"),
    Setting("account", _matching(r"[0-9]{12}", "12 digits"), "000000000000", "AWS account id"),
    Setting("tls-cert", Path, None, "certificate chain, PEM"),
    Setting("tls-key", Path, None, "its private key, PEM"),
    Setting("tls", _matching("auto", "auto"), None, "auto makes a CA of your own"),
    Setting("admin-port", _port, None, "loopback port of metrics and administration (8081)"),
    Setting(
        "allowed-origins", _allowed_origin, "*",
        "web origins that browsers may call from", repeatable=True,
    ),
    Setting("drain-pause", _seconds, "0", "seconds between not ready and closing, when ending"),
    Setting("drain-timeout", _seconds, "30", "seconds that running requests have to finish"),
    Setting("instances", _instance, "", "the only instances that exist", repeatable=True),
    Setting(
        "instances-without-attachments", _instance, "",
        "instances where nobody may attach files", repeatable=True,
    ),
    Setting(
        "attachment-extensions", _extension, ",".join(CONTENT_TYPES),
        "file types that may be attached", repeatable=True,
    ),
    Setting("attachment-size", _size, str(limits.ATTACHMENT_SIZE), "largest attachment in bytes"),
    Setting(
        "attachments-per-contact", _whole, str(limits.ATTACHMENTS_PER_CONTACT),
        "attachments that one contact may have",
    ),
    Setting(
        "upload-url-lifetime", _url_lifetime, str(limits.UPLOAD_URL_LIFETIME // limits.SECOND),
        "seconds until an upload URL expires",
    ),
)  # fmt: skip


def load(
    flags: Mapping[str, Sequence[str]], environ: Mapping[str, str], config: Path | None
) -> Loaded:
    """Read all settings; `flags` holds the texts given for each name. Raises SettingsError."""
    file = _read_file(config)
    given = [_given(setting, flags, environ, file, config) for setting in SETTINGS]
    values = {one.setting.field: _value(one) for one in given}
    settings = Settings(**values)
    _check_together(settings)
    return Loaded(settings, given, _warnings(environ))


def _read_file(config: Path | None) -> Mapping[str, Any]:
    if config is None:
        return {}
    try:
        table = tomllib.loads(config.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {config}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config} is not valid TOML: {error}") from None
    unknown = sorted(table.keys() - {setting.name for setting in SETTINGS})
    if unknown:
        raise SettingsError(f"{config}: there is no setting {unknown[0]!r}")
    return table


def _given(
    setting: Setting,
    flags: Mapping[str, Sequence[str]],
    environ: Mapping[str, str],
    file: Mapping[str, Any],
    config: Path | None,
) -> Given:
    if setting.name in flags:
        return Given(setting, tuple(flags[setting.name]), f"--{setting.name}")
    if setting.variable in environ:
        return Given(setting, (environ[setting.variable],), setting.variable)
    if setting.secret and (path := environ.get(f"{setting.variable}_FILE")):
        return Given(setting, (_secret(path),), f"{setting.variable}_FILE")
    if setting.name in file:
        return Given(setting, _texts(setting, file[setting.name], config), str(config))
    return Given(setting, () if setting.default is None else (setting.default,), "default")


def _secret(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"cannot read the secret in {path}") from None


def _texts(setting: Setting, value: Any, config: Path | None) -> tuple[str, ...]:
    values = value if isinstance(value, list) and setting.repeatable else [value]
    if any(isinstance(one, bool | list | dict) for one in values):
        raise SettingsError(f"{config}: {setting.name} has a value of the wrong type")
    return tuple(str(one) for one in values)


def _value(given: Given) -> Any:
    setting = given.setting
    if setting.repeatable:
        words = [word.strip() for value in given.values for word in value.split(",")]
        return tuple(_parsed(given, word) for word in words if word)
    return _parsed(given, given.values[-1]) if given.values else None


def _parsed(given: Given, text: str) -> Any:
    setting = given.setting
    try:
        return setting.parse(text)
    except ValueError as error:
        shown = "the value" if setting.secret else repr(text)
        source = "" if given.source == f"--{setting.name}" else f" (from {given.source})"
        raise SettingsError(f"--{setting.name}: {shown} {error}{source}") from None


def _check_together(settings: Settings) -> None:
    if settings.tls and settings.tls_cert:
        raise SettingsError("--tls auto and --tls-cert exclude each other")
    if settings.tls_key and not settings.tls_cert:
        raise SettingsError("--tls-key needs --tls-cert")


def _warnings(environ: Mapping[str, str]) -> list[str]:
    known = {setting.variable for setting in SETTINGS}
    known |= {f"{setting.variable}_FILE" for setting in SETTINGS if setting.secret}
    known |= {PREFIX + name for name in _NOT_SETTINGS}
    return [
        f"{name} is not a setting and has no effect"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_")
    ]
