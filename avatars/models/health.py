"""How each provider is doing: the shared breaker, the last success and error, the balance (design §2, threats 50)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ProviderHealth(models.Model):
    """One row for each provider that was ever called. The breaker is open while `paused_until` lies ahead.

    `failures` counts faults in a row. `paused_until`: nobody calls before it; then exactly one caller may, the probe,
    because taking it moves the time on (avatars.providers.breaker).
    """

    provider = models.CharField(_("provider"), max_length=40, unique=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    open_since = models.DateTimeField(_("paused since"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_error_at = models.DateTimeField(_("last error"), null=True, blank=True)
    last_category = models.CharField(_("kind of error"), max_length=20, blank=True, default="")
    last_error = models.CharField(_("error"), max_length=300, blank=True, default="")
    balance = models.DecimalField(_("balance"), max_digits=14, decimal_places=4, null=True, blank=True)
    balance_unit = models.CharField(max_length=20, blank=True, default="")
    balance_at = models.DateTimeField(_("balance read"), null=True, blank=True)

    class Meta:
        verbose_name = _("health of a provider")
        verbose_name_plural = _("health of providers")
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
