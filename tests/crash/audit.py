"""What must be true of the database and the files once a server has recovered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tests.crash.ledger import Conversation, Ended
from tests.crash.line import WrongAnswerError

_ROWS = """
    SELECT c.id, a.id, a.status, a.size, a.staging_key, a.final_key
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
"""
_MISCOUNTED = """
    SELECT c.id, c.attachments_held, count(a.id)
    FROM contacts c LEFT JOIN attachments a ON a.contact_seq = c.seq AND a.held = 1
    GROUP BY c.seq HAVING c.attachments_held <> count(a.id)
"""
_GAPS = """
    SELECT c.id, c.last_ordinal, count(i.ordinal), min(i.ordinal), max(i.ordinal)
    FROM contacts c LEFT JOIN items i ON i.contact_seq = c.seq
    GROUP BY c.seq
    HAVING c.last_ordinal <> count(i.ordinal)
        OR (count(i.ordinal) > 0 AND (min(i.ordinal) <> 1 OR max(i.ordinal) <> c.last_ordinal))
"""
_BACKWARDS = """
    SELECT i.contact_seq, i.ordinal FROM items i
    JOIN items j ON j.contact_seq = i.contact_seq AND j.ordinal = i.ordinal - 1
    WHERE i.at <= j.at
"""
_NOT_SHOWN_ONCE = """
    SELECT c.id, a.id, a.status, count(i.ordinal)
    FROM attachments a
    JOIN contacts c ON c.seq = a.contact_seq
    LEFT JOIN items i ON i.contact_seq = a.contact_seq AND i.attachment_id = a.id
        AND i.type = 'ATTACHMENT'
    GROUP BY a.contact_seq, a.id
    HAVING count(i.ordinal) <> (a.status = 'approved')
"""
_SHOWN_WITHOUT_ROW = """
    SELECT i.contact_seq, i.ordinal FROM items i
    LEFT JOIN attachments a ON a.contact_seq = i.contact_seq AND a.id = i.attachment_id
    WHERE i.type = 'ATTACHMENT' AND a.id IS NULL
"""
_MUST_BE_EMPTY = {
    "the quota's counter differs from the rows that are held": _MISCOUNTED,
    "ordinals have gaps": _GAPS,
    "items go back in time": _BACKWARDS,
    "an attachment is not shown exactly once when approved, else never": _NOT_SHOWN_ONCE,
    "an item shows an attachment that has no row": _SHOWN_WITHOUT_ROW,
    "a completion is still under way": "SELECT id FROM attachments WHERE status = 'completing'",
    "the database is damaged": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "a row refers to nothing": "SELECT * FROM pragma_foreign_key_check",
}


def audit(data_dir: Path, conversations: Iterable[Conversation]) -> int:
    """Check the state at rest, and that it holds what was acknowledged in these conversations.

    Returns the number of approved attachments. Call it on a server that has recovered and has not
    been used since. Raises WrongAnswerError.
    """
    database = f"file:{data_dir / 'openparticipant.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(database, uri=True)) as connection:
        for finding, query in _MUST_BE_EMPTY.items():
            if rows := connection.execute(query).fetchall():
                raise WrongAnswerError(f"{finding}: {rows[:5]}")
        rows = connection.execute(_ROWS).fetchall()
    objects = data_dir / "objects"
    _compare_files(objects, rows)
    approved = {
        (contact_id, attachment_id): objects / final_key
        for contact_id, attachment_id, status, _, _, final_key in rows
        if status == "approved"
    }
    for conversation in conversations:
        _compare_acknowledged(conversation, approved)
    return len(approved)


def _compare_files(objects: Path, rows: list[tuple[str, str, str, int, str, str | None]]) -> None:
    """No file without a row, no approved row without a whole file."""
    if left := list((objects / ".incoming").iterdir()):
        raise WrongAnswerError(f"unfinished uploads remain: {left}")
    found = {
        path.relative_to(objects).as_posix(): path.stat().st_size
        for top in objects.iterdir()
        if not top.name.startswith(".")  # the store's own; no part of a key begins with a dot
        for path in top.rglob("*")
        if path.is_file()
    }
    for _, attachment_id, status, size, staging_key, final_key in rows:
        if status == "approved":
            if found.pop(final_key or "", -1) <= size:
                raise WrongAnswerError(f"approved without a whole object: {attachment_id}")
        else:
            if final_key is not None:
                raise WrongAnswerError(f"pending with a final key: {attachment_id}")
            if found.pop(staging_key, size + 1) <= size:
                raise WrongAnswerError(f"half an object is staged: {attachment_id}")
    if found:
        raise WrongAnswerError(f"objects without a row: {sorted(found)[:5]}")


def _compare_acknowledged(
    conversation: Conversation, approved: dict[tuple[str, str], Path]
) -> None:
    for upload in conversation.uploads:
        path = approved.get((conversation.contact_id, upload.attachment_id or ""))
        if path is None:
            if upload.completed:
                raise WrongAnswerError(f"an acknowledged Complete is lost: {upload.attachment_id}")
        elif not path.read_bytes().startswith(upload.content):
            raise WrongAnswerError(f"other bytes are stored: {upload.attachment_id}")
        elif not upload.complete_asked and conversation.ended is Ended.NO:
            raise WrongAnswerError(f"nobody completed this: {upload.attachment_id}")
