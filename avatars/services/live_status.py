"""How live conversations go at each provider: facts from rows for the status page, in a constant number of queries."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from avatars.models import CatalogueItem, LiveSession
from avatars.providers import registry
from avatars.services import live_languages
from avatars.services.live_dashboard import FAILED
from avatars.services.live_trial import settings_for
from avatars.services.profiles import for_provider


@dataclass(frozen=True)
class LiveFacts:
    """`held`, `failed`, `minutes`: of the last day. `character`: the profile's live avatar, by name where it is known.

    `own_sound`: its rooms speak sound of ours. `speaks`: the avatar surely speaks the profile's language.
    """

    rooms: int
    held: int
    failed: int
    minutes: Decimal
    listed: int
    character: str
    own_sound: bool
    speaks: bool


def live_facts(kinds: tuple[str, ...], settings: dict[str, Any]) -> dict[str, LiveFacts]:
    """By provider, those that can bring an avatar live only. `settings`: the default profile's snapshot."""
    able = [kind for kind in kinds if kind in registry.live_kinds()]
    day = Q(created_at__gte=timezone.now() - timedelta(days=1))
    counts = {
        row["provider"]: row
        for row in LiveSession.objects.filter(provider__in=able).filter(day | Q(state__in=LiveSession.COSTING)).order_by()
        .values("provider").annotate(
            rooms=Count("pk", filter=Q(state__in=LiveSession.COSTING)), minutes=Sum("minutes", filter=day),
            held=Count("pk", filter=day & Q(started_at__isnull=False)), failed=Count("pk", filter=day & FAILED),
        )
    }  # fmt: skip
    avatars = CatalogueItem.objects.filter(provider__in=able, kind=CatalogueItem.Kind.CHARACTER, live=True).order_by()
    listed = dict(avatars.values_list("provider").annotate(Count("pk")))
    chosen = {kind: str(for_provider(settings_for(kind, settings), kind)["live_avatar"]) for kind in able}
    names = dict(avatars.filter(item_id__in=[one for one in chosen.values() if one]).values_list("item_id", "name"))
    found = {}
    for kind in able:
        row = counts.get(kind, {})
        ours = live_languages.own_sound(kind, settings)
        speaks = live_languages.is_confirmed(kind, chosen[kind], str(settings["language"]), our_sound=ours)
        found[kind] = LiveFacts(
            row.get("rooms", 0), row.get("held", 0), row.get("failed", 0), row.get("minutes") or Decimal(0), listed.get(kind, 0),
            names.get(chosen[kind]) or chosen[kind], ours, speaks,
        )  # fmt: skip
    return found
