"""What becomes of what nobody finished, and of what a crash left."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openparticipant.limits import SECOND, STAGING_LIFETIME
from openparticipant.testing.chat import Chat, request
from openparticipant.testing.server import Server
from tests.cli.worlds import Outcome, command
from tests.crash import rounds
from tests.eventually import eventually
from tests.promises.place import Place
from tests.promises.promise import promise
from tests.serve_process import plain_environment
from tests.verification.looking import flip, objects_in


@promise(37)
def test_abandoned_uploads_vanish(place: Place, chat: Chat) -> None:
    """A day after its Start, row and bytes of what nobody completed are gone, and no more."""
    kept = chat.attach()
    place.clock.advance(-STAGING_LIFETIME)
    upload = place.invite(chat)
    if place.bucket is None:
        assert upload.put().status == 200
    else:  # goes by the time of day, to which the URL expired long ago
        place.bucket.ask("PUT", unquote(urlsplit(upload.url).path), upload.content)
    assert len(place.objects_of(upload.attachment_id)) == 1
    place.clock.advance(STAGING_LIFETIME + SECOND)
    assert eventually(lambda: place.objects_of(upload.attachment_id) == [])
    again = upload.complete()
    assert (again.status, again.error) == (400, "ValidationException")
    assert len(place.objects_of(kept)) == 1


@promise(52)
def test_a_purge_leaves_nothing(place: Place) -> None:
    """Finished files, unfinished ones and words: gone for participants, operator and storage."""
    chat, other = place.server.start_chat(), place.server.start_chat()
    kept = other.attach()
    done, staged, invited = chat.attach(), place.invite(chat), place.invite(chat)
    assert staged.put().status == 200
    assert chat.say("a secret").status == 200
    directory = ("--data-dir", str(place.server.node.data_dir.path))

    def operator(*words: str) -> Outcome:
        return command(*words, *directory, at=place.clock.now())

    assert operator("purge", chat.contact_id).status == 1
    assert place.objects_of(done) != []
    assert operator("purge", chat.contact_id, "--end").status == 0
    gone = (done, staged.attachment_id, invited.attachment_id)
    assert eventually(lambda: not any(place.objects_of(each) for each in gone))
    assert operator("transcript", chat.contact_id).status == 1
    assert chat.contact_id.encode() not in operator("contacts").out
    assert chat.transcript().status == 403
    assert place.objects_of(kept) != []
    assert other.download(kept).body == b"hello"
    if place.bucket is None:
        assert invited.put().status == 403
        assert place.objects_of(invited.attachment_id) == []


@promise(38)
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Whenever it strikes, no half of a file is seen, and rows and files agree after the next start."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    tally = rounds.run(tmp_path / "data", 6, seed)
    assert tally.completed > 0


@promise(38, 39)
def test_verify_finds_what_is_damaged_and_nothing_else(tmp_path: Path) -> None:
    """Rows and bytes agree beside a running server; one flipped bit is named, and never sent whole."""
    with Server(tmp_path, log=io.BytesIO(), verify_reads="on") as server:
        chat = server.start_chat()
        well = chat.attach(content=b"well")
        assert verified(tmp_path) == (0, [])
        (lies,) = objects_in(tmp_path)
        flip(lies)
        other = chat.attach(content=b"other")
        status, found = verified(tmp_path)
        assert status == 1
        assert [(it["Difference"], it["AttachmentId"]) for it in found] == [("damaged", well)]
        url = chat.call("attachment", {"AttachmentId": well}).json["Url"]
        assert request("GET", url).status == 500
        assert chat.download(other).body == b"other"


def verified(data_dir: Path) -> tuple[int, list[dict[str, str]]]:
    """Return the status of `verify`, and what it tells of, the summary aside."""
    done = subprocess.run(
        [sys.executable, "-m", "openparticipant", "verify", "--json", "--data-dir", str(data_dir)],
        check=False,
        capture_output=True,
        timeout=60,
        env=plain_environment(),
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, [line for line in lines if "Difference" in line]
