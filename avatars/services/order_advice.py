"""What a person should know before ordering: the language of the texts, the cost, the budget. Advice only, nothing is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings as site
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from avatars.engines.registry import speech_engine
from avatars.providers import registry
from avatars.providers.base import AvatarProvider
from avatars.services import budget
from avatars.services.generations import chosen_provider, made_already
from avatars.services.profiles import for_provider
from avatars.speech.language_check import LEAST_LETTERS, likely_language
from interview_site.errors import ProviderError

LANGUAGE_NAMES = {"ru": "Русский", "en": "English", "kk": "Қазақша"}


@dataclass(frozen=True)
class Advice:
    """`cost` is None for work that costs nothing; then there are no `lines` either. `ready`: videos that are there already."""

    provider: str
    cost: Decimal | None
    lines: tuple[str, ...]
    ready: int = 0


def money(amount: Decimal) -> str:
    return f"{number_format(amount, 2)} {site.BUDGET_CURRENCY}"


def before_ordering(texts: Iterable[str], settings: Mapping[str, Any], *, may_ask: bool = True) -> Advice:
    """Before these texts become videos of a profile's snapshot. Raises ProviderError for one that its provider cannot film.

    `may_ask`: the provider may be asked for the language of a text, which takes a moment.
    """
    texts = list(texts)
    maker = _maker(chosen_provider(settings), settings)
    ready = made_already(texts, settings)
    missing = [text for text in texts if text not in ready]
    if not maker.capabilities.costs_money:
        return Advice(_label(maker), None, (), len(ready))
    speed = settings.get("speed") or 1.0
    cost = sum((budget.video_estimate(maker.kind, text, speed=speed) for text in missing), Decimal(0))
    if maker.takes_our_sound(settings):
        cost += sum((_speech_cost(str(settings.get("speech_engine")), text) for text in missing), Decimal(0))
    if not missing:
        return Advice(_label(maker), cost, (), len(ready))
    lines = [*_other_languages(missing, settings, maker if may_ask else None), *_cost_lines(cost, settings, _label(maker))]
    return Advice(_label(maker), cost, tuple(lines), len(ready))


def before_speaking(text: str, settings: Mapping[str, Any], engine: str) -> Advice:
    """Before a paid voice says this: only what speaks against it, since a sentence costs next to nothing."""
    cost = _speech_cost(engine, text)
    if not cost:
        return Advice(engine, None, ())
    against = [*_other_languages([text], settings), *_budget_lines(cost, settings)]
    return Advice(engine, cost, tuple(against))


def before_filming(duration_ms: int, settings: Mapping[str, Any], kind: str) -> Advice:
    """Before a finished sound becomes a video of this provider. Raises ProviderError for a profile that it cannot film."""
    maker = _maker(kind, settings)
    if not maker.capabilities.costs_money:
        return Advice(_label(maker), None, ())
    cost = budget.video_estimate(kind, "", duration_ms=duration_ms)
    return Advice(_label(maker), cost, tuple(_cost_lines(cost, settings, _label(maker))))


def _maker(kind: str, settings: Mapping[str, Any]) -> AvatarProvider:
    maker = registry.provider(kind)
    maker.check_profile(for_provider(settings, kind))
    return maker


def _label(maker: AvatarProvider) -> str:
    return str(registry.LABELS.get(maker.kind, maker.kind))


def _speech_cost(engine: str, text: str) -> Decimal:
    try:
        costs = speech_engine(engine).capabilities.costs_money
    except ProviderError:
        costs = False
    return budget.speech_estimate(engine, text) if costs else Decimal(0)


def _other_languages(texts: list[str], settings: Mapping[str, Any], maker: AvatarProvider | None = None) -> Iterable[str]:
    """A line for each language the texts seem to be in instead of the profile's. Where the letters leave it open, the provider
    is asked once."""
    own = str(settings.get("language") or "ru")
    found = {likely_language(text) for text in texts}
    unsure = next((text for text in texts if len(text) >= LEAST_LETTERS and not likely_language(text)), "")
    if unsure and maker is not None:
        try:
            found.add(maker.detected_language(unsure))
        except ProviderError:
            pass
    for other in sorted(found - {"", own}):
        line = _("A text looks like %(other)s, the profile speaks %(language)s: the voice may read it wrongly.")
        yield line % {"other": LANGUAGE_NAMES[other], "language": LANGUAGE_NAMES.get(own, own)}


def _cost_lines(cost: Decimal, settings: Mapping[str, Any], label: str) -> Iterable[str]:
    yield _("%(provider)s is paid: about %(cost)s.") % {"provider": label, "cost": money(cost)}
    yield from _budget_lines(cost, settings)


def _budget_lines(cost: Decimal, settings: Mapping[str, Any]) -> Iterable[str]:
    profile = budget.payer(settings)
    left = budget.standing(profile).left if profile is not None else None
    if left is not None and cost > left:
        line = _("The budget of this month has %(left)s left: what passes it will wait for you.")
        yield line % {"left": money(left)}
