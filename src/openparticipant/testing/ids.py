"""Names that a failing test can be read by."""

from __future__ import annotations

import itertools


class SerialIds:
    """`IdSource` that counts: valid in form, the same in every run, and no secret at all."""

    def __init__(self) -> None:
        self._uuids = itertools.count(1)
        self._tokens = itertools.count(1)

    def uuid(self) -> str:
        """Return a version 4 UUID that ends in a serial number."""
        return f"00000000-0000-4000-8000-{next(self._uuids):012d}"

    def token(self) -> str:
        """Return a token of the usual 64 characters that ends in a serial number."""
        return f"token-{next(self._tokens):058d}"
