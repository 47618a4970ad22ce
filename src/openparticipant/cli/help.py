"""The pages that `help` shows: plain text, from the table and a few sentences of our own."""

from __future__ import annotations

from openparticipant.cli import bearer as tokens
from openparticipant.cli.help_own import EXAMPLES as OWN_EXAMPLES
from openparticipant.cli.help_own import OPTIONS, SENTENCES, USAGE
from openparticipant.cli.help_sentences import (
    COMMANDS,
    GLOBAL_OPTIONS,
    INPUT_OPTIONS,
    MEMBERS,
    MORE_OPTIONS,
    OPERATIONS,
    PAGE_OPTIONS,
)
from openparticipant.cli.model import OPERATIONS as TABLE
from openparticipant.cli.operations import option_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openparticipant.cli.table import Operation, Shape

_WIDTH = 78


def overview(program: str) -> str:
    """Return the page that lists all commands."""
    return _page(
        f"usage: {program} [options] <command> [parameters]",
        "",
        *_wrapped(
            "Talks to the participant side of an Amazon Connect chat: this project's server or "
            "Amazon Connect itself. No AWS keys are needed, only the participant's token.",
            "",
        ),
        "",
        f"Operations (also as: {program} connectparticipant <operation>)",
        *_listed(OPERATIONS),
        "",
        "Other commands",
        *_listed(COMMANDS),
        "",
        "Options of every operation",
        *_typed(GLOBAL_OPTIONS),
        *_typed(MORE_OPTIONS),
        "",
        f"{program} <command> help explains one command.",
    )


def service(program: str) -> str:
    """Return the page that lists the operations."""
    return _page(
        "connectparticipant",
        "",
        "Description",
        *_wrapped(
            "What a participant of a chat can do: connect, read and say something, send and fetch "
            "files. create-participant-connection returns the connection token that all others "
            "need; none needs AWS keys.",
            "  ",
        ),
        "",
        "Synopsis",
        f"  {program} [connectparticipant] <operation> [parameters]",
        "",
        "Available commands",
        *_listed(OPERATIONS),
        "",
        f"{program} <operation> help explains one of them.",
    )


def operation(command: str, program: str) -> str:
    """Return the page of one operation."""
    from openparticipant.cli.help_examples import EXAMPLES  # noqa: PLC0415 - not for the overview
    from openparticipant.cli.help_output import MEMBERS as RESULTS  # noqa: PLC0415

    row = TABLE[command]
    called = f"{program} {command}"
    return _page(
        command,
        "",
        "Description",
        *_wrapped(OPERATIONS[command], "  "),
        *_wrapped(_token_sentence(row["bearer"]), "  "),
        "",
        "Synopsis",
        f"  {called}",
        *(f"    {each}" for each in _synopsis(row)),
        "",
        "Options",
        *_own_options(row),
        *_typed(INPUT_OPTIONS),
        "",
        "Global options",
        *_typed(GLOBAL_OPTIONS),
        "",
        "Options that AWS's page lacks",
        *_typed({**_options_of_ours(row), **MORE_OPTIONS}),
        "",
        "Output",
        *(_results(row["output"], RESULTS, "  ") or ["  Nothing."]),
        "",
        "Examples",
        *_examples(EXAMPLES[command], called),
    )


def own_command(name: str, program: str) -> str:
    """Return the page of a command that is no operation."""
    examples = OWN_EXAMPLES.get(name, ())
    return _page(
        f"usage: {program} {name} [options] {USAGE[name]}".rstrip(),
        "",
        *_wrapped(SENTENCES[name], ""),
        "",
        *(("Options", *_listed(OPTIONS[name]), "") if OPTIONS[name] else ()),
        *(("Examples", *_examples(examples, f"{program} {name}"), "") if examples else ()),
        f"{program} help lists the options of every command.",
    )


def _page(*lines: str) -> str:
    return "\n".join((*lines, ""))


def _token_sentence(bearer: str) -> str:
    return (
        f"The token may also come from {tokens.FILES[bearer]} FILE, from the variable "
        f"{tokens.VARIABLES[bearer]}, or with {tokens.OPTIONS[bearer]} - from standard input; "
        "there, other users of the machine cannot see it."
    )


def _options_of_ours(row: Operation) -> dict[str, tuple[str, str]]:
    file = {tokens.FILES[row["bearer"]]: ("string", "A file with the token.")}
    return file | PAGE_OPTIONS if "NextToken" in row["output"] else file


def _synopsis(row: Operation) -> Iterator[str]:
    for member, shape in row["input"].items():
        shown = option_name(member)
        if shape["type"] == "boolean":
            shown = f"{shown} | --no-{shown[2:]}"
        else:
            shown += " <value> ..." if shape["type"] == "list" else " <value>"
        yield shown if shape.get("required") else f"[{shown}]"
    for name, (kind, _) in {**INPUT_OPTIONS, **GLOBAL_OPTIONS}.items():
        takes = kind != "boolean" and name != "--version"
        yield f"[{name} <value>]" if takes else f"[{name}]"


def _own_options(row: Operation) -> Iterator[str]:
    for member, shape in row["input"].items():
        name = option_name(member)
        shown = f"{name} | --no-{name[2:]}" if shape["type"] == "boolean" else name
        yield f"  {shown} ({shape['type']})"
        yield from _wrapped(MEMBERS[member] + _values(shape.get("element", shape)), "      ")


def _results(members: Mapping[str, Shape], sentences: Mapping[str, str], indent: str) -> list[str]:
    lines: list[str] = []
    inner = f"{indent}    "
    for member, shape in members.items():
        lines.append(f"{indent}{member} -> ({shape['type']})")
        lines += _wrapped(sentences[member] + _values(shape), inner)
        match shape["type"]:
            case "list":
                element = shape["element"]
                lines.append(f"{inner}({element['type']})")
                lines += _results(element.get("members", {}), sentences, f"{inner}    ")
            case "map":
                lines.append(f"{inner}key -> ({shape['key']['type']})")
                lines.append(f"{inner}value -> ({shape['value']['type']})")
            case _:
                lines += _results(shape.get("members", {}), sentences, inner)
    return lines


def _values(shape: Shape) -> str:
    return f" One of: {', '.join(shape['enum'])}." if "enum" in shape else ""


def _examples(examples: Iterable[tuple[str, str]], called: str) -> Iterator[str]:
    for sentence, line in examples:
        yield f"  {sentence}"
        yield from _continued(line.format(called))


def _continued(line: str) -> Iterator[str]:
    """Break a line the way a shell puts it together again."""
    first, *rest = _wrapped(line, "      ")
    lines = [first[2:], *rest]
    yield from (f"{each} \\" for each in lines[:-1])
    yield lines[-1]


def _typed(options: Mapping[str, tuple[str, str]]) -> Iterable[str]:
    return _listed({f"{name} ({kind})": sentence for name, (kind, sentence) in options.items()})


def _listed(sentences: Mapping[str, str]) -> Iterator[str]:
    for name, sentence in sentences.items():
        yield f"  {name}"
        yield from _wrapped(sentence, "      ")


def _wrapped(text: str, indent: str) -> list[str]:
    lines: list[str] = []
    line = indent
    for word in text.split():
        if len(line) + len(word) >= _WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += f"{word} "
    return [*lines, line.rstrip()]
