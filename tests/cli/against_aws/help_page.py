"""Pages of help, of which only the names are compared: the prose is each one's own."""

from __future__ import annotations

import re

# A letter printed over another is how `groff` prints bold and underlined ones.
_OVERSTRUCK = re.compile(".\b")
_OPTION = re.compile(r"^ +\[?(--[a-z0-9-]+)(?: <value>)?(?: \(\w+\)|\]|$)", re.MULTILINE)
_COMMANDS = re.compile(
    r"^(?:available commands)\n(.*?)(?=^\S|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_COMMAND = re.compile(r"^ +(?:\+?o )?([a-z]+(?:-[a-z]+)*)$", re.MULTILINE)


def names(page: str) -> str:
    """Return the options of a page, and the commands where it is a service's, one on a line."""
    plain = _OVERSTRUCK.sub("", page)
    options = set(_OPTION.findall(plain))
    commands = {name for part in _COMMANDS.findall(plain) for name in _COMMAND.findall(part)}
    return "".join(f"{name}\n" for name in sorted(options | commands - {"help"}))
