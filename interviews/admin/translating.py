"""HR's pages of a position's languages: let it be translated, edit the words, offer the language to candidates."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from interview_site import llm
from interview_site.llm import Purpose
from interviews.admin.draft_forms import WordsForm
from interviews.authoring import words
from interviews.models import Language, Position, PositionTranslation
from interviews.services import drafting, translating
from interviews.services.translating import CannotApprove

LOOK_AGAIN_S = 3
FIELD_NAMES = {
    "title": _("title"), "description": _("description"), "intro": _("greeting"), "farewell": _("farewell"),
    "facts": _("facts the avatar may tell"),
}  # fmt: skip


class LanguagePages:
    def __init__(self, admin: Any) -> None:
        self.admin = admin

    def urls(self) -> list[URLPattern]:
        own, name = self.admin.admin_site.admin_view, "interviews_position"
        return [
            path("<int:pk>/languages/", own(self.list_view), name=f"{name}_languages"),
            path("<int:pk>/languages/<str:code>/", own(self.language_view), name=f"{name}_language"),
        ]

    def list_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The other two languages, and how each stands."""
        position = self.admin.changeable(request, pk)
        rows = {row.language: row for row in position.translations.all()}
        source = words.words_of(position)
        languages = []
        for code, name in Language.choices:
            if code == position.language:
                continue
            row = rows.get(code)
            left = len(translating.stale_places(row, source)) if row else len(source)
            languages.append({"code": code, "name": name, "row": row, "left": left, "total": len(source)})
        page = self._page(request, position, "languages.html", _("Languages"), languages=languages)
        if any(row.is_under_way for row in rows.values()):
            page.headers["Refresh"] = str(LOOK_AGAIN_S)
        return page

    def language_view(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """GET shows source and translation side by side; POST saves, translates, offers or withdraws."""
        position = self.admin.changeable(request, pk)
        if code == position.language or code not in Language.values:
            raise Http404
        if request.method == "POST":
            return self._asked(request, translating.translation_of(position, code))
        row = position.translations.filter(language=code).first() or PositionTranslation(
            position=position, language=code, state="ready"
        )
        source = words.words_of(position)
        return self._editor(request, row, source, WordsForm(source=source, words=row.words))

    def _asked(self, request: HttpRequest, row: PositionTranslation) -> HttpResponse:
        if "translate" in request.POST:
            if llm.is_configured(Purpose.AUTHORING) and not row.is_under_way:
                translating.ask(row, by=request.user)
            return self._to(row)
        if "withdraw" in request.POST:
            translating.withdraw(row, by=request.user)
            messages.success(request, _("The language is not offered any more. Invitations that left keep it."))
            return self._to(row)
        if row.is_under_way:
            messages.warning(request, _("The translation is still in the making."))
            return self._to(row)
        return self._edited(request, row)

    def _edited(self, request: HttpRequest, row: PositionTranslation) -> HttpResponse:
        source = words.words_of(row.position)
        form = WordsForm(request.POST, source=source, words=row.words)
        if not form.is_valid():
            return self._editor(request, row, source, form)
        translating.keep(row, _changed(form, row, source), by=request.user)
        if "approve" in request.POST:
            try:
                translating.approve(row, by=request.user)
            except CannotApprove as error:
                messages.error(request, str(error.text))
            else:
                messages.success(request, _("From the next invitation on, candidates may choose this language."))
        else:
            messages.success(request, _("The translation is saved."))
        return self._to(row)

    def _editor(self, request: HttpRequest, row: PositionTranslation, source: dict[str, str], form: WordsForm) -> HttpResponse:
        stale = set(translating.stale_places(row, source))
        names = _names(row.position)
        places = [
            {
                "name": names[place], "source": source[place], "field": field,
                "is_missing": not row.words.get(place), "is_stale": place in stale and bool(row.words.get(place)),
            }
            for place, field in form.rows()
        ]  # fmt: skip
        page = self._page(
            request, row.position, "language.html", _("Translation"), row=row, places=places, left=len(stale), form=form,
            language=row.get_language_display(), is_configured=llm.is_configured(Purpose.AUTHORING),
            fault=drafting.fault_text(row.error_code),
        )  # fmt: skip
        if row.is_under_way:
            page.headers["Refresh"] = str(LOOK_AGAIN_S)
        page.status_code = 422 if form.errors else 200
        return page

    def _page(self, request: HttpRequest, position: Position, template: str, title: Any, **context: Any) -> HttpResponse:
        return self.admin.page(
            request, f"interviews/admin/{template}", title, position=position, object=position, **context
        )

    def _to(self, row: PositionTranslation) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_position_language", args=[row.position_id, row.language]))


def _changed(form: WordsForm, row: PositionTranslation, source: dict[str, str]) -> dict[str, str]:
    """What HR touched: saving the page must not call stale words fresh that nobody looked at.

    "Offer to candidates" says that somebody has looked: then every place that has words counts.
    """
    given = form.given()
    if "approve" in form.data:
        return given
    return {place: text for place, text in given.items() if text.strip() != row.words.get(place, "")}


def _names(position: Position) -> dict[str, Any]:
    """Place → what it is, in words for HR."""
    names: dict[str, Any] = dict(FIELD_NAMES)
    for number, question in enumerate(position.questions.all(), 1):
        names[f"q:{question.uuid}"] = _("Question %(number)d") % {"number": number}
    for criterion in position.criteria.all():
        names[f"c:{criterion.uuid}:name"] = _("Criterion: name")
        names[f"c:{criterion.uuid}:meaning"] = _("Criterion: meaning")
        for mark in range(1, 6):
            names[f"c:{criterion.uuid}:{mark}"] = _("What a %(mark)d looks like") % {"mark": mark}
    return names
