"""Orders to A2E's stand-in, for tests: what is ordered, and what it was asked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import av

from avatars.provider_stub.a2e import A2EStub
from avatars.providers.a2e.provider import A2EProvider
from avatars.providers.base import VideoJob

GENERATE = "POST /api/v1/video/generate"


def job(text: str = "Привет!", language: str = "ru", **settings: Any) -> VideoJob:
    return VideoJob("gen-abc-1", text, language, settings)


def made(provider: A2EProvider, order: VideoJob) -> str:
    spoken = provider.speak(order)
    return provider.create_video(replace(order, provider_audio=spoken.audio)).provider_id


def asked(a2e: A2EStub, line: str) -> list[Any]:
    return [call.json() for call in a2e.server.calls(line)]


def shows_captions(film: Path) -> bool:
    """Whether a plain film of a stand-in has the band of captions in its lower part."""
    with av.open(str(film), format="mp4") as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray")
    return bool(picture[round(picture.shape[0] * 0.85)].mean() < 40 < picture[0].mean())
