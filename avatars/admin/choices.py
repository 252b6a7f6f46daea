"""What the lists of the profile's form offer."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from avatars.admin.widgets import provider_label
from avatars.engines.registry import LABELS, is_configured, offered_kinds, speech_engine
from avatars.models import AvatarSettings, BackgroundPicture, CatalogueItem
from avatars.presenter.format import BACKGROUNDS
from avatars.providers import registry
from avatars.services import catalogue
from avatars.services.presenters import offers

LANGUAGE_NAMES = dict(AvatarSettings._meta.get_field("language").choices or ())
BACKGROUND_NAMES = {"office": _("Office"), "plain": _("Plain"), "evening": _("Evening")}
Choices = list[tuple[Any, Any]]
EMOTION_NAMES = {"low": _("Calm"), "medium": _("Lively"), "high": _("Very lively")}
LIVE_QUALITY_NAMES = {"low": _("Low: for weak networks"), "medium": _("Medium"), "high": _("High")}
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
    return choices + ([(current, _catalogue_name(current))] if current and current not in known else [])


def _catalogue_name(voice: str) -> str:
    row = CatalogueItem.objects.filter(kind=catalogue.Kind.VOICE, item_id=voice).first()
    return f"{row.name} · {provider_label(row.provider)}" if row else voice


def speaking_providers() -> list[str]:
    """Providers that say the text themselves and are no speech engine: their voices stand in the catalogue."""
    return [
        kind for kind in catalogue.listed_kinds() if registry.provider(kind).capabilities.speech and not is_configured(kind)
    ]


def engine_choices(current: str = "") -> Choices:
    own: Choices = [(kind, LABELS[kind]) for kind in offered_kinds()]
    own += [(kind, _("%(provider)s speaks itself") % {"provider": provider_label(kind)}) for kind in speaking_providers()]
    return _with_current(own, current)


def emotion_choices(current: str = "") -> Choices:
    """What the configured providers can do; nothing else would have an effect."""
    found: Choices = [("", _("Natural"))]
    for kind in catalogue.listed_kinds():
        for name in registry.provider(kind).capabilities.emotions:
            found.append((name, f"{EMOTION_NAMES.get(name, name)} · {provider_label(kind)}"))
    return _with_current(list(dict(found).items()), current)


def live_quality_choices(current: str = "") -> Choices:
    return _with_current(list(LIVE_QUALITY_NAMES.items()), current)


def _with_current(choices: Choices, current: str) -> Choices:
    return choices if not current or current in dict(choices) else [*choices, (current, current)]


class VoiceSelect(UnfoldAdminSelectWidget):
    """A list of the engines' voices with a button that opens all of them, to hear and to choose."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        if value and not any(value in dict(group) if isinstance(group, list) else value == key for key, group in self.choices):
            # Posted, or chosen from a provider's catalogue.
            self.choices = [*self.choices, (value, _catalogue_name(value))]
        return super().get_context(name, value, {**(attrs or {}), "data-voice": ""})


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
    if BackgroundPicture.named(current):
        choices.append((current, _("The picture uploaded before")))
    choices += [(COLOUR, _("A colour")), (UPLOAD, _("A picture of yours"))]
    return _with_current(choices, "" if current.startswith("#") else current)
