"""HR's pages of a position's rehearsals: ask for one, see how far it is, read what came of it and every conversation."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interview_site import llm
from interviews.models import Position, Rehearsal, RehearsedInterview
from interviews.queries import Line
from interviews.rehearsal import words
from interviews.services import rehearsing
from interviews.services.versions import NothingToAsk, plan_of

LOOK_AGAIN_S = 3
SHOWN = 10
LANGUAGES = {"ru": "Русский", "en": "English", "kk": "Қазақша"}


@dataclass(frozen=True)
class Standing:
    """For the bar above a position's form. `warning`: why to rehearse (again); empty when all is well."""

    last: Rehearsal | None
    warning: str | Promise
    is_present: bool


def standing(position: Position) -> Standing:
    found = rehearsing.standing(position)
    return Standing(found.last, rehearsing.WARNINGS.get(found.warning, ""), found.is_present)


def warning_text(position: Position) -> str | Promise:
    return rehearsing.WARNINGS.get(rehearsing.warning(position), "")


class RehearsalPages:
    """Pages below a position; `admin` finds the position. Looking needs `view_rehearsal`, acting `add_rehearsal`."""

    def __init__(self, admin: Any) -> None:
        self.admin = admin

    def urls(self) -> list[URLPattern]:
        own, name = self.admin.admin_site.admin_view, "interviews_position_rehearsal"
        return [
            path("<int:pk>/rehearsals/", own(self.list_view), name=f"{name}s"),
            path("<int:pk>/rehearsals/<int:number>/", own(self.one_view), name=name),
            path("<int:pk>/rehearsals/<int:number>/<slug:persona>/", own(self.conversation_view), name=f"{name}_conversation"),
        ]

    def list_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows what a rehearsal does and the earlier ones; POST asks for one."""
        position = self._position(request, pk)
        if request.method == "POST":
            return self._ask(request, position)
        try:
            plan = plan_of(position)
        except NothingToAsk:
            plan = None
        is_marked = bool(plan and plan.criteria) and llm.is_configured(llm.Purpose.EVALUATION)
        return self._page(
            request, position, "rehearsals.html", _("Rehearsal"), plan=plan, people=words.PEOPLE.values(),
            languages=[(code, LANGUAGES.get(code, code)) for code in plan.languages] if plan else [],
            requests=rehearsing.most_requests(plan) if plan and is_marked else 0, standing=standing(position),
            has_model=llm.is_configured(llm.Purpose.DIALOGUE), earlier=position.rehearsals.select_related("version")[:SHOWN],
        )  # fmt: skip

    def one_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """GET shows how far it is, or the report; POST stops it, or goes on with one that broke off."""
        position = self._position(request, pk)
        rehearsal = self._rehearsal(position, number)
        if request.method == "POST":
            return self._act(request, rehearsal)
        parts = {part.persona: part for part in rehearsal.parts.all()}
        rows = [
            (row, words.PEOPLE.get(row["persona"], ("", "")), RehearsedInterview.Ending(row["ending"]).label)
            for row in rehearsal.report.get("rows", ())
        ]
        checks = [
            (check["level"], words.TITLES[check["code"]], words.said(check), words.details(check))
            for check in rehearsal.report.get("checks", ())
        ]
        page = self._page(
            request, position, "rehearsal.html", _("Rehearsal"), rehearsal=rehearsal, rows=rows, checks=checks,
            step=rehearsing.STEPS.get(rehearsal.step, _("Waiting")), fault=rehearsing.fault_text(rehearsal),
            played=[(part, words.PEOPLE.get(part.persona, ("", ""))) for part in parts.values()],
            is_present=rehearsing.is_of_present_draft(rehearsal),
        )  # fmt: skip
        if rehearsal.is_under_way:
            page.headers["Refresh"] = str(LOOK_AGAIN_S)
        return page

    def conversation_view(self, request: HttpRequest, pk: int, number: int, persona: str) -> HttpResponse:
        """What was said with one made-up candidate, by the virtual clock."""
        position = self._position(request, pk)
        rehearsal = self._rehearsal(position, number)
        part = rehearsal.parts.select_related("interview").filter(persona=persona).first()
        if part is None:
            raise Http404
        began = part.interview.started_at
        lines = [Line(turn, max(0, int((turn.at - began).total_seconds()))) for turn in part.interview.turns.all()]
        return self._page(
            request, position, "rehearsed.html", _("Rehearsed conversation"), rehearsal=rehearsal, part=part, lines=lines,
            person=words.PEOPLE.get(persona, (persona, "")),
        )  # fmt: skip

    # --- Acts ----------------------------------------------------------------------------------------------------------

    def _ask(self, request: HttpRequest, position: Position) -> HttpResponse:
        self._require_acting(request)
        try:
            rehearsal = rehearsing.ask(position, language=request.POST.get("language", ""), by=request.user)
        except NothingToAsk:
            messages.error(request, _("This position has no questions yet. Add at least one."))
            return HttpResponseRedirect(reverse("admin:interviews_position_rehearsals", args=[position.pk]))
        except rehearsing.UnderWay as error:
            messages.info(request, _("This position is being rehearsed already."))
            rehearsal = error.rehearsal
        return self._to(rehearsal)

    def _act(self, request: HttpRequest, rehearsal: Rehearsal) -> HttpResponse:
        self._require_acting(request)
        try:
            if "cancel" in request.POST:
                rehearsing.cancel(rehearsal, by=request.user)
                messages.success(request, _("The rehearsal is stopped."))
            else:
                rehearsing.try_again(rehearsal, by=request.user)
        except rehearsing.NotNow:
            messages.warning(request, _("The rehearsal has changed meanwhile. Please look again."))
        except rehearsing.UnderWay:
            messages.info(request, _("This position is being rehearsed already."))
        return self._to(rehearsal)

    # --- Parts ---------------------------------------------------------------------------------------------------------

    def _position(self, request: HttpRequest, pk: int) -> Position:
        """Raises Http404 for strangers and for whoever may not look at rehearsals."""
        if not request.user.has_perm("interviews.view_rehearsal"):
            raise Http404
        return self.admin.found(request, pk)

    def _rehearsal(self, position: Position, number: int) -> Rehearsal:
        rehearsal = position.rehearsals.select_related("version", "position", "created_by").filter(pk=number).first()
        if rehearsal is None:
            raise Http404
        return rehearsal

    def _require_acting(self, request: HttpRequest) -> None:
        if not request.user.has_perm("interviews.add_rehearsal"):
            raise Http404

    def _page(self, request: HttpRequest, position: Position, template: str, title: Any, **context: Any) -> HttpResponse:
        return self.admin.page(
            request, f"interviews/admin/{template}", title, position=position, object=position,
            may_rehearse=request.user.has_perm("interviews.add_rehearsal"), **context,
        )  # fmt: skip

    def _to(self, rehearsal: Rehearsal) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_position_rehearsal", args=[rehearsal.position_id, rehearsal.pk]))
