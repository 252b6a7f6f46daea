"""Who speaks: avatar profiles, the speech we have made, recorded videos, the health of providers (design §2)."""

from avatars.models.chunks import VideoChunk
from avatars.models.generations import AvatarGeneration, GenerationPassage, RenderedHere, SentAway
from avatars.models.health import ProviderHealth
from avatars.models.photo_presenters import PhotoPresenter
from avatars.models.pictures import BackgroundPicture
from avatars.models.profiles import AvatarSettings
from avatars.models.speech import Speech, new_speech_id

__all__ = [
    "AvatarGeneration",
    "AvatarSettings",
    "BackgroundPicture",
    "GenerationPassage",
    "PhotoPresenter",
    "ProviderHealth",
    "RenderedHere",
    "SentAway",
    "Speech",
    "VideoChunk",
    "new_speech_id",
]
