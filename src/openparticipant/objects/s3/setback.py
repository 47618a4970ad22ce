"""Why a call did not do what it was for, and whether the same may be tried again."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import aiohttp

from openparticipant.errors import Refused, Unavailable
from openparticipant.objects.s3.answers import Answer


@dataclass(eq=False)
class Setback(Exception):  # noqa: N818 - one try may fail, and the call still succeed
    """One try that came to nothing.

    `complaint` is one line without anything that was signed. `may_have_acted` says that the store
    may have done what was asked for all the same.
    """

    complaint: str
    temporary: bool = True
    throttled: bool = False
    may_have_acted: bool = False

    def unavailable(self, *, untouched: bool) -> Unavailable:
        """Return what the port raises for it."""
        text = f"object store: {self.complaint}"
        return (Unavailable if self.temporary else Refused)(text, untouched=untouched)


def of_answer(answer: Answer, region: str) -> Setback | None:
    """Return what is wrong with an answer; a success, an absence and a 412 are none."""
    if answer.succeeded or answer.is_absence or answer.status == 412:
        return None
    return Setback(
        answer.complaint(region),
        temporary=answer.is_temporary,
        throttled=answer.is_throttling,
        may_have_acted=answer.is_temporary and not answer.is_throttling,
    )


# From the particular to the general.
_ERRORS: tuple[tuple[type[Exception], Setback], ...] = (
    (
        aiohttp.ClientConnectorCertificateError,
        Setback("its certificate is not trusted", temporary=False),
    ),
    (aiohttp.ClientConnectorSSLError, Setback("it does not speak TLS as we do")),
    (aiohttp.ClientConnectorDNSError, Setback("its name is not known")),
    (aiohttp.ConnectionTimeoutError, Setback("no connection in time")),
    (TimeoutError, Setback("no answer in time", may_have_acted=True)),
    (aiohttp.ClientPayloadError, Setback("its answer ended early", may_have_acted=True)),
    (aiohttp.ServerDisconnectedError, Setback("it hung up", may_have_acted=True)),
    (aiohttp.ClientResponseError, Setback("its answer is not HTTP", may_have_acted=True)),
    (ValueError, Setback("its answer is not as S3's", may_have_acted=True)),
)


def of_error(host: str, error: Exception) -> Setback:
    """Return what an error of the connection comes to."""
    found = next((it for kind, it in _ERRORS if isinstance(error, kind)), None)
    if found is None:
        number = error.errno if isinstance(error, OSError) else None
        sent = not isinstance(error, aiohttp.ClientConnectorError)
        found = Setback(
            os.strerror(number).lower() if number else "the connection broke", may_have_acted=sent
        )
    return replace(found, complaint=f"{host}: {found.complaint}")
