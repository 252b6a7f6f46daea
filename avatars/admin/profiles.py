"""Avatar profiles: who the candidate sees and hears, with a picture, a sample and a page that tries a voice."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from avatars.admin.forms import ProfileForm, TryVoiceForm
from avatars.admin.samples import SAMPLES, live_preview, sample_answer
from avatars.models import AvatarSettings, Speech
from avatars.services.presenters import offers, presenter_for_page
from avatars.services.profiles import save_profile
from avatars.services.speech import NothingToSay, TextTooLong, for_settings
from avatars.views import public_speech_urls
from interview_site.errors import ProviderError


@admin.register(AvatarSettings)
class AvatarSettingsAdmin(SimpleHistoryAdmin, ModelAdmin):
    form = ProfileForm
    compressed_fields = True
    warn_unsaved_form = True
    list_display = ["face", "style", "language", "voice_shown", "speed", "default_shown", "updated_at"]
    list_filter = ["style", "language"]
    list_filter_submit = True
    search_fields = ["name", "persona"]
    ordering = ["-is_default", "name"]
    readonly_fields = ["live_preview", "voice_sample", "created_at", "updated_at"]
    actions_detail = ["open_voice_page", "order_test_video"]
    history_list_display = ["style", "speech_engine", "voice"]
    radio_fields = {"style": admin.HORIZONTAL}
    fieldsets = [
        (None, {"fields": ["name", ("is_default", "language"), "style"]}),
        (_("Looks"), {
            "fields": [
                "live_preview", "presenter", ("background", "background_colour"), "background_upload", ("clothes", "captions"),
            ],
            "classes": ["tab"],
        }),
        (_("Voice"), {"fields": [("speech_engine", "voice"), "speed", "voice_sample"], "classes": ["tab"]}),
        (
            _("Character"),
            {
                "fields": ["persona", "knowledge"],
                "classes": ["tab"],
                "description": _(
                    "The persona shapes only the tone. Knowledge is what the avatar may tell about the job: "
                    "at most 5,000 characters."
                ),
            },
        ),
        (
            _("Video providers"),
            {
                "fields": [
                    "providers", ("recorded_avatar", "live_avatar"), ("resolution", "aspect"), ("lip_sync", "emotion"),
                    ("live_quality", "live_minutes_limit"), "monthly_budget",
                ],
                "classes": ["tab"],
                "description": _(
                    "Used by the styles “Live avatar” and “Recorded clips”. The local presenter needs none of this."
                ),
            },
        ),
        (_("Dates"), {"fields": [("created_at", "updated_at")], "classes": ["tab"]}),
    ]  # fmt: skip

    # --- The list ---

    @display(description=_("profile"), header=True, ordering="name")
    def face(self, profile: AvatarSettings) -> list[Any]:
        offer = self._offers.get(profile.presenter)
        shown = [profile.name, offer.label if offer else profile.presenter, profile.name[:2].upper()]
        if offer:
            shown.append({"path": offer.portrait, "width": 40, "height": 40, "squared": False, "borderless": True})
        return shown

    def get_queryset(self, request: HttpRequest) -> QuerySet[AvatarSettings]:
        # Once a page, not once a row.
        self._offers = {offer.name: offer for offer in offers()}
        return super().get_queryset(request)

    @display(description=_("voice"))
    def voice_shown(self, profile: AvatarSettings) -> str:
        return profile.voice or gettext("usual")

    @display(description=_("default"), label=True, ordering="is_default")
    def default_shown(self, profile: AvatarSettings) -> str | None:
        return gettext("Default") if profile.is_default else None

    # --- One profile ---

    @display(description=_("sample"))
    def voice_sample(self, profile: AvatarSettings) -> str:
        if not profile.pk:
            return gettext("Save the profile to hear its voice.")
        address = reverse("admin:avatars_avatarsettings_sample", args=[profile.pk])
        return format_html(
            '<audio controls preload="none" src="{}?v={}" aria-label="{}"></audio><p class="mt-2">{}</p>',
            address, int(profile.updated_at.timestamp()), gettext("Voice sample"), gettext("Speaks with the saved settings."),
        )  # fmt: skip

    @display(description=_("preview"))
    def live_preview(self, profile: AvatarSettings) -> str:
        return live_preview(profile)

    def save_model(self, request: HttpRequest, obj: AvatarSettings, form: ModelForm, change: bool) -> None:
        cast(ProfileForm, form).keep_upload(request.user)
        save_profile(obj)

    def has_delete_permission(self, request: HttpRequest, obj: AvatarSettings | None = None) -> bool:
        if obj is not None and obj.is_default:
            return False
        return super().has_delete_permission(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AvatarSettings]) -> None:
        if queryset.filter(is_default=True).exists():
            messages.warning(request, gettext("The default profile was kept: make another one the default first."))
        super().delete_queryset(request, queryset.filter(is_default=False))

    # --- Listening ---

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("speak/", self.admin_site.admin_view(require_POST(self.speak_view)), name="avatars_avatarsettings_speak"),
            path("<int:pk>/sample.wav", self.admin_site.admin_view(self.sample_view), name="avatars_avatarsettings_sample"),
            path("<int:pk>/try-voice/", self.admin_site.admin_view(self.try_voice_view), name="avatars_avatarsettings_try_voice"),
        ]
        return own + super().get_urls()

    def _visible(self, request: HttpRequest, pk: int) -> AvatarSettings:
        profile = self.get_queryset(request).filter(pk=pk).first()
        if profile is None or not self.has_view_permission(request, profile):
            raise Http404
        return profile

    def speak_view(self, request: HttpRequest) -> HttpResponse:
        """The sample in the settings of a form that is not saved yet: {audio, timeline} addresses."""
        if not self.has_view_permission(request):
            raise Http404
        return sample_answer(request.POST)

    def sample_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The sample sentence in the profile's language and voice; made at the first listening, found again after."""
        profile = self._visible(request, pk)
        try:
            speech = for_settings(profile.snapshot(), SAMPLES.get(profile.language, SAMPLES["en"]), profile.language)
        except ProviderError:
            return HttpResponse(status=503, headers={"Retry-After": "5"})
        return HttpResponseRedirect(public_speech_urls(speech)[0])

    @action(description=_("Try the voice"), url_path="voice", icon="volume_up")
    def open_voice_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:avatars_avatarsettings_try_voice", args=[object_id]))

    @action(description=_("Order a test video"), url_path="video", icon="movie")
    def order_test_video(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:avatars_avatargeneration_order_test')}?profile={object_id}")

    def try_voice_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Type a text, hear it. Works without script: the answer is the page with a player that starts by itself."""
        profile = self._visible(request, pk)
        usual = {
            "text": SAMPLES.get(profile.language, ""),
            "language": profile.language,
            "voice": profile.voice,
            "speed": profile.speed,
        }
        form = TryVoiceForm(request.POST or None, initial=usual, current_voice=profile.voice)
        speech = self._spoken(profile, form) if request.method == "POST" and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Try the voice"),
            "opts": self.opts,
            "profile": profile,
            "form": form,
            "speech": speech,
            "audio_url": public_speech_urls(speech)[0] if speech else "",
            "portrait": presenter_for_page(profile.snapshot())["portrait"],
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "avatars/admin/try_voice.html", context)

    def _spoken(self, profile: AvatarSettings, form: TryVoiceForm) -> Speech | None:
        wanted = form.cleaned_data
        snapshot = {**profile.snapshot(), "voice": wanted["voice"], "speed": wanted["speed"]}
        try:
            return for_settings(snapshot, wanted["text"], wanted["language"])
        except NothingToSay:
            form.add_error("text", _("There is nothing to say here: only symbols, links or emoji."))
        except TextTooLong:
            form.add_error("text", _("This would take too long to say. Please shorten it."))
        except ProviderError as error:
            form.add_error(None, error.person_text)
        return None
