"""The monthly budget of a profile: a hard stop for new paid work, never for an interview (threats 53).

A paid order writes its `Spending` before it is sent, under a lock of the profile's row, so that two orders at once cannot
both take the last money. Amounts are in the site's own currency (BUDGET_CURRENCY). Where a provider does not tell the cost:

| what | estimate |
|---|---|
| recorded video | seconds × `video_second`: seconds of the file, else of its sound, else characters ÷ 14 ÷ speed |
| speech | characters ÷ 1,000 × `speech_1000` |
| a cost the provider told in its own unit | × `unit` |
| live conversation | minutes begun × `live_minute`; before it is opened, its longest time |

PROVIDER_PRICES replaces single numbers. An order that was surely not taken counts 0; one that failed there keeps its estimate.
"""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings as site
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from avatars.models import AvatarGeneration, AvatarSettings, LiveSession, Spending
from interview_site.errors import Category, ProviderError

CHARACTERS_A_SECOND = 14
WARN_AT_PERCENT = 80
_CENT = Decimal("0.0001")
PRICES: dict[str, dict[str, float]] = {
    "a2e": {"unit": 0.01, "video_second": 0.02, "speech_1000": 0.1},
    "heygen": {"unit": 1.0, "video_second": 0.07, "speech_1000": 0.1},
    "elevenlabs": {"speech_1000": 0.3},
    "openai": {"speech_1000": 0.02},
}
# A provider without a price is not taken for a gift.
_UNKNOWN = {"unit": 1.0, "video_second": 0.1, "speech_1000": 0.3}


class OverBudget(ProviderError):
    """This order would pass the profile's budget of the month. Nothing was sent."""

    def __init__(self, profile: AvatarSettings, provider: str) -> None:
        super().__init__(
            f"the monthly budget of profile {profile.pk} is used up",
            category=Category.QUOTA,
            provider=provider,
            code="budget",
            person_text=_(
                "The monthly budget of the avatar profile is used up. Raise it in the profile or wait for the next month,"
                " then try again."
            ),
        )


@dataclass(frozen=True)
class Standing:
    """A profile's month. `budget` None: no limit."""

    spent: Decimal
    budget: Decimal | None

    @property
    def left(self) -> Decimal | None:
        return None if self.budget is None else max(self.budget - self.spent, Decimal(0))

    @property
    def percent(self) -> int:
        """Of the budget, 0 without one; may pass 100."""
        if self.budget is None:
            return 0
        return round(100 * self.spent / self.budget) if self.budget else 100

    @property
    def is_near(self) -> bool:
        return self.budget is not None and self.percent >= WARN_AT_PERCENT

    @property
    def is_used_up(self) -> bool:
        return self.budget is not None and self.spent >= self.budget


def price(provider: str, what: str) -> Decimal:
    """`unit`, `video_second` or `speech_1000` of a provider, in the site's currency."""
    own = site.PROVIDER_PRICES.get(provider)
    found = own.get(what) if isinstance(own, Mapping) else None
    return Decimal(str(found if found is not None else PRICES.get(provider, {}).get(what, _UNKNOWN[what])))


def video_estimate(provider: str, text: str, *, speed: float = 1.0, duration_ms: int | None = None) -> Decimal:
    seconds = Decimal(duration_ms) / 1000 if duration_ms else Decimal(len(text)) / CHARACTERS_A_SECOND / Decimal(str(speed or 1))
    return (max(seconds, Decimal(1)) * price(provider, "video_second")).quantize(_CENT)


def speech_estimate(engine: str, text: str) -> Decimal:
    return (Decimal(len(text)) / 1000 * price(engine, "speech_1000")).quantize(_CENT)


def payer(settings: Mapping[str, Any]) -> AvatarSettings | None:
    """The profile a snapshot spends the budget of: the one it was taken from, else its namesake, else the default."""
    profiles = AvatarSettings.objects.only("pk", "name", "monthly_budget", "is_default")
    number = settings.get("profile")
    found = profiles.filter(pk=number).first() if isinstance(number, int) else None
    found = found or (profiles.filter(name=str(settings["name"])).first() if settings.get("name") else None)
    return found or profiles.filter(is_default=True).first()


def month_began(now: datetime | None = None) -> datetime:
    """Midnight of the first day, in the site's time zone."""
    return timezone.localtime(now or timezone.now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def standing(profile: AvatarSettings) -> Standing:
    return Standing(_spent(profile), profile.monthly_budget)


def standings() -> list[tuple[AvatarSettings, Standing]]:
    """Every profile's month, the default first; two queries."""
    spent = dict(Spending.objects.filter(at__gte=month_began()).order_by().values_list("profile").annotate(Sum("amount")))
    return [(profile, Standing(spent.get(profile.pk, Decimal(0)), profile.monthly_budget))
            for profile in AvatarSettings.objects.only("pk", "name", "monthly_budget", "is_default")]  # fmt: skip


def reserve(reference: str, *, kind: str, provider: str, amount: Decimal, settings: Mapping[str, Any]) -> Spending:
    """Take the money for one paid order, before it is sent; the same reference again takes nothing more. Raises OverBudget."""
    found = Spending.objects.filter(reference=reference).first()
    if found is not None:
        return found
    profile = payer(settings)
    with transaction.atomic():
        if profile is not None:
            # Whoever else wants to spend this profile's money waits here.
            profile = AvatarSettings.objects.select_for_update().get(pk=profile.pk)
            budget = profile.monthly_budget
            if budget is not None and _spent(profile) + amount > budget:
                raise OverBudget(profile, provider)
        made, _new = Spending.objects.get_or_create(
            reference=reference, defaults={"kind": kind, "provider": provider, "profile": profile, "amount": amount}
        )
        return made


def reserve_video(generation: AvatarGeneration) -> None:
    """Before the paid order of a row is sent. Raises OverBudget."""
    speed = generation.settings.get("speed")
    amount = video_estimate(
        generation.provider, generation.text, speed=speed if isinstance(speed, int | float) and speed > 0 else 1.0,
        duration_ms=generation.duration_ms,
    )  # fmt: skip
    reserve(
        generation.reference, kind=Spending.Kind.VIDEO, provider=generation.provider, amount=amount, settings=generation.settings
    )


def settle_video(generation: AvatarGeneration) -> None:
    """A video has ended, or waits for a person: its real cost where it is known, 0 where the provider never took it."""
    mine = Spending.objects.filter(reference=generation.reference)
    if generation.state == AvatarGeneration.State.SUCCEEDED:
        if generation.cost is not None:
            cost = (generation.cost * price(generation.provider, "unit")).quantize(_CENT)
            mine.update(amount=max(cost, Decimal(0)), estimated=False)
        else:
            mine.update(amount=video_estimate(generation.provider, generation.text, duration_ms=generation.duration_ms))
    elif not generation.provider_id and generation.submitting_at is None:
        mine.update(amount=0, estimated=False)


def reserve_speech(engine: str, text: str, settings: Mapping[str, Any]) -> Spending:
    """Before a paid sentence is spoken; `give_back` when it was not. Raises OverBudget."""
    return reserve(
        f"speech-{secrets.token_hex(16)}", kind=Spending.Kind.SPEECH, provider=engine, amount=speech_estimate(engine, text),
        settings=settings,
    )  # fmt: skip


def live_minute(provider: str, usual: Decimal) -> Decimal:
    """The price of one minute of a live room: PROVIDER_PRICES, else what the provider's capabilities say."""
    own = site.PROVIDER_PRICES.get(provider)
    found = own.get("live_minute") if isinstance(own, Mapping) else None
    return usual if found is None else Decimal(str(found))


def live_cost(minute_price: Decimal, seconds: float) -> Decimal:
    """Every minute that was begun counts, the first one always."""
    return (minute_price * max(math.ceil(seconds / 60), 1)).quantize(_CENT)


def reserve_live(session: LiveSession) -> None:
    """Before a paid room is opened: the money for its longest time. Raises OverBudget."""
    if session.reserved:
        reserve(
            session.spending_reference, kind=Spending.Kind.LIVE, provider=session.provider, amount=session.reserved,
            settings=session.settings,
        )  # fmt: skip


def settle_live(session: LiveSession) -> None:
    """A live session has ended with its `cost`; it stays an estimate, since no provider tells what a room did cost."""
    Spending.objects.filter(reference=session.spending_reference).update(
        amount=session.cost or 0, estimated=bool(session.cost)
    )  # fmt: skip


def give_back(spending: Spending) -> None:
    Spending.objects.filter(pk=spending.pk).delete()


def _spent(profile: AvatarSettings) -> Decimal:
    total = Spending.objects.filter(profile=profile, at__gte=month_began()).aggregate(Sum("amount"))["amount__sum"]
    return total or Decimal(0)
