"""The engines that a node leans on and that run elsewhere, called on without a node."""

from __future__ import annotations

from openparticipant.bootstrap.database import is_postgres, postgres
from openparticipant.settings import Settings


async def check(settings: Settings) -> None:
    """Raise StartError if a start would fail on one of them; change nothing."""
    if is_postgres(settings):
        await postgres().check(settings.database, migrate=not settings.no_migrate)
