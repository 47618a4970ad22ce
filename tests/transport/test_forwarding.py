"""Whom a request comes from, and whom not to believe about it."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.transport.forwarding import TrustedProxies
from tests.transport.served import Echo, on_loop, serving

PROXY = ("10.0.0.1", 4711)
TRUSTED = TrustedProxies([ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")])


def client(peer: tuple[str, int], *told: str) -> str:
    headers = [(b"x-forwarded-for", one.encode("latin-1")) for one in told]
    return TRUSTED.client(peer, [(b"host", b"chat"), *headers])[0]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], "10.0.0.1"),
        (["198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9,198.51.100.7 , 10.0.0.2"], "198.51.100.7"),
        (["203.0.113.9", "198.51.100.7", "10.0.0.2"], "198.51.100.7"),
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
        (["198.51.100.7:4711"], "10.0.0.1"),
        (["2001:DB8::1, 2001:db9::1, 2001:db8::2"], "2001:db9::1"),
        (["::ffff:198.51.100.7"], "198.51.100.7"),
        ([""], "10.0.0.1"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_is_the_clients(told: list[str], found: str) -> None:
    """Proxies write behind each other; where one says nothing of use, its own address counts."""
    assert client(PROXY, *told) == found


def test_a_proxy_may_call_by_ipv4_where_we_listen_on_both() -> None:
    """The kernel shows such an address as one of IPv6."""
    assert client(("::ffff:10.0.0.1", 1), "198.51.100.7") == "198.51.100.7"


@given(st.text(st.characters(max_codepoint=255)), st.ip_addresses().map(str))
def test_a_stranger_is_not_believed(told: str, peer: str) -> None:
    """Whatever a client writes, it stays who the kernel says it is; without proxies so does all."""
    headers = [(b"x-forwarded-for", told.encode("latin-1"))]
    assert TrustedProxies([]).client((peer, 1), headers) == (peer, 1)
    assert TRUSTED.client(("198.51.100.8", 1), headers) == ("198.51.100.8", 1)


@given(st.text(st.characters(max_codepoint=255, exclude_characters=",")))
def test_what_comes_before_the_proxies_word_changes_nothing(made_up: str) -> None:
    """Nginx and its like write the address that they saw at the end."""
    assert client(PROXY, f"{made_up}, 198.51.100.7") == "198.51.100.7"


@on_loop
async def test_a_proxys_connection_carries_the_requests_of_many() -> None:
    """Each request is its own client's, and what is no request yet is the proxy's."""
    app, told = Echo(), "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\n\r\n"
    async with serving(app, proxies=[ip_network("127.0.0.0/8")]) as served:
        client = await served.client()
        for address in ("198.51.100.7", "198.51.100.8"):
            await client.ask((told % address).encode())
        await client.ask(b"nonsense\r\n\r\n")
    assert [scope["client"] for scope in app.scopes] == [("198.51.100.7", 0), ("198.51.100.8", 0)]
    assert [refusal.client[0] for refusal in served.refusals if refusal.client] == ["127.0.0.1"]
