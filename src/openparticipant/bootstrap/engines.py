"""The engines that a node leans on and that run elsewhere, called on without a node."""

from __future__ import annotations

from openparticipant.bootstrap.bus import bus
from openparticipant.bootstrap.database import is_postgres, postgres
from openparticipant.bootstrap.objects import is_s3, s3
from openparticipant.bootstrap.scanning import scanning
from openparticipant.bootstrap.tracing import tracer
from openparticipant.bootstrap.vault import master_key
from openparticipant.settings import Settings
from openparticipant.system import RandomIds, SystemClock
from openparticipant.transport.metrics import Metrics


async def check(settings: Settings) -> None:
    """Raise StartError if a start would fail on one of them; change nothing."""
    master_key(settings.master_key, is_needed=is_postgres(settings))
    if is_postgres(settings):
        await postgres().check(settings.database, migrate=not settings.no_migrate)
    if is_s3(settings):
        async with s3().opened(settings, SystemClock(), RandomIds()):
            pass
    async with (
        bus(settings, "", Metrics()),
        tracer(settings),
        scanning(settings, SystemClock()),
    ):
        pass
