"""Who listens: Recording → Take → SpeechSegment → SegmentText (design §2, §4), and files to listen to.

A recording belongs to an opaque owner key; this app does not know what the owner is.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interview_site.breaker import Health
from interview_site.due import DueWork

SAMPLE_RATE = 16_000  # Hz, mono, PCM16 little-endian


class Recording(models.Model):
    """All sound of one owner. `language` is what is expected, `hints` words that may come up (list[str]).

    `recognise`: the owner allows recognition. `local_only`: by no engine outside the company, whatever the settings say later.
    """

    owner_key = models.CharField(_("owner"), max_length=80, unique=True)
    language = models.CharField(_("language"), max_length=2, default="ru")
    recognise = models.BooleanField(_("recognition allowed"), default=False)
    local_only = models.BooleanField(_("only by recognisers inside the company"), default=False)
    hints = models.JSONField(default=list, blank=True)
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
    noise_suppressed = models.BooleanField(null=True, blank=True)  # by the browser; NULL: it did not say
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
    `text` and what belongs to it are those of the current SegmentText. `wanted_engine`: a person asked for this one and no other.
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
    language_mismatch = models.BooleanField(_("another language than expected"), default=False)
    engine = models.CharField(_("engine"), max_length=80, blank=True, default="")
    wanted_engine = models.CharField(_("engine asked for"), max_length=40, blank=True, default="")
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


class SegmentText(models.Model):
    """What one run of one engine made of a segment. A later run adds a row; the earlier text is kept."""

    segment = models.ForeignKey(SpeechSegment, on_delete=models.CASCADE, related_name="texts", verbose_name=_("speech segment"))
    text = models.TextField(_("text"), blank=True, default="")
    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    language_mismatch = models.BooleanField(_("another language than expected"), default=False)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)  # [0, 1]
    words = models.JSONField(default=list, blank=True)  # [[start ms, end ms, word], …] from the segment's start
    engine = models.CharField(_("engine"), max_length=80, blank=True, default="")
    is_current = models.BooleanField(_("current"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("text of a speech segment")
        verbose_name_plural = _("texts of speech segments")
        ordering = ["segment", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["segment"], condition=Q(is_current=True), name="segment_one_current_text"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.engine}"


class SoundFile(DueWork):
    """One span of a recording as a file any browser plays (AAC in M4A), and its waveform; the takes stay what they are.

    queued → running → done | failed. `end_ms` NULL is the whole recording with long gaps shortened. `sound_ms` is the length
    of the sound it was made of, `decoded_ms` that of the finished file, read back. `source` names the bytes it was made of: when
    more of the span arrives late, the file is made again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("being prepared")
        RUNNING = "running", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("could not be made")

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="sound_files", verbose_name=_("recording"))
    start_ms = models.PositiveBigIntegerField(_("start, ms"), default=0)
    end_ms = models.PositiveBigIntegerField(_("end, ms"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    path = models.CharField(max_length=200, blank=True, default="")  # relative to RECORDING_DIR
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    sound_ms = models.PositiveBigIntegerField(_("sound, ms"), default=0)
    decoded_ms = models.PositiveBigIntegerField(_("decoded, ms"), default=0)
    peaks = models.JSONField(default=list, blank=True)  # list[int], 0–100, equal stretches of time
    source = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    class Meta:
        verbose_name = _("file to listen to")
        verbose_name_plural = _("files to listen to")
        ordering = ["recording", "start_ms"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="sound_file_due")]
        constraints = [
            models.UniqueConstraint(fields=["recording", "start_ms", "end_ms"], name="sound_file_once"),
            models.UniqueConstraint(fields=["recording"], condition=Q(end_ms__isnull=True), name="sound_file_whole_once"),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}: {self.start_ms}–{'' if self.end_ms is None else self.end_ms} ms"


class CameraTake(DueWork):
    """One start of the candidate's camera on one device: a MediaRecorder file, stored piece by piece as it came.

    ::

        open → complete | incomplete
        incomplete → complete        (the device came back with the rest)

    `path` is the original, a byte prefix of what the device recorded; the row says how much of the file counts. `chain` grows
    with every piece (services.camera) and is what the device's `finish` is compared with. `made_path` is the seekable file made
    of it, `packets` and `made_ms` what was found when it was read back. Nothing looks at the picture: no model, no engine.
    `due_at`: when the file is (again) to be made.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        COMPLETE = "complete", _("complete")
        INCOMPLETE = "incomplete", _("incomplete")

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="camera_takes", verbose_name=_("recording"))
    number = models.PositiveIntegerField(_("number"))
    device = models.CharField(_("device"), max_length=64)
    key = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    path = models.CharField(max_length=200)  # relative to RECORDING_DIR
    next_seq = models.PositiveIntegerField(_("pieces stored"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes stored"), default=0)
    chain = models.CharField(max_length=64, blank=True, default="")
    conflicts = models.PositiveIntegerField(_("refused pieces"), default=0)  # same number, other bytes (threats 21)
    made_path = models.CharField(max_length=200, blank=True, default="")  # relative to RECORDING_DIR
    made_bytes = models.PositiveBigIntegerField(_("bytes of the file"), default=0)
    made_of = models.PositiveBigIntegerField(default=0)  # so many bytes of the original
    made_ms = models.PositiveBigIntegerField(_("length, ms"), default=0)
    packets = models.PositiveBigIntegerField(_("packets"), default=0)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    stored_at = models.DateTimeField(_("last piece"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("camera recording")
        verbose_name_plural = _("camera recordings")
        ordering = ["recording", "number"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "number"], name="camera_number_once"),
            models.UniqueConstraint(fields=["recording", "key"], name="camera_start_once"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="camera_due")]

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.number}"


class CameraChunk(models.Model):
    """One stored piece of a CameraTake: what it was, so that the same number with other bytes is noticed."""

    take = models.ForeignKey(CameraTake, on_delete=models.CASCADE, related_name="chunks")
    seq = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("piece of a camera recording")
        verbose_name_plural = _("pieces of camera recordings")
        ordering = ["take", "seq"]
        constraints = [models.UniqueConstraint(fields=["take", "seq"], name="camera_chunk_once")]

    def __str__(self) -> str:
        return f"{self.take_id}/{self.seq}"


class RecogniserHealth(Health):
    """One row for each engine that was ever asked (interview_site.breaker); `provider` is its name in STT_ENGINES."""

    class Meta(Health.Meta):
        verbose_name = _("health of a recogniser")
        verbose_name_plural = _("health of recognisers")


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
