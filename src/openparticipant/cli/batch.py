"""Several files of one command: how they run, and what is told of each and of all."""

from __future__ import annotations

from openparticipant.cli import error_report
from openparticipant.cli.refusal import CommandError, UsageError
from openparticipant.cli.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from openparticipant.cli.client import Client
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.output import Output
    from openparticipant.cli.own_command import Asked
    from openparticipant.cli.transfers import Outcome, Transfer

_PARALLEL = 4
_MOST_PARALLEL = 16


class Batch:
    """The files of one `attach` or `download`.

    A line for each that is done, as it is; with an output form or a query one list of all, in the
    order of the arguments. What fails goes to standard error as it happens, under `member` in JSON.
    """

    def __init__(
        self,
        asked: Asked,
        world: Environment,
        *,
        participle: str,
        member: str,
        line: Callable[[dict[str, Any]], str],
    ) -> None:
        """Raise CommandError for options that cannot be followed."""
        self._world = world
        self._participle = participle
        self._member = member
        self._line = line
        self._parallel = asked.values.get("--parallel", _PARALLEL)
        if not 1 <= self._parallel <= _MOST_PARALLEL:
            raise UsageError(f"argument --parallel: 1 to {_MOST_PARALLEL}, not {self._parallel}")
        self.output = _output(asked, world)
        self._is_traced = asked.options.debug
        self._errors_are_json = error_report.is_wanted(world.arguments)
        self._done: dict[Transfer, dict[str, Any]] = {}
        self._failed: set[Transfer] = set()

    def run(self, transfers: Sequence[Transfer], client: Client, hint: str) -> int:
        """Run all and return the exit status: 0 when all are done, 1, or that of a signal.

        `hint` says how to go on where a signal ended it.
        """
        from openparticipant.cli.display import Display  # noqa: PLC0415 - not for a page of help
        from openparticipant.cli.transfers import Transfers  # noqa: PLC0415

        display = Display(self._world, len(transfers), wanted=not self._is_traced)
        signal = Transfers(transfers, self._parallel, client).run(self._tell, display)
        if self.output is not None:
            done = [self._done[each] for each in transfers if each in self._done]
            self._world.write(self.output.render(self._participle.capitalize(), done))
        if signal:
            self._tell_interrupted(transfers, hint)
            return 128 + signal
        return 1 if self._failed else 0

    def _tell(self, transfer: Transfer, outcome: Outcome) -> None:
        if isinstance(outcome, dict):
            self._done[transfer] = outcome
            if self.output is None:
                self._world.write(self._line(outcome))
            return
        if isinstance(outcome, BrokenPipeError) or not isinstance(outcome, CommandError | OSError):
            raise outcome  # the reader of our output has gone, or it is a mistake of ours
        self._failed.add(transfer)
        if self._errors_are_json:
            details = {**_details(outcome, transfer), self._member: transfer.subject}
            self._world.complain(error_report.line(details))
        else:
            self._complain(f"{transfer.subject}: {_sentence(outcome, transfer)}")

    def _tell_interrupted(self, transfers: Sequence[Transfer], hint: str) -> None:
        told = self._done.keys() | self._failed
        doubtful = [each.subject for each in transfers if each.in_doubt and each not in told]
        text = f"interrupted: {len(self._done)} of {len(transfers)} files are {self._participle}"
        if doubtful:
            text += f", not known: {', '.join(doubtful)}"
        if self._errors_are_json:
            details = {"Code": "Interrupted", "Message": f"{text}; {hint}"}
            self._world.complain(error_report.line(details))
        else:
            self._complain(f"{text}; {hint}")

    def _complain(self, text: str) -> None:
        self._world.complain(f"{self._world.program}: {printable(text)}\n")


def _details(error: CommandError | OSError, transfer: Transfer) -> dict[str, object]:
    if isinstance(error, CommandError):
        return error.details()
    return {"Code": "File", "Message": _sentence(error, transfer)}


def _sentence(error: CommandError | OSError, transfer: Transfer) -> str:
    if isinstance(error, CommandError):
        return str(error)
    reason = error.strerror or str(error)
    is_named = error.filename in {None, transfer.subject}
    return reason if is_named else f"{reason}: {error.filename}"


def _output(asked: Asked, world: Environment) -> Output | None:
    """Return the form that is wanted; a configured one alone leaves the lines as they are."""
    options = asked.options
    if "--json" in asked.values:
        if options.output not in {None, "json"}:
            raise UsageError(f"--json is --output json; it does not go with {options.output}")
        options.output = "json"
    if options.output is None and options.query is None:
        return None
    from openparticipant.cli.output import Output  # noqa: PLC0415 - lines need none
    from openparticipant.cli.profile import load  # noqa: PLC0415

    return Output(options, world, load(world.environ, options.profile))
