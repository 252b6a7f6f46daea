"""A chunk of talking-avatar video made for another site: a row for an hour (docs/contracts/compat_api.md section 3)."""

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from avatars.models.speech import Speech
from interview_site.due import DueQuerySet, DueWork

CHUNK_LIVES = timedelta(hours=1)


def new_chunk_id(now: datetime, index: int) -> str:
    """`20251028_123456_000000_0_<128 random bits>`: date, time, microseconds and index are for people, the rest is the key."""
    return f"{now:%Y%m%d_%H%M%S_%f}_{index}_{secrets.token_hex(16)}"


def in_an_hour() -> datetime:
    return timezone.now() + CHUNK_LIVES


class VideoChunk(DueWork):
    """One chunk, or with `/api/generate` one whole text. Deleted with its files an hour after it was asked for.

    ::

        queued → rendering → ready | failed
        rendering → queued        (the voice was away for a moment; `attempts` counts)
        rendering → rendering     (the worker was lost: the next one takes over; `crashes` counts, three fail it)
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RENDERING = "rendering", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    FINISHED = (State.READY, State.FAILED)

    public_id = models.CharField(max_length=80, unique=True, editable=False)
    batch = models.CharField(max_length=32)
    index = models.PositiveIntegerField(_("place"))
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=2)
    settings = models.JSONField(_("settings"))  # the profile's snapshot this chunk is made with
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    speech = models.ForeignKey(Speech, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    crashes = models.PositiveSmallIntegerField(default=0)
    duration_ms = models.PositiveIntegerField(_("duration, ms"))  # told by the speech; estimated until it is made
    video = models.FileField(_("video"), upload_to="chunks/", max_length=200, blank=True, default="")
    audio = models.FileField(_("sound"), upload_to="chunks/", max_length=200, blank=True, default="")
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    expires_at = models.DateTimeField(_("deleted at"), default=in_an_hour, db_index=True)  # the sweep

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = _("video chunk")
        verbose_name_plural = _("video chunks")
        ordering = ["-created_at", "index"]
        constraints = [models.UniqueConstraint(fields=["batch", "index"], name="one_chunk_at_a_place_of_a_batch")]
        indexes = [
            # The relay, and how much is waiting: only rows with work left.
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="chunk_due"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED
