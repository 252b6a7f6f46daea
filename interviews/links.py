"""The candidate's link `/i/<public_id>.<mac>` and the cookie it is exchanged for (design §5, threats 9–12).

mac = first 22 characters of base64url HMAC-SHA256(LINK_KEY, "public_id:generation"): 132 bits. The database stores only the
generation, so a dump yields no working link; a reissue raises the generation and ends the old link and its cookies.
No models here: values in, values out.
"""

import base64
import hashlib
import hmac

from django.conf import settings
from django.core import signing

MAC_LENGTH = 22
COOKIE_MAX_AGE_S = 60 * 60 * 24 * 30


def mac(public_id: str, generation: int) -> str:
    digest = hmac.new(settings.LINK_KEY.encode(), f"{public_id}:{generation}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:MAC_LENGTH]


def mac_is_right(public_id: str, generation: int, given: str) -> bool:
    """Compared in constant time; False for anything malformed."""
    return hmac.compare_digest(mac(public_id, generation).encode(), given.encode("utf-8", "replace"))


def path(public_id: str, generation: int) -> str:
    """The link without its host: for staff who already are on this site."""
    return f"/i/{public_id}.{mac(public_id, generation)}"


def link(public_id: str, generation: int) -> str:
    """The absolute address HR send. Built on PUBLIC_BASE_URL, never on the Host header (threats 39)."""
    return f"{settings.PUBLIC_BASE_URL}{path(public_id, generation)}"


def cookie_name(public_id: str) -> str:
    return f"iv_{public_id}"


def cookie_value(public_id: str, generation: int) -> str:
    return signing.dumps([public_id, generation], key=settings.LINK_KEY, salt="interview-cookie")


def cookie_is_right(public_id: str, generation: int, value: str | None) -> bool:
    """True when the cookie was signed by us for this interview and this generation of its link."""
    if not value:
        return False
    try:
        return signing.loads(value, key=settings.LINK_KEY, salt="interview-cookie", max_age=COOKIE_MAX_AGE_S) == [
            public_id,
            generation,
        ]
    except signing.BadSignature:
        return False
