"""Positions: the draft with its questions, criteria and letters; opening, previewing, inviting, versions."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Max, Q, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import Truncator, format_lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelect2MultipleWidget

from avatars.models.profiles import shown_name
from interviews import letters, links
from interviews.admin.base import NeverDeleted, WorkplaceAdmin
from interviews.admin.clip_pages import ClipPages
from interviews.admin.drafting import DraftPages
from interviews.admin.inviting import InvitePage
from interviews.admin.rehearsing import RehearsalPages, standing, warning_text
from interviews.admin.translating import LanguagePages
from interviews.models import Criterion, Interview, Letter, Position, Question
from interviews.plan import from_json
from interviews.services import clips, invitations
from interviews.services.positions import close_position, open_position
from interviews.topics import asked_about, judged_by

PLACEHOLDER_HELP = format_lazy(
    _("You can use {names}. Every placeholder is filled in for each candidate."),
    names=", ".join("{" + name + "}" for name in letters.PLACEHOLDERS),
)


def position_of(request: HttpRequest) -> str | None:
    """The id of the position whose form is open, from the address."""
    return request.resolver_match.kwargs.get("object_id") if request.resolver_match else None


class ShortTextareas:
    """Text areas as tall as what is usually written in them; people may pull them taller."""

    rows: dict[str, int] = {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in self.rows:
            field.widget.attrs["rows"] = self.rows[db_field.name]
        return field


class SortableInline(ShortTextareas, StackedInline):
    ordering_field = "order"
    hide_ordering_field = True
    tab = True
    extra = 0
    show_count = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).order_by("order", "pk")


class QuestionForm(forms.ModelForm):
    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if topic := asked_about(text):
            raise forms.ValidationError(topic.reason)
        return text


class CriterionForm(forms.ModelForm):
    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if topic := judged_by(name):
            raise forms.ValidationError(topic.reason)
        return name


class QuestionInline(SortableInline):
    model = Question
    form = QuestionForm
    rows = {"text": 3}
    fields = ["text", ("mode", "follow_ups"), ("think_time_s", "answer_time_s", "required"), "criteria", "order"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field:
        if db_field.name == "criteria":
            position = position_of(request)
            # Only this position's own criteria; a new one can be chosen once it is saved.
            kwargs["queryset"] = (
                Criterion.objects.filter(position_id=position) if position and position.isdigit() else Criterion.objects.none()
            )
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
            kwargs["help_text"] = _("What this answer is judged by. New criteria appear here after saving.")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class CriterionInline(SortableInline):
    model = Criterion
    form = CriterionForm
    rows = {"meaning": 2}
    fieldsets = [
        (None, {"fields": [("name", "weight"), "meaning", "order"]}),
        (_("What each mark looks like"), {"classes": ["collapse"], "fields": [f"anchor_{mark}" for mark in range(1, 6)]}),
    ]


class LetterForm(forms.ModelForm):
    class Meta:
        model = Letter
        fields = ["kind", "language", "subject", "body"]
        help_texts = {"body": PLACEHOLDER_HELP}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, subject, body = (cleaned.get(name) or "" for name in ("kind", "subject", "body"))
        if subject and body:
            for field, problems in letters.problems_of(kind, subject, body).items():
                for problem in problems:
                    self.add_error(field, problem)
        return cleaned


class LetterInline(ShortTextareas, StackedInline):
    model = Letter
    rows = {"body": 14}
    form = LetterForm
    fields = [("kind", "language"), "subject", "body"]
    tab = True
    extra = 0
    verbose_name_plural = _("letters of your own")


class PositionForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("The end must come after the start."))
        return cleaned


@admin.register(Position)
class PositionAdmin(ShortTextareas, NeverDeleted, WorkplaceAdmin, SimpleHistoryAdmin):
    form = PositionForm
    rows = {"description": 4, "intro": 3, "farewell": 3, "facts": 4}
    inlines = [QuestionInline, CriterionInline, LetterInline]
    list_display = ["show_title", "show_state", "language", "show_invited", "show_to_review", "closes_at"]
    list_filter = ["state", "language"]
    search_fields = ["title", "contact"]
    search_help_text = _("Search by title or contact")
    change_form_outer_before_template = "interviews/admin/position_bar.html"
    fieldsets = [
        (None, {"fields": ["title", ("language", "avatar"), "description", "contact"]}),
        (_("What the avatar says"), {"classes": ["tab"], "fields": ["intro", "farewell", "facts"]}),
        (
            _("Dates and limits"),
            {
                "classes": ["tab"],
                "fields": [
                    ("opens_at", "closes_at"), ("answer_days", "time_budget_min", "retention_days"),
                    "wait_for_clips", "camera_recording",
                ],
            },
        ),
        (_("Who may see it"), {"classes": ["tab"], "fields": ["members"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_counts()

    class Media:
        js = [Script("dist/review.js", type="module")]

    # --- List --------------------------------------------------------------------------------------------------------
    @display(description=_("position"), header=True, ordering="title")
    def show_title(self, position: Position) -> list[str]:
        return [position.title, Truncator(position.description).chars(70)]

    @display(description=_("state"), ordering="state", label={"draft": "default", "open": "success", "closed": "warning"})
    def show_state(self, position: Position) -> tuple[str, str]:
        return position.state, position.get_state_display()

    @display(description=pgettext_lazy("how many", "invited"), ordering="invited")
    def show_invited(self, position: Position) -> int:
        return position.invited

    @display(description=_("waiting for review"), ordering="to_review")
    def show_to_review(self, position: Position) -> int:
        return position.to_review

    # --- Form --------------------------------------------------------------------------------------------------------
    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field:
        if db_field.name == "members":
            kwargs["queryset"] = db_field.related_model.objects.filter(is_staff=True, is_active=True)
            kwargs["widget"] = UnfoldAdminSelect2MultipleWidget()
            kwargs["help_text"] = _(
                "These colleagues see this position and its interviews, and are told by mail when one is complete."
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        return {"language": (get_language() or "ru")[:2], **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Position, form: ModelForm, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        if formset.model in (Question, Criterion):
            position = form.instance
            last = formset.model.objects.filter(position=position).aggregate(last=Max("order"))["last"]
            following = 0 if last is None else last + 1
            for row in formset.extra_forms:
                # A new row goes to the end: the page numbers only rows that were saved before.
                if row.has_changed() and "order" not in row.changed_data:
                    row.instance.order, following = following, following + 1
        super().save_formset(request, form, formset, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        bar = {}
        if object_id.isdigit() and (position := self.get_queryset(request).filter(pk=object_id).first()):
            bar = {
                "position": position,
                "refusal": invitations.refusal(position),
                "clips": clips.standing(position),
                "may_change": self.has_change_permission(request),
                "rehearsal": standing(position) if request.user.has_perm("interviews.view_rehearsal") else None,
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **bar})

    def response_add(self, request: HttpRequest, obj: Position, post_url_continue: str | None = None) -> HttpResponse:
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, _("The position is saved as a draft. Open it when it is ready, then invite candidates."))
        return HttpResponseRedirect(reverse("admin:interviews_position_change", args=[obj.pk]))

    # --- History: of what one may see --------------------------------------------------------------------------------
    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        self.found(request, int(object_id) if object_id.isdigit() else 0)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        self.found(request, int(object_id) if object_id.isdigit() else 0)
        if request.method != "GET":
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)

    # --- Pages of our own --------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        name = "interviews_position"
        return [
            path("<int:pk>/open/", own(self.open_view), name=f"{name}_open"),
            path("<int:pk>/close/", own(self.close_view), name=f"{name}_close"),
            path("<int:pk>/preview/", own(self.preview_view), name=f"{name}_preview"),
            path("<int:pk>/invite/", own(InvitePage(self).view), name=f"{name}_invite"),
            path("<int:pk>/versions/", own(self.versions_view), name=f"{name}_versions"),
            path("<int:pk>/versions/<int:number>/", own(self.version_view), name=f"{name}_version"),
            *ClipPages(self).urls(),
            *DraftPages(self).urls(),
            *LanguagePages(self).urls(),
            *RehearsalPages(self).urls(),
            *super().get_urls(),
        ]

    def changeable(self, request: HttpRequest, pk: int) -> Position:
        """Raises Http404 for a stranger and for somebody who may only look."""
        position = self.found(request, pk)
        if not self.has_change_permission(request, position):
            raise Http404
        return position

    @method_decorator(require_POST)
    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        position = self.changeable(request, pk)
        try:
            open_position(position, by=request.user)
        except invitations.CannotInvite as error:
            messages.error(request, str(error.text))
        else:
            messages.success(request, _("The position is open: candidates can be invited."))
            if warned := warning_text(position):
                messages.warning(request, warned)
        return self.back_to(position)

    @method_decorator(require_POST)
    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        position = self.changeable(request, pk)
        close_position(position, by=request.user)
        messages.success(
            request, _("The position is closed. Nobody new can start; interviews that are under way may be finished.")
        )
        return self.back_to(position)

    @method_decorator(require_POST)
    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        position = self.found(request, pk)
        try:
            interview = invitations.preview(position=position, by=request.user)
        except invitations.CannotInvite as error:
            messages.error(request, str(error.text))
            return self.back_to(position)
        return HttpResponseRedirect(links.path(interview.public_id, interview.link_generation))

    def versions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        position = self.found(request, pk)
        is_real = Q(interviews__kind=Interview.Kind.REAL)
        versions = position.versions.defer("plan").select_related("created_by").annotate(used=Count("interviews", filter=is_real))
        return self.page(
            request, "interviews/admin/versions.html", _("Versions"), position=position, object=position, versions=versions
        )

    def version_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        position = self.found(request, pk)
        version = position.versions.select_related("created_by").filter(number=number).first()
        if version is None:
            raise Http404
        plan = from_json(version.plan)
        title = _("Version %(number)s") % {"number": number}
        questions = [
            (question, [criterion for criterion in plan.criteria if criterion.uuid in question.criteria])
            for question in plan.questions
        ]
        return self.page(
            request, "interviews/admin/version.html", title, position=position, object=position, version=version, plan=plan,
            questions=questions, profile=shown_name(str(plan.avatar.get("name", ""))),
        )  # fmt: skip

    def back_to(self, position: Position) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_position_change", args=[position.pk]))
