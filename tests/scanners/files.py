"""Completed files on a disk, as scanners get them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from openparticipant.domain.attachment import Attachment, Status
from openparticipant.objects.disk import DiskObjects
from openparticipant.objects.incoming import Announced
from openparticipant.ports import CompletedFile
from openparticipant.sigv4 import Credentials
from openparticipant.system import RandomIds
from openparticipant.testing.clock import SettableClock

KEY = "connect/instance/Attachments/chat/2026/01/01/contact/file_attempt_20260101T00:00_UTC.txt"
BASE = "http://127.0.0.1:1"
PIECE = 256 * 1024


@asynccontextmanager
async def completed(content: bytes) -> AsyncIterator[CompletedFile]:
    """Keep a file while the block runs."""
    with tempfile.TemporaryDirectory() as place:
        objects = DiskObjects(
            Path(place),
            base=BASE,
            region="us-east-1",
            credentials=lambda: Credentials("key", "secret"),
            ids=RandomIds(),
        )
        clock = SettableClock()
        try:
            if content:
                announced = Announced(KEY, len(content), "text/plain", "attachment")
                async with objects.receive(announced) as upload:
                    await upload.add(content)
                    await upload.publish(clock.now())
            yield CompletedFile(
                attachment=Attachment(
                    id="file",
                    contact_id="contact",
                    participant_id="participant",
                    name="räport 1.txt",
                    content_type="text/plain",
                    size=len(content),
                    status=Status.SCANNING,
                    staging_key="staging",
                    final_key=KEY,
                    url_expires_at=0,
                ),
                instance_id="instance",
                completed_at=clock.now(),
                key=KEY,
                objects=objects,
                clock=clock,
            )
        finally:
            objects.close()
