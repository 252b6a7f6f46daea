"""How each provider is doing: the shared breaker, the last success and error, the balance (design §2, threats 50)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interview_site.breaker import Health


class ProviderHealth(Health):
    """One row for each provider that was ever called (interview_site.breaker), and what is left of its balance."""

    balance = models.DecimalField(_("balance"), max_digits=14, decimal_places=4, null=True, blank=True)
    balance_unit = models.CharField(max_length=20, blank=True, default="")
    balance_at = models.DateTimeField(_("balance read"), null=True, blank=True)

    class Meta(Health.Meta):
        verbose_name = _("health of a provider")
        verbose_name_plural = _("health of providers")
