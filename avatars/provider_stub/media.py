"""Sound and video that a stand-in gives out: real files, of the length and size that were asked for, kept once made."""

import io
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import av
import numpy as np
from PIL import Image

from avatars.engines.base import SpeechRequest
from avatars.engines.registry import speech_engine
from avatars.engines.sound_files import NotSound, wav_samples
from avatars.render.clip import ClipOrder, render_clip
from avatars.render.sound import Voice
from avatars.render.stage import Look
from avatars.speech.sound import resampled, to_pcm16, wav_bytes
from avatars.speech.text import NothingToSay

RATE = 24_000  # what a remote voice sounds like: not the rate of our own
_rendering = threading.Lock()


@dataclass(frozen=True)
class Sound:
    """PCM16 mono at RATE. `text` and `visemes` are there when we said it ourselves."""

    pcm16: bytes
    text: str = ""
    visemes: tuple[tuple[int, str], ...] = ()
    words: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def duration_ms(self) -> int:
        return len(self.pcm16) * 1000 // (2 * RATE)

    @property
    def wav(self) -> bytes:
        return wav_bytes(self.pcm16, RATE)

    @property
    def timeline(self) -> dict[str, Any]:
        visemes = self.visemes or ((0, "A"), (max(self.duration_ms - 1, 0), "sil"))
        return {
            "duration_ms": self.duration_ms,
            "visemes": [list(part) for part in visemes],
            "words": [list(part) for part in self.words],
        }


@lru_cache(maxsize=256)
def said(text: str, language: str = "ru", voice: str = "", speed: float = 1.0) -> Sound:
    """The text in a built-in voice (`female-1` … `male-2`). Raises NothingToSay, ProviderError."""
    language = language if language in ("ru", "en", "kk") else "en"
    name = f"{language}-{voice}" if voice else ""
    made = speech_engine("espeak").synthesize(SpeechRequest(text, language, name, speed))
    samples = np.frombuffer(made.pcm16, "<i2").astype(np.float32) / 32768
    timeline = made.timeline
    return Sound(
        to_pcm16(resampled(samples, made.sample_rate, RATE)), text,
        tuple((int(at), str(shape)) for at, shape in timeline["visemes"]), tuple(tuple(word) for word in timeline["words"]),
    )  # fmt: skip


def heard(wav: bytes) -> Sound:
    """Sound that came from outside. Raises NotSound."""
    samples, rate = wav_samples(wav)
    return Sound(to_pcm16(resampled(samples, rate, RATE)))


def can_be_said(text: str) -> bool:
    try:
        said(text)
    except (NothingToSay, ValueError):
        return False
    return True


@lru_cache(maxsize=32)
def video(
    sound: Sound, width: int, height: int, *, captions: bool = False, presenter: str = "aliya", plain: bool = False
) -> bytes:
    """A real MP4 of that size, as long as the sound: our presenter says it, or with `plain` one colour (quick, for tests).

    Captions of a plain one are a black band across its lower part.
    """
    file = io.BytesIO()
    if plain:
        _plain(file, sound, width, height, captions)
    else:
        order = ClipOrder(
            Look(presenter, width, height), Voice(np.frombuffer(sound.pcm16, "<i2"), RATE, sound.timeline, sound.text),  # type: ignore[arg-type]
            captions=captions and bool(sound.words),
        )  # fmt: skip
        with _rendering:
            render_clip(order, file)
    return file.getvalue()


@lru_cache(maxsize=16)
def picture(width: int, height: int) -> bytes:
    """A PNG of that size, in one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 160)).save(file, "PNG")
    return file.getvalue()


def _plain(file: io.BytesIO, sound: Sound, width: int, height: int, captions: bool) -> None:
    with av.open(file, "w", format="mp4") as container:
        picture = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        tone = container.add_stream("aac", rate=RATE, layout="mono")
        pixels = np.full((height, width, 3), 200, np.uint8)
        if captions:
            pixels[height * 8 // 10 : height * 9 // 10] = 0
        still = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
        for number in range(max(1, -(-sound.duration_ms // 40))):
            still.pts = number
            container.mux(picture.encode(still))
        container.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray(np.frombuffer(sound.pcm16, "<i2").reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(tone.encode(frame))
        container.mux(tone.encode(None))


__all__ = ["RATE", "NotSound", "Sound", "can_be_said", "heard", "picture", "said", "video"]
