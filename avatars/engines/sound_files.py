"""Sound as other engines give it: a WAV read with doubt in its header (servers that stream do not know their length)."""

import io
import struct
from collections.abc import Iterator

import av
import numpy as np

from avatars.speech.sound import Samples, to_pcm16, to_samples

MAX_SECONDS = 30 * 60
_RATES = range(8_000, 48_001)


class NotSound(ValueError):
    """These bytes are no PCM16 WAV."""


def sound_samples(body: bytes) -> tuple[Samples, int]:
    """(samples, rate) of a WAV with PCM16 or of an MP3, told by what the bytes are. Raises NotSound."""
    if body[:4] == b"RIFF":
        return wav_samples(body)
    if body[:3] == b"ID3" or (len(body) > 1 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0):
        return _mp3_samples(body)
    raise NotSound("neither WAV nor MP3")


def _mp3_samples(body: bytes) -> tuple[Samples, int]:
    found: list[bytes] = []
    try:
        # A fixed demuxer reads memory: nothing in the file can lead elsewhere.
        with av.open(io.BytesIO(body), format="mp3") as container:
            rate = container.streams.audio[0].rate
            mono = av.AudioResampler(format="s16", layout="mono", rate=rate)
            for frame in container.decode(audio=0):
                found += [part.to_ndarray().astype(np.int16).tobytes() for part in mono.resample(frame)]
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise NotSound(f"the MP3 cannot be decoded ({type(error).__name__})") from error
    if rate not in _RATES:
        raise NotSound(f"a rate of {rate}")
    return pcm_samples(b"".join(found), rate), rate


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


def pcm16_pieces(samples: Samples, rate: int, to_rate: int, piece_s: float = 0.25) -> Iterator[bytes]:
    """PCM16-LE mono at another rate, about `piece_s` at a time: the first one is there while the rest is not yet resampled."""
    pcm16 = np.frombuffer(to_pcm16(samples), "<i2").reshape(1, -1)
    step = max(1, round(rate * piece_s))
    resampler = av.AudioResampler(format="s16", layout="mono", rate=to_rate)
    for at in range(0, pcm16.shape[1], step):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm16[:, at : at + step]), format="s16", layout="mono")
        frame.sample_rate = rate
        yield from (part.to_ndarray().astype("<i2").tobytes() for part in resampler.resample(frame))
    yield from (part.to_ndarray().astype("<i2").tobytes() for part in resampler.resample(None))
