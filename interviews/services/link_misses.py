"""Counting wrong links per client address, in the database, so that all web processes share the count (threats 12, 39)."""

import hashlib
import hmac
import time

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from interview_site.client_address import address_block
from interviews.models import LinkMiss

WINDOW_S = 15 * 60
LIMIT = 20  # wrong links per window; a person who mistypes never gets there


def wait_s(address: str, now: float | None = None) -> int:
    """Seconds this address has to wait before it may try another link; 0 when it may try now. Reads only."""
    now = time.time() if now is None else now
    count = LinkMiss.objects.filter(address=_hidden(address), window=_window(now)).values_list("count", flat=True).first() or 0
    return int((_window(now) + 1) * WINDOW_S - now) + 1 if count >= LIMIT else 0


def count_miss(address: str, now: float | None = None) -> None:
    """One more wrong link from this address; atomic, whichever process counts."""
    now = time.time() if now is None else now
    row = LinkMiss.objects.filter(address=_hidden(address), window=_window(now))
    if row.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            LinkMiss.objects.filter(window__lt=_window(now)).delete()
            LinkMiss.objects.create(address=_hidden(address), window=_window(now), count=1)
    except IntegrityError:  # another process opened the window first
        row.update(count=F("count") + 1)


def _window(now: float) -> int:
    return int(now // WINDOW_S)


def _hidden(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), address_block(address).encode(), hashlib.sha256).hexdigest()
