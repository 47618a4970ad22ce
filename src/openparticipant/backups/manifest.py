"""What a back-up holds, a line for each file; the last line has the digest of all before it.

It is written beside its place and moved there when all else is durable. So a directory without it,
or with one that was cut or changed, is no back-up.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from openparticipant.objects.durability import sync, sync_directory

NAME = "manifest.jsonl"
FORMAT = 1
_LONGEST_LINE = 8192  # bytes; a path has 1100 at most


class ManifestError(Exception):
    """There is no whole back-up; the text says why, in one line."""


class Head(msgspec.Struct, frozen=True, tag="head", kw_only=True):
    """Of whom and when: the release, how many steps its schema had, and epoch milliseconds."""

    format: int
    release: str
    schema: int
    made_at: int


class File(msgspec.Struct, frozen=True, tag="file", kw_only=True):
    """One file, with its path below the back-up; `sha256` is of all that is in it."""

    path: str
    size: int
    sha256: str


class Absent(msgspec.Struct, frozen=True, tag="absent", kw_only=True):
    """An object that a row speaks of and that could not be had, and why."""

    path: str
    reason: str


class End(msgspec.Struct, frozen=True, tag="end", kw_only=True):
    """How many files there are; `sha256` is of all lines above."""

    files: int
    sha256: str


Line = Head | File | Absent | End
_DECODER: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class ManifestWriter:
    """Writes the manifest of a directory; without `finish` it never gets its name."""

    def __init__(self, root: Path, head: Head) -> None:
        self._root = root
        self._partial = root / f".{NAME}.new"
        descriptor = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._digest = hashlib.sha256()
        self._files = 0
        self._write(head)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, line: File | Absent) -> None:
        """Note a file that is there, or an object that is not."""
        self._files += isinstance(line, File)
        self._write(line)

    def finish(self) -> None:
        """Make the directory a back-up, durably; all else in it must be durable already."""
        self._write(End(files=self._files, sha256=self._digest.hexdigest()))
        self._file.flush()
        sync(self._file.fileno())
        self._partial.rename(self._root / NAME)
        sync_directory(self._root)

    def _write(self, line: Line) -> None:
        text = msgspec.json.encode(line) + b"\n"
        self._digest.update(text)
        self._file.write(text)


def read_head(root: Path) -> Head:
    """Read the first line of the manifest of a directory. Raises ManifestError."""
    with closing(_lines(root)) as lines:
        head = next(lines, None)
    if not isinstance(head, Head):
        raise ManifestError(f"{root / NAME} does not begin as a manifest does")
    if head.format != FORMAT:
        raise ManifestError(
            f"{root}: a back-up of format {head.format}, this release knows {FORMAT}"
        )
    return head


def read_lines(root: Path) -> Iterator[File | Absent]:
    """Give the lines between the first and the last.

    Raises ManifestError behind the last one that is good, so use nothing before the end came.
    """
    files = 0
    end: End | None = None
    for number, line in enumerate(_lines(root)):
        if end is not None or isinstance(line, Head) != (number == 0):
            raise ManifestError(f"{root / NAME} is damaged")
        if isinstance(line, End):
            end = line
        elif not isinstance(line, Head):
            files += isinstance(line, File)
            yield line
    if end is None or end.files != files:
        raise ManifestError(f"{root / NAME} has no end")


def _lines(root: Path) -> Generator[Line]:
    """Give all lines; the digest of the last one is that of those before it."""
    digest = hashlib.sha256()
    try:
        with (root / NAME).open("rb") as file:
            while text := file.readline(_LONGEST_LINE):
                line = _DECODER.decode(text)
                is_wrong = isinstance(line, End) and line.sha256 != digest.hexdigest()
                if is_wrong or msgspec.json.encode(line) + b"\n" != text:
                    raise ManifestError(f"{root / NAME} has been changed")
                digest.update(text)
                yield line
    except FileNotFoundError:
        raise ManifestError(
            f"{root} has no {NAME}, so it is no back-up, or not a whole one"
        ) from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ManifestError(f"{root / NAME} is damaged") from None
