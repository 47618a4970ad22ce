"""The commands that are operations: one call, its answer on standard output."""

from __future__ import annotations

from openparticipant.cli import bearer
from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.refusal import CommandError, UnknownOptionsError, UsageError
from openparticipant.cli.scan import HELP, Option, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.scan import Scanned
    from openparticipant.cli.table import Operation, Shape


def option_name(member: str) -> str:
    """Return the option of a member: `AttachmentName` is `--attachment-name`."""
    letters = (f"-{letter.lower()}" if letter.isupper() else letter for letter in member)
    return f"-{''.join(letters)}"


def run(command: str, words: list[str], options: GlobalOptions, world: Environment) -> int:
    """Call the operation that `command` names and print what it returns."""
    operation = OPERATIONS[command]
    scanned = scan(words, _options(operation), word_is_optional=True)
    if words == ["help"] or "help" in scanned.values:
        return _help(command, world)
    _require_all(operation, scanned, world)
    if scanned.word == "help":
        return _help(command, world)
    unknown = scanned.rest + ([scanned.word] if scanned.word is not None else [])
    if unknown:
        raise UnknownOptionsError(unknown)
    members = _members(operation, scanned.values, world)
    return _call(operation, members, options, world)


def _options(operation: Operation) -> Iterator[Option]:
    for member, shape in operation["input"].items():
        name = option_name(member)
        match shape["type"]:
            case "boolean":
                yield Option(name, takes="nothing")
                yield Option(f"--no-{name[2:]}", into=name, takes="nothing", value=False)
            case "list":
                yield Option(name, takes="many")
            case "integer" | "long":
                yield Option(name, convert=int)
            case _:
                yield Option(name)
    yield bearer.file_option(operation["bearer"])
    yield from HELP


def _require_all(operation: Operation, scanned: Scanned, world: Environment) -> None:
    missing = [
        option_name(member)
        for member, shape in operation["input"].items()
        if _is_missing(member, shape, operation, scanned, world)
    ]
    if missing:
        raise UsageError(f"the following arguments are required: {', '.join(missing)}")


def _is_missing(
    member: str, shape: Shape, operation: Operation, scanned: Scanned, world: Environment
) -> bool:
    if member == operation["bearer"]:
        return not bearer.is_given(member, scanned.values, world)
    return bool(shape.get("required")) and option_name(member) not in scanned.values


def _members(operation: Operation, values: dict[str, Any], world: Environment) -> dict[str, Any]:
    from openparticipant.cli.values import member_value  # noqa: PLC0415

    members = {}
    for member, shape in operation["input"].items():
        name = option_name(member)
        if member == operation["bearer"]:
            members[member] = bearer.find(member, values, world)
        elif name in values:
            members[member] = member_value(name, shape, values[name])
    return members


def _call(
    operation: Operation, members: dict[str, Any], options: GlobalOptions, world: Environment
) -> int:
    from openparticipant.cli.endpoint import resolve  # noqa: PLC0415
    from openparticipant.cli.profile import load  # noqa: PLC0415
    from openparticipant.cli.validation import problems  # noqa: PLC0415

    profile = load(world.environ, options.profile)
    endpoint = resolve("connectparticipant", options, world.environ, profile)
    found = problems(members, operation["input"])
    if found:
        raise CommandError("\n".join(("Parameter validation failed:", *found)))

    from openparticipant.cli.client import Client  # noqa: PLC0415
    from openparticipant.cli.output import Output  # noqa: PLC0415
    from openparticipant.cli.rendering import modelled  # noqa: PLC0415

    client = Client(world, options, profile, endpoint)
    output = Output(options, world, profile)
    answer = client.call(operation, members)
    world.write(output.render(operation["name"], modelled(answer, operation["output"])))
    return 0


def _help(command: str, world: Environment) -> int:
    from openparticipant.cli import help as pages  # noqa: PLC0415

    world.write(pages.operation(command, world.program))
    return 0
