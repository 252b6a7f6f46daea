"""In which language a live avatar surely speaks: by our own sound, or as its provider's catalogue confirms.

An avatar nobody has confirmed for a language is not offered in it: a candidate must not be greeted in the wrong one.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from avatars.engines import registry as engines
from avatars.models import CatalogueItem, LiveSession
from avatars.providers import registry
from avatars.services import catalogue
from avatars.services.speech import BUILT_IN


def own_sound(kind: str, settings: Mapping[str, Any], *, purpose: str = "") -> bool:
    """Whether its rooms speak sound of ours: in the studio and other sites' chats always, else with a better engine than ours."""
    if not registry.live_provider(kind).live.own_sound:
        return False
    engine = str(settings.get("speech_engine") or BUILT_IN)
    # A provider's own voice is no engine of ours: there the room speaks itself.
    return purpose in LiveSession.PRIVATE or (engine != BUILT_IN and engines.is_configured(engine))


def is_confirmed(kind: str, avatar_id: str, language: str, *, our_sound: bool) -> bool:
    """Whether the avatar surely speaks that language; `avatar_id` "": whether the provider has one that does."""
    able = registry.live_provider(kind).live
    if our_sound:
        return True
    if able.languages and language not in able.languages:
        return False
    if not registry.provider(kind).capabilities.live_session:  # no catalogue tells about its rooms
        return True
    rows = confirmed(catalogue.items(kind, CatalogueItem.Kind.CHARACTER), language)
    if (rows.filter(item_id=avatar_id) if avatar_id else rows).exists():
        return True
    # A list that was never read knows nothing; then the provider's own word counts, where it gave one.
    return bool(able.languages) and not catalogue.list_of(kind).is_known


def confirmed(rows: QuerySet[CatalogueItem], language: str) -> QuerySet[CatalogueItem]:
    """Of these avatars the live ones whose provider speaks that language. Their `language` is a list: "ru,en"."""
    listed = Q(language=language) | Q(language__contains=f"{language},") | Q(language__endswith=f",{language}")
    return rows.filter(listed, live=True)
