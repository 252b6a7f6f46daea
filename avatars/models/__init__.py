"""Who speaks: avatar profiles, the speech we have made, recorded videos, the health of providers (design §2)."""

from avatars.models.catalogue import CatalogueItem, CatalogueList
from avatars.models.chunks import VideoChunk
from avatars.models.generations import AvatarGeneration, GenerationPassage, RenderedHere, SentAway
from avatars.models.health import ProviderHealth
from avatars.models.live import LiveAlert, LiveSession, LiveSessionPassage, StreamingContext
from avatars.models.live_local import LocalLine, LocalRoom
from avatars.models.photo_presenters import PhotoPresenter
from avatars.models.pictures import BackgroundPicture
from avatars.models.profiles import AvatarSettings
from avatars.models.speech import Speech, new_speech_id
from avatars.models.spending import Spending

__all__ = [
    "AvatarGeneration",
    "AvatarSettings",
    "BackgroundPicture",
    "CatalogueItem",
    "CatalogueList",
    "GenerationPassage",
    "LiveAlert",
    "LiveSession",
    "LiveSessionPassage",
    "LocalLine",
    "LocalRoom",
    "PhotoPresenter",
    "ProviderHealth",
    "RenderedHere",
    "SentAway",
    "Speech",
    "Spending",
    "StreamingContext",
    "VideoChunk",
    "new_speech_id",
]
