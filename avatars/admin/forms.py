"""The form of an avatar profile and the form that tries a voice."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from avatars.engines.base import MAX_SPEED, MIN_SPEED
from avatars.engines.registry import LABELS, engine_kinds, speech_engine
from avatars.models import AvatarSettings
from avatars.presenter.format import BACKGROUNDS, PRESENTERS
from avatars.speech.text import MAX_CHARACTERS

LANGUAGE_NAMES = dict(AvatarSettings._meta.get_field("language").choices or ())
PRESENTER_NAMES = {"aliya": _("Aliya"), "timur": _("Timur")}
BACKGROUND_NAMES = {"office": _("Office"), "plain": _("Plain"), "evening": _("Evening")}
MAX_TRY_CHARACTERS = min(500, MAX_CHARACTERS)
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
Choices = list[tuple[Any, Any]]


def voice_choices(current: str = "") -> Choices:
    """Every voice of every engine, by language. A stored voice that is gone stays choosable, so that saving loses nothing."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in LABELS:
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
        (name, format_html('<img src="{}" alt="" width="96" height="96" class="rounded-default"><span>{}</span>',
                           static(f"presenters/{name}/portrait.webp"), PRESENTER_NAMES.get(name, name)))
        for name in PRESENTERS
    ]  # fmt: skip
    return _with_current(pictured, current)


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

    class Meta:
        model = AvatarSettings
        fields = [*AvatarSettings.SNAPSHOT_FIELDS, "is_default", "monthly_budget"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        engines: Choices = [(kind, label) for kind, label in LABELS.items() if kind in engine_kinds()]
        backgrounds: Choices = [(name, BACKGROUND_NAMES.get(name, name)) for name in BACKGROUNDS]
        for name, choices, widget in (
            ("presenter", presenter_choices(stored.presenter), UnfoldAdminRadioSelectWidget()),
            ("background", _with_current(backgrounds, stored.background), UnfoldAdminSelectWidget()),
            ("speech_engine", _with_current(engines, stored.speech_engine), UnfoldAdminSelectWidget()),
            ("voice", voice_choices(stored.voice), UnfoldAdminSelectWidget()),
        ):
            # A person without the right to change sees the fields as text: then they are not in the form.
            if name in self.fields:
                old = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=old.label, required=old.required, help_text=old.help_text, choices=choices, widget=widget
                )
        if "voice" in self.fields:
            # The first choice of the list says it.
            self.fields["voice"].help_text = ""
        if "speed" in self.fields:
            self.fields["speed"].widget.attrs.update({"min": MIN_SPEED, "max": MAX_SPEED, "step": 0.05})
            self.fields["speed"].help_text = _("From 0.5 to 2.0; 1.0 is natural.")

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
