"""Letters HR may edit, and the outbox from which workers send (threats 1–3)."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interview_site.due import DueWork
from interviews.models.interviews import Interview
from interviews.models.positions import Language, Position


class Letter(models.Model):
    """A position's own wording of a letter in one language; without a row the standard wording is used."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        ADVANCE = "advance", _("outcome: advance")
        REJECT = "reject", _("outcome: reject")

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="letters", verbose_name=_("position"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.INVITATION)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), validators=[MaxLengthValidator(10000)])

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["position", "kind", "language"]
        constraints = [models.UniqueConstraint(fields=["position", "kind", "language"], name="one_letter_per_kind_and_language")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.language}"


class OutgoingMail(DueWork):
    """One letter on its way. queued → sent | kept | failed.

    `waits_for_clips`: an invitation that is kept back while the clips of its version are being made.
    `kept`: no mail server is configured (embedded mode); HR read and forward it. `failed` needs a person.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        KEPT = "kept", _("kept here, not sent")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("kind"), max_length=20)
    to = models.EmailField(_("to"), blank=True, default="")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, null=True, blank=True, related_name="mails", verbose_name=_("interview")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    waits_for_clips = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter in the outbox")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="mail_due")]  # the relay

    def __str__(self) -> str:
        return self.subject
