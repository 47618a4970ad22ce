"""Who a request comes from, where a proxy of the operator's own stands in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = tuple[str, int]
Network = IPv4Network | IPv6Network

_HEADER = b"x-forwarded-for"


class TrustedProxies:
    """The networks whose word about a client's address is taken."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks

    def client(self, peer: Address, headers: Iterable[tuple[bytes, bytes]]) -> Address:
        """Return the address that a request comes from; names of `headers` are in lower case.

        Each proxy writes behind the others whom it was called by. Read from the end, the first
        address that is no proxy of ours is the client's: what stands before it is hearsay, and
        anybody may have sent it. The port is 0 where a proxy told the address.
        """
        if not self._networks or not self._trusts(_parsed(peer[0])):
            return peer
        told = b",".join(value for name, value in headers if name == _HEADER).decode("latin-1")
        nearest = peer
        for text in reversed(told.split(",")):
            address = _parsed(text.strip())
            if address is None:
                break
            nearest = (str(address), 0)
            if not self._trusts(address):
                break
        return nearest

    def _trusts(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket that listens on `::` has callers by IPv4 in this form.
    return getattr(address, "ipv4_mapped", None) or address
