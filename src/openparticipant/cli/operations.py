"""The commands that are operations: one call, its answer on standard output."""

from __future__ import annotations

from openparticipant.cli import bearer, skeleton
from openparticipant.cli.refusal import CommandError, UnknownOptionsError, UsageError
from openparticipant.cli.scan import HELP, Option, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.profile import Profile
    from openparticipant.cli.scan import Scanned
    from openparticipant.cli.services import Service
    from openparticipant.cli.table import Operation, Shape


INPUT_JSON = "--cli-input-json"
# Of the one operation that answers page by page.
ALL = "--all"
FOLLOW = "--follow"


def option_name(member: str) -> str:
    """Return the option of a member: `AttachmentName` is `--attachment-name`."""
    letters = (f"-{letter.lower()}" if letter.isupper() else letter for letter in member)
    return f"-{''.join(letters)}"


def run(
    service: Service, command: str, words: list[str], options: GlobalOptions, world: Environment
) -> int:
    """Call the operation that `command` names and print what it returns."""
    operation = service.operations[command]
    scanned = scan(words, options_of(operation), word_is_optional=True)
    if words == ["help"] or "help" in scanned.values:
        return _help(service, command, world)
    if not _stands_in_for_options(words):
        _require_all(operation, scanned, world)
    if scanned.word == "help":
        return _help(service, command, world)
    unknown = scanned.rest + ([scanned.word] if scanned.word is not None else [])
    if unknown:
        raise _unknown(operation, unknown, words)

    from openparticipant.cli.parameters import completed, from_options  # noqa: PLC0415
    from openparticipant.cli.profile import load  # noqa: PLC0415

    # A profile that is not there is found between a file and a JSON object that are not.
    members = from_options(operation, scanned.values, world)
    profile = load(world.environ, options.profile)
    members = completed(operation, members, scanned.values, world)
    match scanned.values.get(skeleton.OPTION):
        case skeleton.INPUT:
            world.write(skeleton.input_text(operation))
        case skeleton.OUTPUT:
            _show_sample(operation, members, options, profile, world)
        case _:
            _call(service, operation, members, scanned.values, options, profile, world)
    return 0


def _unknown(operation: Operation, unknown: list[str], words: list[str]) -> UnknownOptionsError:
    from openparticipant.cli.global_options import GLOBALS  # noqa: PLC0415 - only for a mistake
    from openparticipant.cli.suggestion import unknown_options  # noqa: PLC0415

    return unknown_options(unknown, words, (*options_of(operation), *GLOBALS))


def options_of(operation: Operation) -> Iterator[Option]:
    """Return the options that are an operation's own, in the order of messages about them."""
    for member, shape in operation["input"].items():
        name = option_name(member)
        match shape["type"]:
            case "boolean":
                yield Option(name, takes="nothing")
                yield Option(f"--no-{name[2:]}", into=name, takes="nothing", value=False)
            case "list":
                yield Option(name, takes="many")
            case "long":
                yield Option(name, convert=int)
            case _:
                # An integer is one of these: the `aws` command reads it late, and from files, too.
                yield Option(name)
    yield Option(INPUT_JSON)
    choices = (skeleton.INPUT, skeleton.OUTPUT)
    yield Option(skeleton.OPTION, takes="at most one", value=skeleton.INPUT, choices=choices)
    if operation["bearer"]:
        yield bearer.file_option(operation["bearer"])
    if "NextToken" in operation["output"]:
        yield Option(ALL, takes="nothing", exact=True)
        yield Option(FOLLOW, takes="nothing", exact=True)
    yield from HELP


def _stands_in_for_options(words: list[str]) -> bool:
    """Tell whether required options may be absent; only the names in full, on their own, say so."""
    if INPUT_JSON in words:
        return True
    if skeleton.OPTION not in words:
        return False
    following = words[words.index(skeleton.OPTION) + 1 :][:1]
    return following != [skeleton.OUTPUT]


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


def _show_sample(
    operation: Operation,
    members: dict[str, Any],
    options: GlobalOptions,
    profile: Profile,
    world: Environment,
) -> None:
    from openparticipant.cli.output import Output  # noqa: PLC0415

    output = Output(options, world, profile)
    _validate(operation, members, profile)
    world.write(output.render(operation["name"], skeleton.output_sample(operation)))


def _call(
    service: Service,
    operation: Operation,
    members: dict[str, Any],
    values: dict[str, Any],
    options: GlobalOptions,
    profile: Profile,
    world: Environment,
) -> None:
    endpoint = service.endpoint(options, world, profile)
    _validate(operation, members, profile)

    from openparticipant.cli.output import Output  # noqa: PLC0415
    from openparticipant.cli.rendering import modelled  # noqa: PLC0415
    from openparticipant.cli.timestamps import form  # noqa: PLC0415

    client = service.client(options, world, profile, endpoint)
    output = Output(options, world, profile)
    moment = form(profile)
    if ALL in values or FOLLOW in values:
        from openparticipant.cli.transcript_pages import Transcript  # noqa: PLC0415

        transcript = Transcript(client, operation, members)
        if FOLLOW in values:
            for item in transcript.following(everything=ALL in values):
                world.write(output.render(operation["name"], item))
            return
        answer = transcript.whole()
    else:
        answer = modelled(client.call(operation, members), operation["output"], moment)
    world.write(output.render(operation["name"], answer))


def _validate(operation: Operation, members: dict[str, Any], profile: Profile) -> None:
    wanted = profile.get("parameter_validation")
    if wanted is not None and wanted.lower() != "true":
        return
    from openparticipant.cli.validation import problems  # noqa: PLC0415

    found = problems(members, operation)
    if found:
        raise CommandError("\n".join(("Parameter validation failed:", *found)))


def _help(service: Service, command: str, world: Environment) -> int:
    from openparticipant.cli import help as pages  # noqa: PLC0415

    world.write(pages.operation(service, command, world.program))
    return 0
