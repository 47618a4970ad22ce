"""The data directory: its lock, and the files by which AWS's own tools find this server."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.sigv4 import Credentials  # commands that only look need none

ADMIN = "admin"
PROFILE_CONFIG = "aws/config"
PROFILE_CREDENTIALS = "aws/credentials"
_LOCK = "lock"
_NODE_ID = "node-id"
_WORKERS = "workers"
_ATTEMPTS = 20
_PAUSE = 0.05  # seconds


class DataDirError(Exception):
    """The directory cannot be used; the text is one line for the operator."""


class DataDir:
    """Everything of one node, readable by its user alone.

    Several nodes of one machine that a single command runs share it: each `worker` has its lock,
    its id and its address in a directory of its own below it, and the first one writes for all.
    """

    def __init__(self, path: Path, worker: int | None = None) -> None:
        self.path = path.absolute()
        self._worker = worker
        self._own = self.path if worker is None else self.path / _WORKERS / str(worker)
        self._lock: int | None = None

    def create(self) -> None:
        """Make the directory, for this user alone, if it is not there.

        One that is there already must be this user's; others may only see into it if it is empty
        or was ours before, and then no longer. Raises DataDirError.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = self.path.stat()
            if found.st_uid != os.geteuid():
                raise DataDirError(f"{self.path} belongs to another user")
            if found.st_mode & 0o077:
                if any(self.path.iterdir()) and not (self.path / _LOCK).exists():
                    raise DataDirError(
                        f"{self.path} holds other files and is open to other users; name an empty "
                        "directory with --data-dir"
                    )
                self.path.chmod(0o700)
            self._own.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise DataDirError(f"cannot use {self._own}: {error.strerror}") from None

    def lock(self) -> None:
        """Hold the directory until the process ends, however it ends. Raises DataDirError.

        Waits a moment: a process that was killed lets go only once its last write has ended.
        """
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE)
            if self._try_lock(os.O_CREAT):
                return
        raise DataDirError(f"{self._own} is in use by another openparticipant process")

    def lock_if_idle(self) -> bool:
        """Hold the directory of a server that does not run now; tell whether that was so.

        Makes nothing. Raises DataDirError where no server has ever run.
        """
        return self._try_lock(0)

    def _try_lock(self, flags: int) -> bool:
        try:
            descriptor = os.open(self._own / _LOCK, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
        except (FileNotFoundError, NotADirectoryError):
            raise DataDirError(f"{self.path} is not the data directory of a server") from None
        except OSError as error:
            raise DataDirError(f"cannot use {self._own}: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def unlock(self) -> None:
        """Let the directory go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def node_id(self, fresh: str) -> str:
        """Return the id of the node that lives here, which is `fresh` if it had none.

        It lasts as long as the directory. Raises DataDirError.
        """
        try:
            found = (self._own / _NODE_ID).read_text("ascii").strip()
        except FileNotFoundError:
            found = ""
        except (OSError, UnicodeDecodeError):
            raise DataDirError(f"cannot read {self._own / _NODE_ID}") from None
        if not found:
            self.rename_node(fresh)
        return found or fresh

    def rename_node(self, fresh: str) -> None:
        """Give the node that lives here another id."""
        _write(self._own / _NODE_ID, f"{fresh}\n")

    def write_admin(self, url: str) -> None:
        """Tell maintenance commands where the operator's port of this node is."""
        _write(self._own / ADMIN, f"{url}\n")

    def admin_urls(self) -> list[str]:
        """Return where operator's ports may be: the node's own first, then its workers'."""
        found: dict[str, None] = {}
        for place in (self.path / ADMIN, *sorted(self.path.glob(f"{_WORKERS}/*/{ADMIN}"))):
            try:
                found[place.read_text("utf-8").strip()] = None
            except (OSError, UnicodeDecodeError):
                continue
        return [url for url in found if url]

    def write_profile(
        self, key: Credentials, *, region: str, url: str, ca_bundle: Path | None
    ) -> None:
        """Write `aws/config` and `aws/credentials`, so that AWS's tools need no endpoint option."""
        if self._worker not in {None, 1}:
            return
        trust = f"ca_bundle = {ca_bundle}\n" if ca_bundle else ""
        _write(
            self.path / PROFILE_CONFIG,
            f"[default]\nregion = {region}\nservices = openparticipant\n{trust}\n"
            "[services openparticipant]\n"
            f"connect =\n  endpoint_url = {url}\n"
            f"connectparticipant =\n  endpoint_url = {url}\n",
        )
        _write(
            self.path / PROFILE_CREDENTIALS,
            f"[default]\naws_access_key_id = {key.access_key_id}\n"
            f"aws_secret_access_key = {key.secret_access_key}\n",
        )


def _write(target: Path, text: str) -> None:
    """Replace a small file whole, mode 0600."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)
