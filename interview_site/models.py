from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interview_site.api.records import ApiToken, IdempotencyRecord
from interview_site.due import DueQuerySet, DueWork
from interview_site.llm.records import ModelHealth, ModelMonth, ModelUsage

__all__ = ["ApiToken", "Heartbeat", "IdempotencyRecord", "ModelHealth", "ModelMonth", "ModelUsage", "StatusCheck"]


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


class StatusCheck(DueWork):
    """One press of a button of the status page, from the wish to its outcome.

    `waiting → running → passed | failed`; at most one unfinished row a block and check.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a worker")
        RUNNING = "running", _("running")
        PASSED = "passed", _("passed")
        FAILED = "failed", _("failed")

    UNFINISHED = (State.WAITING, State.RUNNING)

    block = models.CharField(_("block"), max_length=60)
    name = models.CharField(_("check"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress, %"), default=0)
    text = models.TextField(_("outcome"), blank=True, default="")
    links = models.JSONField(default=list)  # [[text, address]]
    sound = models.CharField(max_length=300, blank=True, default="")
    video = models.CharField(max_length=300, blank=True, default="")
    data = models.JSONField(default=dict)
    crashes = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=10, default="en")  # of who asked: the worker words the outcome
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = _("status check")
        verbose_name_plural = _("status of the services")
        ordering = ["-asked_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["block", "name"], condition=models.Q(state__in=("waiting", "running")), name="one_running_status_check"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="status_check_due"),  # the relay
            models.Index(fields=["block", "name", "-asked_at"], name="status_check_latest"),  # the page
        ]

    def __str__(self) -> str:
        return f"{self.block}: {self.name}"

    @property
    def is_finished(self) -> bool:
        return self.state not in self.UNFINISHED
