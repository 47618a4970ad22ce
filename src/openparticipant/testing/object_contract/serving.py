"""What was kept can be fetched, in parts too, and from a web page."""

from __future__ import annotations

from openparticipant.testing.object_contract.case import BODY, Case, Subject
from openparticipant.testing.raw_http import fetch

PAGE = "https://chat.example"


async def a_kept_object_comes_back_equal(subject: Subject) -> None:
    """Bytes, type and name of a kept object come back as they went in."""
    case = Case(subject)

    answer = await case.get(await case.kept())

    assert (answer.status, answer.body) == (200, BODY)
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-disposition"] == 'attachment; filename="notes.txt"'
    assert answer.headers["content-length"] == str(len(BODY))


async def a_part_may_be_read(subject: Subject) -> None:
    """Ranges give just their bytes; one behind the end is refused."""
    case = Case(subject)
    final = await case.kept()

    first, last, rest = [
        await case.get(final, {"Range": f"bytes={span}"}) for span in ("0-9", "-7", "100-")
    ]
    beyond = await case.get(final, {"Range": f"bytes={len(BODY)}-"})

    assert (first.status, first.body) == (206, BODY[:10])
    assert first.headers["content-range"] == f"bytes 0-9/{len(BODY)}"
    assert (last.status, last.body) == (206, BODY[-7:])
    assert (rest.status, rest.body) == (206, BODY[100:])
    assert (beyond.status, beyond.code) == (416, "InvalidRange")


async def a_browser_may_upload_and_download(subject: Subject) -> None:
    """Preflights pass on the signed URL as it is, and every answer may be read by the page."""
    case = Case(subject)
    invitation = await case.invite()
    names = sorted(name.lower() for name in invitation.headers if name != "Content-Length")
    asks = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": ",".join(names),
    }
    preflight = await fetch("OPTIONS", invitation.url, asks)
    assert preflight.status in {200, 204}
    allowed = preflight.headers["access-control-allow-headers"]
    granted = {name.strip().lower() for name in allowed.split(",")}
    assert "*" in granted or granted.issuperset(names)
    assert "PUT" in preflight.headers["access-control-allow-methods"]

    put = await fetch("PUT", invitation.url, {**invitation.headers, "Origin": PAGE}, BODY)
    final = case.final_key()
    assert await case.objects.keep(await case.seen(), final)
    got = await case.get(final, {"Origin": PAGE})
    missing = await case.get(case.final_key(), {"Origin": PAGE})

    assert (put.status, got.status, missing.status) == (200, 200, 404)
    for answer in (preflight, put, got, missing):
        assert answer.headers["access-control-allow-origin"] in {"*", PAGE}
