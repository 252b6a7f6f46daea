"""Sound read back from takes: PCM of a span, and WAV. Synchronous."""

import os

from transcription.models import Take
from transcription.services.takes import path_of
from transcription.suppress import without_noise
from transcription.takefile import read_pcm
from transcription.wav import BYTES_PER_MS, WAV_HEADER_BYTES, wav_from, wav_header

__all__ = ["BYTES_PER_MS", "WAV_HEADER_BYTES", "pcm_of", "wav_header", "wav_to_recognise"]


def pcm_of(take: Take, start_ms: int, end_ms: int) -> bytes:
    """PCM of [start, end) of a take, as far as it is stored. Raises OSError when the file is away."""
    start = min(start_ms * BYTES_PER_MS, take.bytes)
    length = min(end_ms * BYTES_PER_MS, take.bytes) - start
    fd = os.open(path_of(take), os.O_RDONLY | os.O_CLOEXEC)
    try:
        return read_pcm(fd, start, max(0, length))
    finally:
        os.close(fd)


def wav_to_recognise(take: Take, start_ms: int, end_ms: int) -> bytes:
    """[start, end) of a take for a recogniser, without the noise of the room where the browser said that it leaves it in."""
    pcm = pcm_of(take, start_ms, end_ms)
    return wav_from(without_noise(pcm) if take.noise_suppressed is False else pcm)
