"""Pictures HR upload to stand behind a presenter (design §3)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from avatars.models.speech import new_speech_id

PICTURE_PREFIX = "picture:"  # how a profile's `background` names an uploaded picture


class BackgroundPicture(models.Model):
    """An uploaded background, checked by its content and encoded anew. The unguessable id is the key to look at it.

    Frozen position versions name it, so it is never deleted with a profile.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_speech_id, editable=False)
    file = models.FileField(_("picture"), upload_to="backgrounds/", max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)  # of our encoding: the same picture twice is one row
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("background picture")
        verbose_name_plural = _("background pictures")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.public_id

    @classmethod
    def named(cls, background: str) -> "BackgroundPicture | None":
        """The picture a profile's `background` means; None for a colour, a drawn one or a picture that is not there."""
        if not background.startswith(PICTURE_PREFIX):
            return None
        return cls.objects.filter(public_id=background.removeprefix(PICTURE_PREFIX)).first()

    @property
    def name(self) -> str:
        """The value of a profile's `background` that means this picture."""
        return PICTURE_PREFIX + self.public_id
