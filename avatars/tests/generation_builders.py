"""Small real videos and due rows for the tests of recorded video."""

import io
from datetime import timedelta
from functools import lru_cache
from typing import Any

import av
import numpy as np
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.services.generation_polling import poll_due
from avatars.services.generation_work import work
from avatars.services.generations import generate

PROFILE: dict[str, Any] = {"style": "recorded", "providers": ["fake"], "speech_engine": "espeak", "language": "ru"}


@lru_cache(maxsize=8)
def mp4(seconds: float = 2.0, sound: bool = True) -> bytes:
    """A real MP4: H.264 64×64, 25 fps, with AAC."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        picture = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        tone = container.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for number in range(round(seconds * 25)):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number % 200, np.uint8), format="rgb24")
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        if tone is not None:
            samples = av.AudioFrame.from_ndarray(np.zeros((1, round(seconds * 16_000)), np.float32), format="fltp", layout="mono")
            samples.sample_rate = 16_000
            container.mux(tone.encode(samples))
            container.mux(tone.encode(None))
    return file.getvalue()


def order(text: str = "Здравствуйте!", **settings: Any) -> AvatarGeneration:
    return generate(text=text, settings={**PROFILE, **settings})


def due_now(generation: AvatarGeneration, **fields: Any) -> AvatarGeneration:
    """As if its time had come; `fields` are written too."""
    AvatarGeneration.objects.filter(pk=generation.pk).update(due_at=timezone.now() - timedelta(seconds=1), **fields)
    generation.refresh_from_db()
    return generation


def lose_lease(generation: AvatarGeneration, **fields: Any) -> AvatarGeneration:
    """As if the worker that held the row had been killed a while ago."""
    return due_now(generation, lease_until=timezone.now() - timedelta(seconds=1), **fields)


def worked(generation: AvatarGeneration) -> AvatarGeneration:
    work(generation.pk)
    generation.refresh_from_db()
    return generation


def polled(generation: AvatarGeneration, **fields: Any) -> AvatarGeneration:
    due_now(generation, **fields)
    poll_due()
    generation.refresh_from_db()
    return generation


def passages(generation: AvatarGeneration) -> list[str]:
    return list(generation.passages.values_list("new_state", flat=True))
