"""Who speaks: avatar profiles, the speech we have made, recorded videos, the health of providers (design §2)."""

from avatars.models.profiles import AvatarSettings
from avatars.models.speech import Speech, new_speech_id

__all__ = ["AvatarSettings", "Speech", "new_speech_id"]
