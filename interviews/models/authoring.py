"""What a language model prepares for HR: drafts of positions and their translations."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interview_site.due import DueWork
from interviews.models.positions import Language, Position


class Work(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("in the making")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class ModelWork(DueWork):
    """Work of a model in a worker: queued → running → ready | failed; ready or failed → queued when it is asked for again.

    `due_at` is set while it is queued or running. `error_text` is for HR, in their language at the time they asked.
    """

    state = models.CharField(_("state"), max_length=8, choices=Work.choices, default=Work.QUEUED)
    step = models.CharField(max_length=20, blank=True, default="")  # what is being done, a code of the service
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    run = models.PositiveIntegerField(default=1)  # counts askings: a late worker of an older one writes nothing
    error_code = models.CharField(max_length=60, blank=True, default="")
    model = models.CharField(_("model"), max_length=200, blank=True, default="")
    prompt_version = models.CharField(max_length=60, blank=True, default="")
    tokens = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=6, default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_under_way(self) -> bool:
        return self.state in (Work.QUEUED, Work.RUNNING)


class PositionDraft(ModelWork):
    """Questions, criteria, greeting and farewell drafted from a description; `content` as `interviews.authoring.drafting` says.

    `redo` asks for one question again: {"key", "wish"}. `upload` is emptied once its text was read.
    """

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("position"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    title = models.CharField(max_length=200)
    source = models.TextField(_("description"), blank=True, default="", validators=[MaxLengthValidator(20_000)])
    upload = models.BinaryField(null=True, blank=True)
    upload_name = models.CharField(max_length=200, blank=True, default="")
    wishes = models.TextField(blank=True, default="", validators=[MaxLengthValidator(1000)])
    count = models.PositiveSmallIntegerField(default=6)
    content = models.JSONField(default=dict)
    redo = models.JSONField(default=dict)
    used_at = models.DateTimeField(_("taken over"), null=True, blank=True)

    class Meta:
        verbose_name = _("draft of a position")
        verbose_name_plural = _("drafts of positions")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["due_at"], name="position_draft_due")]  # the relay

    def __str__(self) -> str:
        return f"{self.title} · {self.language}"


class PositionTranslation(ModelWork):
    """The words of a position in another of the three languages, one row a language.

    `words` and `sources` are keyed by place (`interviews.authoring.words`): the translation, and the digest of the source
    text it was made from; a place whose source has another digest now is stale. `approved_at`: HR offer it to candidates.
    """

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="translations", verbose_name=_("position"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    words = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("translation of a position")
        verbose_name_plural = _("translations of positions")
        ordering = ["position", "language"]
        indexes = [models.Index(fields=["due_at"], name="position_translation_due")]  # the relay
        constraints = [models.UniqueConstraint(fields=["position", "language"], name="position_translation_once")]

    def __str__(self) -> str:
        return f"{self.position} · {self.language}"
