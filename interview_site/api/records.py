"""Rows of the API: tokens, and what was answered to a creating call (threats 35, 37)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interview_site.api.scopes import unknown_scopes


def check_scopes(scopes: object) -> None:
    """Raises ValidationError naming what is no scope."""
    if unknown := unknown_scopes(scopes):
        raise ValidationError(_("Unknown scope: %(scope)s.") % {"scope": unknown[0]})
    if not scopes:
        raise ValidationError(_("Choose at least one scope."))


class ApiToken(models.Model):
    """A key for a machine. The secret is shown once and stored as SHA-256 of 256 random bits; `prefix` is for recognition.

    It acts as its owner, narrowed to its scopes: it sees the positions the owner may see, and ends when the owner is
    disabled, when it expires or when it is revoked, at the next request.
    """

    name = models.CharField(_("name"), max_length=120, help_text=_("Which program uses it."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("acts for"),
        help_text=_("The token sees and may do at most what this person may."),
    )  # fmt: skip
    prefix = models.CharField(_("begins with"), max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list, validators=[check_scopes])
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, help_text=_("Empty: it does not expire."))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("made by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired, and its owner is an active member of staff."""
        return (
            self.revoked_at is None
            and (self.expires_at is None or self.expires_at > timezone.now())
            and self.owner.is_active
            and self.owner.is_staff
        )


class IdempotencyRecord(models.Model):
    """What a creating call with an `Idempotency-Key` answered, for 24 hours. running → done.

    `body` holds ids and codes only, never a name, an address or a link: a dump of the database opens no interview, and
    erasing a person leaves nothing here.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    caller = models.CharField(max_length=40)  # "token:7" or "user:3"
    key = models.CharField(max_length=255)
    call = models.CharField(max_length=200)  # "POST /api/v1/invitations"
    request_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    locked_until = models.DateTimeField()
    run = models.PositiveIntegerField(default=1)  # which try holds the lock: an older one that wakes up late is refused
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)  # the sweep

    class Meta:
        verbose_name = _("answered API call")
        verbose_name_plural = _("answered API calls")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once_per_caller")]

    def __str__(self) -> str:
        return f"{self.caller} {self.call}"
