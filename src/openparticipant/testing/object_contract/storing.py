"""Bytes go in whole, stay what was seen, and go when they are discarded."""

from __future__ import annotations

import asyncio

from openparticipant.testing.object_contract.case import BODY, OTHER, Case, Subject
from openparticipant.testing.raw_http import Wire


async def an_upload_is_whole_and_described(subject: Subject) -> None:
    """Whatever was put as invited is there with its size and type; nothing was there before."""
    case = Case(subject)
    assert await case.objects.look(case.key) is None

    assert (await case.put()).status == 200

    seen = await case.seen()
    assert (seen.key, seen.size, seen.content_type) == (case.key, len(BODY), "text/plain")


async def the_last_whole_upload_counts(subject: Subject) -> None:
    """Each repeated PUT replaces the staged object, which then has another version."""
    case = Case(subject)
    await case.put()
    first = await case.seen()

    await case.put(OTHER)

    assert (await case.seen()).version != first.version
    final = case.final_key()
    assert await case.objects.keep(await case.seen(), final)
    assert (await case.get(final)).body == OTHER


async def uploads_at_once_do_not_mix(subject: Subject) -> None:
    """Of uploads to one key at the same time one whole body wins."""
    case = Case(subject)
    bodies = [bytes([number]) * len(BODY) for number in range(8)]

    answers = await asyncio.gather(*(case.put(body) for body in bodies))

    assert {answer.status for answer in answers} == {200}
    final = case.final_key()
    assert await case.objects.keep(await case.seen(), final)
    assert (await case.get(final)).body in bodies


async def a_cut_off_upload_is_never_seen(subject: Subject) -> None:
    """No object comes, and none changes, from a connection that ends in the middle of the body."""
    case = Case(subject)
    invitation = await case.invite()
    for before in (None, BODY):
        wire = await Wire.open(invitation.url)
        await wire.head("PUT", invitation.url, invitation.headers)
        await wire.send(OTHER[: len(OTHER) // 2])
        await wire.close()
        if before is None:
            assert await case.objects.look(case.key) is None
            await case.put()
    final = case.final_key()
    assert await case.objects.keep(await case.seen(), final)
    assert (await case.get(final)).body == BODY


async def only_what_was_seen_is_kept(subject: Subject) -> None:
    """Nothing is kept, and nothing lies at the target, if the object was replaced after the look."""
    case = Case(subject)
    await case.put()
    seen = await case.seen()
    await case.put(OTHER)
    final = case.final_key()

    assert not await case.objects.keep(seen, final)

    assert await case.objects.look(final) is None
    assert (await case.get(final)).code == "NoSuchKey"


async def what_is_gone_is_not_kept(subject: Subject) -> None:
    """Nothing is kept of an object that was discarded after the look."""
    case = Case(subject)
    await case.put()
    seen = await case.seen()
    await case.objects.discard(case.key)
    final = case.final_key()

    assert not await case.objects.keep(seen, final)

    assert await case.objects.look(final) is None


async def keeping_may_be_repeated(subject: Subject) -> None:
    """Who does not know whether keeping went through may simply do it again."""
    case = Case(subject)
    final = await case.kept()

    assert await case.objects.keep(await case.seen(), final)

    assert (await case.get(final)).body == BODY


async def a_late_upload_never_changes_what_was_kept(subject: Subject) -> None:
    """After it was kept, a PUT with the same URL and the end of staging leave an object as it is."""
    case = Case(subject)
    final = await case.kept()

    await case.put(OTHER)
    assert (await case.get(final)).body == BODY

    await case.objects.discard(case.key)
    assert (await case.get(final)).body == BODY


async def what_is_discarded_is_gone(subject: Subject) -> None:
    """Discarded objects are nowhere to be seen, and discarding them again is no error."""
    case = Case(subject)
    final = await case.kept()

    for _ in range(2):
        await case.objects.discard(final)
        await case.objects.discard(case.key)

    assert await case.objects.look(final) is None
    assert await case.objects.look(case.key) is None
    answer = await case.get(final)
    assert (answer.status, answer.code) == (404, "NoSuchKey")
