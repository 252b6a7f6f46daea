"""What was spent at providers: one row for each paid order, written before it is sent (design §2, threats 53)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from avatars.models.profiles import AvatarSettings


class Spending(models.Model):
    """A paid order in the site's own currency (`avatars.services.budget` has the rules). `reference` makes a repeat one row.

    `estimated` until the provider has told the cost; an order that was surely not taken has amount 0.
    """

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        SPEECH = "speech", _("speech")
        LIVE = "live", _("live conversation")

    reference = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    provider = models.CharField(_("provider"), max_length=40)
    profile = models.ForeignKey(
        AvatarSettings, on_delete=models.SET_NULL, null=True, blank=True, related_name="spendings", verbose_name=_("profile")
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=4)
    estimated = models.BooleanField(_("estimated"), default=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("spending")
        verbose_name_plural = _("spendings")
        ordering = ["-at"]
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=0), name="spending_not_negative")]
        # The sum of a profile's month, asked before each paid order; the site's month for the overview.
        indexes = [
            models.Index(fields=["profile", "at"], name="spending_of_profile"),
            models.Index(fields=["at"], name="spending_by_time"),
        ]

    def __str__(self) -> str:
        return self.reference
