"""A URL admits one method, key, time and set of headers, and nothing else."""

from __future__ import annotations

import base64
import dataclasses
import hashlib

from openparticipant.testing.object_contract.case import BODY, OTHER, Case, Subject
from openparticipant.testing.object_plane import ACCOUNT, INSTANCE, LASTING
from openparticipant.testing.raw_http import fetch


async def an_invitation_says_what_it_needs(subject: Subject) -> None:
    """Invitations name their headers as given, end on time, and fit the wire with their URL."""
    case = Case(subject)
    name = "\N{LATIN SMALL LETTER A WITH DIAERESIS}" * 250 + ".txt"
    case.attachment = dataclasses.replace(case.attachment, name=name)
    headers = case.attachment.headers(account=ACCOUNT, instance_id=INSTANCE)
    at = subject.now() // 1000 * 1000

    invitation = await case.objects.invite(case.key, headers, at=at + 999, lasting=LASTING)

    assert dict(invitation.headers) == headers
    assert invitation.expires_at == at + LASTING * 1000
    assert len(invitation.url) <= 2000


async def a_url_is_for_its_method(subject: Subject) -> None:
    """Neither does the URL of a PUT read, nor that of a GET write."""
    case = Case(subject)
    final = await case.kept()
    invitation = await case.invite()
    offer = await case.objects.offer(final, at=subject.now(), lasting=300)

    answers = [
        await fetch("GET", invitation.url, invitation.headers, BODY),
        await fetch("HEAD", offer.url),
        await fetch("PUT", offer.url, {"Content-Length": "3"}, b"abc"),
    ]

    assert [answer.status for answer in answers] == [403, 403, 403]
    assert (await case.get(final)).body == BODY


async def an_expired_url_is_refused(subject: Subject) -> None:
    """Nothing is admitted once the time of a URL is over, and the answer says so."""
    case = Case(subject)
    invitation = await case.invite(earlier=(LASTING + 5) * 1000)

    answer = await fetch("PUT", invitation.url, invitation.headers, BODY)

    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert "expired" in answer.element("Message") or not subject.habits.explains
    assert await case.objects.look(case.key) is None


async def only_the_invited_headers_are_taken(subject: Subject) -> None:
    """Each invited header must be there as invited; one that is changed or left out is refused."""
    case = Case(subject)
    invitation = await case.invite()
    for name in invitation.headers:
        if name == "Content-Length":
            continue  # the next guarantee
        without = {key: value for key, value in invitation.headers.items() if key != name}
        for headers in (without, {**without, name: "other/value"}):
            answer = await fetch("PUT", invitation.url, headers, BODY)
            assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch"), name
    assert await case.objects.look(case.key) is None


async def only_the_announced_size_is_taken(subject: Subject) -> None:
    """No body of another length than announced, or of an unknown one, is taken."""
    case = Case(subject)
    invitation = await case.invite()
    for body in (BODY + b"!", BODY[:-1], b""):
        headers = {**invitation.headers, "Content-Length": str(len(body))}
        answer = await fetch("PUT", invitation.url, headers, body)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    headers = {key: value for key, value in invitation.headers.items() if key != "Content-Length"}
    headers["Transfer-Encoding"] = "chunked"
    chunk = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n"
    assert (await fetch("PUT", invitation.url, headers, chunk)).status == subject.habits.chunked
    assert await case.objects.look(case.key) is None


async def a_changed_url_is_refused(subject: Subject) -> None:
    """Another key, another parameter or another signature is not what was signed."""
    case = Case(subject)
    invitation = await case.invite()
    url, headers = invitation.url, invitation.headers
    last = "0" if url[-1] != "0" else "1"
    for changed in (
        url.replace("staging", "stagine", 1),
        f"{url}&x-id=PutObject",
        url[:-1] + last,
        url.replace(f"X-Amz-Expires={LASTING}", f"X-Amz-Expires={LASTING + 1}"),
    ):
        answer = await fetch("PUT", changed, headers, BODY)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch"), changed[:60]
    assert await case.objects.look(case.key) is None


async def unsigned_amz_headers_are_refused(subject: Subject) -> None:
    """No header of S3's own that nobody signed changes what was signed."""
    case = Case(subject)
    invitation = await case.invite()

    headers = {**invitation.headers, "x-amz-meta-extra": "1"}
    answer = await fetch("PUT", invitation.url, headers, BODY)

    assert answer.status == subject.habits.unsigned_amz_header
    assert (await case.objects.look(case.key) is None) == (answer.status == 403)


async def a_digest_is_checked(subject: Subject) -> None:
    """Bytes that do not fit their Content-MD5 are refused; one that fits does no harm."""
    case = Case(subject)
    invitation = await case.invite()
    for body, status in ((OTHER, 400), (BODY, 200)):
        md5 = base64.b64encode(hashlib.md5(BODY, usedforsecurity=False).digest()).decode()
        headers = {**invitation.headers, "Content-MD5": md5}
        answer = await fetch("PUT", invitation.url, headers, body)
        assert (answer.status, answer.code) == (status, "BadDigest" if status == 400 else "")
        assert (await case.objects.look(case.key) is not None) == (status == 200)
