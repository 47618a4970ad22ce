"""`--query`: a JMESPath expression, applied to what a command would print."""

from __future__ import annotations

import jmespath
from jmespath import exceptions
from jmespath.functions import Functions

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HIDDEN = "[hidden]"


class Query:
    """One expression, compiled."""

    def __init__(self, expression: str) -> None:
        """Raise CommandError for an expression that does not compile."""
        try:
            self._compiled = jmespath.compile(expression)
        except (ValueError, RecursionError) as error:
            raise CommandError(f"Bad value for --query {expression}: {error}") from None

    def check_functions(self) -> None:
        """Raise CommandError for functions that are unknown or have a wrong number of arguments.

        The `aws` command finds them when the answer is there, and the answer is lost.
        """
        try:
            _check_functions(self._compiled.parsed)
        except ValueError as error:
            raise CommandError(str(error)) from None

    def apply(self, result: Any) -> Any:
        """Return what the expression finds; raises CommandError where a function takes offence."""
        try:
            return self._compiled.search(result)
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            from openparticipant.cli.trace import secrets  # noqa: PLC0415 - it knows of HTTP

            # Whatever Python says of the values is the sentence, as in the `aws` command.
            raise CommandError(_without(str(error), secrets(result))) from None


def _check_functions(node: Any) -> None:
    if not isinstance(node, dict):
        return  # a bound of a slice
    if node["type"] == "function_expression":
        _check_call(node["value"], len(node["children"]))
    for child in node["children"]:
        _check_functions(child)


def _check_call(name: str, given: int) -> None:
    known = Functions.FUNCTION_TABLE.get(name)
    if known is None:
        raise exceptions.UnknownFunctionError(f"Unknown function: {name}()")
    signature = known["signature"]
    if signature and signature[-1].get("variadic"):
        if given < len(signature):
            raise exceptions.VariadictArityError(len(signature), given, name)
    elif given != len(signature):
        raise exceptions.ArityError(len(signature), given, name)


def _without(sentence: str, hidden: set[str]) -> str:
    # The longest first: one may be part of another.
    for secret in sorted(hidden, key=len, reverse=True):
        for written in (secret, repr(secret)[1:-1]):
            sentence = sentence.replace(written, _HIDDEN)
    return sentence
