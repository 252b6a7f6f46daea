"""What people think of an interview: marks, comments, decisions. Only a named person decides (hiring_law 5)."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interviews.models.interviews import Interview


class Review(models.Model):
    """One reviewer's view of one interview."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("interview"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("reviewer")
    )
    comment = models.TextField(_("comment"), blank=True, default="", validators=[MaxLengthValidator(5000)])
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["interview", "pk"]
        constraints = [models.UniqueConstraint(fields=["interview", "reviewer"], name="one_review_per_reviewer")]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.reviewer}"


class ReviewChange(models.Model):
    """What a review said before its reviewer changed it, and why it was changed (threats 44). Append-only."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="changes", verbose_name=_("review"))
    marks = models.JSONField()  # {criterion uuid: [score or null, note]} before the change
    comment = models.TextField(blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of a review")
        verbose_name_plural = _("changes of reviews")
        ordering = ["review", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="review_change_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.at}"


class Mark(models.Model):
    """A score 1–5 for one criterion of the frozen plan; NULL says "not enough evidence"."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="marks", verbose_name=_("review"))
    criterion_uuid = models.UUIDField()
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion_uuid"], name="one_mark_per_criterion"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5), name="mark_in_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_uuid}: {self.score}"


class Decision(models.Model):
    """Append-only; the latest counts. A reviewer and a reason are required by the database itself."""

    class Outcome(models.TextChoices):
        ADVANCE = "advance", _("advance")
        HOLD = "hold", _("hold")
        REJECT = "reject", _("reject")

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("interview"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("decided by")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    reason = models.TextField(_("reason"), validators=[MaxLengthValidator(5000)])
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["interview", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.interview_id}: {self.outcome}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise ValueError("A decision is never changed: make a new one.")
        super().save(*args, **kwargs)
