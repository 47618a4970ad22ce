"""Settings from the words of a command: `--name value`, `--name=value`, `--config FILE`."""

from __future__ import annotations

from pathlib import Path

from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import CommandError
from openparticipant.setting_table import SETTINGS
from openparticipant.settings import Loaded, SettingsError, load

CANNOT_START = 2
_NAMES = {setting.flag for setting in SETTINGS}
_WORDS = {
    "backup": " TARGET",
    "migrate": " [--check]",
    "verify": " [--quick] [--json] [--rate NUMBER]",
}
_SWITCHES = {setting.flag for setting in SETTINGS if setting.switch}


class WrongSettingError(CommandError):
    """A setting is wrong: one line, and the status of a server that cannot start."""

    def __init__(self, text: str) -> None:
        super().__init__(text, CANNOT_START)

    def render(self, program: str) -> str:
        """Return the one line."""
        return f"{program}: {self}\n"


def read_settings(command: str, arguments: list[str], world: Environment) -> Loaded | None:
    """Return the settings that words, environment and file make, or None after showing help.

    Raises WrongSettingError.
    """
    if {"-h", "--help", "help"} & set(arguments):
        world.write(_help(command))
        return None
    flags: dict[str, list[str]] = {}
    words = iter(arguments)
    for word in words:
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or (name not in _NAMES and name != "config"):
            raise WrongSettingError(f"{command} has no option {word.partition('=')[0]}")
        if not equals and name in _SWITCHES:
            value = "on"
        elif not equals:
            following = next(words, None)
            if following is None:
                raise WrongSettingError(f"argument --{name}: expected one argument")
            value = following
        flags.setdefault(name, []).append(value)
    config = flags.pop("config", None) or [world.environ.get("OPENPARTICIPANT_CONFIG", "")]
    try:
        return load(flags, world.environ, Path(config[-1]) if config[-1] else None)
    except SettingsError as error:
        raise WrongSettingError(str(error)) from None


def _help(command: str) -> str:
    words = _WORDS.get(command, "")
    lines = [f"usage: openparticipant {command}{words} [--config FILE] [options]", ""]
    for setting in SETTINGS:
        default = f" [{setting.default}]" if setting.default else ""
        lines.append(f"  --{setting.flag:<31}{setting.help}{default}")
    lines += [
        "",
        "Each is also OPENPARTICIPANT_… in the environment and a key of the TOML file.",
        "",
    ]
    return "\n".join(lines)
