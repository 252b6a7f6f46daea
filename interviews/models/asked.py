"""What a candidate asked about the job: a task for the recruiter until somebody has answered (design §5)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.models.interviews import Interview


class AskedQuestionQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> "AskedQuestionQuerySet":
        if user.is_superuser or user.has_perm("interviews.view_all_positions"):
            return self
        return self.filter(interview__in=Interview.objects.visible_to(user).values("pk"))

    def waiting(self) -> "AskedQuestionQuerySet":
        return self.filter(state=AskedQuestion.State.OPEN)


class AskedQuestion(models.Model):
    """One question. Made in the transaction that stores its turn, so that none is lost; its words stand in the turn only.

    open → told (the interviewer said HR's own words) | answered (a person says so). A told one may still be answered.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        TOLD = "told", _("answered in the interview")
        ANSWERED = "answered", _("answered by a person")

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="asked", verbose_name=_("interview"))
    turn = models.OneToOneField("interviews.Turn", on_delete=models.CASCADE, related_name="asked", verbose_name=_("question"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    fact = models.TextField(_("what the interviewer said"), blank=True, default="")  # HR's own line
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("answered by"),
    )  # fmt: skip
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)

    objects = AskedQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidate's question")
        verbose_name_plural = _("candidates' questions")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "-id"])]  # the recruiter's list of what waits

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.turn_id}"
