"""What browsers are told they may do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openparticipant.transport.cors import Cors

PAGE = b"https://chat.example"
ANYONE = Cors(("*",), methods=("GET", "PUT"), exposed=("etag",), allowed=("x-amz-bearer",))
ONE = Cors((PAGE.decode(),), methods=("GET", "PUT"), exposed=("etag",))


def test_any_origin_gets_a_constant_answer() -> None:
    """Where everyone is allowed, answers do not vary, also for clients that are no browsers."""
    assert (
        ANYONE.headers(None)
        == ANYONE.headers(PAGE)
        == [
            (b"access-control-allow-origin", b"*"),
            (b"access-control-expose-headers", b"etag"),
        ]
    )


def test_a_listed_origin_is_echoed_and_no_other() -> None:
    """A page of another origin is told nothing, and no cache may mix the two up."""
    assert (b"access-control-allow-origin", PAGE) in ONE.headers(PAGE)
    for other in (None, b"null", b"https://chat.example.evil", b"http://chat.example", b"*"):
        assert ONE.headers(other) == [(b"vary", b"Origin")]
    assert (b"vary", b"Origin") in ONE.headers(PAGE)


def test_a_preflight_allows_what_it_asks_for() -> None:
    """The names asked for come back beside those that always may be sent, in lower case, once."""
    granted = dict(ANYONE.preflight(PAGE, b"PUT", b"X-Amz-Acl, content-type,X-AMZ-BEARER") or [])

    assert granted[b"access-control-allow-origin"] == b"*"
    assert granted[b"access-control-allow-methods"] == b"GET, PUT"
    assert granted[b"access-control-allow-headers"] == b"x-amz-bearer, x-amz-acl, content-type"
    assert granted[b"access-control-max-age"] == b"7200"
    assert b"Access-Control-Request-Headers" in granted[b"vary"]


def test_a_preflight_that_may_not() -> None:
    """No origin, a foreign one, no method or one that is not served is not allowed."""
    assert ANYONE.preflight(None, b"PUT") is None
    assert ANYONE.preflight(PAGE, None) is None
    assert ANYONE.preflight(PAGE, b"DELETE") is None
    assert ONE.preflight(b"https://other.example", b"PUT") is None
    assert dict(ONE.preflight(PAGE, b"PUT") or [])[b"access-control-allow-origin"] == PAGE


@given(asked=st.binary(max_size=300) | st.just(b"a," * 5000))
def test_only_sane_names_are_echoed(asked: bytes) -> None:
    """Whatever a preflight asks for, the answer is a bounded header of plain names."""
    granted = dict(ANYONE.preflight(PAGE, b"PUT", asked) or [])[b"access-control-allow-headers"]

    names = granted.split(b", ")
    assert len(names) <= 65
    for name in names:
        assert name == name.lower()
        assert name.isascii()
        assert not set(name) & set(b'\r\n\t ,;:"()<>@/[]?={}\\\0')
