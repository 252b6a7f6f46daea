"""Rehearsals of a position: made-up candidates go through the interview before people do (design §5)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interviews.models.authoring import ModelWork
from interviews.models.interviews import Interview
from interviews.models.positions import Language, Position, PositionVersion


class Rehearsal(ModelWork):
    """One rehearsal of a frozen version.

    ::

        queued → running → ready | failed | cancelled
        queued → failed | cancelled,   failed → queued (tried again, from where it stopped)

    `report` is what `interviews.rehearsal.checks` found: codes and numbers, so that each reader gets it in their language.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("under way")
        READY = "ready", _("finished")
        FAILED = "failed", _("broke off")
        CANCELLED = "cancelled", _("stopped")

    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.QUEUED)
    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="rehearsals", verbose_name=_("position"))
    version = models.ForeignKey(PositionVersion, on_delete=models.CASCADE, related_name="+", verbose_name=_("position version"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    is_led = models.BooleanField(_("with a model as interviewer"), default=False)
    is_marked = models.BooleanField(_("answers are scored"), default=False)
    report = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="rehearsal_due")]  # the relay
        constraints = [
            models.UniqueConstraint(
                fields=["position"], condition=Q(state__in=["queued", "running"]), name="rehearsal_one_under_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} · {self.pk}"

    @property
    def is_clean(self) -> bool:
        """It came to its end and nothing in it needs a look."""
        return self.state == self.State.READY and not self.warnings

    @property
    def warnings(self) -> int:
        return sum(1 for check in self.report.get("checks", ()) if check["level"] == "warn")


class RehearsedInterview(models.Model):
    """One made-up candidate's conversation, and the scores of its answers.

    `at` is the virtual clock. `replies` counts what the model did: {"asked", "late", "failed", "slowest_ms", "refused": {reason:
    count}}. `marks`: list of {"criterion", "question", "repeat", "score", "insufficient"}, uuids and a score 1–5 or None.
    """

    class Ending(models.TextChoices):
        GOODBYE = "goodbye", _("said goodbye")
        WAITING = "waiting", _("paused, waits for the candidate")
        ENDLESS = "endless", _("came to no end")

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="parts")
    persona = models.CharField(max_length=10)
    interview = models.OneToOneField(Interview, on_delete=models.CASCADE, related_name="rehearsed")
    at = models.DateTimeField()
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True, default="")
    replies = models.JSONField(default=dict)
    marks = models.JSONField(default=list)

    class Meta:
        verbose_name = _("rehearsed interview")
        verbose_name_plural = _("rehearsed interviews")
        ordering = ["rehearsal", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["rehearsal", "persona"], name="rehearsed_once")]

    def __str__(self) -> str:
        return f"{self.rehearsal_id} · {self.persona}"
