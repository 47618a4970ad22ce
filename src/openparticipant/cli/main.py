"""Find the command that the words name, run it, and turn its end into an exit status."""

from __future__ import annotations

import gc
import os
import sys

import openparticipant
from openparticipant.cli.environment import this_process
from openparticipant.cli.global_options import GLOBALS, read
from openparticipant.cli.refusal import CommandError, UsageError
from openparticipant.cli.scan import invalid_choice, scan
from openparticipant.cli.services import SERVICES, participant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.services import Service

# Each is a module of this package with `run(arguments, world)`.
OWN_COMMANDS = (
    "abandoned",
    "attach",
    "audit",
    "backup",
    "bucket",
    "completion",
    "config",
    "contacts",
    "demo",
    "doctor",
    "download",
    "env",
    "keys",
    "migrate",
    "purge",
    "restore",
    "serve",
    "start-chat",
    "transcript",
    "verify",
    "why",
)
INTERRUPTED = 128 + 2
READER_GONE = 128 + 13


def main() -> int:
    """Run the command line of this process."""
    world = this_process()
    if _place_of_own_command(world.arguments) is not None:
        _end_in_order()
        return run(world)
    # One call and out: no garbage is worth collecting, and nothing is left to flush or to wait
    # for. An orderly end would take as long as the start.
    gc.disable()
    os._exit(run(world))


def _end_in_order() -> None:
    """Let what ends a process run what clears up, as an interrupt does; `serve` has its own way."""
    import signal  # noqa: PLC0415 - a single call leaves nothing to clear up

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(number, end)


def run(world: Environment) -> int:
    """Run one command and return its exit status."""
    try:
        return _dispatch(world)
    except CommandError as error:
        world.complain(_report(error, world) or error.render(world.program))
        return error.status
    except KeyboardInterrupt:
        # On standard output, as the `aws` command does.
        try:  # noqa: SIM105 - contextlib would be a tenth of the start
            world.write("\n")
        except OSError:
            pass
        return INTERRUPTED
    except BrokenPipeError:
        return READER_GONE
    except (OSError, RecursionError) as error:
        world.complain(_report(error, world) or f"\n{error}\n")
        return 255


def _report(error: Exception, world: Environment) -> str:
    from openparticipant.cli import error_report  # noqa: PLC0415

    return error_report.report(error) if error_report.is_wanted(world.arguments) else ""


def _dispatch(world: Environment) -> int:
    words = world.arguments
    at = _place_of_own_command(words)
    if at is not None:
        return _own(words[at], [*words[:at], *words[at + 1 :]], world)
    scanned = scan(words, GLOBALS)
    if "--version" in scanned.values:
        world.write(_version())
        return 0
    service = participant()
    choices = (*service.operations, *SERVICES, *OWN_COMMANDS, "help")
    command = _chosen("command", scanned.word, scanned.rest, choices)
    options = read(scanned.values)
    is_named = command in SERVICES
    if is_named:
        service = SERVICES[command]()
        scanned = scan(scanned.rest, ())
        choices = (*service.operations, "help")
        command = _chosen("operation", scanned.word, scanned.rest, choices)
    if command == "help":
        return _help(world, service if is_named else None)
    if command in OWN_COMMANDS:
        raise UsageError(f"options of {command} that are abbreviated must follow it")

    from openparticipant.cli import operations  # noqa: PLC0415

    return operations.run(service, command, scanned.rest, options, world)


def _place_of_own_command(words: list[str]) -> int | None:
    """Return where a command stands that takes its words apart itself."""
    valued = {option.name for option in GLOBALS if option.takes == "one"}
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in valued else 1
    return at if at < len(words) and words[at] in OWN_COMMANDS else None


def _own(command: str, arguments: list[str], world: Environment) -> int:
    from importlib import import_module  # noqa: PLC0415

    module = import_module(f"openparticipant.cli.{command.replace('-', '_')}")
    status: int = module.run(arguments, world)
    return status


def _chosen(name: str, word: str | None, rest: list[str], choices: tuple[str, ...]) -> str:
    if word is None and not {"-h", "--help"}.isdisjoint(rest):
        return "help"
    if word is None:
        raise UsageError(f"the following arguments are required: {name}")
    if word not in choices:
        from openparticipant.cli.suggestion import like  # noqa: PLC0415 - only for a mistake

        raise UsageError(f"argument {name}: {invalid_choice(word, choices)}", like(word, choices))
    return word


def _version() -> str:
    python = ".".join(str(number) for number in sys.version_info[:3])
    return f"openparticipant/{openparticipant.__version__} Python/{python}\n"


def _help(world: Environment, service: Service | None) -> int:
    from openparticipant.cli import help as pages  # noqa: PLC0415

    page = (
        pages.overview(world.program) if service is None else pages.service(service, world.program)
    )
    world.write(page)
    return 0
