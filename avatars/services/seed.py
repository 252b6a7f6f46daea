"""The default profile of an empty site, from the names older systems used: AVATAR_ID, VOICE_ID, HEYGEN_SERVER_URL (design §8)."""

import logging
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings as site

from avatars.models import AvatarSettings
from interview_site import tables

log = logging.getLogger(__name__)
NAME = "Standard"


def seed_default_profile(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """post_migrate of avatars. Only where no profile is stored yet: afterwards the admin decides."""
    avatar, voice = site.AVATAR_ID.strip()[:120], site.VOICE_ID.strip()[:120]
    profiles = AvatarSettings.objects.using(using)
    if not (avatar or voice) or not tables.is_there(AvatarSettings, using) or profiles.exists():
        return
    # An old application that named its HeyGen server used HeyGen; the others used A2E.
    kind = "heygen" if getattr(site, "HEYGEN_SERVER_URL", "") or not getattr(site, "A2E_API_KEY", "") else "a2e"
    profiles.create(
        name=NAME, is_default=True, style=AvatarSettings.Style.RECORDED if avatar else AvatarSettings.Style.LOCAL,
        providers=[kind] if avatar else [], recorded_avatar=avatar, characters={kind: {"recorded": avatar}} if avatar else {},
        # The engine of A2E names a voice with its language.
        speech_engine=kind if voice else "espeak", voice=f"ru-{voice}" if voice and kind == "a2e" else voice,
    )  # fmt: skip
    log.info("the default profile was made from AVATAR_ID and VOICE_ID", extra={"provider": kind})
