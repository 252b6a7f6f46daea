"""The shared breaker over ProviderHealth, and the balance a provider names (threats 50)."""

from django.utils import timezone

from avatars.models import ProviderHealth
from avatars.providers.base import Balance
from interview_site.breaker import FAILURES, PAUSE_S, Breaker

__all__ = ["FAILURES", "PAUSE_S", "SharedBreaker", "note_balance"]


class SharedBreaker(Breaker):
    def __init__(self) -> None:
        super().__init__(ProviderHealth)


def note_balance(provider: str, balance: Balance) -> None:
    """Keep what the provider said is left."""
    ProviderHealth.objects.update_or_create(
        provider=provider,
        defaults={"balance": balance.amount, "balance_unit": balance.unit[:20], "balance_at": timezone.now()},
    )
