"""A file that appears whole or not at all."""

from __future__ import annotations

import errno
import os

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from io import FileIO
    from typing import Self

    from openparticipant.cli.place import Place


class Saving:
    """A file under a temporary name beside its final one, until `keep` gives it that.

    `target` is its path, or the folder for a file that is called what it is called, or what
    `place` makes of that. Without `keep` nothing stays behind. An existing file is replaced only
    with `force`.
    """

    def __init__(self, target: str | None, unique: str, place: Place, *, force: bool) -> None:
        self._target = target or "."
        self._place = place
        self._unique = unique
        self._force = force
        self._file: FileIO | None = None
        self._temporary = ""
        self.path = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._place.give_up()
        self.discard()
        if self._file is not None:
            # Without a buffer there is nothing left to write, and so to fail.
            self._file.close()

    def discard(self) -> None:
        """Take the temporary name away; also while another thread is still writing."""
        if self._temporary:
            try:  # noqa: SIM105 - contextlib would be a tenth of the start
                os.unlink(self._temporary)  # noqa: PTH108 - pathlib is slow to import
            except FileNotFoundError:
                pass

    def begin(self, name: str) -> None:
        """Open the file, or forget what an earlier try wrote."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            return
        is_folder = os.path.isdir(self._target)  # noqa: PTH112
        self.path = self._target
        if is_folder:
            self.path = os.path.normpath(f"{self._target}/{self._place.claim(name)}")
        if not self._force and os.path.lexists(self.path):
            raise _exists(self.path)
        folder = os.path.dirname(self.path)  # noqa: PTH120
        self._temporary = os.path.join(folder, f".{self._unique}.part")  # noqa: PTH118
        # The mode leaves to the umask what others may do, as any new file does.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = os.fdopen(os.open(self._temporary, flags, 0o666), "wb", buffering=0)

    def write(self, piece: bytes) -> None:
        """Add bytes."""
        assert self._file is not None
        left = memoryview(piece)
        while left:
            left = left[self._file.write(left) :]

    def keep(self) -> None:
        """Bring the file to the disk and give it its name."""
        assert self._file is not None
        os.fsync(self._file.fileno())
        if self._force:
            os.replace(self._temporary, self.path)  # noqa: PTH105
        else:
            self._link()
        folder = os.open(os.path.dirname(self.path) or ".", os.O_RDONLY)  # noqa: PTH120
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _link(self) -> None:
        # A link, unlike a rename, never replaces what has come there meanwhile.
        try:
            os.link(self._temporary, self.path)
        except FileExistsError:
            raise _exists(self.path) from None
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}:
                raise
            os.rename(self._temporary, self.path)  # noqa: PTH104 - a file system without links


def _exists(path: str) -> CommandError:
    return CommandError(f"{path} exists already; --force replaces it")
