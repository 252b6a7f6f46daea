"""What was recorded and recognised, for operators: read only, "transcribe again" and "make again"."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from transcription.engines.base import RecognitionEngine
from transcription.engines.registry import configured_engines
from transcription.models import CameraTake, FileToDelete, RecogniserHealth, Recording, SoundFile, SpeechSegment, Take
from transcription.services import recognition, sound_files


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
    list_display = ["owner_key", "language", "recognise", "local_only", "created_at", "erased_at"]
    list_filter = ["language", "recognise", "local_only"]
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

    list_display = [
        "take", "start_ms", "end_ms", "state", "engine", "language", "language_mismatch", "confidence", "attempts", "last_error",
        "due_at",
    ]  # fmt: skip
    list_filter = ["state", "engine", "language", "language_mismatch"]
    list_select_related = ["take__recording"]
    exclude = ["text"]
    actions = ["transcribe_again"]
    show_full_result_count = False

    def get_actions(self, request: HttpRequest) -> dict[str, tuple]:
        """One more for each recogniser, so that it can be chosen where there are several."""
        actions = super().get_actions(request)
        if self.has_again_permission(request):
            for engine in configured_engines():
                action = self._again_with(engine)
                actions[action.__name__] = (action, action.__name__, action.short_description)
        return actions

    @admin.action(description=_("Transcribe again"), permissions=["again"])
    def transcribe_again(self, request: HttpRequest, segments: QuerySet[SpeechSegment]) -> None:
        self._again(request, segments, "")

    def _again_with(self, engine: RecognitionEngine) -> Callable:
        def again(model_admin: ModelAdmin, request: HttpRequest, segments: QuerySet[SpeechSegment]) -> None:
            model_admin._again(request, segments, engine.name)

        again.__name__ = f"again_with_{engine.name}"
        again.short_description = _("Transcribe again with %(engine)s") % {"engine": engine.signature}
        return again

    def _again(self, request: HttpRequest, segments: QuerySet[SpeechSegment], engine: str) -> None:
        count = recognition.again(segments, engine=engine)
        text = ngettext(
            "%(count)d stretch of speech will be transcribed again.",
            "%(count)d stretches of speech will be transcribed again.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transcription.change_speechsegment")


@admin.register(SoundFile)
class SoundFileAdmin(ReadOnly, ModelAdmin):
    """Files to listen to; they are played on the review page, where access is checked by position."""

    list_display = ["recording", "start_ms", "end_ms", "state", "sound_ms", "decoded_ms", "bytes", "made_at", "last_error"]
    list_filter = ["state"]
    list_select_related = ["recording"]
    search_fields = ["recording__owner_key"]
    exclude = ["path", "peaks", "source"]
    actions = ["make_again"]
    show_full_result_count = False

    @admin.action(description=_("Make again"), permissions=["again"])
    def make_again(self, request: HttpRequest, files: QuerySet[SoundFile]) -> None:
        count = sound_files.make_again(files)
        text = ngettext("%(count)d file will be made again.", "%(count)d files will be made again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transcription.change_soundfile")


@admin.register(CameraTake)
class CameraTakeAdmin(ReadOnly, ModelAdmin):
    """Camera recordings; they are played on the review page, where access is checked by position."""

    list_display = ["recording", "number", "state", "next_seq", "bytes", "made_ms", "conflicts", "started_at", "last_error"]
    list_filter = ["state"]
    list_select_related = ["recording"]
    search_fields = ["recording__owner_key"]
    exclude = ["path", "made_path", "key", "chain"]
    show_full_result_count = False


@admin.register(RecogniserHealth)
class RecogniserHealthAdmin(ReadOnly, ModelAdmin):
    """How each recogniser is doing; nothing is changed by hand."""

    list_display = ["provider", "standing", "last_success_at", "last_error_at", "last_error"]
    fields = readonly_fields = [
        "provider", "standing_in_words", "failures", "open_since", "paused_until", "last_success_at", "last_error_at",
        "last_category", "last_error",
    ]  # fmt: skip

    @display(description=_("state"), label={"paused": "danger", "well": "success"})
    def standing(self, health: RecogniserHealth) -> tuple[str, str]:
        return ("paused", _("paused")) if health.is_open else ("well", _("in use"))

    @display(description=_("state"))
    def standing_in_words(self, health: RecogniserHealth) -> str:
        return self.standing(health)[1]


@admin.register(FileToDelete)
class FileToDeleteAdmin(ReadOnly, ModelAdmin):
    list_display = ["path", "created_at", "due_at", "attempts", "last_error"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("-pk")
