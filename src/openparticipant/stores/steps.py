"""The steps that lead a schema from nothing to the newest version, in SQLite's words.

The version of a schema is how many steps it has seen. Nodes of two releases may share one while
they are replaced in turn, so a step only adds, or it removes what no code of the release before
uses; then its script says with `-- oldest: N` how many steps code must know to work on it.

What the databases have no common words for stands behind `-- only: sqlite` or `-- only: postgresql`,
to the next such line or the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

# This code works on any schema from here on, since it may be started before its own steps were
# taken: the newest version of the release before, or, as long as there is none, what it needs. That
# is all of them: its SELECTs read `attachments.removed_at`, which 0011 brings.
ACCEPTED = 11
_OLDEST = re.compile(r"^-- oldest: (\d+)$", re.MULTILINE)
_ONLY = re.compile(r"^-- only: (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One script; code that knows fewer than `oldest` steps cannot work on what it leaves."""

    number: int
    name: str
    script: str
    oldest: int

    def for_database(self, name: str) -> str:
        """Return the script without what is only for another one; the names are above."""
        common, *parts = _ONLY.split(self.script)
        return common + "".join(
            text for only, text in zip(parts[::2], parts[1::2], strict=True) if only == name
        )


def known() -> list[Step]:
    """Return the steps of this release, in order."""
    folder = resources.files("openparticipant.stores.migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    steps: list[Step] = []
    for number, file in enumerate(files, start=1):
        before = steps[-1].oldest if steps else 1
        steps.append(step(number, file.name.removesuffix(".sql"), file.read_text("utf-8"), before))
    return steps


def step(number: int, name: str, script: str, before: int) -> Step:
    """Make a step after one whose `oldest` was `before`."""
    said = _OLDEST.search(script)
    return Step(number, name, script, int(said.group(1)) if said else before)


def why_not(version: int, oldest: int, steps: list[Step]) -> str | None:
    """Say why code that knows these steps cannot work on a schema as it is, or None if it can."""
    if version > len(steps) and oldest > len(steps):
        return f"its schema is version {version}, this release knows {len(steps)}"
    if version < ACCEPTED:
        return (
            f"its schema is version {version}, this release needs {ACCEPTED} at least: "
            "openparticipant migrate brings it there"
        )
    return None
