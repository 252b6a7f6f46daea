"""Counting failed logins in the database, so that all web processes share the count (threats 39, 41).

Three counts: one person at one address, one address, one user name. Somebody who guesses from one place is stopped early;
nobody can lock a colleague out from elsewhere with a handful of tries.
"""

import hashlib
import hmac
import time

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from interview_site.client_address import address_block
from interviews.models import LoginMiss

WINDOW_S = 15 * 60
MOST_PAIR, MOST_ADDRESS, MOST_NAME = 10, 50, 100


def wait_s(name: str, address: str, now: float | None = None) -> int:
    """Seconds until this person may try to log in from this address; 0 when they may now. Reads only."""
    now = time.time() if now is None else now
    limits = _limits(name, address)
    counts = LoginMiss.objects.filter(who__in=limits, window=_window(now)).values_list("who", "count")
    is_over = any(count >= limits[who] for who, count in counts)
    return int((_window(now) + 1) * WINDOW_S - now) + 1 if is_over else 0


def count_miss(name: str, address: str, now: float | None = None) -> None:
    """One more failed login; atomic, whichever process counts."""
    window = _window(time.time() if now is None else now)
    for who in _limits(name, address):
        row = LoginMiss.objects.filter(who=who, window=window)
        if row.update(count=F("count") + 1):
            continue
        try:
            with transaction.atomic():
                LoginMiss.objects.filter(window__lt=window).delete()
                LoginMiss.objects.create(who=who, window=window, count=1)
        except IntegrityError:  # another process opened the window first
            row.update(count=F("count") + 1)


def _window(now: float) -> int:
    return int(now // WINDOW_S)


def _limits(name: str, address: str) -> dict[str, int]:
    block, name = address_block(address), name.casefold()[:150]
    return {_hidden(f"{block} {name}"): MOST_PAIR, _hidden(block): MOST_ADDRESS, _hidden(f"@{name}"): MOST_NAME}


def _hidden(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
