"""The speech we made: for listening and for asking what was said when; nothing here is changed by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from avatars.models import Speech
from avatars.views import public_speech_urls


@admin.register(Speech)
class SpeechAdmin(ModelAdmin):
    list_display = ["words", "language", "voice", "engine", "length", "created_at"]
    list_filter = ["language", "engine", "voice"]
    list_filter_submit = True
    search_fields = ["text"]
    show_full_result_count = False
    fields = ["player", "text", ("language", "voice"), ("engine", "speed"), "length", ("created_at", "used_at")]
    readonly_fields = ["player", "text", "language", "voice", "engine", "speed", "length", "created_at", "used_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        # A timeline is kilobytes a row, and no list shows it.
        return super().get_queryset(request).defer("timeline")

    @display(description=_("text"))
    def words(self, speech: Speech) -> str:
        return Truncator(speech.text).chars(80)

    @display(description=_("length"), ordering="duration_ms")
    def length(self, speech: Speech) -> str:
        return gettext("%(seconds).1f s") % {"seconds": speech.duration_ms / 1000}

    @display(description=_("sound"))
    def player(self, speech: Speech) -> str:
        audio, _timeline = public_speech_urls(speech)
        return format_html('<audio controls preload="none" src="{}" aria-label="{}"></audio>', audio, gettext("Sound"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Speech | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Speech | None = None) -> bool:
        return False
