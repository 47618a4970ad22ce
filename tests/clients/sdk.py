"""boto3's clients, closed when they are done with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3


@contextmanager
def client(session: boto3.session.Session, name: str, **options: Any) -> Iterator[Any]:
    """Lend a client and close its connections."""
    made = session.client(name, **options)
    try:
        yield made
    finally:
        made.close()
