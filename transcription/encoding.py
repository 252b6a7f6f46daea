"""PCM16, 16 kHz, mono → AAC in M4A, and back to know how long it came out. No Django.

M4A with AAC is what Safari (also old ones), Chrome, Edge and Firefox all play, and its index makes a click on the waveform land
exactly. Opus in WebM would be smaller; Safari plays it only since 17. Builds of Chromium without AAC get the WAV instead.
"""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np

RATE = 16_000
BIT_RATE = 48_000
FRAME = 1024  # samples of one AAC frame


class EncodingFailed(Exception):
    """The encoder or the file it made is no good; the sound itself is untouched."""


def write_m4a(pcm: Iterable[bytes], path: Path, *, title: str = "") -> None:
    """Encode all of `pcm` into `path`, index first, so that playing starts at once. Raises EncodingFailed, OSError."""
    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
            if title:
                file.metadata["title"] = title
            stream = file.add_stream("aac", rate=RATE, layout="mono")
            stream.bit_rate = BIT_RATE
            done, rest = 0, b""
            for piece in pcm:
                block = rest + piece
                whole = len(block) // (FRAME * 2) * FRAME * 2
                rest = block[whole:]
                done = _encode(file, stream, block[:whole], done)
            _encode(file, stream, rest, done)
            file.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise EncodingFailed(f"{type(error).__name__}: {error.strerror}") from error


def _encode(file: av.container.OutputContainer, stream: av.AudioStream, pcm: bytes, done: int) -> int:
    samples = np.frombuffer(pcm, "<i2")
    for at in range(0, len(samples), FRAME):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + FRAME], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, done
        done += frame.samples
        file.mux(stream.encode(frame))
    return done


def decoded_ms(path: Path) -> int:
    """How long the file is when all of it is decoded: an encoder's word proves nothing (threats 33). Raises EncodingFailed."""
    samples, rate = 0, RATE
    try:
        with av.open(str(path), format="mp4") as file:
            for frame in file.decode(audio=0):
                samples, rate = samples + frame.samples, frame.sample_rate
    except (av.FFmpegError, IndexError) as error:
        raise EncodingFailed(f"cannot be read back: {type(error).__name__}") from error
    return samples * 1000 // rate


class Peaks:
    """The loudest moment of each of `count` equal stretches of `pcm_bytes`, 0–100, while the sound passes by."""

    def __init__(self, pcm_bytes: int, count: int) -> None:
        samples = max(1, pcm_bytes // 2)
        self._count = min(count, samples)
        self._total = samples
        self._loudest = np.zeros(self._count, np.int32)
        self._at = 0

    def pass_by(self, pcm: bytes) -> bytes:
        """Look at the next piece (whole samples) and hand it on."""
        samples = np.abs(np.frombuffer(pcm, "<i2").astype(np.int32))
        buckets = np.minimum((np.arange(self._at, self._at + len(samples)) * self._count) // self._total, self._count - 1)
        np.maximum.at(self._loudest, buckets, samples)
        self._at += len(samples)
        return pcm

    def values(self) -> list[int]:
        return [int(value) for value in np.minimum(100, self._loudest * 100 // 32768)]
