"""`openparticipant config check|show`: what the server would run with."""

from __future__ import annotations

import asyncio

from openparticipant import bootstrap
from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.server_settings import WrongSettingError, read_settings
from openparticipant.settings import Given
from openparticipant.transport.start import StartError


def run(arguments: list[str], world: Environment) -> int:
    """Check all settings, and engines by calling on them; or show each setting, secrets masked."""
    verb, *rest = arguments or [""]
    if verb in {"help", "-h", "--help"}:
        verb, rest = "check", ["--help"]
    if verb not in {"check", "show"}:
        raise UsageError("config needs one of: check, show")
    loaded = read_settings(f"config {verb}", rest, world)
    if loaded is None:
        return 0
    for warning in loaded.warnings:
        world.complain(f"openparticipant: {warning}\n")
    if verb == "show":
        world.write("".join(_line(given) for given in loaded.given))
        return 0
    try:
        asyncio.run(bootstrap.check(loaded.settings))
    except StartError as error:
        raise WrongSettingError(str(error)) from None
    world.write("the configuration is valid\n")
    return 0


def _line(given: Given) -> str:
    text = ",".join(given.values)
    masked = given.setting.secret and text and text != given.setting.default
    shown = "***" if masked else text
    meaning = f": {given.setting.unset}" if not text and given.setting.unset else ""
    return f"{given.setting.flag} = {shown}  # {given.source}{meaning}\n"
