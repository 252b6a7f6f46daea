"""Speech, then video: a video from one finished sound, in two steps a person sees (docs/contracts/compat_api.md section 4).

The sound is kept as our copy with the row and uploaded to the provider. The same sound with the same avatar and looks is one
paid job for ever, however its file was called.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage

from avatars.models import AvatarGeneration
from avatars.providers import registry, remedies
from avatars.services import generation_files as files
from avatars.services.generation_states import State
from avatars.services.generations import LOCAL, keep_order, order_anew, providers_in_order, snapshot_for, who_is_shown
from avatars.services.given_sound import GivenSound
from avatars.speech.languages import LANGUAGES
from interview_site.errors import Category, ProviderError

# What the picture looks like; the voice is in the sound.
LOOKS = "resolution aspect captions background clothes lip_sync emotion".split()


def generate_from_sound(
    *, sound: GivenSound, settings: Mapping[str, Any], by: Any = None, provider: str = ""
) -> AvatarGeneration:
    """The video of this very sound with this profile's snapshot: the one there is, or a new order. Never waits.

    `provider` overrides the profile's choice; without one, the first that takes sound of ours, else our own renderer.
    Raises NotConfigured, and ProviderError (invalid_request) for a provider that only speaks itself.
    """
    kind = filming_provider(settings, provider)
    maker = registry.provider(kind)
    language = sound.language or str(settings.get("language") or "")
    language = language if language in LANGUAGES else "ru"
    snapshot = snapshot_for(settings, kind, language)
    fingerprint = _fingerprint(kind, maker.version(), sound, snapshot)
    renders_here = maker.capabilities.renders_here
    # Most who ask again find the row with its sound: nothing is written for them.
    found = AvatarGeneration.objects.filter(fingerprint=fingerprint).only("audio").first()
    if found is not None and _has_its_sound(found):
        return keep_order(fingerprint, by)[0]
    name, kept = files.store_sound(sound.wav, fingerprint), False
    try:
        generation, made = keep_order(
            fingerprint,
            by,
            text=sound.text, language=language, settings=snapshot, provider=kind, renders_here=renders_here, audio=name,
            sound_sha256=sound.sha256, duration_ms=sound.duration_ms,
            timeline=sound.heard_timeline() if renders_here else sound.timeline or {"duration_ms": sound.duration_ms},
        )  # fmt: skip
        kept = made or _gave_it_back(generation, name, by)
    finally:
        if not kept:
            default_storage.delete(name)
    return generation


def _gave_it_back(generation: AvatarGeneration, name: str, by: Any) -> bool:
    """A row whose sound was lost gets this one, and a row that failed for it is made again. True when it took the file."""
    if _has_its_sound(generation):
        return False
    if AvatarGeneration.objects.filter(pk=generation.pk, audio=generation.audio.name).update(audio=name) != 1:
        return False
    generation.audio = name
    if generation.error_code == "sound_lost":
        order_anew(generation, (State.FAILED,), by, "its sound is there again")
    return True


def _has_its_sound(generation: AvatarGeneration) -> bool:
    return bool(generation.audio) and default_storage.exists(generation.audio.name)


def filming_provider(settings: Mapping[str, Any], wanted: str = "") -> str:
    """Who makes the video of a finished sound: `wanted`, else the profile's first that can, else our own renderer.

    Raises NotConfigured, and ProviderError (invalid_request) for a provider that only speaks itself.
    """
    if wanted and not can_film(wanted):
        raise ProviderError(
            f"{wanted} takes no sound of ours", category=Category.INVALID_REQUEST, provider=wanted,
            code=remedies.NEEDS_PUBLIC_SITE, person_text=remedies.TEXTS[remedies.NEEDS_PUBLIC_SITE],
        )  # fmt: skip
    return wanted or next((kind for kind, _able in providers_in_order(settings) if can_film(kind)), LOCAL)


def can_film(kind: str) -> bool:
    """Whether this configured provider makes videos from a finished sound now."""
    maker = registry.provider(kind)
    return maker.capabilities.recorded_video and maker.takes_given_sound()


def _fingerprint(kind: str, version: str, sound: GivenSound, settings: Mapping[str, Any]) -> str:
    parts = ["sound", kind, version, sound.sha256, who_is_shown(kind, settings), *(settings.get(name) for name in LOOKS)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()
