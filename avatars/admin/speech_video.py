"""Speech, then video, as two pages: make the speech with any voice and listen, then make the video from that very file."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from avatars.engines import registry as engines
from avatars.models import AvatarSettings, Speech
from avatars.providers import registry as providers
from avatars.services.given_sound import SoundRefused, from_speech
from avatars.services.order_advice import Advice, before_filming, before_speaking
from avatars.services.sound_videos import can_film, filming_provider, generate_from_sound
from avatars.services.speech import NothingToSay, TextTooLong, for_settings
from avatars.speech.text import MAX_CHARACTERS
from avatars.views import public_speech_urls
from interview_site.errors import ProviderError


class SpeechForm(forms.Form):
    """Step 1."""

    profile = forms.ModelChoiceField(
        AvatarSettings.objects.all(), label=_("Profile"), widget=UnfoldAdminSelectWidget(),
        help_text=_("Its language, voice and speed are used."),
    )  # fmt: skip
    engine = forms.ChoiceField(
        label=_("Speech engine"), required=False, widget=UnfoldAdminSelectWidget(),
        help_text=_("Another engine than the profile's speaks with its usual voice of the language."),
    )  # fmt: skip
    text = forms.CharField(label=_("Text"), max_length=MAX_CHARACTERS, widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}))
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(kind, engines.LABELS[kind]) for kind in engines.offered_kinds()]
        self.fields["engine"].choices = [("", _("The profile's")), *offered]  # type: ignore[attr-defined]


class VideoForm(forms.Form):
    """Step 2."""

    profile = forms.ModelChoiceField(
        AvatarSettings.objects.all(), label=_("Profile"), widget=UnfoldAdminSelectWidget(),
        help_text=_("Its avatar, shape, resolution, captions and background are used; the voice is in the file."),
    )  # fmt: skip
    provider = forms.ChoiceField(label=_("Provider"), required=False, widget=UnfoldAdminSelectWidget())
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in providers.configured_kinds() if kind in providers.LABELS and can_film(kind)]
        able = [(kind, providers.LABELS[kind]) for kind in kinds]
        self.fields["provider"].choices = [("", _("The first of the profile's that takes a file")), *able]  # type: ignore[attr-defined]


class SpeechThenVideo:
    """The two steps as actions of the admin of speeches."""

    def has_order_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Both steps may cost: whoever may change profiles may take them."""
        return request.user.has_perm("avatars.change_avatarsettings")

    @action(description=_("Make a speech"), url_path="make", permissions=["order"], icon="record_voice_over")
    def make_speech(self, request: HttpRequest) -> HttpResponse:
        """Step 1. Step 2 plays the new speech."""
        again = _number(request.GET.get("again", ""))
        former = self.get_queryset(request).filter(pk=again).first() if again else None  # type: ignore[attr-defined]
        usual = {"profile": _default_profile(), "text": former.text if former else ""}
        form = SpeechForm(request.POST or None, initial=usual)
        advice = None
        if request.method == "POST" and form.is_valid() and "back" not in request.POST:
            advice = _to_be_confirmed(form, _before_speaking(form))
            if advice is None and (speech := _spoken(form)):
                return HttpResponseRedirect(reverse("admin:avatars_speech_film_speech", args=[speech.pk]))
        return self._step(request, gettext("Step 1 of 2: make the speech"), gettext("Make the speech"), form, advice)

    @action(description=_("Make a video from this file"), url_path="film", permissions=["order"], icon="movie")
    def film_speech(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Step 2: listen, then make the video from this very file. The page of the new video shows how far it is."""
        speech = self.get_queryset(request).filter(pk=object_id).first()  # type: ignore[attr-defined]
        if speech is None or not self.has_view_permission(request, speech):  # type: ignore[attr-defined]
            raise Http404
        form = VideoForm(request.POST or None, initial={"profile": _default_profile()})
        advice = None
        if request.method == "POST" and form.is_valid() and "back" not in request.POST:
            settings, wanted = form.cleaned_data["profile"].snapshot(), form.cleaned_data["provider"]
            try:
                kind = filming_provider(settings, wanted)
                advice = _to_be_confirmed(form, before_filming(speech.duration_ms, settings, kind))
                if advice is None:
                    generation = generate_from_sound(
                        sound=from_speech(speech), settings=settings, by=request.user, provider=wanted
                    )
                    return HttpResponseRedirect(reverse("admin:avatars_avatargeneration_change", args=[generation.pk]))
            except SoundRefused as error:
                form.add_error(None, str(error))
            except ProviderError as error:
                form.add_error("provider", error.person_text)
        return self._step(request, gettext("Step 2 of 2: make the video"), gettext("Make the video"), form, advice, speech)

    def _step(
        self, request: HttpRequest, title: str, button: str, form: forms.Form, advice: Advice | None, speech: Speech | None = None
    ) -> TemplateResponse:
        site = self.admin_site  # type: ignore[attr-defined]
        request.current_app = site.name  # type: ignore[attr-defined]
        context = {
            **site.each_context(request), "title": title, "button": button, "form": form, "speech": speech, "advice": advice,
            "asks": advice is not None, "opts": self.opts,  # type: ignore[attr-defined]
            "audio_url": public_speech_urls(speech)[0] if speech else "",
        }  # fmt: skip
        return TemplateResponse(request, "avatars/admin/order_video.html", context)


def _default_profile() -> AvatarSettings | None:
    return AvatarSettings.objects.filter(is_default=True).first()


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None


def _to_be_confirmed(form: forms.Form, advice: Advice) -> Advice | None:
    return advice if advice.lines and not form.cleaned_data["sure"] else None


def _before_speaking(form: SpeechForm) -> Advice:
    settings = form.cleaned_data["profile"].snapshot()
    return before_speaking(form.cleaned_data["text"], settings, form.cleaned_data["engine"] or settings["speech_engine"])


def _spoken(form: SpeechForm) -> Speech | None:
    """The speech as the form wants it; an engine's fault is shown, never hidden behind another voice."""
    wanted = form.cleaned_data
    snapshot = wanted["profile"].snapshot()
    if wanted["engine"] and wanted["engine"] != snapshot["speech_engine"]:
        snapshot |= {"speech_engine": wanted["engine"], "voice": ""}
    try:
        return for_settings(snapshot, wanted["text"], str(snapshot["language"]), fall_back=False)
    except NothingToSay:
        form.add_error("text", _("There is nothing to say here: only symbols, links or emoji."))
    except TextTooLong:
        form.add_error("text", _("This would take too long to say. Please shorten it."))
    except ProviderError as error:
        form.add_error("engine", error.person_text)
    return None
