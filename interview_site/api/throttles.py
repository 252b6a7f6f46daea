"""Fairness between callers, by atomic counters in the shared cache (threats 34, 39).

A fixed window of a minute each: `cache.add` + `cache.incr` are atomic in Redis and in memory. When the cache is away the
call goes through: a fairness limit must not take the API down.
"""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from interview_site.api.records import ApiToken
from interview_site.client_address import address_block, client_address

log = logging.getLogger(__name__)
WINDOW_S = 60


def count(name: str, *, by: int = 1) -> tuple[int, int]:
    """Add `by` to the counter `name` of this minute; (value, seconds until it starts again). (0, 0) without a cache."""
    now = int(time.time())
    key = f"throttle:{name}:{now // WINDOW_S}"
    try:
        cache.add(key, 0, timeout=2 * WINDOW_S)
        value = cache.incr(key, by) if by else cache.get(key, 0)
    except Exception as error:  # any cache backend, any fault: see the module docstring
        log.warning("throttle without a cache", extra={"fault": type(error).__name__})
        return 0, 0
    return value, WINDOW_S - now % WINDOW_S


def refuse_after_many_failures(request: Request, *, failed: bool) -> None:
    """Count a failed token of this address; raises Throttled when the address has guessed too often this minute."""
    failures, wait_s = count(f"failed:{address_block(client_address(request))}", by=1 if failed else 0)
    if failures > settings.API_FAILED_TOKENS_PER_MINUTE:
        raise Throttled(wait=wait_s)


class CallerThrottle(BaseThrottle):
    """Per token, else per person, else per real client address; 429 with Retry-After past the limit."""

    def __init__(self) -> None:
        self._wait_s = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        value, self._wait_s = count(caller_of(request))
        return value <= settings.API_CALLS_PER_MINUTE

    def wait(self) -> float:
        return self._wait_s


def caller_of(request: Request) -> str:
    """ "token:7", "user:3" or "address:203.0.113.9"."""
    if isinstance(request.auth, ApiToken):
        return f"token:{request.auth.pk}"
    if request.user and request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{address_block(client_address(request))}"
