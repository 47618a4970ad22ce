"""Views from files: a directory with one `NAME.json` each, in the shape that DescribeView returns."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from openparticipant.domain.view import View

_ID = re.compile(r"[A-Za-z0-9._-]{1,255}")


class ViewFileError(Exception):
    """A view cannot be read; the text is one line for the operator."""


class _Content(msgspec.Struct, rename="pascal"):
    """Schema and template may be JSON, or the text of it, as AWS's API has them."""

    template: dict[str, Any] | str
    input_schema: dict[str, Any] | str = {}
    actions: list[str] = []


class _File(msgspec.Struct, rename="pascal"):
    content: _Content
    name: str | None = None
    version: int = 1


def read(directory: Path) -> dict[str, View]:
    """Return the views of a directory by their id, the file's name without `.json`.

    Raises ViewFileError.
    """
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix == ".json")
        return {path.stem: _view(path) for path in paths}
    except OSError as error:
        raise ViewFileError(f"the views cannot be read: {error}") from None


def _view(path: Path) -> View:
    if not _ID.fullmatch(path.stem):
        raise ViewFileError(
            f"{path}: the name of a view may have letters, digits, '.', '_' and '-'"
        )
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
        return View(
            id=path.stem,
            name=file.name or path.stem,
            version=file.version,
            input_schema=_text(file.content.input_schema),
            template=_text(file.content.template),
            actions=tuple(file.content.actions),
        )
    except (ValueError, RecursionError) as error:
        raise ViewFileError(f"{path}: {error}") from None


def _text(value: dict[str, Any] | str) -> str:
    if isinstance(value, str):
        json.loads(value)
        return value
    return json.dumps(value)
