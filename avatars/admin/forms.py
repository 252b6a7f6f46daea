"""The form of an avatar profile and the form that tries a voice."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from avatars.admin.choices import (
    COLOUR,
    LANGUAGE_NAMES,
    UPLOAD,
    VoiceSelect,
    background_choices,
    emotion_choices,
    engine_choices,
    live_quality_choices,
    presenter_choices,
    speaking_providers,
    voice_choices,
)
from avatars.admin.widgets import CharactersField, ProviderList, provider_label
from avatars.engines.base import MAX_SPEED, MIN_SPEED
from avatars.engines.registry import LABELS, offered_kinds, speech_engine
from avatars.models import AvatarSettings
from avatars.models.profiles import COLOR
from avatars.providers import registry
from avatars.providers.registry import live_kinds
from avatars.services import catalogue, live_languages
from avatars.services.pictures import BACKGROUND_SIDE, LEAST_BACKGROUND, MAX_BYTES, BadPicture, keep_background, read_picture
from avatars.services.profiles import all_characters
from avatars.speech.text import MAX_CHARACTERS

PICTURE_TYPES = "image/jpeg,image/png,image/webp"
MAX_TRY_CHARACTERS = min(500, MAX_CHARACTERS)


class ProfileForm(forms.ModelForm):
    """Refuses what could not speak: an unknown voice or presenter, a speed outside 0.5–2.0, a default taken away."""

    providers = ProviderList(
        label=_("Providers, in order"), required=False,
        help_text=_("Tick those to use; the first one that can is asked. When one fails, the interview goes on with the next."),
    )  # fmt: skip
    characters = CharactersField(label=_("Avatars"), required=False)

    background_colour = forms.CharField(
        label=_("Background colour"), required=False, max_length=7, validators=[COLOR],
        widget=UnfoldAdminTextInputWidget(attrs={"data-colour": "", "placeholder": "#cfdce6", "autocomplete": "off"}),
    )  # fmt: skip
    background_upload = forms.FileField(
        label=_("Picture to upload"), required=False, widget=UnfoldAdminFileFieldWidget(attrs={"accept": PICTURE_TYPES}),
        help_text=_("JPEG, PNG or WebP, at most 5 MB and 4096 pixels on a side."),
    )  # fmt: skip

    class Meta:
        model = AvatarSettings
        # The plain ids belong to the first provider of the order and are written from `characters`.
        fields = [name for name in AvatarSettings.SNAPSHOT_FIELDS if name not in ("recorded_avatar", "live_avatar")]
        fields += ["is_default", "monthly_budget"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        self.warnings: list[str] = []  # told after saving: what could not be checked
        for name, choices, widget in (
            ("presenter", presenter_choices(stored.presenter), UnfoldAdminRadioSelectWidget()),
            ("background", background_choices(stored.background), UnfoldAdminSelectWidget()),
            ("speech_engine", engine_choices(stored.speech_engine), UnfoldAdminSelectWidget()),
            ("emotion", emotion_choices(stored.emotion), UnfoldAdminSelectWidget()),
            ("live_quality", live_quality_choices(stored.live_quality), UnfoldAdminSelectWidget()),
        ):
            # A person without the right to change sees the fields as text: then they are not in the form.
            if name in self.fields:
                old = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=old.label, required=old.required, help_text=old.help_text, choices=choices, widget=widget
                )
        if "voice" in self.fields:
            # A voice of a provider comes from its catalogue, which no list of ours could hold.
            widget = VoiceSelect(choices=voice_choices(stored.voice))
            label = self.fields["voice"].label
            self.fields["voice"] = forms.CharField(label=label, required=False, max_length=120, widget=widget)
        for name in ("knowledge", "persona"):
            if name in self.fields:
                most = AvatarSettings._meta.get_field(name).validators[0].limit_value
                self.fields[name].widget.attrs |= {"data-count": most, "maxlength": most, "rows": 8}
        if "characters" in self.fields:
            self.initial["characters"] = all_characters(stored.snapshot())
        if stored.background.startswith("#"):
            self.initial["background"], self.initial["background_colour"] = COLOUR, stored.background
        if "clothes" in self.fields:
            self.fields["clothes"].widget.attrs |= {"data-colour": "", "placeholder": "#2f5080", "autocomplete": "off"}
        if "aspect" in self.fields and registry.is_configured("a2e"):
            self.fields["aspect"].help_text = _(
                "A2E keeps the shape of the avatar's own film, unless the background is a colour or a picture."
            )
        if "speed" in self.fields:
            self.fields["speed"].widget.attrs.update({"min": MIN_SPEED, "max": MAX_SPEED, "step": 0.05})
            self.fields["speed"].help_text = _("From 0.5 to 2.0; 1.0 is natural.")

    def clean_voice(self) -> str:
        """A voice of the chosen engine or provider; one that is stored already may stay, though its engine be gone."""
        voice, kind = self.cleaned_data["voice"], self.cleaned_data.get("speech_engine")
        if not voice or (voice, kind) == (self.instance.voice, self.instance.speech_engine):
            return str(voice)
        if kind in offered_kinds():
            if voice not in {offered.name for offered in speech_engine(kind).voices()}:
                raise ValidationError(
                    _("This voice belongs to another speech engine. Choose one of %(engine)s, or the usual voice."),
                    params={"engine": LABELS[kind]},
                )
        elif kind in speaking_providers():
            self._check_offered(kind, catalogue.Kind.VOICE, voice)
        elif kind != self.instance.speech_engine:
            raise ValidationError(_("Choose a speech engine first."))
        return str(voice)

    def clean_characters(self) -> dict[str, dict[str, str]]:
        """Ids that the provider really has; an id that is stored already may stay."""
        chosen: dict[str, dict[str, str]] = self.cleaned_data["characters"]
        before = all_characters(self.instance.snapshot())
        for kind, ids in chosen.items():
            for use, item_id in ids.items():
                if before.get(kind, {}).get(use) != item_id and kind in catalogue.listed_kinds():
                    self._check_offered(kind, catalogue.Kind.CHARACTER, item_id)
        return chosen

    def _check_offered(self, kind: str, what: str, item_id: str) -> None:
        """Refuse what a fresh catalogue does not hold; warn where nobody can tell."""
        names = {"provider": provider_label(kind), "id": item_id[:60]}
        offered = catalogue.is_offered(kind, what, item_id)
        if offered is False:
            raise ValidationError(
                _("%(provider)s does not offer “%(id)s”. Choose from the catalogue; if it is new, read the catalogue again."),
                params=names,
            )
        if offered is None:
            catalogue.ask_for_refresh(kind)
            text = _("“%(id)s” could not be checked: the catalogue of %(provider)s cannot be read at the moment.")
            self.warnings.append(str(text % names))

    def clean_background_upload(self) -> bytes | None:
        upload = self.cleaned_data["background_upload"]
        if not upload:
            return None
        content = upload.read(MAX_BYTES + 1)
        try:
            read_picture(content, least=LEAST_BACKGROUND, largest=BACKGROUND_SIDE)
        except BadPicture as error:
            raise ValidationError(str(error)) from error
        return content

    def clean(self) -> dict[str, Any]:
        """`background` becomes what is stored; a chosen file goes before the list."""
        data = super().clean() or self.cleaned_data
        self._check_live_speech(data)
        self._warn_of_speed(data)
        self._write_plain_ids(data)
        if "background" not in self.fields or {"background_upload", "background_colour"} & self.errors.keys():
            return data
        if data.get("background_upload"):
            data["background"] = UPLOAD
        elif data.get("background") == UPLOAD:
            self.add_error("background_upload", _("Please choose a picture."))
        elif data.get("background") == COLOUR:
            if data.get("background_colour"):
                data["background"] = data["background_colour"].lower()
            else:
                self.add_error("background_colour", _("Please choose a colour."))
        return data

    def _check_live_speech(self, data: dict[str, Any]) -> None:
        """A live avatar that is chosen now must surely speak the profile's language; one that was stored is warned about."""
        before = all_characters(self.instance.snapshot())
        for kind, ids in data.get("characters", {}).items():
            chosen, language = ids.get("live", ""), data.get("language")
            if not chosen or not language or kind not in live_kinds():
                continue
            our_sound = live_languages.own_sound(kind, data)
            if live_languages.is_confirmed(kind, chosen, language, our_sound=our_sound):
                continue
            text = _(
                "The live avatar “%(id)s” of %(provider)s is not known to speak %(language)s. Choose another one, or a speech"
                " engine of yours where the provider takes your own sound."
            )
            names = {"provider": provider_label(kind), "id": chosen[:60], "language": LANGUAGE_NAMES.get(language, language)}
            if before.get(kind, {}).get("live") == chosen or not catalogue.list_of(kind).is_known:
                self.warnings.append(str(text % names))
            else:
                self.add_error("characters", ValidationError(text, params=names))

    def _warn_of_speed(self, data: dict[str, Any]) -> None:
        """A voice that cannot be so slow or quick speaks as near as it can."""
        kind, speed = data.get("speech_engine"), data.get("speed")
        if kind not in offered_kinds() or speed is None:
            return
        slowest, quickest = speech_engine(kind).capabilities.speeds
        if not slowest <= speed <= quickest:
            text = _("%(engine)s speaks at speeds from %(slowest)s to %(quickest)s; yours will sound like the nearest of them.")
            names = {"engine": LABELS[kind], "slowest": number_format(slowest), "quickest": number_format(quickest)}
            self.warnings.append(str(text % names))

    def _write_plain_ids(self, data: dict[str, Any]) -> None:
        """The first provider's ids also stand in the plain fields, which the API reads and writes."""
        if "characters" not in data or "providers" not in data:
            return
        first = data["characters"].get(data["providers"][0], {}) if data["providers"] else {}
        self.instance.recorded_avatar, self.instance.live_avatar = first.get("recorded", ""), first.get("live", "")

    def keep_upload(self, by: AbstractBaseUser) -> None:
        """Called when the form is saved: a picture of a form with errors is not kept."""
        if self.cleaned_data.get("background_upload"):
            self.instance.background = keep_background(self.cleaned_data["background_upload"], by=by).name

    def clean_is_default(self) -> bool:
        wanted: bool = self.cleaned_data["is_default"]
        if self.instance.pk and self.instance.is_default and not wanted:
            raise ValidationError(
                _("One profile must be the default. Open another profile and make that one the default instead.")
            )
        return wanted


class TryVoiceForm(forms.Form):
    """A text, a voice and a speed to listen to."""

    text = forms.CharField(label=_("Text"), max_length=MAX_TRY_CHARACTERS, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGE_NAMES.items()), widget=UnfoldAdminSelectWidget())
    voice = forms.ChoiceField(label=_("Voice"), required=False, widget=UnfoldAdminSelectWidget())
    speed = forms.FloatField(
        label=_("Speed"), min_value=MIN_SPEED, max_value=MAX_SPEED, help_text=_("From 0.5 to 2.0; 1.0 is natural."),
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": 0.05}),
    )  # fmt: skip

    def __init__(self, *args: Any, current_voice: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voice"].choices = voice_choices(current_voice)  # type: ignore[attr-defined]
