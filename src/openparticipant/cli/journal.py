"""What `attach --resume FILE` writes down, so that the same command can go on after any end.

One JSON object a line, each on the disk before the call that it announces: BEGUN before the service
hears of a file, COMPLETING before it is asked to show it, COMPLETED once it has. No token that lets
anybody in and no URL stands in it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from stat import S_ISREG
from threading import Lock

from openparticipant.cli.journal_entry import BEGUN, COMPLETED, Entry
from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self

_HEAD = b'{"Journal": "openparticipant attach", "Version": 1}\n'
_LONGEST = 64 * 1024 * 1024


class Journal:
    """The file, held by this process alone for as long as it is open."""

    def __init__(self, path: str) -> None:
        """Open or make it; raises CommandError where that is not possible or it is no journal."""
        self.path = path
        self._lock = Lock()
        self._entries: dict[object, Entry] = {}
        # By which the chat is known again.
        self.last_completed: Entry | None = None
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            raise self._refusal(str(error.strerror)) from None
        try:
            self._take()
            self._size = self._read()
        except BaseException as error:
            os.close(self._file)
            if isinstance(error, OSError):
                raise self._refusal(str(error.strerror)) from None
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def find(self, identity: dict[str, object]) -> Entry | None:
        """Return how far an unchanged file has got."""
        found = self._entries.get(identity["Path"])
        return found if found is not None and found.identity == identity else None

    def record(self, entry: Entry, step: str) -> None:
        """Write a step down before it is taken; raises CommandError where that is not possible."""
        with self._lock:
            self._append(json.dumps(entry.line(step)).encode() + b"\n")

    def _take(self) -> None:
        if not S_ISREG(os.fstat(self._file).st_mode):
            raise self._refusal("it is not a regular file")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.EACCES}:
                raise
            raise self._refusal("another process is at work with it") from None

    def _read(self) -> int:
        """Read all lines and return where the next one goes."""
        if os.fstat(self._file).st_size > _LONGEST:
            raise self._foreign()
        with open(self._file, "rb", closefd=False) as file:
            content = file.read()
        if _HEAD.startswith(content):  # new, or it was torn when it was
            self._size = 0
            self._append(_HEAD)
            self._keep_name()
            return self._size
        if not content.startswith(_HEAD):
            raise self._foreign()
        # A last line without its end was being written when the machine or the process died; the
        # call that it was to announce was not made.
        whole = content[: content.rindex(b"\n") + 1]
        self._load(whole[len(_HEAD) :].splitlines())
        return len(whole)

    def _load(self, lines: Iterable[bytes]) -> None:
        for number, line in enumerate(lines, 2):
            try:
                self._apply(json.loads(line))
            except (KeyError, TypeError, ValueError):
                raise self._refusal(f"line {number} is damaged") from None

    def _apply(self, line: dict[str, Any]) -> None:
        step, path = line.pop("Step"), line["Path"]
        if step == BEGUN:
            tokens = line.pop("StartToken"), line.pop("CompleteToken")
            self._entries[path] = Entry(line, *tokens)
        else:
            self._entries[path].attachment_id = line["AttachmentId"]
        entry = self._entries[path]
        entry.step = step
        if step == COMPLETED:
            self.last_completed = entry

    def _append(self, line: bytes) -> None:
        try:
            left = memoryview(line)
            at = self._size
            while left:
                taken = os.pwrite(self._file, left, at)
                left, at = left[taken:], at + taken
            os.ftruncate(self._file, at)
            os.fsync(self._file)
        except OSError as error:
            # The next line begins where this one did.
            raise self._refusal(str(error.strerror)) from None
        self._size = at

    def _keep_name(self) -> None:
        folder = os.open(os.path.dirname(self.path) or ".", os.O_RDONLY)  # noqa: PTH120
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _foreign(self) -> CommandError:
        return self._refusal("it is something else than a journal of attach, and is left alone")

    def _refusal(self, reason: str) -> CommandError:
        return CommandError(f"--resume {self.path}: {reason}")
