"""Who did what: read only, newest first, for those who see every position (threats 79)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from interviews.admin.base import ReadOnly
from interviews.models import AuditEvent
from interviews.services import audit

COLOURS = dict.fromkeys(audit.ACTIONS, "default") | {"revoke": "warning", "decide": "success", "export": "danger"}


class _WordsFilter(admin.SimpleListFilter):
    """The codes that occur, by the words people read."""

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        codes = AuditEvent.objects.order_by(self.parameter_name).values_list(self.parameter_name, flat=True).distinct()
        return sorted(((code, capfirst(self.words(code))) for code in codes), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class ActionFilter(_WordsFilter):
    title = _("action")
    parameter_name = "action"

    def words(self, code: str) -> str:
        return str(audit.ACTIONS.get(code, code))


class TargetFilter(_WordsFilter):
    title = _("what")
    parameter_name = "target_type"

    def words(self, code: str) -> str:
        return audit.target_name(code)


@admin.register(AuditEvent)
class AuditAdmin(ReadOnly, ModelAdmin):
    list_display = ["at", "actor", "show_action", "show_target", "note"]
    list_filter = [ActionFilter, TargetFilter]
    list_filter_submit = True
    list_select_related = ["actor"]
    show_full_result_count = False
    search_fields = ["=target_id", "actor__username"]
    search_help_text = _("Search by exact id or user name")

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return super().has_view_permission(request, obj) and request.user.has_perm("interviews.view_all_positions")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request)

    @display(description=_("action"), ordering="action", label=COLOURS)
    def show_action(self, event: AuditEvent) -> tuple[str, str]:
        return event.action, str(audit.ACTIONS.get(event.action, event.action))

    @display(description=_("what"))
    def show_target(self, event: AuditEvent) -> str:
        return f"{audit.target_name(event.target_type)} {event.target_id}".strip()

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: object, object_id: str) -> HttpResponse:
        raise Http404
