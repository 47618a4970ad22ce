"""What unmodified amazon-connect-chatjs in Chromium makes of a database that dies and comes back."""

from __future__ import annotations

import base64
import urllib.request
from pathlib import Path

import pytest

from openparticipant.data_dir import ADMIN
from tests.clients.chatjs.business import Business, Meeting
from tests.clients.chatjs.cable import Cable
from tests.clients.chatjs.seat import Refused
from tests.engines.postgres import PostgresServer
from tests.eventually import eventually
from tests.serve_process import ServeProcess


def _talk(meeting: Meeting, text: str) -> None:
    for speaker, listener in (
        (meeting.customer, meeting.agent),
        (meeting.agent, meeting.customer),
    ):
        item_id = speaker.say(f"{text} from {speaker.role}")
        listener.saw("onMessage", Id=item_id)
        speaker.saw("onMessage", Id=item_id)


def test_chat_goes_on_through_an_outage_of_the_database(
    business: Business, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """Sockets that are lost meanwhile come back with it: no page is told that the chat is over."""
    (key := tmp_path / "key").write_bytes(base64.b64encode(bytes(32)))
    settings = ("--database", postgres_server.address, "--master-key-file", str(key))
    data_dir, log = tmp_path / "data", tmp_path / "log"
    with (
        Cable() as cable,
        ServeProcess(data_dir, *settings, "--public-url", cable.url, log=log) as server,
    ):
        cable.lead_to(server.url)

        def held() -> float:
            address = (data_dir / ADMIN).read_text("utf-8").strip()
            with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
                lines = answer.read().decode().splitlines()
            (line,) = [it for it in lines if it.startswith("openparticipant_requests_held ")]
            return float(line.split()[1])

        with business.meeting(server, cable.url) as meeting:
            seats = (meeting.customer, meeting.agent)
            _talk(meeting, "before")
            postgres_server.kill()
            with pytest.raises(Refused) as refused:
                meeting.customer.say("in vain")
            assert refused.value.error["type"] == "InternalServerException"
            cable.cut()
            cable.mend()
            for seat in seats:
                seat.saw("onConnectionLost")
            assert eventually(lambda: held() == 2)

            postgres_server.start()

            for seat in seats:
                seat.saw("onConnectionEstablished")
            _talk(meeting, "after")
            for seat in seats:
                assert seat.count("onEnded") == seat.count("onConnectionBroken") == 0
                texts = [
                    item["Content"]
                    for item in seat.do("getTranscript")["Transcript"]
                    if item["Type"] == "MESSAGE"
                ]
                assert len(texts) == len(set(texts)) == 4
