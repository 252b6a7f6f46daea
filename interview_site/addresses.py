"""Which network addresses the outbound client may connect to (threats 58–59). A leaf: values in, values out.

Addresses are judged, not text: decimal, hex, short and full-width spellings all end here as what they resolve to.
"""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# `is_global` of the standard library is the base; it calls these global, or did in some version of Python.
_REFUSED_4 = [
    ipaddress.ip_network(block)
    for block in ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4")
]
_REFUSED_6 = [
    ipaddress.ip_network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo (2001::/32) among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 hides an IPv4 address
        "3fff::/20",  # documentation
    )
]
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # the well-known prefix: how IPv6-only machines reach public IPv4
_ISATAP = (0x00005EFE, 0x02005EFE)


def parse(text: str) -> Address:
    """An address without its zone (`fe80::1%eth0`). Raises ValueError."""
    return ipaddress.ip_address(text.partition("%")[0])


def is_public(address: Address) -> bool:
    """True only for unicast addresses of the public internet, whichever way an IPv4 address is hidden in them."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in block for block in _REFUSED_4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return False
    return address in _GLOBAL_UNICAST and address.is_global and not any(address in block for block in _REFUSED_6)


def is_listed(address: Address, networks: Iterable[Network]) -> bool:
    """True when an operator listed this address; a mapped IPv4 address counts as the address it hides."""
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain.version == network.version and plain in network for network in networks)
