"""What models were asked for, and what it cost: one row a request, one a month; and how each model is doing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interview_site.breaker import Health

MONEY = {"max_digits": 14, "decimal_places": 6, "default": 0}


class ModelUsage(models.Model):
    """One request to a language model. `open` rows are under way, or their process died: they count with what they could cost."""

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    purpose = models.CharField(_("purpose"), max_length=20)
    subject = models.CharField(_("for"), max_length=80, blank=True, default="")  # an interview's public id, a draft's key
    model = models.CharField(_("model"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    input_tokens = models.PositiveIntegerField(_("tokens read"), default=0)
    output_tokens = models.PositiveIntegerField(_("tokens written"), default=0)
    is_estimate = models.BooleanField(_("estimated"), default=True)  # the server counted nothing
    cost = models.DecimalField(_("cost"), **MONEY)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("model request")
        verbose_name_plural = _("model requests")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject", "purpose"], name="model_usage_subject"),  # the limit of one interview
            models.Index(fields=["at"], name="model_usage_at"),  # the admin's list
        ]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.model}"


class ModelMonth(models.Model):
    """All requests of a month: the hard limit is one conditional UPDATE of this row."""

    month = models.DateField(_("month"), primary_key=True)  # its first day, UTC
    tokens = models.PositiveBigIntegerField(_("tokens"), default=0)
    cost = models.DecimalField(_("cost"), **MONEY)

    class Meta:
        verbose_name = _("month of model requests")
        verbose_name_plural = _("months of model requests")
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ModelHealth(Health):
    """One row for each purpose and model that was ever asked (interview_site.llm.health)."""

    class Meta(Health.Meta):
        verbose_name = _("health of a language model")
        verbose_name_plural = _("health of language models")
        default_permissions = ("view",)
        permissions = [("test_modelhealth", _("Can test language models"))]
