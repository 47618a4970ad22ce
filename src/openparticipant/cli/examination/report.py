"""What was found: one line a check, as it is found, or one JSON object at the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from openparticipant.cli.refusal import CommandError
from openparticipant.cli.safe_text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from openparticipant.cli.environment import Environment

Result: TypeAlias = Literal["ok", "wrong", "skipped"]
_HIDDEN = "[hidden]"
_INDENT = " " * 9


class WrongError(CommandError):
    """Something is wrong, and this is how to mend it."""

    def __init__(self, text: str, mend: str) -> None:
        super().__init__(text)
        self.mend = mend


class Report:
    """Collects findings; no text of it holds what was given to `hide`."""

    def __init__(self, world: Environment, *, as_json: bool) -> None:
        self._world = world
        self._as_json = as_json
        self._secrets: set[str] = set()
        self._findings: list[dict[str, str]] = []

    @property
    def is_well(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self._count("wrong")

    def hide(self, secrets: Iterable[str]) -> None:
        """Keep these out of every text from now on."""
        self._secrets |= set(secrets)

    def step(self, check: str, mend: str) -> Step:
        """Return a check to be made; `mend` is for whatever goes wrong without one of its own."""
        return Step(self, check, mend)

    def skip(self, check: str, text: str, mend: str = "") -> None:
        """Tell what was not looked at, and what to give for that."""
        self.add(check, "skipped", text, mend)

    def add(self, check: str, result: Result, text: str, mend: str = "") -> None:
        """Take a finding."""
        found = {"Check": check, "Result": result, "Text": self._clean(text)}
        if mend:
            found["Mend"] = "\n".join(map(self._clean, mend.splitlines()))
        self._findings.append(found)
        if not self._as_json:
            self._world.write(_lines(found))

    def end(self, origin: str, endpoint: str) -> None:
        """Put out what is left to say."""
        counts = {result: self._count(result) for result in ("ok", "wrong", "skipped")}
        if self._as_json:
            whole = {"Origin": origin, "Endpoint": endpoint, "Checks": self._findings}
            counted = {name.capitalize(): number for name, number in counts.items()}
            self._world.write(json.dumps(whole | counted, indent=4, ensure_ascii=False) + "\n")
        else:
            told = ", ".join(f"{number} {name}" for name, number in counts.items())
            self._world.write(f"{told}: a page of {origin} at {endpoint}\n")

    def _count(self, result: str) -> int:
        return sum(found["Result"] == result for found in self._findings)

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return printable(" ".join(text.split()))


class Step:
    """One check: what it says at its end, or what was raised in it."""

    def __init__(self, report: Report, check: str, mend: str) -> None:
        self._report = report
        self._check = check
        self._mend = mend
        self._text = ""
        self.is_well = False

    def says(self, text: str) -> None:
        """Say what is well, once it is."""
        self._text = text

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Turn a CommandError into a finding; nothing else is held back."""
        if error is None:
            self.is_well = True
            self._report.add(self._check, "ok", self._text)
            return False
        if not isinstance(error, CommandError):
            return False
        mend = error.mend if isinstance(error, WrongError) else self._mend
        self._report.add(self._check, "wrong", str(error), mend)
        return True


def _lines(found: dict[str, str]) -> str:
    first = f"{found['Result']:<9}{found['Check']}: {found['Text']}\n"
    mend = found.get("Mend", "")
    return first + "".join(f"{_INDENT}{line}\n" for line in mend.splitlines())
