"""Everything this site can speak and show with, in one list, by the ids that programs know (docs/contracts/compat_api.md §1).

A voice of A2E has A2E's own id, one of the built-in voice its plain name, one of any other engine `<engine>:<name>`. An avatar
has its provider's own id, a presenter of ours its name. What was read from a provider stands in rows; only a list that was never
read is asked for here.
"""

import logging
from dataclasses import dataclass

from avatars.engines import registry as engines
from avatars.models import CatalogueItem
from avatars.providers import registry
from avatars.providers.base import Origin
from avatars.services import catalogue, presenters
from avatars.services.generations import LOCAL
from avatars.services.speech import BUILT_IN
from avatars.speech.languages import LANGUAGES
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)
LOCALES = {"ru": "ru-RU", "en": "en-US", "kk": "kk-KZ"}
A2E = "a2e"
Kind = CatalogueItem.Kind


@dataclass(frozen=True)
class OfferedVoice:
    """`name` is the engine's own word for it in `language`; `id` is what programs say. `speaks`: not in films alone."""

    id: str
    name: str
    label: str
    gender: str
    language: str
    engine: str
    speaks: bool = True


@dataclass(frozen=True)
class OfferedCharacter:
    """`picture_url` may be empty, a path of this site or a provider's address."""

    id: str
    name: str
    provider: str
    is_public: bool
    picture_url: str = ""
    live: bool = False


class NotOffered(ValueError):
    """A provider that could have it says that it does not."""


def voices(language: str = "") -> list[OfferedVoice]:
    """The voices of one language, or of all: A2E's own and cloned ones first, then those of every other engine."""
    if engines.is_configured(A2E):
        _read_if_never_read(A2E)
    kinds = sorted(engines.offered_kinds(), key=lambda kind: kind != A2E)
    return [
        OfferedVoice(voice_id(kind, voice.name), voice.name, voice.label, voice.gender, voice.language, kind)
        for kind in kinds
        for voice in engines.speech_engine(kind).voices()
        if language in ("", voice.language)
    ]


def voice_id(engine: str, name: str) -> str:
    """An engine's voice as programs call it; its language is no part of an id of A2E's."""
    if engine == A2E:
        return without_language(name)
    return name if engine in (BUILT_IN, "") or engine not in engines.LABELS else f"{engine}:{name}"


def without_language(name: str) -> str:
    """`66d3…` of `ru-66d3…`; any other id as it is."""
    language, _dash, rest = name.partition("-")
    return rest if language in LANGUAGES and rest else name


def voice(wanted: str, language: str) -> OfferedVoice | None:
    """The voice of this id, in `language` where it speaks several. None: nothing here could have it, so that ours answers.

    Raises NotOffered.
    """
    found = [offer for offer in voices() if wanted in (offer.id, offer.name)]
    if found:
        return next((offer for offer in found if offer.language == language), found[0])
    item = CatalogueItem.objects.filter(provider__in=catalogue.listed_kinds(), kind=Kind.VOICE, item_id=wanted).first()
    if item is not None and not engines.is_configured(item.provider):
        return OfferedVoice(wanted, wanted, item.name, item.gender, item.language or language, item.provider, speaks=False)
    if catalogue.listed_kinds() or any(engines.speech_engine(kind).capabilities.remote for kind in engines.offered_kinds()):
        raise NotOffered(wanted)
    return None


def characters() -> list[OfferedCharacter]:
    """What can be filmed: each provider's own and public avatars, then the presenters drawn here."""
    found = []
    for kind in catalogue.listed_kinds():
        _read_if_never_read(kind)
        found += [_character(item) for item in catalogue.items(kind, Kind.CHARACTER).filter(recorded=True)]
    ours = presenters.offers()
    return found + [OfferedCharacter(offer.name, offer.label, LOCAL, not offer.photo, offer.portrait) for offer in ours]


def character(wanted: str, order: list[str]) -> tuple[str, str] | None:
    """(provider, id) that films this avatar; `order` says whom to prefer. None: no provider is configured that could have it.

    Where a list cannot be read the provider itself will say. Raises NotOffered.
    """
    if wanted in {offer.name for offer in presenters.offers()}:
        return LOCAL, wanted
    listed = catalogue.listed_kinds()
    kinds = sorted(listed, key=lambda kind: order.index(kind) if kind in order else len(order))
    if not kinds:
        return None
    for kind in kinds:
        _read_if_never_read(kind)
    told = {kind: _films(kind, wanted) for kind in kinds}
    kind = next((kind for kind in kinds if told[kind]), None) or next((kind for kind in kinds if told[kind] is None), None)
    if kind is None:
        raise NotOffered(wanted)
    return kind, wanted


def _films(kind: str, wanted: str) -> bool | None:
    """As `catalogue.is_offered`; an avatar that is only for live conversations films nothing."""
    item = catalogue.item(kind, Kind.CHARACTER, wanted)
    return item.recorded if item is not None else catalogue.is_offered(kind, Kind.CHARACTER, wanted)


def languages() -> dict[str, int]:
    """How many voices there are, by language."""
    found = dict.fromkeys(LANGUAGES, 0)
    for offer in voices():
        found[offer.language] = found.get(offer.language, 0) + 1
    return found


def live_characters(kind: str) -> set[str]:
    return set(catalogue.items(kind, Kind.CHARACTER).filter(live=True).values_list("item_id", flat=True))


def _character(item: CatalogueItem) -> OfferedCharacter:
    public = item.origin == Origin.PUBLIC
    return OfferedCharacter(item.item_id, item.name or item.item_id, item.provider, public, item.picture_url, item.live)


def _read_if_never_read(kind: str) -> None:
    """A site whose worker has not come to it yet is no reason to answer with nothing."""
    if catalogue.list_of(kind).is_known:
        return
    try:
        catalogue.read(registry.provider(kind))
    except ProviderError as error:
        log.warning("a list could not be read", extra={"provider": kind, "category": str(error.category)})
