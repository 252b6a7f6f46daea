"""Conversations of the studio that somebody wanted to keep; all others go with their session."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class KeptConversation(models.Model):
    """Texts of one studio session, as its page showed them. `messages`: [{"who": "person"|"avatar", "text"}], oldest first."""

    session = models.CharField(_("live session"), max_length=64)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("kept by"))
    provider = models.CharField(_("provider"), max_length=40)
    avatar_id = models.CharField(_("avatar"), max_length=120, blank=True, default="")
    language = models.CharField(_("language"), max_length=2)
    messages = models.JSONField(_("texts"), default=list)
    created_at = models.DateTimeField(_("kept at"), auto_now_add=True)

    class Meta:
        verbose_name = _("kept conversation")
        verbose_name_plural = _("kept conversations")
        ordering = ["-created_at"]
        default_permissions = ("view", "delete")
        permissions = [("use_studio", _("Can use the studio"))]
        constraints = [models.UniqueConstraint(fields=["session"], name="one_kept_conversation_a_session")]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.created_at), "SHORT_DATETIME_FORMAT")
