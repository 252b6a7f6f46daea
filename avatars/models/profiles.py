"""The named profiles of avatar and voice (design §2)."""

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

SEEDED = (gettext_noop("Standard"), gettext_noop("Timur"))  # made by us, in English: people read them in their language
COLOR = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour like #2f5080."))


def shown_name(name: str) -> str:
    """A profile's name for people: ours in their language, all others as they were written."""
    return gettext(name) if name in SEEDED else name


class AvatarSettings(models.Model):
    """A named profile: who the candidate sees and hears. Exactly one is the default.

    `providers` is one ordered list of provider kinds; below all of them stand the local presenter, voice only, then text
    (the ladder, design §3). A position keeps a snapshot of its profile in each frozen version.
    """

    class Style(models.TextChoices):
        LIVE = "live", _("Live avatar")
        RECORDED = "recorded", _("Recorded clips")
        LOCAL = "local", _("Local presenter")

    class Resolution(models.IntegerChoices):
        R720 = 720, "720p"
        R1080 = 1080, "1080p"

    class Aspect(models.TextChoices):
        VERTICAL = "vertical", _("Vertical")
        HORIZONTAL = "horizontal", _("Horizontal")
        SQUARE = "square", _("Square")

    class LipSync(models.TextChoices):
        FAST = "fast", _("Fast")
        BEST = "best", _("Best")

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_default = models.BooleanField(_("default profile"), default=False)
    style = models.CharField(_("style"), max_length=10, choices=Style.choices, default=Style.LOCAL)
    providers = models.JSONField(_("providers, in order"), default=list, blank=True)
    presenter = models.CharField(_("local presenter"), max_length=40, default="aliya")
    recorded_avatar = models.CharField(_("recorded avatar"), max_length=120, blank=True, default="")
    live_avatar = models.CharField(_("live avatar"), max_length=120, blank=True, default="")
    # {provider kind: {"recorded": id, "live": id}}: each provider of the order has ids of its own.
    characters = models.JSONField(_("characters"), default=dict, blank=True)
    speech_engine = models.CharField(_("speech engine"), max_length=40, default="espeak")
    voice = models.CharField(
        _("voice"), max_length=120, blank=True, default="", help_text=_("Empty: the usual voice of the language.")
    )
    language = models.CharField(
        _("language"), max_length=2, choices=[("ru", "Русский"), ("en", "English"), ("kk", "Қазақша")], default="ru"
    )
    speed = models.FloatField(_("speed"), default=1.0, validators=[MinValueValidator(0.5), MaxValueValidator(2.0)])
    emotion = models.CharField(_("emotion"), max_length=40, blank=True, default="")
    resolution = models.PositiveSmallIntegerField(_("resolution"), choices=Resolution.choices, default=Resolution.R720)
    aspect = models.CharField(_("aspect"), max_length=10, choices=Aspect.choices, default=Aspect.SQUARE)
    captions = models.BooleanField(_("captions"), default=True)
    # A name of presenter.format.BACKGROUNDS, "#rrggbb", or "picture:" and the id of a BackgroundPicture.
    background = models.CharField(_("background"), max_length=200, blank=True, default="office")
    clothes = models.CharField(
        _("clothes colour"), max_length=7, blank=True, default="", validators=[COLOR],
        help_text=_("Empty: the presenter's own colour. Presenters made of a photo keep their clothes and background."),
    )  # fmt: skip
    lip_sync = models.CharField(_("lip-sync quality"), max_length=10, choices=LipSync.choices, default=LipSync.FAST)
    persona = models.TextField(_("persona"), blank=True, default="", validators=[MaxLengthValidator(2000)])
    knowledge = models.TextField(_("knowledge"), blank=True, default="", validators=[MaxLengthValidator(5000)])
    live_quality = models.CharField(_("live quality"), max_length=10, blank=True, default="medium")
    live_minutes_limit = models.PositiveIntegerField(_("live minutes per interview, at most"), default=30)
    monthly_budget = models.DecimalField(
        _("monthly budget"), max_digits=10, decimal_places=2, null=True, blank=True, help_text=_("Empty: no limit.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("avatar profile")
        verbose_name_plural = _("avatar profiles")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_avatar_profile"),
            models.CheckConstraint(condition=Q(speed__gte=0.5, speed__lte=2.0), name="avatar_speed_in_range"),
        ]

    def __str__(self) -> str:
        return shown_name(self.name)

    SNAPSHOT_FIELDS = (
        "name style providers presenter recorded_avatar live_avatar characters speech_engine voice language speed emotion"
        " resolution aspect captions background clothes lip_sync persona knowledge live_quality live_minutes_limit"
    ).split()

    def snapshot(self) -> dict[str, object]:
        """The profile as plain JSON values, frozen into a position version. `profile`: whose budget it spends."""
        return {field: getattr(self, field) for field in self.SNAPSHOT_FIELDS} | {"profile": self.pk}
