"""Who did what: read only, newest first, for those who see every position (threats 79)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from interviews.admin.base import ReadOnly
from interviews.models import AuditEvent


@admin.register(AuditEvent)
class AuditAdmin(ReadOnly, ModelAdmin):
    list_display = ["at", "actor", "show_action", "show_target", "note"]
    list_filter = ["action", "target_type"]
    list_filter_submit = True
    list_select_related = ["actor"]
    show_full_result_count = False
    search_fields = ["=target_id", "actor__username"]
    search_help_text = _("Search by exact id or user name")

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return super().has_view_permission(request, obj) and request.user.has_perm("interviews.view_all_positions")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request)

    @display(description=_("action"), ordering="action", label={"revoke": "warning", "decide": "success", "export": "danger"})
    def show_action(self, event: AuditEvent) -> tuple[str, str]:
        return event.action, event.action.replace("_", " ")

    @display(description=_("what"))
    def show_target(self, event: AuditEvent) -> str:
        return f"{event.target_type} {event.target_id}".strip()

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: object, object_id: str) -> HttpResponse:
        raise Http404
