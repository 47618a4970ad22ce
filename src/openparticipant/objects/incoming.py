from __future__ import annotations

import hashlib
import os
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openparticipant.objects.durability import or_unavailable, sync
from openparticipant.objects.trailer import Trailer


@dataclass(frozen=True, slots=True)
class Announced:
    """What an upload says of itself before its first byte.

    `md5` (base64) and `sha256` (hexadecimal) are checked where the client gave them.
    """

    key: str
    size: int
    content_type: str
    content_disposition: str
    md5: str | None = None
    sha256: str | None = None


class WrongDigest(Exception):  # noqa: N818 - a finding about the client's bytes
    """The bytes are not those whose digest was announced; `name` is the digest's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Abandoned(Exception):  # noqa: N818 - an outcome
    """The upload was given up before this step."""


class IncomingFile:
    """One upload's temporary file; every method is for a worker thread, in any interleaving.

    Whatever comes after `remove` does nothing, so a file never outlives its upload.
    """

    def __init__(self, path: Path, announced: Announced) -> None:
        self._path = path
        self._announced = announced
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._removed = False
        self._sha256 = hashlib.sha256()
        self._md5 = None if announced.md5 is None else hashlib.md5(usedforsecurity=False)

    def write(self, pieces: list[bytes]) -> None:
        """Append pieces of the body."""
        with self._lock, or_unavailable("store an upload"):
            self._write(pieces)

    def finish(
        self, pieces: list[bytes], *, stored_at: int, publish: Callable[[Path], None]
    ) -> Trailer:
        """Append the last pieces, make the file a durable whole object, and publish it."""
        with self._lock, or_unavailable("store an upload"):
            descriptor = self._write(pieces)
            trailer = self._trailer(stored_at)
            _write_all(descriptor, [trailer.encode()])
            sync(descriptor)
            os.close(descriptor)
            self._descriptor = None
            publish(self._path)
            return trailer

    def remove(self) -> None:
        """Leave nothing behind; harmless after `finish`."""
        with self._lock, or_unavailable("remove an upload"):
            self._removed = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
            self._path.unlink(missing_ok=True)

    def _write(self, pieces: list[bytes]) -> int:
        if self._removed:
            raise Abandoned
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        for piece in pieces:
            self._sha256.update(piece)
            if self._md5 is not None:
                self._md5.update(piece)
        _write_all(self._descriptor, pieces)
        return self._descriptor

    def _trailer(self, stored_at: int) -> Trailer:
        announced, sha256 = self._announced, self._sha256.hexdigest()
        if announced.sha256 is not None and sha256 != announced.sha256:
            raise WrongDigest("x-amz-content-sha256")
        if self._md5 is not None and b64encode(self._md5.digest()).decode() != announced.md5:
            raise WrongDigest("Content-MD5")
        return Trailer(
            version=self._path.name,
            size=announced.size,
            sha256=sha256,
            content_type=announced.content_type,
            content_disposition=announced.content_disposition,
            stored_at=stored_at,
        )


def _write_all(descriptor: int, pieces: list[bytes]) -> None:
    while pieces:
        written = os.writev(descriptor, pieces)
        done = 0
        while done < len(pieces) and written >= len(pieces[done]):
            written -= len(pieces[done])
            done += 1
        pieces = pieces[done:]
        if written:
            # A disk that fills up takes a part first; the rest then gets the error.
            pieces[0] = pieces[0][written:]
