"""What `--debug` shows: each request and answer, without what would let others in."""

from __future__ import annotations

import json

from openparticipant.cli.http import without_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from openparticipant.cli.client import Answer
    from openparticipant.cli.environment import Environment

_HIDDEN = "[hidden]"
_SECRET_HEADERS = frozenset({"authorization", "x-amz-bearer", "x-amz-security-token"})
_SECRET_MEMBERS = frozenset(
    {"ConnectionToken", "JoinToken", "NextToken", "ParticipantToken", "SecretAccessKey"}
)


def request(
    world: Environment, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Show a request as it goes out."""
    _show(world, ">", f"{method} {without_query(url)}", headers.items(), body)


def answer(world: Environment, got: Answer) -> None:
    """Show an answer as it came in."""
    _show(world, "<", f"{got.status} {got.reason}", got.headers.items(), got.body)


def secrets(value: Any) -> set[str]:
    """Return the strings of an answer that no message may repeat."""
    found: set[str] = set()
    match value:
        case dict():
            for name, each in value.items():
                if name in _SECRET_MEMBERS and isinstance(each, str):
                    found.add(each)
                found |= secrets(each)
        case list():
            for each in value:
                found |= secrets(each)
        case str() if "://" in value and "?" in value:
            found.add(value)
    return found - {""}


def _show(
    world: Environment, sign: str, first: str, headers: Iterable[tuple[str, str]], body: bytes
) -> None:
    lines = [first]
    for name, value in headers:
        lines.append(f"{name}: {_HIDDEN if name.lower() in _SECRET_HEADERS else value}")
    if body:
        lines.append(_redacted_body(body))
    world.complain("".join(f"{sign} {line}\n" for line in lines))


def _redacted_body(body: bytes) -> str:
    try:
        return json.dumps(_redacted(json.loads(body)))
    except ValueError:
        return f"[{len(body)} bytes that are not JSON]"


def _redacted(value: Any) -> Any:
    match value:
        case dict():
            return {
                name: _HIDDEN if name in _SECRET_MEMBERS else _redacted(each)
                for name, each in value.items()
            }
        case list():
            return [_redacted(each) for each in value]
        case str() if "://" in value and "?" in value:
            return f"{without_query(value)}?{_HIDDEN}"
        case _:
            return value
