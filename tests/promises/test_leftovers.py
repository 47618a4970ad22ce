"""What becomes of what nobody finished, and of what a crash left."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openparticipant.limits import SECOND, STAGING_LIFETIME
from openparticipant.testing.chat import Chat
from tests.crash import rounds
from tests.eventually import eventually
from tests.promises.place import Place
from tests.promises.promise import promise


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


@promise(38)
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Whenever it strikes, no half of a file is seen, and rows and files agree after the next start."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    tally = rounds.run(tmp_path / "data", 6, seed)
    assert tally.completed > 0
