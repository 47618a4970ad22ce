"""Every setting of the server: a flag, an environment variable and a TOML key of the same name.

A flag beats the environment, the environment beats the file, the file beats the default. What
nobody would notice to be wrong is an error: an unknown flag or key, a value that does not parse.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from openparticipant.domain.contents import ContentChecks
from openparticipant.domain.rates import Rate
from openparticipant.domain.review import Hold
from openparticipant.master_key import MasterKey
from openparticipant.setting import PREFIX, Setting
from openparticipant.setting_table import SETTINGS

# Read elsewhere: by the command line, and by the test suite.
_NOT_SETTINGS = frozenset(
    {"CONFIG", "CONNECTION_TOKEN", "CONTACT_ID", "PARTICIPANT_TOKEN", "REQUIRE"}
)


class SettingsError(Exception):
    """A setting is wrong; the text is one line for the person who set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. Sizes are bytes, lifetimes milliseconds, drain and scan times seconds.

    Lists are tuples; an empty `instances` admits every instance. `public_url` and `objects_url`
    are origins; None stands for the address the server listens on.
    """

    host: str
    port: int
    data_dir: Path
    database: str
    no_migrate: bool
    master_key: MasterKey | None
    objects: str
    verify_reads: bool
    bus: str
    scanner: tuple[str, ...]
    scan_timeout: float
    scan_hold: Hold
    public_url: str | None
    objects_url: str | None
    region: str
    account: str
    tls_cert: Path | None
    tls_key: Path | None
    tls: str | None
    admin_port: int | None
    workers: int
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    allowed_origins: tuple[str, ...]
    trace_to: str | None
    trace_ratio: float
    views: Path | None
    demo: bool
    max_connections: int | None
    drain_pause: float
    drain_timeout: float
    instances: tuple[str, ...]
    instances_without_attachments: tuple[str, ...]
    attachment_extensions: tuple[str, ...]
    attachment_size: int
    content_check: ContentChecks
    attachments_per_contact: int
    attachment_bytes_per_contact: int | None
    attachments_per_instance: int | None
    attachment_bytes_per_instance: int | None
    pending_uploads: int | None
    rates: tuple[tuple[Rate, ...], ...]
    retention: int | None
    attachment_retention: int | None
    upload_url_lifetime: int
    abandoned_after: int


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
    unknown = sorted(table.keys() - {setting.flag for setting in SETTINGS})
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
    if setting.flag in flags:
        words = tuple(flags[setting.flag])
        values = (_secret(words[-1]),) if setting.in_file else words
        return Given(setting, values, f"--{setting.flag}")
    if setting.variable in environ:
        return Given(setting, (environ[setting.variable],), setting.variable)
    if setting.secret and (path := environ.get(f"{setting.variable}_FILE")):
        return Given(setting, (_secret(path),), f"{setting.variable}_FILE")
    if setting.flag in file:
        texts = _texts(setting, file[setting.flag], config)
        return Given(setting, (_secret(texts[-1]),) if setting.in_file else texts, str(config))
    return Given(setting, () if setting.default is None else (setting.default,), "default")


def _secret(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"cannot read the secret in {path}") from None


def _texts(setting: Setting, value: Any, config: Path | None) -> tuple[str, ...]:
    values = value if isinstance(value, list) and setting.repeatable else [value]
    if setting.switch and isinstance(value, bool):
        values = ["on" if value else "off"]
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
        source = "" if given.source == f"--{setting.flag}" else f" (from {given.source})"
        raise SettingsError(f"--{setting.flag}: {shown} {error}{source}") from None


def _check_together(settings: Settings) -> None:
    if settings.tls and settings.tls_cert:
        raise SettingsError("--tls auto and --tls-cert exclude each other")
    if settings.tls_key and not settings.tls_cert:
        raise SettingsError("--tls-key needs --tls-cert")
    if settings.abandoned_after < settings.upload_url_lifetime:
        raise SettingsError(
            "--abandoned-after must not be below --upload-url-lifetime: until a URL expires, an "
            "upload may still come"
        )
    shared = (
        (settings.database, "postgresql:"),
        (settings.objects, "s3:"),
        (settings.bus, "nats:"),
    )
    if settings.workers > 1 and not all((url or "").startswith(scheme) for url, scheme in shared):
        raise SettingsError(
            "--workers above 1 needs --database postgresql://, --objects s3:// and --bus nats://, "
            "since processes share nothing else"
        )


def _warnings(environ: Mapping[str, str]) -> list[str]:
    known = {setting.variable for setting in SETTINGS}
    known |= {f"{setting.variable}_FILE" for setting in SETTINGS if setting.secret}
    known |= {PREFIX + name for name in _NOT_SETTINGS}
    return [
        f"{name} is not a setting and has no effect"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_")
    ]
