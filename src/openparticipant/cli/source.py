"""What is to be attached: files, those below folders, standard input."""

from __future__ import annotations

import os
from stat import S_ISREG

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from openparticipant.cli.environment import Environment

_STDIN = "-"
_PIECE = 256 * 1024


class Source:
    """One file: where it lies and what it is called.

    `refusal` is why it cannot be had, where that is known before it is opened; `spooled` holds what
    came from standard input.
    """

    __slots__ = ("name", "path", "refusal", "spooled")

    def __init__(
        self,
        path: str,
        *,
        name: str = "",
        refusal: Exception | None = None,
        spooled: BinaryIO | None = None,
    ) -> None:
        self.path = path
        self.name = name or os.path.basename(path)  # noqa: PTH119 - pathlib slows the start
        self.refusal = refusal
        self.spooled = spooled

    def open(self) -> BinaryIO:
        """Open the file, which has at least one byte; raises CommandError or OSError."""
        if self.refusal is not None:
            raise self.refusal
        if self.spooled is not None:
            return self.spooled
        # Without waiting: a pipe that nobody writes to would hold up all that follow.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
        file = open(os.open(self.path, flags), "rb")  # noqa: PTH123, SIM115 - the caller closes it
        try:
            _require_content(file)
        except BaseException:
            file.close()
            raise
        return file


def _require_content(file: BinaryIO) -> None:
    found = os.fstat(file.fileno())
    if not S_ISREG(found.st_mode):
        raise CommandError("it is not a regular file")
    if found.st_size == 0:
        raise CommandError("the file is empty, and an attachment has at least one byte")


def sources(words: Sequence[str], *, besides: str | None = None) -> list[Source]:
    """Return what the words name, in their order, each file once.

    A folder stands for the regular files below it, sorted, hidden ones left out; links to files are
    followed there, links to folders are not. A pattern that is no file's name stands for what it
    matches. `besides` is a file that is never meant.
    """
    found: list[Source] = []
    known: set[str] = set()
    hidden = None if besides is None else os.path.realpath(besides)
    for word in words:
        for each in _named(word):
            if hidden is not None and os.path.realpath(each.path) == hidden:
                continue
            place = os.path.abspath(each.path)  # noqa: PTH100
            if place in known:
                each.refusal = CommandError("it was named before, and is attached once")
            known.add(place)
            found.append(each)
    return found


def _named(word: str) -> Iterator[Source]:
    if not os.path.lexists(word) and not {"*", "?", "["}.isdisjoint(word):
        from glob import glob  # noqa: PLC0415 - a shell has done it, as a rule

        matching = sorted(glob(word, recursive=True))  # noqa: PTH207
    else:
        matching = [word]
    for path in matching or [word]:
        if os.path.isdir(path):  # noqa: PTH112
            yield from _in_folder(path)
        else:
            yield Source(path)


def _in_folder(folder: str) -> Iterator[Source]:
    is_empty = True
    for each in _below(folder):
        is_empty = False
        yield each
    if is_empty:
        yield Source(folder, refusal=CommandError("there is no file in this folder"))


def _below(folder: str) -> Iterator[Source]:
    left = [folder]
    while left:
        path = left.pop()
        is_folder = os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114
        if is_folder or path is folder:
            try:
                names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208
            except OSError as error:
                yield Source(path, refusal=error)
                continue
            left += [os.path.join(path, name) for name in names if name[0] != "."]  # noqa: PTH118
        elif os.path.isfile(path) or not os.path.exists(path):  # noqa: PTH110, PTH113
            yield Source(path)


def standard_input(world: Environment, name: str) -> Source:
    """Return what comes from standard input, set aside on the disk until its size is known."""
    try:
        return Source(_STDIN, name=name, spooled=_spooled(world.stdin))
    except OSError as error:
        reason = f"standard input could not be set aside: {error.strerror}"
    except CommandError as error:
        reason = str(error)
    return Source(_STDIN, name=name, refusal=CommandError(reason))


def _spooled(stdin: BinaryIO | None) -> BinaryIO:
    from contextlib import ExitStack  # noqa: PLC0415 - not for files that have a name
    from tempfile import TemporaryFile  # noqa: PLC0415

    if stdin is None:
        raise CommandError("standard input is closed")
    with ExitStack() as undone:
        # Without a buffer: what does not fit on the disk is found here.
        file = undone.enter_context(TemporaryFile(buffering=0))
        while piece := stdin.read(_PIECE):
            left = memoryview(piece)
            while left:
                left = left[file.write(left) :]
        if not file.tell():
            raise CommandError("standard input is empty, and an attachment has at least one byte")
        file.seek(0)
        undone.pop_all()
    return file
