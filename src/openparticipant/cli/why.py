"""`why REQUEST_ID` and `why --url URL`: what a client was not told, for the operator."""

from __future__ import annotations

from openparticipant.cli.bearer import STDIN
from openparticipant.cli.own_command import ask
from openparticipant.cli.records import OPTIONS, open_records
from openparticipant.cli.refusal import UnknownOptionsError, UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.own_command import Asked

_OPTIONS = (
    *OPTIONS,
    Option("--header", takes="many", exact=True),
    Option("--method", choices=("GET", "HEAD", "PUT"), exact=True),
    Option("--url", exact=True),
)


def run(arguments: list[str], world: Environment) -> int:
    """Tell why; returns 1 where nothing is known, or something about a URL is wrong."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("why", world.program))
        return 0
    if "--url" in asked.values:
        return _why_of_a_url(asked, world)
    for option in ("--header", "--method"):
        if option in asked.values:
            raise UsageError(f"{option} applies to --url only")
    if not asked.words:
        raise UsageError("why needs a REQUEST_ID or --url URL")
    if len(asked.words) > 1:
        raise UnknownOptionsError(asked.words[1:])
    with open_records(asked, world) as records:
        found = records.call_any("ExplainRequest", {"RequestId": asked.words[0]})
    world.write(_json([found]) if "--json" in asked.values else _story(found))
    return 0


def _why_of_a_url(asked: Asked, world: Environment) -> int:
    if asked.words:
        raise UnknownOptionsError(asked.words)
    url = asked.values["--url"]
    if url == STDIN:
        line = world.stdin.readline() if world.stdin is not None else b""
        url = line.decode("utf-8", "surrogateescape").strip()
    members: dict[str, object] = {"Url": url}
    if "--method" in asked.values:
        members["Method"] = asked.values["--method"]
    if "--header" in asked.values:
        members["Headers"] = _headers(asked.values["--header"])
    with open_records(asked, world) as records:
        findings = records.call("ExplainUrl", members)["Findings"]
    if "--json" in asked.values:
        world.write(_json(findings))
    else:
        world.write("".join(_line(each) for each in findings))
    return 0 if all(each["IsGood"] for each in findings) else 1


def _headers(given: Sequence[str]) -> dict[str, str]:
    headers = {}
    for each in given:
        name, colon, value = each.partition(":")
        if not colon or not name.strip():
            raise UsageError(f"argument --header: {each!r} is not like 'Content-Type: text/plain'")
        headers[name.strip()] = value.strip()
    return headers


def _story(found: Mapping[str, Any]) -> str:
    from openparticipant.cli.safe_text import printable  # noqa: PLC0415 - JSON needs none

    first = f"{found['At']}  {found.get('Status', 'no answer')}  {found['Reason']}"
    rest = [f"  {name}: {value}" for name, value in found["Details"].items()]
    return "".join(f"{printable(line)}\n" for line in (first, *rest))


def _line(finding: Mapping[str, Any]) -> str:
    from openparticipant.cli.safe_text import printable  # noqa: PLC0415 - JSON needs none

    verdict = "ok   " if finding["IsGood"] else "wrong"
    return f"{verdict}  {finding['About']:10}  {printable(finding['Text'])}\n"


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    from openparticipant.cli.json_lines import json_lines  # noqa: PLC0415 - for scripts

    return json_lines(rows)
