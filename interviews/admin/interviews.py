"""Interviews: the list with its live states, and what can be done with an invitation. A row opens the review page."""

from collections.abc import Callable
from functools import partial

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from interviews.access import may_handle_person
from interviews.admin.base import STATE_COLOURS, AuditedExport, NeverDeleted, SafeResource, WorkplaceAdmin
from interviews.admin.reviewing import ReviewPages
from interviews.models import Decision, Evaluation, Interview, Position
from interviews.services import invitations, retention
from interviews.services.states import WrongState

PROPOSAL_COLOURS = {"queued": "default", "running": "info", "proposed": "success", "needs_person": "warning"}
OUTCOME_COLOURS = {"advance": "success", "hold": "warning", "reject": "danger", "waiting": "primary"}


class PositionFilter(DropdownFilter):
    """Only positions this user may see."""

    title = _("position")
    parameter_name = "position"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(pk), title) for pk, title in Position.objects.visible_to(request.user).values_list("pk", "title")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return queryset.filter(version__position=value) if value and value.isdigit() else queryset


class ReviewFilter(DropdownFilter):
    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("waiting", _("waiting for review")), ("decided", _("decided")), ("person", _("prefers a person"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        undecided = ~Exists(Decision.objects.filter(interview=OuterRef("pk")))
        match self.value():
            case "waiting":
                return queryset.filter(undecided, state=Interview.State.COMPLETED)
            case "decided":
                return queryset.filter(~undecided)
            case "person":
                return queryset.filter(undecided, wants_person_at__isnull=False)
        return queryset


class ProposalFilter(DropdownFilter):
    """By the state of the latest proposal of the model. There is none by its scores: nobody is sorted by a machine."""

    title = _("the model's proposal")
    parameter_name = "proposal"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [*Evaluation.State.choices, ("none", _("none"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value == "none":
            return queryset.filter(~Exists(Evaluation.objects.filter(interview=OuterRef("pk"))))
        if value not in Evaluation.State.values:
            return queryset
        # Those with any such proposal first: of few rows it is asked which one is the latest.
        return queryset.filter(pk__in=Evaluation.objects.filter(state=value).values("interview"), proposal=value)


class KindFilter(DropdownFilter):
    """Previews by one's own staff are not shown until asked for; rehearsals never (InterviewQuerySet.visible_to)."""

    title = _("kind")
    parameter_name = "kind"
    all_option = ["", _("real and demo")]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [choice for choice in Interview.Kind.choices if choice[0] != Interview.Kind.REHEARSAL]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in Interview.Kind.values:
            return queryset.filter(kind=self.value())
        return queryset.filter(kind__in=[Interview.Kind.REAL, Interview.Kind.DEMO])


class InterviewResource(SafeResource):
    class Meta:
        model = Interview
        fields = [
            "public_id", "candidate__name", "candidate__email", "version__position__title", "version__number", "kind", "language",
            "state", "created_at", "started_at", "completed_at", "deadline",
        ]  # fmt: skip
        export_order = fields


@admin.register(Interview)
class InterviewAdmin(NeverDeleted, AuditedExport, WorkplaceAdmin):
    resource_classes = [InterviewResource]
    list_display = ["show_candidate", "show_position", "show_state", "show_proposal", "show_outcome", "show_when"]
    list_filter = [
        PositionFilter, ("state", ChoicesDropdownFilter), ReviewFilter, ProposalFilter, ("language", ChoicesDropdownFilter),
        KindFilter,
    ]  # fmt: skip
    list_select_related = ["candidate", "version__position"]
    list_per_page = 50
    ordering = ["-pk"]  # the order of invitations, straight from the primary key
    show_full_result_count = False
    search_fields = ["candidate__name", "candidate__email", "version__position__title", "public_id"]
    search_help_text = _("Search by candidate, e-mail or position")
    actions = ["resend_chosen", "reissue_chosen", "revoke_chosen", "hold_chosen", "release_chosen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        latest = Decision.objects.filter(interview=OuterRef("pk")).order_by("-pk")
        proposals = Evaluation.objects.filter(interview=OuterRef("pk")).order_by("-pk")
        return super().get_queryset(request).defer("version__plan").annotate(
            outcome=Subquery(latest.values("outcome")[:1]), proposal=Subquery(proposals.values("state")[:1])
        )  # fmt: skip

    # --- List --------------------------------------------------------------------------------------------------------
    @display(description=_("candidate"), header=True, ordering="candidate__name")
    def show_candidate(self, interview: Interview) -> list[str]:
        return [interview.candidate.name, interview.candidate.email]

    @display(description=_("position"), header=True, ordering="version__position__title")
    def show_position(self, interview: Interview) -> list[str]:
        """The title; below it the language, and what is no real interview says so."""
        kind = [] if interview.kind == Interview.Kind.REAL else [interview.get_kind_display()]
        return [interview.version.position.title, " · ".join([interview.get_language_display(), *kind])]

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def show_state(self, interview: Interview) -> tuple[str, str]:
        return interview.state, interview.get_state_display()

    @display(description=_("the model's proposal"), label=PROPOSAL_COLOURS, empty_value="–")
    def show_proposal(self, interview: Interview) -> tuple[str, str] | str:
        """Whether there is one, never what it says: reviewers mark first."""
        return (interview.proposal, Evaluation.State(interview.proposal).label) if interview.proposal else ""

    @display(description=_("decision"), ordering="outcome", label=OUTCOME_COLOURS, empty_value="–")
    def show_outcome(self, interview: Interview) -> tuple[str, str] | str:
        if interview.outcome:
            return interview.outcome, Decision.Outcome(interview.outcome).label
        if interview.state == Interview.State.COMPLETED:
            return "waiting", _("waiting for review")
        return ""

    @display(description=_("last step"), ordering="created_at")
    def show_when(self, interview: Interview) -> object:
        return interview.completed_at or interview.active_at or interview.created_at

    # --- Rows are made by inviting and read on the review page -------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        interview = self.found(request, int(object_id) if object_id.isdigit() else 0)
        return HttpResponseRedirect(reverse("admin:interviews_interview_review", args=[interview.pk]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        return self.change_view(request, object_id)  # passages stand on the review page

    def get_urls(self) -> list[URLPattern]:
        own, pages, name = self.admin_site.admin_view, ReviewPages(self), "interviews_interview"
        return [
            path("<int:pk>/review/", own(pages.review), name=f"{name}_review"),
            path("<int:pk>/review/marks/", own(pages.marks), name=f"{name}_marks"),
            path("<int:pk>/review/evaluate/", own(pages.evaluate), name=f"{name}_evaluate"),
            path("<int:pk>/review/asked/<int:number>/", own(pages.asked), name=f"{name}_asked"),
            path("<int:pk>/review/decide/", own(pages.decide), name=f"{name}_decide"),
            path("<int:pk>/review/letter/", own(pages.letter), name=f"{name}_letter"),
            path("<int:pk>/review/transcribe/", own(pages.transcribe), name=f"{name}_transcribe"),
            path("<int:pk>/review/text/", own(pages.choose_text), name=f"{name}_choose_text"),
            path("<int:pk>/resend/", own(self.resend_view), name=f"{name}_resend"),
            path("<int:pk>/link/", own(self.link_view), name=f"{name}_link"),
            path("<int:pk>/reissue/", own(self.reissue_view), name=f"{name}_reissue"),
            path("<int:pk>/revoke/", own(self.revoke_view), name=f"{name}_revoke"),
            *super().get_urls(),
        ]

    # --- One invitation ----------------------------------------------------------------------------------------------
    @method_decorator(require_POST)
    def resend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._one(request, pk, invitations.resend, _("The invitation was put in the outbox again."))

    @method_decorator(require_POST)
    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._link(request, pk, invitations.show_link, _("The candidate's link. That you looked at it was noted."))

    @method_decorator(require_POST)
    def reissue_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._link(
            request, pk, invitations.reissue, _("The old link no longer works. This is the new one; send it to the candidate.")
        )

    @method_decorator(require_POST)
    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = _reason(request)
        if not reason:
            messages.error(request, _("Say in a few words why the invitation is revoked."))
            return self._back(pk)
        revoke = partial(invitations.revoke, reason=reason)
        return self._one(request, pk, revoke, _("The invitation is revoked; its link no longer works."))

    def _one(self, request: HttpRequest, pk: int, verb: Callable, done: str) -> HttpResponse:
        interview = self._changeable(request, pk)
        try:
            verb(interview, by=request.user)
        except WrongState:
            messages.error(request, self._too_late(interview))
        else:
            messages.success(request, done)
        return self._back(pk)

    def _link(self, request: HttpRequest, pk: int, verb: Callable, text: str) -> HttpResponse:
        interview = self._changeable(request, pk)
        try:
            link = verb(interview, by=request.user)
        except WrongState:
            messages.error(request, self._too_late(interview))
            return self._back(pk)
        answer = self.page(
            request,
            "interviews/admin/link.html",
            _("The candidate's link"),
            interview=interview,
            object=interview,
            link=link,
            text=text,
        )
        answer["Cache-Control"] = "no-store"
        return answer

    def _changeable(self, request: HttpRequest, pk: int) -> Interview:
        """Raises Http404 for strangers and for reviewers, who only read."""
        interview = self.found(request, pk)
        if not self.has_change_permission(request, interview):
            raise Http404
        return interview

    def _back(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_interview_review", args=[pk]))

    def _too_late(self, interview: Interview) -> str:
        return _("Nothing was changed: the interview of %(name)s is over (%(state)s).") % {
            "name": interview.candidate.name, "state": interview.get_state_display(),
        }  # fmt: skip

    # --- Many invitations: each with a page that asks first -----------------------------------------------------------
    @admin.action(description=_("Send the invitation again"), permissions=["change"])
    def resend_chosen(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        text = _("The invitation letter is put in the outbox again for each of these people.")
        return self._many(request, rows, "resend_chosen", _("Send again"), text, invitations.resend)

    @admin.action(description=_("Replace the link"), permissions=["change"])
    def reissue_chosen(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        def replace(interview: Interview, *, by: object) -> None:
            invitations.reissue(interview, by=by)
            invitations.resend(interview, by=by, has_new_link=True)

        text = _("The present links stop working at once; each person gets a letter with a new link.")
        return self._many(request, rows, "reissue_chosen", _("Replace the link"), text, replace)

    @admin.action(description=_("Revoke the invitation"), permissions=["change"])
    def revoke_chosen(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        reason = _reason(request)
        revoke = partial(invitations.revoke, reason=reason)
        text = _("The links stop working at once. A conversation that is going on ends within a minute.")
        return self._many(request, rows, "revoke_chosen", _("Revoke"), text, revoke, asks_reason=True, is_ready=bool(reason))

    @admin.action(description=_("Legal hold: keep from deletion"), permissions=["hold"])
    def hold_chosen(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        def hold(interview: Interview, *, by: object) -> None:
            retention.set_hold(interview, True, by=by)

        text = _("These interviews are deleted neither by the days of their position nor on request until the hold is lifted.")
        return self._many(request, rows, "hold_chosen", _("Hold"), text, hold)

    @admin.action(description=_("Lift the legal hold"), permissions=["hold"])
    def release_chosen(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        def release(interview: Interview, *, by: object) -> None:
            retention.set_hold(interview, False, by=by)

        text = _("What is over its days is deleted with the next night.")
        return self._many(request, rows, "release_chosen", _("Lift the hold"), text, release)

    def has_hold_permission(self, request: HttpRequest) -> bool:
        return may_handle_person(request.user)

    def _many(
        self, request: HttpRequest, rows: QuerySet, action: str, title: str, text: str, verb: Callable,
        *, asks_reason: bool = False, is_ready: bool = True,
    ) -> HttpResponse | None:  # fmt: skip
        if request.POST.get("confirmed") != "1" or not is_ready:
            return self.confirm(request, rows, action=action, title=title, text=text, asks_reason=asks_reason)
        done, failed = 0, []
        for interview in rows[:500]:
            try:
                verb(interview, by=request.user)
                done += 1
            except WrongState:
                failed.append(self._too_late(interview))
        worked = (
            ngettext("Done for %(count)s interview.", "Done for %(count)s interviews.", done) % {"count": done} if done else ""
        )
        self.tell(request, worked, failed)
        return None


def _reason(request: HttpRequest) -> str:
    return " ".join(request.POST.get("reason", "").split())[:200]
