"""What unmodified amazon-connect-chatjs in Chromium makes of losses, restarts and crowds."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from pathlib import Path

from openparticipant.limits import CHAT_DURATION
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.clients.chatjs.business import Business, Meeting
from tests.clients.chatjs.cable import Cable
from tests.clients.chatjs.seat import Seat
from tests.serve_process import ServeProcess, supervised

_ON_OPEN = ['{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}']
_BEAT = ['{"topic":"aws/ping"}', '{"topic":"aws/heartbeat"}']


def _talk(meeting: Meeting, text: str) -> None:
    """See that messages go both ways."""
    for speaker, listener in (
        (meeting.customer, meeting.agent),
        (meeting.agent, meeting.customer),
    ):
        item_id = speaker.say(f"{text} from {speaker.role}")
        listener.saw("onMessage", Id=item_id)
        speaker.saw("onMessage", Id=item_id)


def test_cut_socket_comes_back_and_nothing_is_missing(business: Business, tmp_path: Path) -> None:
    """What was said meanwhile is in the transcript, what is said afterwards arrives."""
    with (
        Cable() as cable,
        ServeProcess(tmp_path / "data", "--public-url", cable.url, log=tmp_path / "log") as server,
    ):
        cable.lead_to(server.url)
        with business.meeting(server, cable.url) as meeting:
            _talk(meeting, "before")
            cable.cut()
            for seat in (meeting.customer, meeting.agent):
                seat.saw("onConnectionLost")
            said = [meeting.customer.say("meanwhile"), meeting.agent.say("indeed")]
            cable.mend()
            for seat in (meeting.customer, meeting.agent):
                seat.saw("onConnectionEstablished")
                missed = seat.do("getTranscript")["Transcript"]
                assert [item["Id"] for item in missed[-2:]] == said
            _talk(meeting, "after")
            joined = [item for item in missed if item["Type"] == "EVENT"]
            assert len(joined) == 2
            assert meeting.customer.count("onConnectionBroken") == 0


def test_chat_that_ended_while_a_socket_was_lost_ends_on_the_page(
    business: Business, tmp_path: Path
) -> None:
    """The refusal of a new connection is what tells chatjs that the chat is over."""
    with (
        Cable() as cable,
        ServeProcess(tmp_path / "data", "--public-url", cable.url, log=tmp_path / "log") as server,
    ):
        cable.lead_to(server.url)
        with business.meeting(server, cable.url) as meeting:
            cable.cut()
            for seat in (meeting.customer, meeting.agent):
                seat.saw("onConnectionLost")
            meeting.contact.stop()
            cable.mend()
            # chatjs takes a refusal for the end in sessions of customers only.
            meeting.customer.saw("onEnded")
            meeting.agent.saw("onConnectionBroken")


def test_restart_behind_a_supervisors_socket_ends_no_session(
    business: Business, tmp_path: Path
) -> None:
    """Pages lose their socket, get another from the next server, and the chat goes on."""
    data_dir, log = tmp_path / "data", tmp_path / "log"
    with closing(socket.create_server(("127.0.0.1", 0), backlog=2048)) as kept:
        server = supervised(data_dir, kept, log=log)
        try:
            with business.meeting(server.ready()) as meeting:
                for number in range(2):
                    _talk(meeting, f"talk {number}")
                    assert server.terminate() == 0
                    server = supervised(data_dir, kept, log=log)
                    server.ready()
                    for seat in (meeting.customer, meeting.agent):
                        seat.saw("onConnectionLost")
                        seat.saw("onConnectionEstablished")
                _talk(meeting, "at last")
                for seat in (meeting.customer, meeting.agent):
                    assert seat.count("onEnded") == seat.count("onConnectionBroken") == 0
        finally:
            server.end()


def test_chat_whose_time_is_over_ends_for_both(business: Business, tmp_path: Path) -> None:
    """Nobody has to call anything."""
    clock = SettableClock(time.time_ns() // 1_000_000)
    with (
        (tmp_path / "log").open("wb") as log,
        Server(clock=clock, log=log) as server,
        business.meeting(server) as meeting,
    ):
        _talk(meeting, "in time")
        clock.advance(CHAT_DURATION)
        for seat in (meeting.customer, meeting.agent):
            seat.told("chat.ended")
            seat.saw("onEnded")
            assert seat.late("message", {"ContentType": "text/plain", "Content": "x"})[0] == 403


def test_idle_sessions_are_quiet_and_a_sixth_does_not_storm(
    business: Business, plain: ServeProcess
) -> None:
    """Five tabs of a customer send heartbeats only; the sixth, refused, asks ever more rarely."""
    with business.contact(plain) as contact, business.person() as person:
        tabs = [business.seat(person, contact, "CUSTOMER", contact.customer) for _ in range(5)]
        sixth = Seat(person.new_page(), "CUSTOMER")
        sixth.enter_in_vain(business.site, contact.endpoint, contact.customer)
        tabs[0].beat()
        at_first = len(sixth.calls)
        tabs[0].beat()
        later = len(sixth.calls) - at_first
        assert later < at_first / 2
        for tab in tabs:
            assert tab.calls == ["connection"]
            beats = tab.frames.count(_BEAT[1])
            assert beats in {2, 3}
            assert tab.frames == [*_ON_OPEN, *_BEAT * beats]
            assert tab.count("onConnectionLost") == 0

        tabs.pop().page.close()
        sixth.saw("onConnectionEstablished")
        item_id = sixth.say("at last")
        for tab in (*tabs, sixth):
            tab.saw("onMessage", Id=item_id)
