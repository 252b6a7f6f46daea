"""What a language model proposes about an interview (design §5). It marks nothing and decides nothing."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interview_site.due import DueWork
from interviews.models.interviews import Interview


class Evaluation(DueWork):
    """One proposal; scoring again adds another row, so that nothing a person may have read is changed.

    ::

        queued → running → proposed | needs_person
        queued → needs_person

    A worker makes one Finding after another; each is committed when it stands, so a killed worker goes on where it was.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being prepared")
        PROPOSED = "proposed", _("ready")
        NEEDS_PERSON = "needs_person", _("needs a person")

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="evaluations", verbose_name=_("interview"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    error_code = models.CharField(max_length=40, blank=True, default="")  # why a person is needed
    model = models.CharField(_("model"), max_length=200, blank=True, default="")
    prompt = models.CharField(_("prompt"), max_length=60, blank=True, default="")  # "evaluate/ru 1"
    total = models.PositiveSmallIntegerField(_("parts"), default=0)  # findings there will be
    tokens = models.PositiveIntegerField(_("tokens"), default=0)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=6, default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="evaluation_due")]  # the relay
        constraints = [
            models.UniqueConstraint(
                fields=["interview"], condition=Q(state__in=["queued", "running"]), name="evaluation_one_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class EvaluationPassage(models.Model):
    """One move of an evaluation from state to state."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="passages")
    old_state = models.CharField(max_length=12)
    new_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("state change")
        verbose_name_plural = _("state changes")
        ordering = ["evaluation", "pk"]

    def __str__(self) -> str:
        return f"{self.old_state} → {self.new_state}"


class Finding(models.Model):
    """What the answer to one question shows about one criterion of the frozen plan.

    A `score` 1–5 with verified `quotes`; or `insufficient` says by which rule there is none (`interviews.evaluation.rules`);
    or neither: three answers of the model had no ground, and a person is needed. The database itself refuses a score without
    a quote. `quotes`: list of {turn, text, start, end, at_ms, confidence}: `start`, `end` are characters of the turn's text.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="findings", verbose_name=_("evaluation"))
    criterion_uuid = models.UUIDField()
    question_uuid = models.UUIDField(null=True, blank=True)  # NULL: no question of the plan belongs to the criterion
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    insufficient = models.CharField(max_length=20, blank=True, default="")
    quotes = models.JSONField(default=list, blank=True)
    quote_count = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(_("reason"), blank=True, default="")
    input_hash = models.CharField(max_length=64, blank=True, default="")  # of everything the model was shown
    asks = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["evaluation", "pk"]
        constraints = [
            # Two, because NULLs count as different: by one rule SQLite could not hold that of a criterion without questions.
            models.UniqueConstraint(fields=["evaluation", "criterion_uuid", "question_uuid"], name="finding_once_a_question"),
            models.UniqueConstraint(
                fields=["evaluation", "criterion_uuid"], condition=Q(question_uuid__isnull=True), name="finding_once_without_one"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5, quote_count__gte=1, insufficient=""),
                name="finding_score_has_a_quote",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} · {self.criterion_uuid}: {self.score}"

    @property
    def needs_person(self) -> bool:
        return self.score is None and not self.insufficient
