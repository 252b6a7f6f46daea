"""How the avatar service stands, in the words of the older clients (docs/contracts/compat_api.md §1): facts, never a guess."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings as site
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from avatars.models import AvatarGeneration, ProviderHealth
from avatars.providers import registry
from avatars.services import offers, old_names
from avatars.services.generations import LOCAL, chosen_provider
from avatars.services.profiles import character_of, default_snapshot
from avatars.services.status import try_reaching
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)
A2E = "a2e"
ALICE = "676e1f054c86ff839eae2cc3"  # A2E's public streaming avatar, which older clients ask for
# What a provider said this long ago is still true.
GOOD_FOR = timedelta(minutes=1)
State = AvatarGeneration.State


def a2e_status() -> dict[str, Any]:
    """A2E itself: configured, reachable (asked at most once a minute), its voices, what the default profile uses of it."""
    return _standing(A2E, str(site.A2E_BASE_URL), default_snapshot())


def service_status() -> dict[str, Any]:
    """Whoever makes the default profile's videos now, with real counts from the rows."""
    settings = default_snapshot()
    kind = chosen_provider(settings)
    rows = AvatarGeneration.objects.aggregate(
        total=Count("pk"), last=Max("created_at"), errors=Count("pk", filter=Q(state__in=(State.FAILED, State.BLOCKED)))
    )
    base_url = str(site.A2E_BASE_URL) if kind == A2E else str(site.HEYGEN_BASE_URL) if kind == "heygen" else site.PUBLIC_BASE_URL
    return _standing(kind, base_url, settings) | {
        "service_type": kind, "last_generation": rows["last"], "total_generations": rows["total"], "errors_count": rows["errors"],
    }  # fmt: skip


def _standing(kind: str, base_url: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    configured = registry.is_configured(kind)
    accessible, error = _reached(kind) if configured else (False, "")
    if not configured:
        error = _("No key of A2E is set (A2E_API_KEY). The local presenter answers.")
    ours = [offer for offer in offers.voices() if kind == LOCAL or offer.engine == kind] if configured else []
    counted = len({offer.id for offer in ours})
    live = _lives(kind)
    told = {
        "service": str(registry.LABELS.get(kind, kind)) if kind != LOCAL else LOCAL,
        "status": "available" if accessible else "error" if configured else "unavailable",
        "base_url": base_url, "api_key_configured": configured and registry.provider(kind).capabilities.needs_key,
        "api_accessible": accessible, "available_voices_count": counted, "available_voices": counted,
        "default_avatar_id": (old_names.avatar_used(settings, LOCAL) if kind == LOCAL else character_of(settings, kind)) or None,
        "default_voice_id": _voice_of(kind, settings),
        "streaming_available": live, "alice_available": live and kind == A2E and ALICE in offers.live_characters(A2E),
        "supported_languages": [offers.LOCALES[code] for code in offers.LOCALES if any(v.language == code for v in ours)],
        "video_quality": f"{settings['resolution']}p",
    }  # fmt: skip
    return told | ({"error": error} if error else {})


def _reached(kind: str) -> tuple[bool, str]:
    """Whether it answered lately, else whether it answers now; and what is wrong, for a person."""
    if not registry.provider(kind).capabilities.needs_key:
        return True, ""
    health, now = ProviderHealth.objects.filter(provider=kind).first(), timezone.now()
    if health is not None:
        failed = health.last_error_at is not None and (
            health.last_success_at is None or health.last_success_at < health.last_error_at
        )
        if not failed and health.last_success_at is not None and now - health.last_success_at < GOOD_FOR:
            return True, ""
    try:
        try_reaching(kind)
    except ProviderError as error:
        log.warning("the status could not be asked", extra={"provider": kind, "category": str(error.category)})
        return False, str(error.person_text)
    return True, ""


def _lives(kind: str) -> bool:
    """A live provider other than our own presenter is configured: of this kind, or of any where ours makes the videos."""
    kinds = registry.configured_kinds() if kind == LOCAL else (kind,)
    return any(
        one != LOCAL and registry.is_configured(one) and registry.provider(one).capabilities.live_session for one in kinds
    )


def _voice_of(kind: str, settings: Mapping[str, Any]) -> str | None:
    """The default profile's voice where it is this provider's (ours says whatever the profile wants)."""
    if kind != LOCAL and settings["speech_engine"] != kind:
        return None
    return old_names.voice_used(settings) or None
