"""A profile in the words of the older clients: voice_id, avatar_id, resolution, speech_rate, language, quality (compat §1)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from avatars.engines import registry as engines
from avatars.models import AvatarSettings
from avatars.services import offers
from avatars.services.generations import LOCAL, chosen_provider
from avatars.services.presenters import gender_of
from avatars.services.profiles import all_characters, character_of, save_profile
from avatars.services.speech import BUILT_IN, voice_for
from interview_site.errors import ProviderError

# `quality` is how carefully the lips are made.
QUALITIES = {AvatarSettings.LipSync.FAST: "standard", AvatarSettings.LipSync.BEST: "high"}
PLAIN = {"resolution": "resolution", "speech_rate": "speed", "language": "language"}
ALSO = ("aspect", "captions", "background", "emotion")  # fields of ours that go by the same name


class WrongWish(ValueError):
    """A field that cannot be as wished. `field` is the old name, `text` for a person."""

    def __init__(self, field: str, text: str | Promise) -> None:
        super().__init__(str(text))
        self.field, self.text = field, text


def applied(settings: Mapping[str, Any], wishes: Mapping[str, Any]) -> dict[str, Any]:
    """A profile's snapshot with what a call wishes; wishes are old names with checked values, missing and "" are no wish.

    Where no provider is configured that could know an id, our own voice and presenter answer. Raises WrongWish.
    """
    settings = dict(settings)
    for name, field in (*PLAIN.items(), *((name, name) for name in ALSO)):
        if wishes.get(name) not in (None, ""):
            settings[field] = wishes[name]
    if wishes.get("quality"):
        settings["lip_sync"] = next(sync for sync, word in QUALITIES.items() if word == wishes["quality"])
    if wishes.get("voice_id"):
        settings |= _voice(str(wishes["voice_id"]), settings, language_given="language" in wishes)
    if wishes.get("avatar_id"):
        settings |= _character(str(wishes["avatar_id"]), settings)
    return settings


def shown(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A snapshot in the old names. Ids are those that are really used now, also where the profile leaves the choice to us."""
    kind = chosen_provider(settings)
    return {
        "voice_id": voice_used(settings), "avatar_id": avatar_used(settings, kind), "resolution": settings["resolution"],
        "speech_rate": settings["speed"], "language": offers.LOCALES.get(str(settings["language"]), settings["language"]),
        "quality": QUALITIES[settings["lip_sync"]],
        "provider": kind, "speech_engine": settings["speech_engine"], "style": settings["style"],
    } | {name: settings[name] for name in ALSO}  # fmt: skip


def voice_used(settings: Mapping[str, Any]) -> str:
    kind, wanted, language = str(settings["speech_engine"]), str(settings["voice"]), str(settings["language"])
    try:
        engine = engines.speech_engine(kind)
    except ProviderError:
        return wanted or _usual(language, settings)
    return offers.voice_id(kind, voice_for(engine, wanted, language, gender_of(str(settings["presenter"]))))


def avatar_used(settings: Mapping[str, Any], kind: str) -> str:
    return str(settings["presenter"]) if kind == LOCAL else character_of(settings, kind)


def can_speak(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot with an engine that makes speech here: a profile may name one that is gone, or that speaks in films only."""
    if engines.is_configured(str(settings["speech_engine"])):
        return dict(settings)
    return {**settings, "speech_engine": BUILT_IN, "voice": ""}


def change_default(wishes: Mapping[str, Any], *, by: Any = None) -> dict[str, Any]:
    """Write wishes into the default profile; the new snapshot. An id nobody here knows is refused. Raises WrongWish.

    `by` stands in the profile's history.
    """
    with transaction.atomic():
        profile = AvatarSettings.objects.select_for_update().filter(is_default=True).first()
        profile = profile or AvatarSettings(name="Standard", is_default=True)
        settings = profile.snapshot()
        _refuse_unknown(wishes, settings)
        changed = applied(settings, wishes)
        for name in AvatarSettings.SNAPSHOT_FIELDS:
            setattr(profile, name, changed[name])
        profile._history_user = by  # a token's owner is unknown to the middleware that would tell
        return save_profile(profile).snapshot()


def _refuse_unknown(wishes: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """What one video may take lightly must not be stored: an id that no provider of this site could have."""
    if wishes.get("voice_id") and _known_voice(str(wishes["voice_id"]), str(settings["language"])) is None:
        raise WrongWish("voice_id", _("No speech engine of this site has this voice."))
    if wishes.get("avatar_id") and _known_character(str(wishes["avatar_id"]), settings) is None:
        raise WrongWish("avatar_id", _("No provider of this site films this avatar."))


def _voice(wanted: str, settings: Mapping[str, Any], *, language_given: bool) -> dict[str, Any]:
    found = _known_voice(wanted, str(settings["language"]))
    if found is None:
        return {"speech_engine": BUILT_IN, "voice": ""}
    # A voice of another language says in which language is spoken, unless the call says it.
    return {"speech_engine": found.engine, "voice": found.name} | ({} if language_given else {"language": found.language})


def _known_voice(wanted: str, language: str) -> offers.OfferedVoice | None:
    try:
        return offers.voice(wanted, language)
    except offers.NotOffered:
        raise WrongWish("voice_id", _("No speech engine of this site has this voice.")) from None


def _character(wanted: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    found = _known_character(wanted, settings)
    if found is None:
        return {"style": AvatarSettings.Style.LOCAL}
    kind, item_id = found
    if kind == LOCAL:
        return {"style": AvatarSettings.Style.LOCAL, "presenter": item_id}
    order, chosen = _list(settings.get("providers")), all_characters(settings)
    chosen.setdefault(kind, {})["recorded"] = item_id
    return {
        "style": AvatarSettings.Style.RECORDED if settings.get("style") == AvatarSettings.Style.LOCAL else settings.get("style"),
        "providers": [kind, *(other for other in order if other != kind)], "characters": chosen,
        "recorded_avatar": item_id, "live_avatar": chosen[kind].get("live", ""),
    }  # fmt: skip


def _known_character(wanted: str, settings: Mapping[str, Any]) -> tuple[str, str] | None:
    try:
        return offers.character(wanted, _list(settings.get("providers")))
    except offers.NotOffered:
        raise WrongWish("avatar_id", _("No provider of this site films this avatar.")) from None


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _usual(language: str, settings: Mapping[str, Any]) -> str:
    return engines.speech_engine(BUILT_IN).default_voice(language, gender_of(str(settings["presenter"])))
