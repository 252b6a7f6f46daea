"""Settings that are refused while they are read, each with its name and the remedy (design §8)."""

import ipaddress
import zoneinfo

from django.core.exceptions import ImproperlyConfigured


def is_loopback(host: str) -> bool:
    """True for `localhost` and loopback addresses; any other name may lead elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_public_url(host: str, public_base_url: str) -> None:
    """Links, cookies and origins are made from the base URL: one that names this machine is no use to another.

    Raises ImproperlyConfigured when HOST is open to the network and PUBLIC_BASE_URL is not set.
    """
    if not is_loopback(host) and not public_base_url:
        raise ImproperlyConfigured(
            f"HOST is {host}, which other machines can reach, but PUBLIC_BASE_URL is empty. Set PUBLIC_BASE_URL to the"
            " address people will type, for example https://interviews.example.com (browsers give the microphone to"
            " https pages only), or leave HOST empty."
        )


def known_time_zone(name: str) -> str:
    """`name`, when the machine knows it; raises ImproperlyConfigured otherwise."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(f"TIME_ZONE is {name!r}: write a name such as Asia/Almaty or Europe/Moscow.") from error
    return name
