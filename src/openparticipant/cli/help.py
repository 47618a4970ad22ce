"""The pages that `help` shows: plain text, from the table and a few sentences of our own."""

from __future__ import annotations

from openparticipant.cli import bearer as tokens
from openparticipant.cli.help_own import OPTIONS, SENTENCES, USAGE
from openparticipant.cli.help_sentences import COMMANDS, GLOBAL_OPTIONS, MEMBERS, OPERATIONS
from openparticipant.cli.model import OPERATIONS as TABLE
from openparticipant.cli.operations import option_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openparticipant.cli.table import Shape

_WIDTH = 78


def overview(program: str) -> str:
    """Return the page that lists all commands."""
    return "\n".join(
        (
            f"usage: {program} [options] <command> [parameters]",
            "",
            "Talks to the participant side of an Amazon Connect chat: this project's server or",
            "Amazon Connect itself. No AWS keys are needed, only the participant's token.",
            "",
            f"Operations (also as: {program} connectparticipant <operation>)",
            *_listed(OPERATIONS),
            "",
            "Other commands",
            *_listed(COMMANDS),
            "",
            "Options of every operation",
            *_listed(GLOBAL_OPTIONS),
            "",
            f"{program} <command> help explains one command.",
            "",
        )
    )


def operation(command: str, program: str) -> str:
    """Return the page of one operation."""
    row = TABLE[command]
    lines = [f"usage: {program} {command}"]
    for member, shape in row["input"].items():
        shown = option_name(member) + _placeholder(shape)
        lines.append(f"    {shown}" if shape.get("required") else f"    [{shown}]")
    lines += ["", *_wrapped(OPERATIONS[command], "")]
    lines += ["", "Options"]
    for member, shape in row["input"].items():
        lines.append(f"  {option_name(member)} ({_kind(shape)})")
        lines += _wrapped(MEMBERS[member], "      ")
        if "enum" in shape or "enum" in shape.get("element", {}):
            values = shape.get("enum") or shape["element"].get("enum", ())
            lines += _wrapped(f"One of: {', '.join(values)}", "      ")
    bearer = row["bearer"]
    token = f"The token may also come from {tokens.FILES[bearer]} FILE, from the variable {tokens.VARIABLES[bearer]}, or with {tokens.OPTIONS[bearer]} - from standard input; there, other users of the machine cannot see it."
    lines += ["", *_wrapped(token, "")]
    lines += ["", "Output"]
    lines += list(_members(row["output"], "  ")) or ["  Nothing."]
    lines += ["", f"{program} help lists the options of every operation.", ""]
    return "\n".join(lines)


def own_command(name: str, program: str) -> str:
    """Return the page of a command that is no operation."""
    return "\n".join(
        (
            f"usage: {program} {name} [options] {USAGE[name]}".rstrip(),
            "",
            *_wrapped(SENTENCES[name], ""),
            "",
            "Options",
            *_listed(OPTIONS[name]),
            "",
            f"{program} help lists the options of every command.",
            "",
        )
    )


def _listed(sentences: Mapping[str, str]) -> Iterator[str]:
    for name, sentence in sentences.items():
        yield f"  {name}"
        yield from _wrapped(sentence, "      ")


def _members(members: Mapping[str, Shape], indent: str) -> Iterator[str]:
    for member, shape in members.items():
        yield f"{indent}{member} ({_kind(shape)})"
        inner = shape["element"] if shape["type"] == "list" else shape
        yield from _members(inner.get("members", {}), f"{indent}  ")


def _kind(shape: Shape) -> str:
    return f"list of {shape['element']['type']}s" if shape["type"] == "list" else shape["type"]


def _placeholder(shape: Shape) -> str:
    return {"boolean": "", "list": " <value> ..."}.get(shape["type"], " <value>")


def _wrapped(text: str, indent: str) -> list[str]:
    lines: list[str] = []
    line = indent
    for word in text.split():
        if len(line) + len(word) >= _WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += f"{word} "
    return [*lines, line.rstrip()]
