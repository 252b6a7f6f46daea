"""The breaker all processes share: five faults in a row pause a provider for a minute, then one probe (threats 50).

Only faults that tell about the provider's health count: connectivity, server, rate limit. A refused key or text does not
open it, but is kept as the last error, so that the admin shows it.
"""

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from avatars.models import ProviderHealth
from avatars.providers.base import Balance
from interview_site.errors import Category, ProviderError

FAILURES = 5
PAUSE_S = 60.0
# A success is written down at most so often while all is well: a write for each call would be the dearest part of it.
_SUCCESS_STEP = timedelta(seconds=10)
_COUNTED = (Category.CONNECTIVITY, Category.SERVER, Category.RATE_LIMIT)


class SharedBreaker:
    """The state lives in ProviderHealth; every move is a conditional UPDATE."""

    def before(self, provider: str) -> None:
        """Nothing when the provider may be called. Raises ProviderError (connectivity, `breaker_open`) while it rests."""
        health = ProviderHealth.objects.filter(provider=provider).only("open_since", "paused_until").first()
        if health is None or health.open_since is None:
            return
        now = timezone.now()
        if health.paused_until is None or health.paused_until <= now:
            # Whoever moves the time on is the probe; everybody else waits for its outcome.
            probes = ProviderHealth.objects.filter(pk=health.pk, paused_until=health.paused_until)
            if probes.update(paused_until=now + timedelta(seconds=PAUSE_S)):
                return
        raise ProviderError(
            f"{provider} rests after {FAILURES} faults in a row", category=Category.CONNECTIVITY, provider=provider,
            code="breaker_open", retry_after_s=max(health.wait_s, 1.0),
        )  # fmt: skip

    def succeeded(self, provider: str) -> None:
        now = timezone.now()
        health, made = ProviderHealth.objects.get_or_create(provider=provider, defaults={"last_success_at": now})
        if made:
            return
        quiet = health.failures == 0 and health.open_since is None
        if quiet and health.last_success_at and now - health.last_success_at < _SUCCESS_STEP:
            return
        ProviderHealth.objects.filter(pk=health.pk).update(failures=0, open_since=None, paused_until=None, last_success_at=now)

    def failed(self, provider: str, error: ProviderError) -> None:
        now = timezone.now()
        health, _made = ProviderHealth.objects.get_or_create(provider=provider)
        mine = ProviderHealth.objects.filter(pk=health.pk)
        mine.update(last_error_at=now, last_category=str(error.category), last_error=error.log_text[:300])
        if error.category not in _COUNTED:
            return
        mine.update(failures=F("failures") + 1)
        mine.filter(failures__gte=FAILURES).filter(Q(paused_until__isnull=True) | Q(paused_until__lt=now)).update(
            paused_until=now + timedelta(seconds=PAUSE_S)
        )
        mine.filter(failures__gte=FAILURES, open_since__isnull=True).update(open_since=now)


def note_balance(provider: str, balance: Balance) -> None:
    """Keep what the provider said is left."""
    ProviderHealth.objects.update_or_create(
        provider=provider,
        defaults={"balance": balance.amount, "balance_unit": balance.unit[:20], "balance_at": timezone.now()},
    )
