"""Whoever compares rows with objects sees all that lies there, by the keys that rows have."""

from __future__ import annotations

from hashlib import md5, sha256

from openparticipant.testing.object_contract.case import BODY, OTHER, Case, Subject


async def _listed(case: Case) -> dict[str, int]:
    return {it.key: it.changed_at async for it in case.objects.listing() if it.key is not None}


async def what_is_staged_and_what_is_kept_is_listed(subject: Subject) -> None:
    """Each object is listed by its key, once, from when it is there until it is discarded."""
    case = Case(subject)
    assert case.key not in await _listed(case)

    final = await case.kept()

    keys = [it.key async for it in case.objects.listing()]
    assert (keys.count(case.key), keys.count(final)) == (1, 1)
    await case.objects.discard(case.key)
    found = await _listed(case)
    assert case.key not in found
    assert final in found
    await case.objects.discard(final)
    assert final not in await _listed(case)


async def what_is_listed_says_when_it_changed(subject: Subject) -> None:
    """Of two uploads to one key the later one is no older, by epoch milliseconds."""
    case = Case(subject)
    await case.put()
    first = (await _listed(case))[case.key]

    await case.put(OTHER)

    assert (await _listed(case))[case.key] >= first > 1_700_000_000_000


async def what_was_put_can_be_proven(subject: Subject) -> None:
    """Bytes have a digest in the store, which is the same where they are kept, and not that of others."""
    case = Case(subject)
    final = await case.kept()
    kept = await case.objects.look(final)
    staged = await case.seen()
    await case.put(OTHER)
    other = await case.seen()

    assert kept is not None
    assert kept.digest is not None
    algorithm, _, digits = kept.digest.partition(":")
    assert digits == {"sha256": sha256, "md5": md5}[algorithm](BODY).hexdigest()
    assert kept.digest == staged.digest != other.digest
