"""The speech we have already made (design §2)."""

import secrets

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _


def new_speech_id() -> str:
    """An id a stranger cannot guess: 128 bits."""
    return secrets.token_urlsafe(16)


class Speech(models.Model):
    """Sound we made of our own words: a WAV and its timeline v1, found again by fingerprint (design §2, §3)."""

    public_id = models.CharField(max_length=32, unique=True, default=new_speech_id, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    engine = models.CharField(_("engine"), max_length=40)
    voice = models.CharField(_("voice"), max_length=120)
    language = models.CharField(_("language"), max_length=2)
    speed = models.FloatField(_("speed"))
    text = models.TextField(_("text"))
    audio = models.FileField(_("audio"), upload_to="speech/", max_length=200)
    timeline = models.JSONField()
    duration_ms = models.PositiveIntegerField(_("duration, ms"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    used_at = models.DateTimeField(_("last used"), auto_now=True)

    class Meta:
        verbose_name = _("speech")
        verbose_name_plural = _("speech")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return Truncator(self.text).chars(40)
