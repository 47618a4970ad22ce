"""What stands in an answer, whoever wrote it: a deployment that is examined may answer anything."""

from __future__ import annotations

from typing import Any


def text_in(answer: Any, *path: str) -> str:
    """Return the text at a path of members, or "" where the answer has none there."""
    found = _at(answer, path)
    return found if isinstance(found, str) else ""


def texts_in(answer: Any, *path: str) -> dict[str, str]:
    """Return the texts by name at a path of members; whatever else stands there is left out."""
    found = _at(answer, path)
    if not isinstance(found, dict):
        return {}
    return {name: it for name, it in found.items() if isinstance(it, str)}


def objects_in(answer: Any, *path: str) -> list[dict[str, Any]]:
    """Return the objects of the list at a path of members; whatever else stands there is left out."""
    found = _at(answer, path)
    return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []


def _at(answer: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer
