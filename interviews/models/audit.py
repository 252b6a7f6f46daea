from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """Who viewed, exported, changed or erased; ids only, never personal data (threats 79). Append-only."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    action = models.CharField(_("action"), max_length=40)
    target_type = models.CharField(_("what"), max_length=40)
    target_id = models.CharField(_("id"), max_length=64)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"])]  # the history of one thing

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise ValueError("An audit event is never changed.")
        super().save(*args, **kwargs)
