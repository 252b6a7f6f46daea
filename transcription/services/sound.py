"""Sound read back from takes: PCM of a span, and WAV. Synchronous."""

import os
import struct

from transcription.models import Take
from transcription.services.takes import path_of
from transcription.takefile import read_pcm

BYTES_PER_MS = 32  # 16 kHz, mono, PCM16
WAV_HEADER_BYTES = 44


def wav_header(pcm_bytes: int) -> bytes:
    """The 44 bytes before `pcm_bytes` of PCM16, 16 kHz, mono."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + pcm_bytes, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", pcm_bytes,
    )  # fmt: skip


def pcm_of(take: Take, start_ms: int, end_ms: int) -> bytes:
    """PCM of [start, end) of a take, as far as it is stored. Raises OSError when the file is away."""
    start = min(start_ms * BYTES_PER_MS, take.bytes)
    length = min(end_ms * BYTES_PER_MS, take.bytes) - start
    fd = os.open(path_of(take), os.O_RDONLY | os.O_CLOEXEC)
    try:
        return read_pcm(fd, start, max(0, length))
    finally:
        os.close(fd)


def wav_of(take: Take, start_ms: int, end_ms: int) -> bytes:
    pcm = pcm_of(take, start_ms, end_ms)
    return wav_header(len(pcm)) + pcm
