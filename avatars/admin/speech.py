"""The speech we made: for listening and for asking what was said when; nothing here is changed by hand."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from avatars.admin.speech_video import SpeechThenVideo
from avatars.engines.registry import LABELS
from avatars.models import Speech
from avatars.services.order_advice import LANGUAGE_NAMES
from avatars.views import public_speech_urls


@admin.register(Speech)
class SpeechAdmin(SpeechThenVideo, ModelAdmin):
    actions_list = ["make_speech"]
    actions_detail = ["film_speech"]
    list_display = ["words", "language_shown", "voice", "engine_shown", "length", "created_at"]
    list_filter = ["language", "engine", "voice"]
    list_filter_submit = True
    search_fields = ["text"]
    show_full_result_count = False
    fields = readonly_fields = [
        "player", "text", "language_shown", "voice", "engine_shown", "speed", "length", "created_at", "used_at",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        # A timeline is kilobytes a row, and no list shows it.
        return super().get_queryset(request).defer("timeline")

    @display(description=_("text"))
    def words(self, speech: Speech) -> str:
        return Truncator(speech.text).chars(80)

    @display(description=_("language"), ordering="language")
    def language_shown(self, speech: Speech) -> str:
        return LANGUAGE_NAMES.get(speech.language, speech.language)

    @display(description=_("engine"), ordering="engine")
    def engine_shown(self, speech: Speech) -> str:
        return str(LABELS.get(speech.engine, speech.engine))

    @display(description=_("length"), ordering="duration_ms")
    def length(self, speech: Speech) -> str:
        return gettext("%(seconds).1f s") % {"seconds": speech.duration_ms / 1000}

    @display(description=_("sound"))
    def player(self, speech: Speech) -> str:
        audio, _timeline = public_speech_urls(speech)
        return format_html('<audio controls preload="none" src="{}" aria-label="{}"></audio>', audio, gettext("Sound"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.listen_view)
        return [path("<int:pk>/listen.wav", view, name="avatars_speech_listen"), *super().get_urls()]

    def listen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To the sound, by a link of this hour."""
        speech = self.get_queryset(request).filter(pk=pk).first()
        may_listen = self.has_view_permission(request) or request.user.has_perm("avatars.view_avatarsettings")
        if speech is None or not may_listen:
            raise Http404
        return HttpResponseRedirect(public_speech_urls(speech)[0])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Speech | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Speech | None = None) -> bool:
        return False
