"""A recorded video: one row from the wish to our own copy, with a row for each passage (design §2)."""

from datetime import timedelta

from django.conf import settings as site
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from avatars.models.speech import new_speech_id
from avatars.models.spending import Spending
from avatars.providers.remedies import remedy
from interview_site.due import DueQuerySet, DueWork

# A video that is past its deadline is asked for hourly for so long: a paid result that comes late is kept (threats 51).
LATE_SUCCESS_FOR = timedelta(days=1)


class GenerationQuerySet(DueQuerySet):
    def unfinished(self) -> "GenerationQuerySet":
        return self.exclude(state__in=AvatarGeneration.FINISHED)

    def with_spending(self) -> "GenerationQuerySet":
        """`spent`, `spent_estimated`: of the last order's row of Spending; None where nothing was paid."""
        reference = Concat(Value("gen-"), OuterRef("public_id"), Value("-"), Cast(OuterRef("submission"), models.CharField()))
        spending = Spending.objects.filter(reference=reference)
        return self.annotate(spent=Subquery(spending.values("amount")), spent_estimated=Subquery(spending.values("estimated")))

    def being_made(self) -> "GenerationQuerySet":
        """What a task works on itself, where `renders_here` chooses the queue; the rest is only asked after."""
        return self.filter(Q(renders_here=True) | Q(state__in=AvatarGeneration.OURS)).exclude(
            state=AvatarGeneration.State.BLOCKED
        )

    def awaiting_result(self) -> "GenerationQuerySet":
        """Videos that a provider makes: asked after in batches, blocked ones included while a late success may come."""
        # By what they are not: a list of states would lead SQLite to the index of states, and through every row that waits.
        return self.filter(renders_here=False).exclude(state__in=(*AvatarGeneration.OURS, *AvatarGeneration.FINISHED))


class _ProcessKind(models.Manager):
    """Rows of one queue, for the relay."""

    def __init__(self, renders_here: bool) -> None:
        super().__init__()
        self._renders_here = renders_here

    def due(self) -> QuerySet:
        return GenerationQuerySet(AvatarGeneration).due().being_made().filter(renders_here=self._renders_here)


class AvatarGeneration(DueWork):
    """One recorded video. The fingerprint makes the same text with the same voice and avatar one job for ever.

    ::

        queued → speaking → submitted → processing → succeeded
        queued, speaking, submitted, processing, unknown → failed | cancelled | blocked
        speaking → unknown                    (the answer to create was lost; at most one paid submission, threats 49)
        unknown → submitted | processing | succeeded      (the provider knows it)
        unknown → speaking                    (the provider has none: it is sent again)
        blocked → succeeded                   (a late success is kept, threats 51)
        failed, cancelled, blocked → queued   (a person tries again; `submission` is raised)
        succeeded → queued                    (our copy is gone from the storage and was asked for again)

    `speaking`: the sound is made and the order is sent; `submitting_at` is set before the call and cleared by its answer,
    so that a row which lost its worker in between is known to be in doubt. `submitted`: the provider took it.
    `processing`: it says so, or our own renderer draws. `attempts` counts claims, `crashes` leases that ran out.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SPEAKING = "speaking", _("speaking")
        SUBMITTED = "submitted", _("submitted")
        PROCESSING = "processing", _("processing")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        UNKNOWN = "unknown", _("unknown")
        BLOCKED = "blocked", _("needs a person")

    FINISHED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)
    OURS = (State.QUEUED, State.SPEAKING)
    THEIRS = (State.SUBMITTED, State.PROCESSING, State.UNKNOWN, State.BLOCKED)
    MOVES: dict[str, tuple[str, ...]] = {
        State.QUEUED: (State.SPEAKING, State.FAILED, State.CANCELLED, State.BLOCKED),
        State.SPEAKING: (
            State.SUBMITTED, State.PROCESSING, State.SUCCEEDED, State.UNKNOWN, State.FAILED, State.CANCELLED, State.BLOCKED,
        ),
        State.SUBMITTED: (State.PROCESSING, State.SUCCEEDED, State.FAILED, State.CANCELLED, State.BLOCKED),
        State.PROCESSING: (State.SUCCEEDED, State.FAILED, State.CANCELLED, State.BLOCKED),
        State.UNKNOWN: (
            State.SUBMITTED, State.PROCESSING, State.SUCCEEDED, State.SPEAKING, State.FAILED, State.CANCELLED, State.BLOCKED,
        ),
        State.BLOCKED: (State.SUCCEEDED, State.QUEUED, State.CANCELLED),
        State.FAILED: (State.QUEUED,),
        State.CANCELLED: (State.QUEUED,),
        State.SUCCEEDED: (State.QUEUED,),
    }  # fmt: skip

    public_id = models.CharField(max_length=32, unique=True, default=new_speech_id, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=2)
    settings = models.JSONField(_("settings"))  # the profile's snapshot this video is made with
    provider = models.CharField(_("provider"), max_length=40)
    renders_here = models.BooleanField(default=False)  # our own machine makes it: queue `render`, nothing is paid
    provider_id = models.CharField(_("provider's id"), max_length=200, blank=True, default="")
    submission = models.PositiveSmallIntegerField(default=1)  # part of the reference: raised when a person tries again
    submitting_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(_("progress, %"), default=0)
    polls = models.PositiveIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    deadline_at = models.DateTimeField(_("deadline"), null=True, blank=True)
    audio = models.FileField(_("sound"), upload_to="generations/", max_length=200, blank=True, default="")
    video = models.FileField(_("video"), upload_to="generations/", max_length=200, blank=True, default="")
    # SHA-256 of the finished sound a person gave: the video is made from it, nothing is spoken. Empty: we speak the text.
    sound_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    provider_audio = models.TextField(blank=True, default="")  # the provider's own word for the sound it made
    timeline = models.JSONField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration, ms"), null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=4, null=True, blank=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True, default="")
    created_by = models.ForeignKey(
        site.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = GenerationQuerySet.as_manager()

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="generation_progress_in_percent"),
            models.CheckConstraint(condition=~Q(state="succeeded") | ~Q(video=""), name="generation_succeeds_with_our_own_copy"),
        ]
        indexes = [
            # The relay and the poller: only due rows, however many there are.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="generation_due"),
            models.Index(fields=["state", "-created_at"], name="generation_by_state"),  # the admin's filter
            # A provider's message names its own id; the queue of a provider that makes only so many at once counts by it.
            models.Index(fields=["provider", "provider_id"], condition=~Q(provider_id=""), name="generation_at_provider"),
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(40) or self.public_id

    @property
    def reference(self) -> str:
        """Our name of this order at the provider: the same for a repeated call, another one when a person tries again."""
        return f"gen-{self.public_id}-{self.submission}"

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED

    @property
    def was_surely_not_taken(self) -> bool:
        """It waits for a person (a key, money), and no provider ever had the order: another try pays nothing twice."""
        waits = self.state == self.State.BLOCKED and self.error_code != "crashed"
        return waits and not self.provider_id and self.submitting_at is None

    @property
    def error_message(self) -> str:
        """What went wrong and what to do, for a person; "" when nothing did."""
        return remedy(self.error_code)


class RenderedHere(AvatarGeneration):
    """The rows our own renderer works on: their own kind for the relay, because they have their own queue."""

    objects = _ProcessKind(renders_here=True)

    class Meta:
        proxy = True
        default_permissions = ()


class SentAway(AvatarGeneration):
    """The rows that are spoken and handed to a provider by an ordinary worker."""

    objects = _ProcessKind(renders_here=False)

    class Meta:
        proxy = True
        default_permissions = ()


class GenerationPassage(models.Model):
    """One move of a video: from, to, why and when."""

    generation = models.ForeignKey(AvatarGeneration, on_delete=models.CASCADE, related_name="passages")
    old_state = models.CharField(_("from"), max_length=10, choices=AvatarGeneration.State.choices, blank=True, default="")
    new_state = models.CharField(_("to"), max_length=10, choices=AvatarGeneration.State.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    by = models.ForeignKey(
        site.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("passage of a video")
        verbose_name_plural = _("passages of a video")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["new_state", "at"], name="passage_by_state")]  # errors in the last day

    def __str__(self) -> str:
        return f"{self.old_state} → {self.new_state}"
