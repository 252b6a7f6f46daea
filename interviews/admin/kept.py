"""Kept conversations of the studio: to read and to delete."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from avatars.providers.registry import LABELS
from avatars.services.presenters import DRAWN_NAMES
from interviews.admin.base import ReadOnly
from interviews.models import KeptConversation
from interviews.models.positions import Language
from interviews.services import audit


@admin.register(KeptConversation)
class KeptConversationAdmin(ReadOnly, ModelAdmin):
    list_display = ["created_at", "show_provider", "show_avatar", "show_language", "kept_by"]
    list_filter = ["provider", "language"]
    list_select_related = ["kept_by"]
    fields = ["created_at", "kept_by", ("show_provider", "show_avatar"), "show_language", "show_texts"]
    readonly_fields = ["show_provider", "show_avatar", "show_language", "show_texts"]

    @display(description=_("provider"), ordering="provider")
    def show_provider(self, row: KeptConversation) -> str:
        return str(LABELS.get(row.provider, row.provider))

    @display(description=_("avatar"), ordering="avatar_id")
    def show_avatar(self, row: KeptConversation) -> str:
        return str(DRAWN_NAMES.get(row.avatar_id, row.avatar_id))

    @display(description=_("language"), ordering="language")
    def show_language(self, row: KeptConversation) -> str:
        return str(dict(Language.choices).get(row.language, row.language))

    @display(description=_("texts"))
    def show_texts(self, row: KeptConversation) -> str:
        names = {"person": _("You"), "avatar": _("Avatar")}
        lines = ((names.get(one.get("who"), ""), one.get("text", "")) for one in row.messages)
        return format_html_join("", "<p><strong>{}:</strong> {}</p>", lines)

    def change_view(self, request: HttpRequest, object_id: str, *args: object, **kwargs: object) -> HttpResponse:
        answer = super().change_view(request, object_id, *args, **kwargs)
        if answer.status_code == 200 and object_id.isdecimal():
            audit.record("view", KeptConversation(pk=int(object_id)), actor=request.user)
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: KeptConversation | None = None) -> bool:
        return request.user.has_perm("interviews.delete_keptconversation")

    def delete_model(self, request: HttpRequest, obj: KeptConversation) -> None:
        audit.record("delete", obj, actor=request.user)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[KeptConversation]) -> None:
        for row in queryset:
            audit.record("delete", row, actor=request.user)
        super().delete_queryset(request, queryset)
