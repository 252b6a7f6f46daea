"""This site's own address: absolute addresses of its pages and files, and whether others can fetch them."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from django.conf import settings

from interview_site import addresses
from interview_site.outbound_socket import Resolver, system_resolver

log = logging.getLogger(__name__)
_BELIEVED_S = 600.0
_RESOLVE_S = 3.0
_resolving = ThreadPoolExecutor(1, thread_name_prefix="own-name")
_lock = threading.Lock()
_known: dict[str, tuple[float, bool]] = {}


def site_address(path: str) -> str:
    return settings.PUBLIC_BASE_URL + path


def others_can_fetch(resolver: Resolver = system_resolver) -> bool:
    """Whether a provider can reach our addresses, as far as this machine can tell: https, and a name that leads to public
    addresses only. Believed for ten minutes; a name that cannot be looked up is not reachable."""
    base = settings.PUBLIC_BASE_URL
    now = time.monotonic()
    with _lock:
        asked_at, answer = _known.get(base, (0.0, False))
        if base in _known and now - asked_at < _BELIEVED_S:
            return answer
    answer = _is_public(base, resolver)
    with _lock:
        _known[base] = (now, answer)
    return answer


def _is_public(base: str, resolver: Resolver) -> bool:
    parts = urlsplit(base)
    if parts.scheme != "https" or not parts.hostname:
        return False
    try:
        found = _resolving.submit(resolver, parts.hostname, parts.port or 443).result(timeout=_RESOLVE_S)
        return bool(found) and all(addresses.is_public(addresses.parse(text)) for text in found)
    except (OSError, TimeoutError, ValueError) as error:
        log.warning("our own name cannot be looked up", extra={"fault": type(error).__name__})
        return False


def forget() -> None:
    """Ask anew at the next question (tests; a changed name)."""
    with _lock:
        _known.clear()
