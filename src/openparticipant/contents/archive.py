"""What a ZIP archive would become if it were unpacked, judged before anybody does.

Office files are ZIP archives, too. What the directory says of sizes must lie within bounds; then each
entry is unpacked piece by piece, to see that it told the truth, since whoever unpacks in earnest goes
on to the end of an entry. Archives within archives are kept for a moment, to see how deep they go.
"""

from __future__ import annotations

import errno
import io
import stat
import tempfile
import zipfile
from copy import copy
from dataclasses import dataclass
from typing import IO

from openparticipant.contents.media_type import ZIP
from openparticipant.domain.filetypes import CONTENT_TYPES
from openparticipant.limits import (
    ARCHIVE_DEPTH,
    ARCHIVE_DIRECTORY,
    ARCHIVE_ENTRIES,
    ARCHIVE_EXPANDED,
    ARCHIVE_RATIO,
    ARCHIVE_RATIO_FROM,
    ATTACHMENT_SIZE_MAX,
    MIB,
)

_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_MACROS = "vbaproject.bin"
_PIECE = 64 * 1024
_MAGIC = b"PK\x03\x04"
_ENCRYPTED = 1
# All that Office and the packers of the usual systems use; the others unpack without a bound.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What can be wrong with the machine; the error of an unpacker has no number, or blames the file.
_OURS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE})
_TOO_MANY = f"The archive has more than {ARCHIVE_ENTRIES} entries."


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive turned out to be: its media type, what is wrong with it, and if it has macros."""

    media_type: str
    fault: str | None
    has_macros: bool = False


class _TooMuch(Exception):  # noqa: N818 - it carries the sentence
    """The archive is refused, in these words."""


@dataclass(slots=True)
class _Budget:
    """What may still be met, in all archives of a file together."""

    entries: int = ARCHIVE_ENTRIES
    expanded: int = ARCHIVE_EXPANDED
    nested: int = 2 * ATTACHMENT_SIZE_MAX


class _Guarded(io.BufferedIOBase):
    """A file of which nobody reads much at once: a directory is read in one piece, into objects."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1) -> bytes:
        wanted = ARCHIVE_DIRECTORY + 1 if size is None or size < 0 else size
        if size is not None and size > ARCHIVE_DIRECTORY:
            raise _TooMuch(_TOO_MANY)
        return self._file.read(wanted)


def judge_archive(file: IO[bytes]) -> Archive:
    """Look through an archive; unpacks `ARCHIVE_EXPANDED` bytes at most.

    Raises OSError where the machine has no room for what is unpacked.
    """
    try:
        with _opened(file) as archive:
            names = {name.filename.replace("\\", "/").lower() for name in archive.infolist()}
            macros = any(name.rpartition("/")[2] == _MACROS for name in names)
            try:
                _check(archive, _size_of(file), 1, _Budget())
            except _TooMuch as fault:
                return Archive(_media_type(names), str(fault), macros)
            return Archive(_media_type(names), None, macros)
    except _TooMuch as fault:
        return Archive(ZIP, str(fault))
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OURS:
            raise
        return Archive(ZIP, "The file is a broken archive.")


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(_Guarded(file))


def _media_type(names: set[str]) -> str:
    if "[content_types].xml" in names:
        for directory, ending in _OFFICE.items():
            if any(name.startswith(directory) for name in names):
                return CONTENT_TYPES[ending][0]
    return ZIP


def _check(archive: zipfile.ZipFile, size: int, depth: int, budget: _Budget) -> None:
    entries = archive.infolist()
    budget.entries -= len(entries)
    if budget.entries < 0:
        raise _TooMuch(_TOO_MANY)
    expanded = sum(entry.file_size for entry in entries)
    budget.expanded -= expanded
    if budget.expanded < 0:
        raise _TooMuch(f"The archive would unpack to more than {ARCHIVE_EXPANDED // MIB} MB.")
    if expanded > ARCHIVE_RATIO_FROM and expanded > ARCHIVE_RATIO * size:
        raise _TooMuch(f"The archive would unpack to more than {ARCHIVE_RATIO} times its size.")
    for entry in entries:
        _check_place(entry)
    for entry in entries:
        if not entry.flag_bits & _ENCRYPTED:
            _unpack(archive, entry, depth, budget)


def _check_place(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        raise _TooMuch("The archive has an entry that would land outside of it.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _TooMuch("The archive has a symbolic link in it.")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int, budget: _Budget) -> None:
    """Unpack an entry to nowhere, or, if it is an archive itself, to where it can be checked.

    Raises BadZipFile where its size or its checksum is not what the directory says.
    """
    if entry.compress_type not in _METHODS:
        raise _TooMuch("The archive has an entry that is packed by an uncommon method.")
    honest = copy(entry)
    honest.file_size += 1  # the reader stops where it was told to, a liar goes on
    with archive.open(honest) as packed:
        beginning = packed.read(len(_MAGIC))
        if beginning != _MAGIC:
            _pour(packed, None)
            return
        if depth >= ARCHIVE_DEPTH:
            raise _TooMuch(
                f"The file holds archives in each other, more than {ARCHIVE_DEPTH} deep."
            )
        budget.nested -= entry.file_size
        if budget.nested < 0:
            raise _TooMuch("The file holds more archives than anybody looks through.")
        with tempfile.SpooledTemporaryFile(max_size=MIB) as inner:
            inner.write(beginning)
            _pour(packed, inner)
            size = inner.tell()
            try:
                nested = _opened(inner)
            except zipfile.BadZipFile:
                return  # it only begins like one: nobody can unpack it
            with nested:
                _check(nested, size, depth + 1, budget)


def _pour(packed: IO[bytes], target: IO[bytes] | None) -> None:
    while piece := packed.read(_PIECE):
        if target is not None:
            target.write(piece)


def _size_of(file: IO[bytes]) -> int:
    return file.seek(0, 2)
