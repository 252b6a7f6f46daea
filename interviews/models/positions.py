"""Positions, their draft questions and criteria, and the frozen versions interviews refer to (design §2)."""

import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords


class Language(models.TextChoices):
    RU = "ru", "Русский"
    EN = "en", "English"
    KK = "kk", "Қазақша"


def count_of(rows: models.QuerySet) -> Coalesce:
    """The number of `rows` as a subquery: unlike joined counts it neither doubles nor groups the outer rows."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(counted), 0)


class PositionQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> "PositionQuerySet":
        """Superusers and holders of `interviews.view_all_positions` see all; others the positions they are members of."""
        if user.is_superuser or user.has_perm("interviews.view_all_positions"):
            return self
        return self.filter(Q(pk__in=user.positions.values("pk")) | Q(created_by=user))

    def with_counts(self) -> "PositionQuerySet":
        """Adds `invited` and `to_review`: real interviews of all versions, and those completed without a decision."""
        interviews = self.model.versions.rel.related_model.interviews.rel.related_model.objects.filter(
            version__position=OuterRef("pk"), kind="real"
        )  # fmt: skip
        waiting = interviews.filter(state="completed", decisions__isnull=True)
        return self.annotate(invited=count_of(interviews), to_review=count_of(waiting))


class Position(models.Model):
    """A vacancy people are interviewed for. Its questions and criteria are a draft; inviting freezes a PositionVersion.

    draft → open ⇄ closed. Invitations leave only while open; `opens_at`/`closes_at` bound when candidates may start.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="", validators=[MaxLengthValidator(20000)])
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.RU)
    avatar = models.ForeignKey(
        "avatars.AvatarSettings", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("avatar profile"), help_text=_("Empty: the default profile."),
    )  # fmt: skip
    intro = models.TextField(
        _("greeting"), blank=True, default="", validators=[MaxLengthValidator(2000)],
        help_text=_("Empty: the standard greeting. The avatar always says first that it is an AI."),
    )  # fmt: skip
    farewell = models.TextField(
        _("farewell"), blank=True, default="", validators=[MaxLengthValidator(2000)],
        help_text=_("Empty: the standard farewell."),
    )  # fmt: skip
    facts = models.TextField(
        _("facts the avatar may tell"), blank=True, default="", validators=[MaxLengthValidator(5000)]
    )
    time_budget_min = models.PositiveSmallIntegerField(
        _("time budget, minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(180)]
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer an invitation"), default=14, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )
    wait_for_clips = models.BooleanField(
        _("letters wait for the clips"), default=True,
        help_text=_(
            "While recorded clips are being made, new invitations are kept back. Off: they leave at once, and the local presenter"
            " says what is not ready. You are asked each time you invite."
        ),
    )  # fmt: skip
    retention_days = models.PositiveIntegerField(
        _("days to keep recordings and texts"), default=180, validators=[MinValueValidator(1), MaxValueValidator(1460)]
    )
    camera_recording = models.BooleanField(
        _("ask to record the camera"), default=False,
        help_text=_(
            "Candidates may agree that their camera is recorded too; refusing changes nothing else. Only people watch it: no"
            " program analyses the picture."
        ),
    )  # fmt: skip
    contact = models.CharField(
        _("contact for candidates"), max_length=200, help_text=_("A name with an e-mail address or a telephone number.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    opens_at = models.DateTimeField(_("candidates may start from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("candidates may start until"), null=True, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="positions", verbose_name=_("who may see it")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    history = HistoricalRecords()

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["-created_at"]
        permissions = [("view_all_positions", _("Can see all positions"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="position_closes_after_opening",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_accepting(self) -> bool:
        """Candidates may start now."""
        now = timezone.now()
        return (
            self.state == self.State.OPEN
            and (self.opens_at is None or self.opens_at <= now)
            and (self.closes_at is None or now < self.closes_at)
        )


class Criterion(models.Model):
    """What an answer is judged by: job-related, weighted, with anchors for marks 1 to 5."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("position"))
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.PositiveIntegerField(_("order"), default=0, db_index=True)
    name = models.CharField(_("name"), max_length=120)
    meaning = models.TextField(_("meaning"), blank=True, default="", validators=[MaxLengthValidator(2000)])
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)])
    anchor_1 = models.CharField(_("what a 1 looks like"), max_length=500, blank=True, default="")
    anchor_2 = models.CharField(_("what a 2 looks like"), max_length=500, blank=True, default="")
    anchor_3 = models.CharField(_("what a 3 looks like"), max_length=500, blank=True, default="")
    anchor_4 = models.CharField(_("what a 4 looks like"), max_length=500, blank=True, default="")
    anchor_5 = models.CharField(_("what a 5 looks like"), max_length=500, blank=True, default="")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """A question of the draft. `answer_time_s` is a guard-rail that reminds, never a cut."""

    class Mode(models.TextChoices):
        VERBATIM = "verbatim", _("word for word")
        ADAPTIVE = "adaptive", _("with follow-up questions")

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="questions", verbose_name=_("position"))
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.PositiveIntegerField(_("order"), default=0, db_index=True)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(2000)])
    mode = models.CharField(
        pgettext_lazy("how a question is asked", "asked"), max_length=10, choices=Mode.choices, default=Mode.VERBATIM
    )
    follow_ups = models.PositiveSmallIntegerField(_("follow-ups, at most"), default=0, validators=[MaxValueValidator(3)])
    think_time_s = models.PositiveSmallIntegerField(_("time to think, seconds"), default=30, validators=[MaxValueValidator(600)])
    answer_time_s = models.PositiveSmallIntegerField(
        _("time to answer, seconds"), default=180, validators=[MinValueValidator(10), MaxValueValidator(1800)]
    )
    required = models.BooleanField(_("required"), default=True)
    criteria = models.ManyToManyField(Criterion, blank=True, related_name="questions", verbose_name=_("criteria"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(condition=Q(follow_ups__lte=3), name="question_follow_ups_at_most_3")]

    def __str__(self) -> str:
        return Truncator(self.text).chars(90)


class PositionVersion(models.Model):
    """A frozen plan: what was asked and by what it is judged. Never changed after it was made (design §2).

    `plan` is JSON of format 1, made and read only by `interviews.plan`.
    """

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="versions", verbose_name=_("position"))
    number = models.PositiveIntegerField(_("number"))
    plan = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("frozen"), auto_now_add=True)

    class Meta:
        verbose_name = _("position version")
        verbose_name_plural = _("position versions")
        ordering = ["position", "-number"]
        constraints = [models.UniqueConstraint(fields=["position", "number"], name="position_version_number_once")]

    def __str__(self) -> str:
        return f"{self.position} · {self.number}"

    def title_in(self, language: str) -> str:
        """The position's title, translated where this version has the language."""
        return self.plan.get("translations", {}).get(language, {}).get("title") or self.position.title


class PositionClip(models.Model):
    """One of a version's fixed texts as a recorded video: the row that ties the words to the video made of them.

    `name` is a key of `conversation.script.fixed_texts`. The link stays when the provider is gone later: our copy is ours.
    `problem`: why no video could be ordered ("too_long", "not_configured"), else "".
    """

    version = models.ForeignKey(PositionVersion, on_delete=models.CASCADE, related_name="clips")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    name = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(_("text"))
    generation = models.ForeignKey(
        "avatars.AvatarGeneration", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("video")
    )
    problem = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("clip of a position")
        verbose_name_plural = _("clips of a position")
        ordering = ["version", "language", "order"]
        default_permissions = ()  # seen and ordered from its position
        constraints = [models.UniqueConstraint(fields=["version", "language", "name"], name="position_clip_once")]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.language} · {self.name}"
