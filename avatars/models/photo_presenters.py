"""Presenters made of a portrait (design §3, hiring_law 21)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from avatars.models.speech import new_speech_id
from interview_site.due import DueQuerySet, DueWork

PHOTO_PREFIX = "photo-"  # how a profile's `presenter` names a presenter made of a photo


class PhotoPresenterQuerySet(DueQuerySet):
    def active(self) -> "PhotoPresenterQuerySet":
        """What may be shown to candidates."""
        return self.filter(state=PhotoPresenter.State.ACTIVE)


class PhotoPresenter(DueWork):
    """A portrait, six points on it, the sprites built from them, and the licence to use it.

    ::

        draft → active      (a licence confirmed by a named person, and sprites; held by a database constraint)
        active → retired    (shown nowhere any more; profiles fall back to the drawn presenter)
        retired → active    (the same conditions)

    Building is work of its own (`due_at`, lease): new points or a new picture ask for it; what is shown stays the last
    whole build until the next one is there.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    class Voice(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    class PointsBy(models.TextChoices):
        DETECTOR = "detector", _("proposed for the face that was found")
        SEVERAL = "several", _("proposed for the largest of several faces")
        LAYOUT = "layout", _("no face was found: the usual places")
        PERSON = "person", _("set by a person")

    class Licence(models.TextChoices):
        CONSENT = "consent", _("Written consent of the person shown")
        OWN = "own", _("The person shown is the one who confirms")
        STOCK = "stock", _("Licence of a picture agency that allows animation")
        DRAWN = "drawn", _("A drawn or generated face: no real person is shown")

    public_id = models.CharField(max_length=32, unique=True, default=new_speech_id, editable=False)
    display_name = models.CharField(_("name"), max_length=60)
    voice_gender = models.CharField(_("usual voice"), max_length=6, choices=Voice.choices, default=Voice.FEMALE)
    picture = models.FileField(_("portrait"), upload_to="portraits/", max_length=200)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    points = models.JSONField(_("points"), default=dict, blank=True)  # {name: [x, y]} in fractions (presenter.photo_points)
    points_by = models.CharField(max_length=10, choices=PointsBy.choices, default=PointsBy.LAYOUT, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)

    art = models.CharField(max_length=200, blank=True, default="", editable=False)  # folder of the last whole build
    art_fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)
    progress = models.PositiveSmallIntegerField(_("progress, %"), default=0, editable=False)
    crashes = models.PositiveSmallIntegerField(default=0, editable=False)

    licence_kind = models.CharField(_("licence"), max_length=10, choices=Licence.choices, blank=True, default="")
    licence_text = models.TextField(
        _("what the licence says"), max_length=5000, blank=True, default="",
        help_text=_("Who allowed what, when, for how long; for a bought picture its number and the agency."),
    )  # fmt: skip
    licence_file = models.FileField(
        _("licence document"), upload_to="licences/", max_length=200, blank=True, default="",
        help_text=_("A PDF, PNG, JPEG or WebP, at most 5 MB."),
    )  # fmt: skip
    licence_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("confirmed by"),
    )  # fmt: skip
    licence_confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PhotoPresenterQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo presenter")
        verbose_name_plural = _("photo presenters")
        ordering = ["display_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="photo_presenter_active_needs_licence",
                condition=~Q(state="active")
                | (
                    ~Q(licence_kind="")
                    & (~Q(licence_text="") | ~Q(licence_file=""))
                    & Q(licence_confirmed_by__isnull=False)
                    & Q(licence_confirmed_at__isnull=False)
                    & ~Q(art="")
                ),
            ),
        ]
        indexes = [
            # The relay: only rows with a build to make.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="photo_presenter_due"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def name(self) -> str:
        """The value of a profile's `presenter` that means this one."""
        return PHOTO_PREFIX + self.public_id

    @property
    def is_building(self) -> bool:
        return self.due_at is not None
