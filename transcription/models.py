"""Who listens: Recording → Take → SpeechSegment (design §2, §4).

A recording belongs to an opaque owner key; this app does not know what the owner is.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interview_site.due import DueWork

SAMPLE_RATE = 16_000  # Hz, mono, PCM16 little-endian


class Recording(models.Model):
    """All sound of one owner. `language` is the hint for recognition; `recognise` says that the owner allows it at all."""

    owner_key = models.CharField(_("owner"), max_length=80, unique=True)
    language = models.CharField(_("language"), max_length=2, default="ru")
    recognise = models.BooleanField(_("recognition allowed"), default=False)
    floor_at = models.DateTimeField(null=True, blank=True)  # when an answer was last waited for, for a call that was cut
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.owner_key


class Take(models.Model):
    """One recorder start on one device: its own sequence from 0, one file of frames; the file is the truth (design §4).

    ::

        open → complete | incomplete
        incomplete → complete        (the device came back with the rest)

    `complete` = counts and hash of `finish` agree; `incomplete` = the device never gave the rest. `offset_ms` places the
    take on the recording's clock. `key` is made by the page, so that a start that is asked twice is one take.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        COMPLETE = "complete", _("complete")
        INCOMPLETE = "incomplete", _("incomplete")

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="takes", verbose_name=_("recording"))
    number = models.PositiveIntegerField(_("number"))
    device = models.CharField(_("device"), max_length=64)
    key = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    path = models.CharField(max_length=200)  # relative to RECORDING_DIR
    next_seq = models.PositiveIntegerField(_("frames stored"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes stored"), default=0)  # of PCM, headers not counted
    sha256 = models.CharField(max_length=64, blank=True, default="")  # of the PCM of all frames, set by finish
    expected_frames = models.PositiveIntegerField(null=True, blank=True)
    offset_ms = models.PositiveBigIntegerField(_("offset, ms"), default=0)
    conflicts = models.PositiveIntegerField(_("refused frames"), default=0)  # same number, other bytes (threats 21)
    segmented_ms = models.PositiveBigIntegerField(default=0)  # speech before it has its final segments
    heard = models.BooleanField(default=False)  # finished, and all of it has its segments
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    stored_at = models.DateTimeField(_("last sound"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("take")
        verbose_name_plural = _("takes")
        ordering = ["recording", "number"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "number"], name="take_number_once"),
            models.UniqueConstraint(fields=["recording", "key"], condition=~Q(key=""), name="take_start_once"),
        ]
        indexes = [
            models.Index(fields=["stored_at"], condition=Q(state="open"), name="take_open"),  # the sweeper of takes
            models.Index(fields=["stored_at"], condition=Q(heard=False), name="take_not_heard"),  # … and of their speech
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.number}"

    @property
    def duration_ms(self) -> int:
        return self.bytes // 2 * 1000 // SAMPLE_RATE


class SpeechSegment(DueWork):
    """A stretch of speech inside a take, and its text.

    queued → running → done | failed; `failed` needs a person. Without an engine it stays `queued` with no `due_at`
    ("not transcribed yet") and is picked up when an engine is configured. `off`: the owner does not allow recognition.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("not transcribed yet")
        RUNNING = "running", _("being transcribed")
        DONE = "done", _("transcribed")
        FAILED = "failed", _("could not be transcribed")
        OFF = "off", _("not to be transcribed")

    take = models.ForeignKey(Take, on_delete=models.CASCADE, related_name="segments", verbose_name=_("take"))
    start_ms = models.PositiveBigIntegerField(_("start, ms"))  # within the take
    end_ms = models.PositiveBigIntegerField(_("end, ms"))
    text = models.TextField(_("text"), blank=True, default="")
    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    confidence = models.FloatField(_("confidence"), null=True, blank=True)  # [0, 1]
    engine = models.CharField(_("engine"), max_length=80, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("speech segment")
        verbose_name_plural = _("speech segments")
        ordering = ["take", "start_ms"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="segment_due"),  # the relay
            # the tick that looks for what waits until an engine is configured
            models.Index(fields=["id"], condition=Q(state="queued", due_at__isnull=True), name="segment_waits"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(end_ms__gte=F("start_ms")), name="segment_ends_after_start"),
            models.UniqueConstraint(fields=["take", "start_ms"], name="segment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.take_id}: {self.start_ms}–{self.end_ms} ms"


class FileToDelete(DueWork):
    """A recording's file whose row is gone: deleted by a worker, tried again until it is (threats 63)."""

    path = models.CharField(_("file"), max_length=200)  # relative to RECORDING_DIR
    created_at = models.DateTimeField(_("queued"), auto_now_add=True)

    class Meta:
        verbose_name = _("file to delete")
        verbose_name_plural = _("files to delete")
        ordering = ["pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="file_to_delete_due")]

    def __str__(self) -> str:
        return self.path
