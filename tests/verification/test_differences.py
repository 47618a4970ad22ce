"""Each way in which rows, objects and hashes can differ, made and found."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from openparticipant.errors import Unavailable
from openparticipant.limits import MIB
from openparticipant.objects.trailer import Trailer
from openparticipant.operations.differences import Kind
from openparticipant.testing.server import Server
from tests.verification.looking import execute, flip, objects_in, verified

CONTENT = b"hello, colleagues"
_REJECTED = "UPDATE attachments SET review = 'rejected' WHERE final_key <> ''"
_REMOVED = "UPDATE attachments SET removed_at = 1 WHERE final_key <> ''"
_SCANNING = "UPDATE attachments SET review = 'scanning' WHERE final_key <> ''"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return the directory of a server that has ended; it holds one attachment, and one upload."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        chat.attach(content=CONTENT)
        assert chat.upload(chat.start_upload()).status == 200
    return tmp_path


def final(data_dir: Path) -> Path:
    """Return the file of the attachment."""
    (found,) = [it for it in objects_in(data_dir) if "staging" not in it.parts]
    return found


def staged(data_dir: Path) -> Path:
    """Return the file of the upload that was not completed."""
    (found,) = [it for it in objects_in(data_dir) if "staging" in it.parts]
    return found


def staged_again(data_dir: Path) -> None:
    """Put the bytes of the attachment back to where they were uploaded to."""
    kept = final(data_dir)
    attachment_id, _, *stamp = kept.name.split("_")
    place = Path(str(kept.parent).replace("/chat/", "/chat/staging/"))
    shutil.copy(kept, place / "_".join([attachment_id, *stamp]))


def rewritten(path: Path, content: bytes, content_type: str) -> None:
    """Put another whole object in the place of one."""
    trailer = Trailer(
        version="other",
        size=len(content),
        sha256="0" * 64,
        content_type=content_type,
        content_disposition="attachment",
        stored_at=0,
    )
    path.write_bytes(content + trailer.encode())


def test_a_store_at_rest_has_no_difference(data_dir: Path) -> None:
    """Rows and objects are all looked at, and every byte of them is read."""
    seen = verified(data_dir)

    assert seen.differences == []
    assert (seen.rows, seen.objects, seen.bytes) == (2, 2, len(CONTENT) + len(b"hello"))


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (lambda d: final(d).unlink(), Kind.MISSING),
        (lambda d: flip(final(d)), Kind.DAMAGED),
        (lambda d: flip(final(d), len(CONTENT) - 1), Kind.DAMAGED),
        (lambda d: flip(staged(d)), Kind.DAMAGED),
        (lambda d: final(d).write_bytes(final(d).read_bytes()[:-1]), Kind.DAMAGED),
        (lambda d: final(d).write_bytes(b""), Kind.DAMAGED),
        (lambda d: rewritten(final(d), CONTENT + b"!", "text/plain"), Kind.SIZE),
        (lambda d: rewritten(final(d), CONTENT, "text/html"), Kind.TYPE),
        (lambda d: rewritten(final(d), CONTENT, "text/plain"), Kind.DAMAGED),
        (lambda d: execute(d, "DELETE FROM attachments WHERE final_key IS NULL"), Kind.LEFT_STAGED),
        (lambda d: execute(d, "DELETE FROM attachments WHERE final_key <> ''"), Kind.UNKNOWN),
        (lambda d: shutil.copy(final(d), final(d).with_name("a_b.txt")), Kind.UNKNOWN),
        (staged_again, Kind.LEFT_STAGED),
        (lambda d: (d / "objects" / ".DS_Store").touch(), Kind.UNKNOWN),
        (lambda d: (d / "objects" / ".incoming" / "x").touch(), Kind.UNFINISHED),
        (lambda d: execute(d, _REJECTED), Kind.UNKNOWN),
        (lambda d: execute(d, _REMOVED), Kind.UNKNOWN),
    ],
)
def test_what_differs_is_found(data_dir: Path, harm: Callable[[Path], object], kind: Kind) -> None:
    """Exactly that, and by a name that leads to it."""
    harm(data_dir)

    seen = verified(data_dir)

    assert seen.kinds == [kind]
    place = data_dir / "objects" / seen.differences[0].place
    assert place.exists() == (kind is not Kind.MISSING)


def test_what_differs_names_its_row(data_dir: Path) -> None:
    """The operator is told whose file it is."""
    contact_id = final(data_dir).parent.name
    attachment_id = final(data_dir).name.partition("_")[0]
    flip(final(data_dir))

    (difference,) = verified(data_dir).differences

    assert (difference.contact_id, difference.attachment_id) == (contact_id, attachment_id)


def test_without_reading_bytes_only_what_they_are_is_not_seen(data_dir: Path) -> None:
    """A quick look opens every object and reads none."""
    flip(final(data_dir))
    staged(data_dir).write_bytes(b"")

    seen = verified(data_dir, rate=0)

    assert (seen.kinds, seen.bytes) == ([Kind.DAMAGED], 0)
    assert (
        seen.differences[0].place == staged(data_dir).relative_to(data_dir / "objects").as_posix()
    )


def test_what_has_just_come_is_in_flight(data_dir: Path) -> None:
    """An object may be there a moment before or behind its row, and an upload before its end."""
    (data_dir / "objects" / ".incoming" / "x").touch()
    execute(data_dir, "DELETE FROM attachments")
    # A second name makes an object young, however old its bytes are.
    os.utime(final(data_dir), (0, 0))

    assert verified(data_dir, ahead=0).differences == []


def test_a_purge_meanwhile_is_no_difference(data_dir: Path) -> None:
    """What looks wrong is looked at again, with its row as it is then."""
    final(data_dir).unlink()
    pauses = []

    def purge(millis: int) -> None:
        pauses.append(millis)
        execute(data_dir, "DELETE FROM attachments WHERE final_key <> ''")

    assert verified(data_dir, slept=purge).differences == []
    assert len(pauses) == 1


def test_a_deadline_meanwhile_is_no_difference(data_dir: Path) -> None:
    """It takes the row first, and then the bytes."""
    execute(data_dir, "DELETE FROM attachments WHERE final_key IS NULL")

    assert verified(data_dir, slept=lambda _: staged(data_dir).unlink()).differences == []


@pytest.mark.parametrize(
    "state",
    [
        "UPDATE attachments SET status = 'completing', attempt = 'x' WHERE final_key IS NULL",
        _SCANNING,
        "UPDATE contacts SET ended_at = 1",
    ],
)
def test_what_is_under_way_is_no_difference(data_dir: Path, state: str) -> None:
    """A completion, a scan and the end of a contact leave objects where they are for a while."""
    execute(data_dir, state)

    assert verified(data_dir).differences == []


def test_a_scan_that_an_ended_contact_voids_may_have_lost_its_bytes(data_dir: Path) -> None:
    """They go before the row does."""
    execute(data_dir, _SCANNING)
    final(data_dir).unlink()
    assert verified(data_dir, ahead=0).kinds == [Kind.MISSING]

    execute(data_dir, "UPDATE contacts SET ended_at = 1")

    assert verified(data_dir).differences == []


def test_reading_keeps_to_its_rate(tmp_path: Path) -> None:
    """So a verification leaves others their share of the disk."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        for _ in range(2):
            chat.attach(content=bytes(2 * MIB))
    pauses: list[int] = []

    seen = verified(tmp_path, rate=MIB, slept=pauses.append)

    assert seen.differences == []
    assert 3_000 <= sum(pauses) <= 4_000


def test_what_cannot_be_told_is_not_told(data_dir: Path) -> None:
    """An object that cannot be opened is neither missing nor well."""
    path = final(data_dir)
    path.unlink()
    path.symlink_to(path)

    with pytest.raises(Unavailable, match="cannot open an object"):
        verified(data_dir)
