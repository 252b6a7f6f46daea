"""The sound of a clip: several stretches as one, at the rates of the files, and the labelled WAV."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from avatars.presenter.coarticulation import Timeline
from avatars.synthetic import chunk, info_chunk

WAV_RATE = 16_000  # docs/contracts/compat_api.md section 3
VIDEO_RATE = 24_000  # one rate for every engine, so that clips can be joined without encoding them again

Pcm16 = NDArray[np.int16]


@dataclass(frozen=True)
class Voice:
    """One stretch of speech: PCM16 mono, its text and its timeline (words are places in `text`)."""

    pcm16: Pcm16
    sample_rate: int
    timeline: Timeline
    text: str = ""

    @property
    def duration_ms(self) -> float:
        return len(self.pcm16) * 1000 / self.sample_rate


def joined(voices: Sequence[Voice]) -> Voice:
    """One voice behind another, at the rate of the first. Raises ValueError when there is none."""
    if not voices:
        raise ValueError("there is no sound to join")
    if len(voices) == 1:
        return voices[0]
    rate = voices[0].sample_rate
    sounds: list[Pcm16] = []
    visemes: list[list[int | str]] = []
    words: list[list[int]] = []
    text, samples = "", 0
    for voice in voices:
        at_ms = round(samples * 1000 / rate)
        visemes += [[ms + at_ms, name] for ms, name in voice.timeline["visemes"]]
        words += [[a + at_ms, b + at_ms, start + len(text), end + len(text)] for a, b, start, end in voice.timeline["words"]]
        text += voice.text
        sounds.append(resampled(voice.pcm16, voice.sample_rate, rate))
        samples += len(sounds[-1])
    timeline: Timeline = {"duration_ms": round(samples * 1000 / rate), "visemes": visemes, "words": words}
    return Voice(np.concatenate(sounds), rate, timeline, text)


def resampled(pcm16: Pcm16, from_rate: int, to_rate: int) -> Pcm16:
    """Band-limited resampling by FFmpeg; the length follows the rate to the sample."""
    if from_rate == to_rate or not len(pcm16):
        return pcm16
    wanted = round(len(pcm16) * to_rate / from_rate)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=to_rate)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm16).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = from_rate
    parts = [part.to_ndarray().reshape(-1) for given in (frame, None) for part in resampler.resample(given)]
    # Of a handful of samples the resampler may give nothing back.
    result = np.concatenate([np.zeros(0, np.int16), *parts])[:wanted]
    return np.pad(result, (0, wanted - len(result)))


def labelled_wav(voice: Voice, *, rate: int = WAV_RATE) -> bytes:
    """RIFF WAVE, PCM16 mono, with an INFO chunk that says it is synthetic (hiring_law 2)."""
    sound = resampled(voice.pcm16, voice.sample_rate, rate).astype("<i2").tobytes()
    chunks = (
        b"WAVE"
        + chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16))
        + info_chunk()
        + chunk(b"data", sound)
    )
    return chunk(b"RIFF", chunks)
