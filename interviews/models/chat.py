"""What is said in a live session outside an interview, kept while the session lives."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LiveChat(models.Model):
    """The conversation of one live session: its last messages, and which reply may be heard.

    `generation` rises with every message; a reply speaks only while it is the newest. Handing a sentence to the avatar holds
    `handing_until`, taken by conditional UPDATE with the generation: once a newer message stands, no older sentence can be
    handed over any more, and what was on its way is silenced behind it. `spoken_until` is when the avatar will have said
    everything handed over. The row goes with its session, or when nobody has used it until `expires_at`.
    """

    session = models.CharField(max_length=64, unique=True)  # LiveSession.public_id; avatars know nothing of chats
    generation = models.PositiveIntegerField(default=0)
    messages = models.JSONField(default=list)  # interviews.chat.messages.SaidMessage, oldest first
    handing_until = models.DateTimeField(null=True, blank=True)
    spoken_until = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("conversation of a live session")
        verbose_name_plural = _("conversations of live sessions")
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"], name="live_chat_expiry")]  # the sweep

    def __str__(self) -> str:
        return self.session

    @staticmethod
    def mouth_is_free() -> Q:
        return Q(handing_until__isnull=True) | Q(handing_until__lt=timezone.now())
