"""A back-up made a data directory again: all of it, compared byte for byte, or nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from openparticipant.backups import layout
from openparticipant.backups.files import copy, settle
from openparticipant.backups.making import BackupError
from openparticipant.backups.manifest import (
    NAME,
    Absent,
    File,
    ManifestError,
    read_head,
    read_lines,
)
from openparticipant.objects.durability import sync_directory
from openparticipant.stores import steps


def restore(source: Path, data_dir: Path) -> list[Absent]:
    """Copy a back-up to where nothing is; return the objects that it lacks.

    All is written beside the place, and moved there once every byte of it has been compared and is
    durable. Raises BackupError, ManifestError or OSError; then nothing has changed.
    """
    data_dir = data_dir.absolute()
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise BackupError(
            f"{data_dir} is not empty; name a directory that is, or that is not there"
        )
    absent = _checked(source)
    beside = data_dir.with_name(f".{data_dir.name}.restoring")
    try:
        beside.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise BackupError(
            f"{beside} is there: another restore runs, or one was killed; then remove it"
        ) from None
    try:
        (beside / layout.OBJECTS).mkdir(mode=0o700)
        for line in read_lines(source):
            if isinstance(line, File):
                _copied(source, beside, line)
        settle(beside)
        # In place of an empty directory, or of none; never of one that somebody has used meanwhile.
        beside.rename(data_dir)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync_directory(data_dir.parent)
    return absent


def _checked(source: Path) -> list[Absent]:
    """Read the whole manifest, and see that the directory has those files and no others."""
    head = read_head(source)
    known = len(steps.known())
    if head.schema > known:
        raise BackupError(
            f"{source} has schema version {head.schema}, of release {head.release}; this release "
            f"knows {known}"
        )
    files, absent, has_database = 0, [], False
    for line in read_lines(source):
        if isinstance(line, Absent):
            absent.append(line)
            continue
        if not layout.is_known(line.path):
            raise ManifestError(f"{source / NAME} names {line.path!r}, which no back-up has")
        has_database |= line.path == layout.DATABASE
        files += 1
        path = source / line.path
        if not path.is_file() or path.stat().st_size != line.size:
            raise BackupError(
                f"{path} is missing or has another size than at the time of the back-up"
            )
    if not has_database:
        raise ManifestError(f"{source / NAME} names no database")
    found = sum(len(names) for _, _, names in os.walk(source)) - 1
    if found != files:
        raise BackupError(f"{source} has {found} files, its manifest names {files}")
    return absent


def _copied(source: Path, target: Path, line: File) -> None:
    # A path that the manifest names twice is there already, which is an error, too.
    if copy(source / line.path, target / line.path) != line.sha256:
        raise BackupError(f"{source / line.path} has been changed since the back-up")
