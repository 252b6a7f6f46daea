from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from interviews.models.positions import Language, count_of


class CandidateQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> "CandidateQuerySet":
        """Candidates with an interview at a position this user may see, and those the user added; nobody that is made up."""
        interviews = self.model._meta.get_field("interviews").related_model.objects
        people = self.exclude(pk__in=interviews.filter(kind="rehearsal").values("candidate"))
        if user.is_superuser or user.has_perm("interviews.view_all_positions"):
            return people
        interviews = interviews.visible_to(user)
        return people.filter(Q(pk__in=interviews.values("candidate")) | Q(created_by=user))

    def with_interview_count(self) -> "CandidateQuerySet":
        """Adds `interview_count`: this person's interviews, previews of staff excepted."""
        interviews = self.model._meta.get_field("interviews").related_model.objects
        return self.annotate(interview_count=count_of(interviews.filter(candidate=OuterRef("pk")).exclude(kind="preview")))


class Candidate(models.Model):
    """A person who is interviewed. Deleting goes through erasure, never by hand."""

    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=200)
    form_of_address = models.CharField(
        _("form of address"), max_length=60, blank=True, default="",
        help_text=_("How the avatar addresses this person in its greeting. Empty: by the name."),
    )  # fmt: skip
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.RU)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, default="")
    telegram_id = models.BigIntegerField(_("Telegram id"), null=True, blank=True, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
