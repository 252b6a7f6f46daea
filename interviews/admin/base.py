"""What every admin page of ours shares: only visible rows, 404 for strangers, words for every refusal."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from import_export import resources
from import_export.admin import ExportMixin
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm

from interviews.services import audit

STATE_COLOURS = {
    "invited": "default", "opened": "info", "ready": "info", "in_progress": "warning", "paused": "warning",
    "completed": "success", "declined": "danger", "expired": "default", "revoked": "default", "abandoned": "danger",
}  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


class WorkplaceAdmin(ModelAdmin):
    """Rows of positions this user may see; anything else is not found (threats 40)."""

    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def found(self, request: HttpRequest, pk: int) -> Any:
        """The row with this pk if this user may see it. Raises Http404."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        """A page of our own inside the admin's frame."""
        request.current_app = self.admin_site.name
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**frame, "title": title, "model_admin": self, "opts": self.opts, **context})

    def confirm(
        self, request: HttpRequest, rows: QuerySet, *, action: str, title: str, text: str, asks_reason: bool = False
    ) -> TemplateResponse:
        """The page between choosing a bulk action and doing it; its form posts `confirmed=1`."""
        return self.page(
            request, "interviews/admin/confirm_action.html", title, rows=rows[:200], total=rows.count(), action=action, text=text,
            asks_reason=asks_reason,
        )  # fmt: skip

    def tell(self, request: HttpRequest, done: str = "", failed: list[str] | None = None) -> None:
        """Report what an action did: one line for what worked, one for each refusal."""
        if done:
            messages.success(request, done)
        for line in (failed or [])[:10]:
            messages.error(request, line)


class NeverDeleted:
    """Evidence is not deleted by hand: erasure and retention do it, with a receipt (threats 77–78)."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnly(NeverDeleted):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def neutral(value: object) -> object:
    """A cell that no spreadsheet takes for a formula (threats 42); control characters that end a cell are dropped."""
    if not isinstance(value, str):
        return value
    cleaned = value.replace("\0", "")
    return f"'{cleaned}" if value.startswith(FORMULA_STARTS) else cleaned


class SafeResource(resources.ModelResource):
    """Cells that begin like a formula are neutralised in every format."""

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> object:
        return neutral(super().export_field(field, instance, **kwargs))


class AuditedExport(ExportMixin):
    """Export of the rows one may see, noted in the audit log."""

    export_form_class = ExportForm

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("interviews.change_interview")

    def get_data_for_export(self, request: HttpRequest, queryset: QuerySet, **kwargs: Any) -> Any:
        audit.record("export", self.model, actor=request.user, note=f"{queryset.count()} rows")
        return super().get_data_for_export(request, queryset, **kwargs)
