from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interview_site.api.records import ApiToken, IdempotencyRecord

__all__ = ["ApiToken", "Heartbeat", "IdempotencyRecord"]


class Heartbeat(models.Model):
    """When a part of the site last showed that it is alive (threats 72). One row a part."""

    part = models.CharField(_("part"), max_length=40, primary_key=True)
    at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.part

    @classmethod
    def beat(cls, part: str) -> None:
        cls.objects.update_or_create(part=part, defaults={"at": timezone.now()})
