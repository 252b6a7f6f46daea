"""Sound as other engines give it: a WAV read with doubt in its header (servers that stream do not know their length)."""

import struct

from avatars.speech.sound import Samples, to_samples

MAX_SECONDS = 30 * 60
_RATES = range(8_000, 48_001)


class NotSound(ValueError):
    """These bytes are no PCM16 WAV."""


def wav_samples(body: bytes) -> tuple[Samples, int]:
    """(samples, rate) of a WAV with PCM16; several channels become one. Raises NotSound."""
    if len(body) < 44 or body[:4] != b"RIFF" or body[8:12] != b"WAVE":
        raise NotSound("no RIFF WAVE")
    at, found = 12, (0, 0)
    while at + 8 <= len(body):
        name, size = body[at : at + 4], struct.unpack_from("<I", body, at + 4)[0]
        if name == b"fmt " and at + 24 <= len(body):
            kind, channels, rate, _bytes, _block, bits = struct.unpack_from("<HHIIHH", body, at + 8)
            if kind not in (1, 0xFFFE) or bits != 16 or not 1 <= channels <= 8 or rate not in _RATES:
                raise NotSound("not PCM16")
            found = (channels, rate)
        elif name == b"data":
            channels, rate = found
            if not rate:
                raise NotSound("the data come before the format")
            # A stream's header says 0 or 0xFFFFFFFF: what is there counts.
            end = len(body) if size in (0, 0xFFFFFFFF) or at + 8 + size > len(body) else at + 8 + size
            return pcm_samples(body[at + 8 : end], rate, channels), rate
        at += 8 + size + size % 2
    raise NotSound("no data")


def pcm_samples(pcm16: bytes, rate: int, channels: int = 1) -> Samples:
    """PCM16-LE as float32 in [-1, 1], one channel. Raises NotSound when it is empty or longer than half an hour."""
    samples = to_samples(pcm16)
    samples = samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1) if channels > 1 else samples
    if not len(samples) or len(samples) > MAX_SECONDS * rate:
        raise NotSound(f"{len(samples)} samples")
    return samples
