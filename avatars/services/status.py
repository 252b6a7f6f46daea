"""How providers and voices are doing: facts from rows for the status page, and the checks that try them for real."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from avatars.models import AvatarGeneration, AvatarSettings, CatalogueList, GenerationPassage, ProviderHealth
from avatars.providers import registry
from avatars.providers.base import Balance
from avatars.providers.breaker import note_balance
from avatars.services import catalogue, speech
from avatars.services.generations import generate
from avatars.services.profiles import for_provider
from interview_site.errors import Category, ProviderError
from interview_site.status import Asked, Done, Later

log = logging.getLogger(__name__)
State = AvatarGeneration.State
TEST_TEXTS = {
    "ru": "Здравствуйте! Это проверка номер {number}. Если вы меня видите и слышите, всё в порядке.",
    "en": "Hello! This is test number {number}. If you can see and hear me, everything works.",
    "kk": "Сәлеметсіз бе! Бұл {number} нөмірлі тексеру. Мені көріп, естіп тұрсаңыз, бәрі дұрыс.",
}


@dataclass(frozen=True)
class Facts:
    """What the rows say about one provider."""

    kind: str
    configured: bool
    health: ProviderHealth
    list_: CatalogueList
    counts: catalogue.Counts
    errors_today: int
    last_video: AvatarGeneration | None
    character: str  # the default profile's, by name where the catalogue knows it
    voice: str
    is_active: bool  # the default profile uses this provider

    @property
    def key_is_refused(self) -> bool:
        health = self.health
        if health.last_category != Category.AUTHENTICATION or health.last_error_at is None:
            return False
        return health.last_success_at is None or health.last_success_at < health.last_error_at

    @property
    def is_failing(self) -> bool:
        """The last word was an error."""
        at = self.health.last_error_at
        return at is not None and (self.health.last_success_at is None or self.health.last_success_at < at)

    @property
    def seen_at(self) -> datetime | None:
        return self.health.last_success_at


def default_profile() -> AvatarSettings:
    return AvatarSettings.objects.filter(is_default=True).first() or AvatarSettings()


def provider_facts(kinds: tuple[str, ...]) -> list[Facts]:
    """A constant number of queries, whatever the number of videos."""
    healths = {health.provider: health for health in ProviderHealth.objects.filter(provider__in=kinds)}
    lists = {row.provider: row for row in CatalogueList.objects.filter(provider__in=kinds)}
    counts = catalogue.counts()
    day_ago = timezone.now() - timedelta(days=1)
    errors = dict(
        GenerationPassage.objects.filter(at__gte=day_ago, new_state__in=(State.FAILED, State.BLOCKED))
        .order_by().values_list("generation__provider").annotate(Count("pk"))
    )  # fmt: skip
    newest = AvatarGeneration.objects.filter(provider__in=kinds).order_by().values("provider").annotate(newest=Max("pk"))
    last = {
        row.provider: row
        for row in AvatarGeneration.objects.filter(pk__in=[row["newest"] for row in newest]).defer("timeline", "settings")
    }
    profile = default_profile()
    settings = profile.snapshot()
    chosen = {kind: for_provider(settings, kind)["recorded_avatar"] for kind in kinds}
    theirs = profile.voice.partition("-")[2]  # an engine's name of a voice is its language and the provider's id
    names = dict(
        catalogue.CatalogueItem.objects.filter(item_id__in={*chosen.values(), profile.voice, theirs} - {""})
        .values_list("item_id", "name")
    )  # fmt: skip
    return [
        Facts(
            kind, registry.is_configured(kind), healths.get(kind) or ProviderHealth(provider=kind),
            lists.get(kind) or CatalogueList(provider=kind), counts.get(kind, catalogue.Counts()), errors.get(kind, 0),
            last.get(kind), names.get(chosen[kind]) or chosen[kind],
            (names.get(profile.voice) or names.get(theirs) or profile.voice) if profile.speech_engine == kind else "",
            profile.style != AvatarSettings.Style.LOCAL and kind in profile.providers,
        )
        for kind in kinds
    ]  # fmt: skip


# --- Trying for real: called in a worker (interview_site.status.Check.run) ---


def try_reaching(kind: str) -> Done:
    """The cheapest real question: the balance where there is one, else the list of voices or avatars."""
    provider = registry.provider(kind)
    balance = provider.balance()
    if balance is not None:
        note_balance(kind, balance)
        return Done(True, _("Reached, the key is accepted. Balance: %(balance)s.") % {"balance": shown_balance(balance)})
    if provider.capabilities.catalogue:
        provider.characters()
    else:
        provider.voices()
    return Done(True, _("Reached, the key is accepted."))


def try_account(engine: str) -> Done:
    """Whether a speech engine's key is accepted, and what is left to say."""
    left = speech.speech_engine(engine).left()
    if left is None:
        return Done(True, _("Reached, the key is accepted."))
    told = shown_balance(Balance(Decimal(left[0]), left[1]))
    return Done(left[0] > 0, _("Reached, the key is accepted. Balance: %(balance)s.") % {"balance": told})


def try_catalogue(kind: str) -> Done:
    catalogue.read(registry.provider(kind))
    found = catalogue.counts().get(kind, catalogue.Counts())
    return Done(
        found.characters + found.voices > 0,
        _("Avatars: %(characters)d, voices: %(voices)d, of them your own: %(own)d.")
        % {"characters": found.characters, "voices": found.voices, "own": found.own},
    )


def try_speech(engine: str, language: str, address_of: Any) -> Done:
    """A new sentence by this engine, with the default profile's voice where it is this engine's."""
    profile = default_profile()
    language = profile.language if profile.speech_engine == engine else language
    speaker = speech.speech_engine(engine)
    if language not in speaker.capabilities.languages:
        language = speaker.capabilities.languages[0] if speaker.capabilities.languages else "en"
    voice = speech.voice_for(speaker, profile.voice if profile.speech_engine == engine else "", language)
    made = speech.speak(
        text=_test_text(language), language=language, voice=voice, speed=1.0, engine=engine, settings=profile.snapshot()
    )
    name = next((offered.label for offered in speaker.voices() if offered.name == made.voice), made.voice)
    text = _("%(voice)s spoke for %(seconds).1f s.") % {"voice": name, "seconds": made.duration_ms / 1000}
    return Done(True, text, sound=address_of(made))


def try_video(kind: str, asked: Asked, links_of: Any) -> Done | Later:
    """Order a video with the default profile and follow it to its end; `links_of(row)` gives (page, media) addresses."""
    generation = AvatarGeneration.objects.filter(pk=asked.data.get("video")).first() if asked.data.get("video") else None
    if generation is None:
        settings = _filmable(default_profile().snapshot(), kind)
        text = _test_text(str(settings["language"]))
        generation = generate(text=text, settings=settings, provider=kind, by=asked.by)
    page, media = links_of(generation)
    links = ((_("Open the video's page"), page),)
    if generation.state == State.SUCCEEDED:
        text = _("The video is ready: %(seconds).1f s.") % {"seconds": (generation.duration_ms or 0) / 1000}
        return Done(True, text, links, video=media)
    if generation.is_finished or generation.state == State.BLOCKED:
        return Done(False, generation.error_message or str(State(generation.state).label), links)
    text = _("The video is being made: %(state)s.") % {"state": State(generation.state).label}
    return Later(2.0, generation.progress, text, {"video": generation.pk})


def _filmable(settings: dict[str, Any], kind: str) -> dict[str, Any]:
    """With the first avatar of the provider's catalogue where the profile has chosen none."""
    listed = catalogue.items(kind, catalogue.Kind.CHARACTER).filter(recorded=True)
    if for_provider(settings, kind)["recorded_avatar"] or not (first := listed.first()):
        return settings
    others = settings.get("characters")
    return {**settings, "characters": {**(others if isinstance(others, dict) else {}), kind: {"recorded": first.item_id}}}


def shown_balance(balance: Balance) -> str:
    return f"{balance.amount.normalize():f} {balance.unit}".strip()


def _test_text(language: str) -> str:
    """Never the same twice in a day: a test must not be answered from what we have already."""
    number = timezone.localtime().strftime("%H%M%S").lstrip("0") or "1"
    return TEST_TEXTS.get(language, TEST_TEXTS["en"]).format(number=number)


def languages_of(engine: Any) -> Mapping[str, int]:
    """How many voices the engine has, by language."""
    found: dict[str, int] = {}
    for voice in engine.voices():
        found[voice.language] = found.get(voice.language, 0) + 1
    return found


def quietly(ask: Any) -> Any:
    """None instead of a ProviderError: a page shows what it can."""
    try:
        return ask()
    except ProviderError:
        return None
