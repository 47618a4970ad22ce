"""How key pairs are exchanged while the server runs."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from openparticipant.limits import UPLOAD_URL_LIFETIME
from openparticipant.sigv4 import Credentials
from openparticipant.testing.chat import control
from tests.cli.worlds import command
from tests.promises.place import Place, send
from tests.promises.promise import promise

_ROTATIONS = 10
_AT_ONCE = 3


class BackEnds:
    """Clients that go on until told to stop; each takes up the pair that holds now, round by round."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._pair = place.server.node.control_key
        self._rounds = [0] * _AT_ONCE
        self._changed = threading.Condition()
        self._is_over = False
        self.answers: list[int] = []

    def work(self, number: int) -> None:
        """Send files through a chat, each with calls of the control plane around it."""
        chat = self._place.server.start_chat()
        path = f"/contacts/instance/{chat.contact_id}"
        try:
            while not self._is_over:
                pair = self._pair
                invited = self._place.invite(chat)
                self.answers += [
                    control(self._place.server, "GET", path, key=pair).status,
                    invited.put().status,
                    invited.complete().status,
                    chat.download(invited.attachment_id).status,
                    control(self._place.server, "GET", path, key=pair).status,
                ]
                with self._changed:
                    self._rounds[number] += 1
                    self._changed.notify_all()
                if self._rounds[number] % 30 == 0:  # a chat takes 35
                    chat = self._place.server.start_chat()
                    path = f"/contacts/instance/{chat.contact_id}"
        finally:
            with self._changed:
                self._rounds[number] = 1_000_000
                self._changed.notify_all()

    def take_up(self, pair: Credentials) -> None:
        """Return once everybody uses this pair and nobody the one before."""
        with self._changed:
            self._pair = pair
            before = list(self._rounds)
            assert self._changed.wait_for(
                lambda: all(now >= was + 2 for now, was in zip(self._rounds, before, strict=True)),
                timeout=60,
            )

    def stop(self) -> None:
        """Let everybody end their round."""
        self._is_over = True


@promise(45)
def test_keys_rotate_under_load(built_in: Place) -> None:
    """New pairs come and old ones go, of back ends and of the object store, and no request fails."""
    back_ends = BackEnds(built_in)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        working = [pool.submit(back_ends.work, number) for number in range(_AT_ONCE)]
        try:
            for _ in range(_ROTATIONS):
                old = signing(built_in, "control")
                back_ends.take_up(added(built_in, "control"))
                retire(built_in, old)
                # What this one has signed is under way: nobody waits for that.
                old = signing(built_in, "objects")
                added(built_in, "objects")
                retire(built_in, old)
        finally:
            back_ends.stop()
        for each in working:
            each.result()
    assert len(back_ends.answers) >= 5 * _AT_ONCE * _ROTATIONS
    assert set(back_ends.answers) == {200}


@promise(45)
def test_a_retired_key_is_refused_after_its_time(built_in: Place) -> None:
    """Of back ends at once; of the object store when the last URL it signed has expired, or leaked."""
    chat = built_in.server.start_chat()
    first = built_in.server.node.control_key
    added(built_in, "control")
    retire(built_in, first.access_key_id)
    path = f"/contacts/instance/{chat.contact_id}"
    refused = control(built_in.server, "GET", path, key=first)
    assert (refused.status, refused.error) == (403, "UnrecognizedClientException")
    assert control(built_in.server, "GET", path).status == 200

    attachment_id = chat.attach()
    for how in ((), ("--now",)):
        old = signing(built_in, "objects")
        url = chat.call("attachment", {"AttachmentId": attachment_id}).json["Url"]
        upload = built_in.invite(chat)
        added(built_in, "objects")
        retire(built_in, old, *how)
        if not how:
            assert send("GET", url, {}).body == b"hello"
            assert upload.put().status == 200
            built_in.clock.advance(UPLOAD_URL_LIFETIME)
        for got in (send("GET", url, {}), upload.put()):
            assert got.status == 403
            assert got.code == ("InvalidAccessKeyId" if how else "AccessDenied")  # or expired


def added(place: Place, purpose: str) -> Credentials:
    """Make a key pair, as the operator does."""
    (made,) = keys(place, "add", purpose)
    return Credentials(made["AccessKey"]["Id"], made.get("SecretAccessKey", ""))


def retire(place: Place, access_key_id: str, *how: str) -> None:
    """Retire a key pair."""
    (key,) = keys(place, "retire", access_key_id, *how)
    assert key["RetiresAt"]


def signing(place: Place, purpose: str) -> str:
    """Return the id of the pair that signs."""
    (key,) = (
        each
        for each in keys(place, "list")
        if each["Purpose"] == purpose.upper() and "RetiresAt" not in each
    )
    access_key_id: str = key["Id"]
    return access_key_id


def keys(place: Place, *words: str) -> list[Any]:
    """Run the operator's command at the running server; return the objects that it printed."""
    where = ("--json", "--data-dir", str(place.server.node.data_dir.path))
    outcome = command("keys", *words, *where, at=place.clock.now())
    assert (outcome.status, outcome.err) == (0, "")
    return [json.loads(line) for line in outcome.out.splitlines()]
