"""`openparticipant env`: shell lines that point AWS's tools at a server on this machine."""

from __future__ import annotations

import shlex

from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.server_settings import read_settings
from openparticipant.data_dir import PROFILE_CONFIG, PROFILE_CREDENTIALS, DataDir

# Each of these beats the files in AWS's own order of precedence.
_BEATS_THE_FILES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_CONNECT",
    "AWS_ENDPOINT_URL_CONNECTPARTICIPANT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CA_BUNDLE",
)


def run(arguments: list[str], world: Environment) -> int:
    """Print `export` lines for `eval`, and `unset` lines for what would beat them."""
    loaded = read_settings("env", arguments, world)
    if loaded is None:
        return 0
    data_dir = DataDir(loaded.settings.data_dir)
    config = data_dir.path / PROFILE_CONFIG
    try:
        text = config.read_text("utf-8")
    except OSError:
        raise CommandError(
            f"{config} is not there: start `openparticipant serve --data-dir "
            f"{loaded.settings.data_dir}` first\n"
        ) from None
    lines = [
        f"export AWS_CONFIG_FILE={shlex.quote(str(config))}",
        f"export AWS_SHARED_CREDENTIALS_FILE={shlex.quote(str(data_dir.path / PROFILE_CREDENTIALS))}",
    ]
    for line in text.splitlines():
        name, _, value = line.partition(" = ")
        if name == "ca_bundle":
            lines.append(f"export NODE_EXTRA_CA_CERTS={shlex.quote(value)}")
    beating = [name for name in _BEATS_THE_FILES if name in world.environ]
    if beating:
        world.complain(
            f"openparticipant: unsetting what would beat the files: {', '.join(beating)}\n"
        )
        lines += [f"unset {name}" for name in beating]
    world.write("\n".join(lines) + "\n")
    return 0
