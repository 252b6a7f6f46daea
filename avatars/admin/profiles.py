"""Avatar profiles: who the candidate sees and hears, with a picture, a sample and a page that tries a voice."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from avatars.admin import catalogue, profile_tests
from avatars.admin.forms import ProfileForm, TryVoiceForm
from avatars.admin.samples import SAMPLES, live_preview, sample_answer
from avatars.models import AvatarSettings, Speech
from avatars.services.presenters import offers, presenter_for_page
from avatars.services.profiles import reset_profile, save_profile
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
    readonly_fields = ["live_preview", "voice_sample", "try_panel", "budget_standing", "created_at", "updated_at"]
    actions_detail = ["open_voice_page", "reset_to_defaults"]
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
        (_("Voice"), {"fields": [("speech_engine", "voice"), ("speed", "emotion"), "voice_sample"], "classes": ["tab"]}),
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
                    "providers", "characters", ("resolution", "aspect"), "lip_sync", ("live_quality", "live_minutes_limit"),
                ],
                "classes": ["tab"],
                "description": _(
                    "Used by the styles “Live avatar” and “Recorded clips”. The local presenter needs none of this."
                ),
            },
        ),
        (_("Budget"), {
            "fields": ["monthly_budget", "budget_standing"],
            "classes": ["tab"],
            "description": _(
                "A hard stop for new paid videos and voices of this profile. Interviews go on with what costs nothing."
            ),
        }),
        (_("Try it"), {"fields": ["try_panel"], "classes": ["tab"]}),
        (_("Dates"), {"fields": [("created_at", "updated_at")], "classes": ["tab"]}),
    ]  # fmt: skip

    # --- The list ---

    @display(description=_("profile"), header=True, ordering="name")
    def face(self, profile: AvatarSettings) -> list[Any]:
        offer = self._offers.get(profile.presenter)
        shown = [str(profile), offer.label if offer else profile.presenter, str(profile)[:2].upper()]
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

    @display(description=_("test"))
    def try_panel(self, profile: AvatarSettings) -> str:
        return profile_tests.panel(profile)

    @display(description=_("this month"))
    def budget_standing(self, profile: AvatarSettings) -> str:
        return profile_tests.standing(profile) if profile.pk else "–"

    def save_model(self, request: HttpRequest, obj: AvatarSettings, form: ModelForm, change: bool) -> None:
        cast(ProfileForm, form).keep_upload(request.user)
        save_profile(obj)
        for warning in cast(ProfileForm, form).warnings:
            messages.warning(request, warning)

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
        view = self.admin_site.admin_view
        own = [
            path("speak/", view(require_POST(self.speak_view)), name="avatars_avatarsettings_speak"),
            path("samples/", view(require_POST(self.catalogue_sample_view)), name="avatars_avatarsettings_hear"),
            path("catalogue/copies/<int:pk>", view(self.catalogue_copy_view), name="avatars_avatarsettings_copy"),
            path(
                "catalogue/<str:kind>/refresh/", view(require_POST(self.catalogue_refresh_view)),
                name="avatars_avatarsettings_refresh",
            ),
            path("catalogue/<str:kind>/<str:what>/", view(self.catalogue_view), name="avatars_avatarsettings_catalogue"),
            path("<int:pk>/test/", view(require_POST(self.start_test_view)), name="avatars_avatarsettings_start_test"),
            path("<int:pk>/test/<int:video>/", view(self.test_view), name="avatars_avatarsettings_test"),
            path("<int:pk>/reset/", view(self.reset_view), name="avatars_avatarsettings_reset"),
            path("<int:pk>/sample.wav", view(self.sample_view), name="avatars_avatarsettings_sample"),
            path("<int:pk>/try-voice/", view(self.try_voice_view), name="avatars_avatarsettings_try_voice"),
        ]
        return own + super().get_urls()

    def _visible(self, request: HttpRequest, pk: int) -> AvatarSettings:
        profile = self.get_queryset(request).filter(pk=pk).first()
        if profile is None or not self.has_view_permission(request, profile):
            raise Http404
        return profile

    # --- The catalogue ---

    def _may_look(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404

    def catalogue_view(self, request: HttpRequest, kind: str, what: str) -> HttpResponse:
        self._may_look(request)
        return catalogue.listing(kind, what, request.GET)

    def catalogue_refresh_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        self._may_look(request)
        return catalogue.refresh(kind)

    def catalogue_copy_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        self._may_look(request)
        return catalogue.media(request, pk)

    def catalogue_sample_view(self, request: HttpRequest) -> HttpResponse:
        """A voice to hear; a paid one may cost, so whoever may change profiles may."""
        if not self.has_change_permission(request):
            raise Http404
        number = request.POST.get("profile", "")
        profile = AvatarSettings.objects.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
        return catalogue.spoken_sample(request.POST, (profile or AvatarSettings()).snapshot())

    # --- A test, and back to the defaults ---

    def start_test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        profile = self._visible(request, pk)
        if not self.has_change_permission(request, profile):
            raise Http404
        return profile_tests.start(request, profile)

    def test_view(self, request: HttpRequest, pk: int, video: int) -> HttpResponse:
        self._visible(request, pk)
        return profile_tests.state(video)

    @action(description=_("Reset to defaults"), url_path="to-defaults", icon="restart_alt", permissions=["change"])
    def reset_to_defaults(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:avatars_avatarsettings_reset", args=[object_id]))

    def reset_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A link changes nothing (threats 10): the page asks, its form posts."""
        profile = self._visible(request, pk)
        if not self.has_change_permission(request, profile):
            raise Http404
        if request.method == "POST":
            reset_profile(profile)
            messages.success(request, gettext("The profile has the usual values again. Its history keeps the former ones."))
            return HttpResponseRedirect(reverse("admin:avatars_avatarsettings_change", args=[pk]))
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        frame = self.admin_site.each_context(request)
        context = {**frame, "title": gettext("Reset to defaults"), "opts": self.opts, "profile": profile}
        return TemplateResponse(request, "avatars/admin/reset_profile.html", context)

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
