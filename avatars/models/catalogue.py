"""What each provider offers: its avatars and voices as it listed them last, with the age of the list (design §6)."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interview_site.due import DueQuerySet, DueWork


class CatalogueList(DueWork):
    """One row for each provider: when its list was read, and what went wrong at the last try.

    A refresh is due work: `due_at` is set to now when somebody asks, and to the next day when it worked.
    """

    FRESH_FOR = timedelta(hours=25)  # read once a day; an hour for a late worker

    provider = models.CharField(_("provider"), max_length=40, unique=True)
    fetched_at = models.DateTimeField(_("read"), null=True, blank=True)
    tried_at = models.DateTimeField(_("last try"), null=True, blank=True)
    error_category = models.CharField(_("kind of error"), max_length=20, blank=True, default="")

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = _("catalogue of a provider")
        verbose_name_plural = _("catalogues of providers")
        ordering = ["provider"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="catalogue_due")]  # the relay

    def __str__(self) -> str:
        return self.provider

    @property
    def is_known(self) -> bool:
        """The provider has told its list at least once."""
        return self.fetched_at is not None

    @property
    def is_being_read(self) -> bool:
        return self.due_at is not None and self.due_at <= timezone.now()

    def is_fresh(self, now: datetime | None = None) -> bool:
        """The list may be held against somebody: what is not in it is not there."""
        now = now or timezone.now()
        return self.fetched_at is not None and not self.error_category and now - self.fetched_at <= self.FRESH_FOR


class CatalogueItem(models.Model):
    """One avatar or voice. `position` keeps the provider's order; pictures and samples are copied when first looked at.

    `language`: of a voice, "" for one of many languages; of a live avatar, all it is known to speak live ("ru,en").
    """

    class Kind(models.TextChoices):
        CHARACTER = "character", _("avatar")
        VOICE = "voice", _("voice")

    class Origin(models.TextChoices):
        """The words of `avatars.providers.base.Origin`."""

        PUBLIC = "public", _("public")
        OWN = "own", _("own")
        CLONED = "cloned", _("cloned")

    provider = models.CharField(_("provider"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    item_id = models.CharField(_("id"), max_length=200)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    gender = models.CharField(_("gender"), max_length=20, blank=True, default="")
    language = models.CharField(_("language"), max_length=20, blank=True, default="")
    origin = models.CharField(_("whose"), max_length=10, choices=Origin.choices, default=Origin.PUBLIC)
    live = models.BooleanField(_("for live"), default=False)
    recorded = models.BooleanField(_("for recorded video"), default=True)
    picture_url = models.TextField(blank=True, default="")
    sample_url = models.TextField(blank=True, default="")
    # Our copy: a name in the storage, "" before somebody looked. `copy_failed_at` keeps a dead address from being asked again.
    copy = models.FileField(upload_to="catalogue/", max_length=200, blank=True, default="")
    copy_failed_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("item of a catalogue")
        verbose_name_plural = _("items of catalogues")
        ordering = ["provider", "kind", "position"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["provider", "kind", "item_id"], name="one_catalogue_item_an_id")]
        # A page of the picker: one provider, one kind, in the provider's order.
        indexes = [models.Index(fields=["provider", "kind", "origin", "position"], name="catalogue_page")]

    def __str__(self) -> str:
        return self.name or self.item_id
