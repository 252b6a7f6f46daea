"""What language models were asked for and what it cost, for whoever pays; nothing is changed by hand."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from interview_site.llm import usage
from interview_site.llm.endpoints import Purpose
from interview_site.llm.records import ModelUsage

PURPOSES = {
    Purpose.DIALOGUE: _("conversation"),
    Purpose.EVALUATION: _("proposed marks"),
    Purpose.AUTHORING: _("drafts and translations"),
}


class PurposeFilter(admin.SimpleListFilter):
    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(purpose), capfirst(words)) for purpose, words in PURPOSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ModelUsage]) -> QuerySet[ModelUsage]:
        return queryset.filter(purpose=self.value()) if self.value() else queryset


@admin.register(ModelUsage)
class ModelUsageAdmin(ModelAdmin):
    list_display = ["at", "show_purpose", "model", "subject", "show_state", "input_tokens", "output_tokens", "show_cost"]
    list_filter = [PurposeFilter, "state", "model"]
    list_filter_submit = True
    search_fields = ["subject"]
    search_help_text = _("Search by the interview's id")
    show_full_result_count = False
    ordering = ["-at"]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The title says what this month has used, and of how much."""
        title = _("Language model, this month: %(used)s") % {"used": this_month()}
        return super().changelist_view(request, {**(extra_context or {}), "title": title})

    @display(description=_("purpose"), ordering="purpose")
    def show_purpose(self, usage: ModelUsage) -> str:
        return str(PURPOSES.get(usage.purpose, usage.purpose))

    @display(description=_("state"), ordering="state", label={"open": "info", "done": "success", "failed": "danger"})
    def show_state(self, usage: ModelUsage) -> tuple[str, str]:
        return usage.state, usage.get_state_display()

    @display(description=_("cost"), ordering="cost")
    def show_cost(self, usage: ModelUsage) -> str:
        return f"{usage.cost.normalize():f} {settings.LLM_CURRENCY}" if usage.cost else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelUsage | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelUsage | None = None) -> bool:
        return False


def this_month() -> str:
    """Tokens and money of this month with their limits, in words."""
    month = usage.this_month()
    tokens = _of(f"{month.tokens:,}".replace(",", " "), f"{settings.LLM_MONTHLY_TOKENS:,}".replace(",", " "))
    money = _of(f"{Decimal(month.cost).quantize(Decimal('0.01'))}", f"{settings.LLM_MONTHLY_BUDGET:g}")
    return _("%(tokens)s tokens · %(money)s %(currency)s") % {
        "tokens": tokens, "money": money, "currency": settings.LLM_CURRENCY
    }  # fmt: skip


def _of(used: str, limit: str) -> str:
    return used if limit == "0" else _("%(used)s of %(limit)s") % {"used": used, "limit": limit}
