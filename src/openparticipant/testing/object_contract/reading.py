"""The server itself may read what is stored, for whoever looks into files."""

from __future__ import annotations

import dataclasses

from openparticipant.testing.object_contract.case import Case, Subject

_LARGE = bytes(range(251)) * 4096  # no divisor of any piece's size


async def what_is_kept_can_be_read(subject: Subject) -> None:
    """Pieces of an object are its bytes, all of them, in order, and none is empty."""
    case = Case(subject)
    case.attachment = dataclasses.replace(case.attachment, size=len(_LARGE))
    subject.expect(case.attachment)
    final = await case.kept(_LARGE)

    async with case.objects.read(final) as pieces:
        assert pieces is not None
        read = [bytes(piece) async for piece in pieces]

    assert b"".join(read) == _LARGE
    assert all(read)


async def what_is_not_there_cannot_be_read(subject: Subject) -> None:
    """Where nothing lies there are no pieces, which is not the same as an object without bytes."""
    case = Case(subject)

    async with case.objects.read(case.final_key()) as pieces:
        assert pieces is None


async def reading_may_end_early(subject: Subject) -> None:
    """Who has seen enough leaves; the object stays, and others go on reading it."""
    case = Case(subject)
    case.attachment = dataclasses.replace(case.attachment, size=len(_LARGE))
    subject.expect(case.attachment)
    final = await case.kept(_LARGE)

    async with case.objects.read(final) as others:
        assert others is not None
        first = await anext(others)
        async with case.objects.read(final) as pieces:
            assert pieces is not None
            assert _LARGE.startswith(await anext(pieces))
        rest = [piece async for piece in others]

    assert b"".join([first, *rest]) == _LARGE
