"""Uploads that nobody completes, where the operator has said how long they may stay."""

from __future__ import annotations

import io

from openparticipant.limits import SECOND
from openparticipant.testing.chat import request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.eventually import eventually
from tests.promises.place import Place

_HOUR = 3600 * SECOND


def counted(server: Server) -> tuple[float, float]:
    """Return how many vanished, and how many bytes they had announced."""
    lines = request("GET", f"{server.admin_url}/metrics").body.decode().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    name = "openparticipant_attachments_abandoned"
    return float(values[f"{name}_total"]), float(values[f"{name}_bytes_total"])


def test_they_vanish_when_the_operator_says_and_are_counted() -> None:
    """Row and bytes, not earlier; a file that came and one that never did."""
    clock = SettableClock()
    with Server(clock=clock, log=io.BytesIO(), abandoned_after="3600") as server:
        place = Place(server, clock, None)
        chat = server.start_chat()
        kept = chat.attach()
        upload = place.invite(chat, b"hello")
        assert upload.put().status == 200
        place.invite(chat, b"never")
        clock.advance(_HOUR - SECOND)
        assert len(place.objects_of(upload.attachment_id)) == 1
        assert counted(server) == (0, 0)
        clock.advance(SECOND)
        assert eventually(lambda: counted(server) == (2, 10))
        assert eventually(lambda: place.objects_of(upload.attachment_id) == [])
        assert upload.complete().error == "ValidationException"
        assert len(place.objects_of(kept)) == 1
