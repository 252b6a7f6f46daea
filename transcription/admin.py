"""What was recorded and recognised, for operators: read only, and "transcribe again"."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline

from transcription.models import FileToDelete, Recording, SpeechSegment, Take
from transcription.services import recognition


class ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class TakeInline(ReadOnly, TabularInline):
    model = Take
    extra = 0
    fields = ["number", "state", "next_seq", "bytes", "offset_ms", "conflicts", "started_at", "finished_at"]
    readonly_fields = fields
    show_change_link = True


@admin.register(Recording)
class RecordingAdmin(ReadOnly, ModelAdmin):
    list_display = ["owner_key", "language", "recognise", "created_at", "erased_at"]
    list_filter = ["language", "recognise"]
    search_fields = ["owner_key"]
    inlines = [TakeInline]
    show_full_result_count = False


@admin.register(Take)
class TakeAdmin(ReadOnly, ModelAdmin):
    list_display = ["recording", "number", "state", "next_seq", "bytes", "conflicts", "started_at"]
    list_filter = ["state"]
    list_select_related = ["recording"]
    search_fields = ["recording__owner_key"]
    exclude = ["path", "key"]
    show_full_result_count = False


@admin.register(SpeechSegment)
class SpeechSegmentAdmin(ReadOnly, ModelAdmin):
    """The text itself is read on the review page, where access is checked by position."""

    list_display = ["take", "start_ms", "end_ms", "state", "engine", "language", "confidence", "attempts", "last_error", "due_at"]
    list_filter = ["state", "engine", "language"]
    list_select_related = ["take__recording"]
    exclude = ["text"]
    actions = ["transcribe_again"]
    show_full_result_count = False

    @admin.action(description=_("Transcribe again"), permissions=["again"])
    def transcribe_again(self, request: HttpRequest, segments: QuerySet[SpeechSegment]) -> None:
        count = recognition.again(segments)
        text = ngettext(
            "%(count)d stretch of speech will be transcribed again.",
            "%(count)d stretches of speech will be transcribed again.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transcription.change_speechsegment")


@admin.register(FileToDelete)
class FileToDeleteAdmin(ReadOnly, ModelAdmin):
    list_display = ["path", "created_at", "due_at", "attempts", "last_error"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("-pk")
