"""What a browser makes of the answers to a preflight (the Fetch standard's CORS protocol)."""

from __future__ import annotations

import pytest

from openparticipant.cli.examination.page import Page
from openparticipant.cli.examination.report import WrongError
from openparticipant.cli.global_options import read
from openparticipant.cli.reach import Reach
from tests.cli.doctor.examining import ORIGIN
from tests.cli.raw_server import http, saying

_ANY = "Access-Control-Allow-Origin: *"
_METHODS = "Access-Control-Allow-Methods: PUT"


def preflight(method: str, name: str, *headers: str, status: str = "200 OK") -> str:
    """Return what is wrong with an answer to the preflight of one header, or nothing."""
    with saying([http(status, b"", *headers)]) as server:
        page = Page(ORIGIN, Reach(read({}), {}, trust=None))
        try:
            page.preflight(f"{server.url}/key?X-Amz-Signature=s", method, (name,), "")
        except WrongError as error:
            return str(error).removeprefix(f"the preflight of {method} /key ")
    assert f"\r\nAccess-Control-Request-Headers: {name}\r\n" in server.heads[0]
    return ""


@pytest.mark.parametrize(
    ("name", "headers", "said"),
    [
        ("x-a", (_ANY, _METHODS, "Access-Control-Allow-Headers: X-B, X-A"), ""),
        ("x-a", (_ANY, _METHODS, "Access-Control-Allow-Headers: *"), ""),
        ("x-a", (_ANY, "Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: x-a"), ""),
        (
            "x-a",
            (f"Access-Control-Allow-Origin: {ORIGIN}", _METHODS, "Access-Control-Allow-Headers: *"),
            "",
        ),
        (
            "authorization",
            (_ANY, _METHODS, "Access-Control-Allow-Headers: *"),
            "does not allow the headers authorization",
        ),
        ("x-a", (_ANY, _METHODS), "does not allow the headers x-a"),
        (
            "x-a",
            (_ANY, "Access-Control-Allow-Methods: GET", "Access-Control-Allow-Headers: x-a"),
            "does not allow the method",
        ),
        ("x-a", (_ANY, "Access-Control-Allow-Headers: x-a"), "does not allow the method"),
        ("x-a", (_METHODS,), "has no Access-Control-Allow-Origin"),
        (
            "x-a",
            ("Access-Control-Allow-Origin: http://chat.example.org",),
            "lets in pages of http:",
        ),
        ("x-a", (_ANY, _ANY), "says Access-Control-Allow-Origin twice (*, *)"),
        (
            "x-a",
            (f"Access-Control-Allow-Origin: *, {ORIGIN}",),
            "says Access-Control-Allow-Origin t",
        ),
    ],
)
def test_an_upload_needs_leave_for_all_of_it(
    name: str, headers: tuple[str, ...], said: str
) -> None:
    """Origin, method and each header; `*` stands for all but the authorization."""
    found = preflight("PUT", name, *headers)

    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_a_simple_method_needs_no_leave() -> None:
    """But its headers do, and an error is none, whatever it says."""
    allowed = (_ANY, "Access-Control-Allow-Headers: x-a")

    assert preflight("POST", "x-a", *allowed) == ""
    assert preflight("POST", "x-a", *allowed, status="204 No Content") == ""
    assert preflight("POST", "x-a", *allowed, status="302 Found").startswith("is answered 302")
