"""The form of an avatar profile and the form that tries a voice."""

import re
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from avatars.engines.base import MAX_SPEED, MIN_SPEED
from avatars.engines.registry import LABELS, offered_kinds, speech_engine
from avatars.models import AvatarSettings
from avatars.models.profiles import COLOR
from avatars.presenter.format import BACKGROUNDS
from avatars.services.pictures import BACKGROUND_SIDE, LEAST_BACKGROUND, MAX_BYTES, BadPicture, keep_background, read_picture
from avatars.services.presenters import background_named, offers
from avatars.speech.text import MAX_CHARACTERS

LANGUAGE_NAMES = dict(AvatarSettings._meta.get_field("language").choices or ())
BACKGROUND_NAMES = {"office": _("Office"), "plain": _("Plain"), "evening": _("Evening")}
PICTURE_TYPES = "image/jpeg,image/png,image/webp"
MAX_TRY_CHARACTERS = min(500, MAX_CHARACTERS)
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
Choices = list[tuple[Any, Any]]
COLOUR, UPLOAD = "colour", "upload"  # what the list of backgrounds offers beside names


def voice_choices(current: str = "") -> Choices:
    """Every voice of every engine, by language. A stored voice that is gone stays choosable, so that saving loses nothing."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in offered_kinds():
        for voice in speech_engine(kind).voices():
            groups.setdefault(voice.language, []).append((voice.name, f"{voice.label} · {LABELS[kind]}"))
    choices: Choices = [("", _("The usual voice of the language and presenter"))]
    choices += [(LANGUAGE_NAMES.get(language, language), voices) for language, voices in groups.items()]
    known = {name for voices in groups.values() for name, _label in voices}
    return choices + ([(current, current)] if current and current not in known else [])


def _with_current(choices: Choices, current: str) -> Choices:
    return choices if not current or current in dict(choices) else [*choices, (current, current)]


def presenter_choices(current: str = "") -> Choices:
    pictured: Choices = [
        (offer.name, format_html('<img src="{}" alt="" width="96" height="96" class="rounded-default"><span>{}</span>',
                                 offer.portrait, offer.label))
        for offer in offers()
    ]  # fmt: skip
    return _with_current(pictured, current)


def background_choices(current: str = "") -> Choices:
    """Ours, a colour, the picture that is chosen, a new one."""
    choices: Choices = [(name, BACKGROUND_NAMES.get(name, name)) for name in BACKGROUNDS]
    if background_named(current):
        choices.append((current, _("The picture uploaded before")))
    choices += [(COLOUR, _("A colour")), (UPLOAD, _("A picture of yours"))]
    return _with_current(choices, "" if current.startswith("#") else current)


class ProviderList(forms.CharField):
    """The ordered list of providers, written with commas: «a2e, heygen»."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(kind) for kind in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        kinds = [part.strip().lower() for part in re.split(r"[,\s]+", str(value or "")) if part.strip()]
        wrong = [kind for kind in kinds if not _KIND.fullmatch(kind)]
        if wrong:
            raise ValidationError(_("“%(name)s” is no provider name."), params={"name": wrong[0][:40]})
        return list(dict.fromkeys(kinds))[:10]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


class ProfileForm(forms.ModelForm):
    """Refuses what could not speak: an unknown voice or presenter, a speed outside 0.5–2.0, a default taken away."""

    providers = ProviderList(
        label=_("providers, in order"), required=False, widget=UnfoldAdminTextInputWidget(),
        help_text=_("Names with commas between them, the first choice first. Below all of them stands the local presenter."),
    )  # fmt: skip

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
        fields = [*AvatarSettings.SNAPSHOT_FIELDS, "is_default", "monthly_budget"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        engines: Choices = [(kind, LABELS[kind]) for kind in offered_kinds()]
        for name, choices, widget in (
            ("presenter", presenter_choices(stored.presenter), UnfoldAdminRadioSelectWidget()),
            ("background", background_choices(stored.background), UnfoldAdminSelectWidget()),
            ("speech_engine", _with_current(engines, stored.speech_engine), UnfoldAdminSelectWidget()),
            ("voice", voice_choices(stored.voice), UnfoldAdminSelectWidget()),
        ):
            # A person without the right to change sees the fields as text: then they are not in the form.
            if name in self.fields:
                old = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=old.label, required=old.required, help_text=old.help_text, choices=choices, widget=widget
                )
        if stored.background.startswith("#"):
            self.initial["background"], self.initial["background_colour"] = COLOUR, stored.background
        if "clothes" in self.fields:
            self.fields["clothes"].widget.attrs |= {"data-colour": "", "placeholder": "#2f5080", "autocomplete": "off"}
        if "voice" in self.fields:
            # The first choice of the list says it.
            self.fields["voice"].help_text = ""
        if "speed" in self.fields:
            self.fields["speed"].widget.attrs.update({"min": MIN_SPEED, "max": MAX_SPEED, "step": 0.05})
            self.fields["speed"].help_text = _("From 0.5 to 2.0; 1.0 is natural.")

    def clean_voice(self) -> str:
        """A voice of the chosen engine; one that is stored already may stay, though its engine be gone."""
        voice, kind = self.cleaned_data["voice"], self.cleaned_data.get("speech_engine")
        if not voice or kind not in offered_kinds() or (voice, kind) == (self.instance.voice, self.instance.speech_engine):
            return str(voice)
        if voice not in {offered.name for offered in speech_engine(kind).voices()}:
            raise ValidationError(_("This voice belongs to another speech engine. Choose one of %(engine)s, or the usual voice."),
                                  params={"engine": LABELS[kind]})  # fmt: skip
        return str(voice)

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
