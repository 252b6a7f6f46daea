"""The status page: a block for each service with what is known, and buttons that try it for real (design §6).

The page is made from rows alone, however slow a provider is; `static/dist/status.js` starts what is stale and follows what runs.
Without the script the buttons are forms and the page looks again by itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from interview_site import status, status_checks
from interview_site.models import StatusCheck


@dataclass(frozen=True)
class Button:
    """A check of a block with its last row, as the template needs it."""

    check: status.Check
    row: StatusCheck | None
    stale: bool

    @property
    def is_running(self) -> bool:
        return self.row is not None and not self.row.is_finished


@dataclass(frozen=True)
class Card:
    block: status.Block
    buttons: list[Button]
    may_check: bool

    @property
    def is_running(self) -> bool:
        return any(button.is_running for button in self.buttons)


@admin.register(StatusCheck)
class StatusAdmin(ModelAdmin):
    """The list of checks *is* the page; single rows have none."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="interview_site_statuscheck_changelist"),
            path("block/<str:key>/", view(self.block_view), name="interview_site_statuscheck_block"),
            path("run/<str:key>/<str:name>/", view(require_POST(self.run_view)), name="interview_site_statuscheck_run"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        cards = _cards(request.user, status.blocks(request.user))
        groups: dict[str, list[Card]] = {}
        for card in cards:
            groups.setdefault(str(card.block.group), []).append(card)
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request), "title": gettext("Status of the services"), "opts": self.opts,
            "groups": groups.items(), "running": any(card.is_running for card in cards),
            "words": {
                "lost": gettext("The site does not answer. Reload the page to try again."),
                "sure": gettext("This may cost money at the provider. Go on?"),
            },
        }  # fmt: skip
        return TemplateResponse(request, "interview_site/admin/status.html", context)

    def block_view(self, request: HttpRequest, key: str) -> JsonResponse:
        """One block anew: {"html", "running"}."""
        card = self._card(request, key)
        html = render_to_string("interview_site/admin/status_card.html", {"card": card}, request)
        return JsonResponse({"html": html, "running": card.is_running}, headers={"Cache-Control": "no-store"})

    def run_view(self, request: HttpRequest, key: str, name: str) -> HttpResponse:
        """Start a check; pressed twice, it runs once."""
        card = self._card(request, key)
        chosen = next((button.check for button in card.buttons if button.check.name == name), None)
        if chosen is None or not card.may_check:
            raise Http404
        status_checks.start(card.block, chosen, by=request.user, language=get_language() or "en")
        if "application/json" in request.headers.get("Accept", ""):
            return self.block_view(request, key)
        return HttpResponseRedirect(f"{reverse('admin:interview_site_statuscheck_changelist')}#{key}")

    def _card(self, request: HttpRequest, key: str) -> Card:
        found = status.find(key)
        if found is None or not self.has_view_permission(request) or not request.user.has_perm(found[0].view_permission):
            raise Http404
        return _cards(request.user, [found[0]])[0]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: StatusCheck | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StatusCheck | None = None) -> bool:
        return False


def _cards(user: Any, blocks: list[status.Block]) -> list[Card]:
    rows = status_checks.latest([block.key for block in blocks])
    now = timezone.now()
    cards = []
    for block in blocks:
        buttons = []
        for check in block.checks:
            row = rows.get((block.key, check.name))
            old = row is None or (row.finished_at or row.asked_at) < now - timedelta(seconds=check.every_s)
            buttons.append(Button(check, row, bool(check.every_s) and old and (row is None or row.is_finished)))
        cards.append(Card(block, buttons, user.has_perm(block.check_permission)))
    return cards
