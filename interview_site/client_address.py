"""The real address of a client: forwarded headers count only when a configured proxy speaks (threats 39)."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The nearest address no trusted proxy stands for; `unknown` when the server gives none.

    TRUSTED_PROXIES holds addresses or networks. X-Forwarded-For is read from the right: each trusted hop vouches for the next.
    """
    hops = [request.META.get("REMOTE_ADDR", "")]
    if _is_trusted(hops[0]):
        hops += [part.strip() for part in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")) if part.strip()]
    nearest = hops[0]
    for hop in hops:
        if _parsed(hop) is None:
            break  # nonsense in the header: the last good hop is what we know
        nearest = hop
        if not _is_trusted(hop):
            break
    return nearest or "unknown"


def address_block(address: str) -> str:
    """What limits are counted by: an IPv4 address, or the /64 an IPv6 client owns."""
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or "unknown")


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_trusted(text: str) -> bool:
    address = _parsed(text)
    if address is None:
        # A Unix socket between nginx and the site has no address.
        return text == "" and bool(settings.TRUSTED_PROXIES)
    return any(_in(address, entry) for entry in settings.TRUSTED_PROXIES)


def _in(address: ipaddress.IPv4Address | ipaddress.IPv6Address, entry: str) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
