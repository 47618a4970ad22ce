"""AWS's two configuration files, and the profile that a command uses."""

from __future__ import annotations

import os.path

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Section: TypeAlias = "dict[str, str | dict[str, str]]"

_COMMENT = ("#", ";")
_QUOTES = " \"'"


class Profile:
    """The settings of one profile, with the `services` sections that it may point to."""

    __slots__ = ("_files", "_settings", "name")

    def __init__(self, name: str, settings: Section, config: Mapping[str, Section]) -> None:
        self.name = name
        self._settings = settings
        self._files = config

    def get(self, setting: str) -> str | None:
        """Return a setting, or None; a nested block is not a setting."""
        value = self._settings.get(setting)
        return value if isinstance(value, str) else None

    def service_endpoint(self, service: str) -> str | None:
        """Return the endpoint that the profile's `services` section gives a service."""
        name = self.get("services")
        if name is None:
            return None
        section = self._files.get(f"services {name}")
        if section is None:
            raise CommandError(
                f'The profile is configured to use the services section but the "{name}" '
                "services configuration does not exist."
            )
        nested = section.get(service)
        return nested.get("endpoint_url") if isinstance(nested, dict) else None


def load(environ: Mapping[str, str], asked: str | None) -> Profile:
    """Read both files and return the profile that was asked for, else the environment's.

    Raises CommandError when a named profile is in neither file. AWS_DEFAULT_PROFILE beats
    AWS_PROFILE, as in the `aws` command.
    """
    config = _read(environ, environ.get("AWS_CONFIG_FILE") or "~/.aws/config")
    shared = _read(environ, environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials")
    variables = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
    # A variable that is set to nothing names a profile that is not there, in the `aws` command too.
    named = asked or next((environ[each] for each in variables if each in environ), None)
    name = "default" if named is None else named
    titles = {f"profile {name}", *(["default"] if name == "default" else [])}
    # Of two sections for the default profile the later one is all that counts.
    section = next((config[title] for title in reversed(config) if title in titles), None)
    if named is not None and section is None and name not in shared:
        raise CommandError(f"The config profile ({name}) could not be found")
    return Profile(name, (section or {}) | shared.get(name, {}), config)


def _read(environ: Mapping[str, str], path: str) -> dict[str, Section]:
    if path.startswith("~/") and "HOME" in environ:
        path = environ["HOME"] + path[1:]
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:  # noqa: PTH111, PTH123
            return parse(file.read())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return {}
    except (OSError, ValueError):
        raise CommandError(f"Unable to parse config file: {path}") from None


def parse(text: str) -> dict[str, Section]:
    """Read sections of `key = value` lines; an indented block under an empty value nests.

    Keys are lower-cased, quotes around a profile's name fall off. Raises ValueError for a line
    that is neither a section, a setting nor a comment, and for what stands there twice.
    """
    sections: dict[str, Section] = {}
    section: Section | None = None
    key = ""
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(_COMMENT):
            continue
        if line[0].isspace() and section is not None and key:
            _continue(section, key, bare)
        elif bare.startswith("[") and "]" in bare[2:]:
            kind, _, name = bare[1 : bare.rindex("]")].strip().partition(" ")
            title = f"{kind} {name.strip(_QUOTES)}".strip()
            if title in sections:
                raise ValueError("a section that was there before")
            section = sections[title] = {}
            key = ""
        elif section is None:
            raise ValueError("a setting outside of a section")
        else:
            key, value = _setting(bare)
            if key in section:
                raise ValueError("a setting that was there before")
            section[key] = value
    return sections


def _continue(section: Section, key: str, line: str) -> None:
    before = section[key]
    if isinstance(before, dict) or not before:
        nested = before if isinstance(before, dict) else {}
        inner, value = _setting(line)
        section[key] = nested | {inner: value}
    else:
        section[key] = f"{before}\n{line}"


def _setting(line: str) -> tuple[str, str]:
    at = min((line.find(sign) for sign in "=:" if sign in line), default=-1)
    if at < 1:
        raise ValueError("a line without a value")
    return line[:at].rstrip().lower(), line[at + 1 :].lstrip()
