"""HR's pages of a position's drafts: ask for one, see how far it is, edit it, take it over (docs/authoring.md)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from interview_site import llm
from interview_site.llm import Purpose
from interviews.admin.draft_forms import AskForm, DraftForm
from interviews.models import Position, PositionDraft
from interviews.models.authoring import Work
from interviews.services import drafting

LOOK_AGAIN_S = 3


class DraftPages:
    """Pages below a position; `admin` finds the position and checks who may change it."""

    def __init__(self, admin: Any) -> None:
        self.admin = admin

    def urls(self) -> list[URLPattern]:
        own, name = self.admin.admin_site.admin_view, "interviews_position"
        return [
            path("<int:pk>/draft/", own(self.ask_view), name=f"{name}_draft_ask"),
            path("<int:pk>/draft/<int:number>/", own(self.draft_view), name=f"{name}_draft"),
        ]

    def ask_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows what it takes, POST queues a draft."""
        position = self.admin.changeable(request, pk)
        is_configured = llm.is_configured(Purpose.AUTHORING)
        form = AskForm(request.POST or None, request.FILES or None, position=position)
        if request.method == "POST" and is_configured and form.is_valid():
            file = form.cleaned_data["file"]
            draft = drafting.ask(
                position, description=form.cleaned_data["description"], upload=file,
                upload_name=request.FILES["file"].name if file else "", wishes=form.cleaned_data["wishes"],
                count=form.cleaned_data["count"], by=request.user,
            )  # fmt: skip
            return self._to(draft)
        earlier = position.drafts.defer("content", "source", "upload")[:10]
        page = self._page(
            request, position, "draft_ask.html", _("Questions from a description"), form=form, earlier=earlier,
            is_configured=is_configured, model=llm.model_name(Purpose.AUTHORING),
        )  # fmt: skip
        page.status_code = 422 if form.errors else 200
        return page

    def draft_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """GET shows how far it is, or the draft to edit; POST saves, asks for another question, or takes over."""
        position = self.admin.changeable(request, pk)
        draft = position.drafts.defer("upload").filter(pk=number).first()
        if draft is None:
            raise Http404
        try:
            if request.method == "POST" and "again" in request.POST:
                drafting.try_again(draft)
                return self._to(draft)
            if draft.state != Work.READY:
                return self._waiting(request, position, draft)
            if request.GET.get("at") in [row["key"] for row in draft.content["questions"]]:
                # By a detour, because a browser does not load an address with a "#" anew when it is told to refresh it.
                return self._to(draft, f"#{request.GET['at']}")
            return self._edited(request, position, draft) if request.method == "POST" else self._editor(request, position, draft)
        except drafting.NotNow:
            messages.warning(request, _("The draft has changed meanwhile. Please look again."))
            return self._to(draft)

    def _waiting(self, request: HttpRequest, position: Position, draft: PositionDraft) -> HttpResponse:
        page = self._page(
            request, position, "draft_waiting.html", _("Draft"), draft=draft, step=drafting.STEPS.get(draft.step, _("Waiting")),
            fault=drafting.fault_text(draft.error_code),
        )  # fmt: skip
        if draft.is_under_way:
            page.headers["Refresh"] = str(LOOK_AGAIN_S)
        return page

    def _editor(self, request: HttpRequest, position: Position, draft: PositionDraft, form: Any = None) -> HttpResponse:
        page = self._page(
            request, position, "draft.html", _("Draft"), draft=draft, form=form or DraftForm(content=draft.content),
            fault=drafting.fault_text(draft.error_code), refused=draft.content.get("refused", []),
            has_questions=position.questions.exists(), currency=settings.LLM_CURRENCY,
        )  # fmt: skip
        page.status_code = 422 if form is not None and form.errors else 200
        return page

    def _edited(self, request: HttpRequest, position: Position, draft: PositionDraft) -> HttpResponse:
        form = DraftForm(request.POST, content=draft.content)
        if not form.is_valid():
            return self._editor(request, position, draft, form)
        drafting.edit(draft, form.edited())
        if key := request.POST.get("another"):
            drafting.ask_for_another(draft, key=key, wish=form.cleaned_data.get(f"{key}_wish", ""))
            return self._to(draft, f"?at={key}")
        if "take" not in request.POST:
            messages.success(request, _("The draft is saved. Nothing of it is in the position yet."))
            return self._to(draft)
        questions, criteria = form.chosen("questions"), form.chosen("criteria")
        if not (questions or criteria or form.cleaned_data["greeting"]):
            form.add_error(None, _("Tick at least one part to take over."))
            return self._editor(request, position, draft, form)
        taken = drafting.take_over(
            draft, questions=questions, criteria=criteria, greeting=form.cleaned_data["greeting"],
            replace=form.cleaned_data["replace"], by=request.user,
        )  # fmt: skip
        told = ngettext("%(count)d question is in the position now.", "%(count)d questions are in the position now.", taken)
        messages.success(request, told % {"count": taken})
        return self.admin.back_to(position)

    def _page(self, request: HttpRequest, position: Position, template: str, title: Any, **context: Any) -> HttpResponse:
        return self.admin.page(
            request, f"interviews/admin/{template}", title, position=position, object=position, **context
        )

    def _to(self, draft: PositionDraft, more: str = "") -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_position_draft", args=[draft.position_id, draft.pk]) + more)


