"""The breaker all processes share: five faults in a row pause a provider for a minute, then one probe (threats 50).

Each app keeps its own rows: a model that inherits from `Health`, and `Breaker(ThatModel)` around every call. Only faults that
tell about the provider's health count: connectivity, server, rate limit. A refused key or text does not open it, but is kept
as the last error, so that the admin shows it.
"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interview_site.errors import Category, ProviderError

FAILURES = 5
PAUSE_S = 60.0
# A success is written down at most so often while all is well: a write for each call would be the dearest part of it.
_SUCCESS_STEP = timedelta(seconds=10)
_COUNTED = (Category.CONNECTIVITY, Category.SERVER, Category.RATE_LIMIT)


class Health(models.Model):
    """One row for each provider that was ever called. The breaker is open while `paused_until` lies ahead.

    `failures` counts faults in a row. `paused_until`: nobody calls before it; then exactly one caller may, the probe,
    because taking it moves the time on.
    """

    provider = models.CharField(_("provider"), max_length=40, unique=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    open_since = models.DateTimeField(_("paused since"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_error_at = models.DateTimeField(_("last error"), null=True, blank=True)
    last_category = models.CharField(_("kind of error"), max_length=20, blank=True, default="")
    last_error = models.CharField(_("error"), max_length=300, blank=True, default="")

    class Meta:
        abstract = True
        ordering = ["provider"]

    def __str__(self) -> str:
        return self.provider

    @property
    def is_open(self) -> bool:
        return self.open_since is not None

    @property
    def wait_s(self) -> float:
        """Seconds until the next probe; 0 when calls are allowed."""
        return max((self.paused_until - timezone.now()).total_seconds(), 0.0) if self.paused_until else 0.0


class Breaker:
    """The state lives in rows of `model`; every move is a conditional UPDATE."""

    def __init__(self, model: type[Health]) -> None:
        self._rows = model.objects

    def before(self, provider: str) -> None:
        """Nothing when the provider may be called. Raises ProviderError (connectivity, `breaker_open`) while it rests."""
        health = self._rows.filter(provider=provider).only("open_since", "paused_until").first()
        if health is None or health.open_since is None:
            return
        now = timezone.now()
        if health.paused_until is None or health.paused_until <= now:
            # Whoever moves the time on is the probe; everybody else waits for its outcome.
            probes = self._rows.filter(pk=health.pk, paused_until=health.paused_until)
            if probes.update(paused_until=now + timedelta(seconds=PAUSE_S)):
                return
        raise ProviderError(
            f"{provider} rests after {FAILURES} faults in a row", category=Category.CONNECTIVITY, provider=provider,
            code="breaker_open", retry_after_s=max(health.wait_s, 1.0),
        )  # fmt: skip

    def succeeded(self, provider: str) -> None:
        now = timezone.now()
        health, made = self._rows.get_or_create(provider=provider, defaults={"last_success_at": now})
        if made:
            return
        quiet = health.failures == 0 and health.open_since is None
        if quiet and health.last_success_at and now - health.last_success_at < _SUCCESS_STEP:
            return
        self._rows.filter(pk=health.pk).update(failures=0, open_since=None, paused_until=None, last_success_at=now)

    def failed(self, provider: str, error: ProviderError) -> None:
        now = timezone.now()
        health, _made = self._rows.get_or_create(provider=provider)
        mine = self._rows.filter(pk=health.pk)
        mine.update(last_error_at=now, last_category=str(error.category), last_error=error.log_text[:300])
        if error.category not in _COUNTED:
            return
        mine.update(failures=F("failures") + 1)
        mine.filter(failures__gte=FAILURES).filter(Q(paused_until__isnull=True) | Q(paused_until__lt=now)).update(
            paused_until=now + timedelta(seconds=PAUSE_S)
        )
        mine.filter(failures__gte=FAILURES, open_since__isnull=True).update(open_since=now)
