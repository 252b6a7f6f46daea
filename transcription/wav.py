"""The one shape of sound inside this app: PCM16 little-endian, 16 kHz, mono, and the 44 bytes that make it a WAV. Pure."""

import struct

import numpy as np

BYTES_PER_MS = 32
WAV_HEADER_BYTES = 44


def wav_header(pcm_bytes: int) -> bytes:
    """The 44 bytes before `pcm_bytes` of PCM16, 16 kHz, mono."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + pcm_bytes, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", pcm_bytes,
    )  # fmt: skip


def wav_from(pcm: bytes) -> bytes:
    return wav_header(len(pcm)) + pcm


def is_silent(wav: bytes) -> bool:
    """Nothing in it is louder than −60 dBFS: a muted microphone, a gap. A recogniser would only invent words for it."""
    samples = np.frombuffer(pcm_in(wav), "<i2")
    return not len(samples) or int(np.abs(samples.astype(np.int32)).max()) < 33


def pcm_in(wav: bytes) -> bytes:
    """The samples of a WAV made here (not of any WAV: its header has exactly 44 bytes)."""
    return wav[WAV_HEADER_BYTES:]
