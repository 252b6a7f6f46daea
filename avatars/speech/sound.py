"""Sound as values: PCM16 mono, loudness, fades, resampling, WAV. No Django, no engine."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

TARGET_DBFS = -20.0
PEAK_LIMIT = 0.89  # −1 dBFS
EDGE_SILENCE_MS = 80
FADE_MS = 8
# Frames quieter than this below the loudest do not count as speech when loudness is measured.
_GATE_DB = 30.0
_SILENCE_FLOOR = 1e-4

Samples = NDArray[np.float32]


def to_samples(pcm16: bytes) -> Samples:
    """PCM16-LE → float32 in [-1, 1]. An odd last byte is dropped."""
    return np.frombuffer(pcm16[: len(pcm16) // 2 * 2], dtype="<i2").astype(np.float32) / 32768.0


def to_pcm16(samples: Samples) -> bytes:
    return np.clip(np.rint(samples * 32767.0), -32768, 32767).astype("<i2").tobytes()


def speech_rms(samples: Samples, sample_rate: int) -> float:
    """RMS of the frames that are speech, in [0, 1]; 0.0 for silence."""
    frame = max(1, sample_rate // 50)
    count = len(samples) // frame
    if count == 0:
        return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
    energy = np.mean(samples[: count * frame].reshape(count, frame) ** 2, axis=1)
    loud = energy[energy > energy.max() * 10 ** (-_GATE_DB / 10)]
    return float(np.sqrt(loud.mean())) if len(loud) and energy.max() > _SILENCE_FLOOR**2 else 0.0


def normalised(samples: Samples, sample_rate: int, target_dbfs: float = TARGET_DBFS) -> Samples:
    """Speech at `target_dbfs` RMS; peaks above −1 dBFS are bent softly instead of clipped. Silence stays silence."""
    rms = speech_rms(samples, sample_rate)
    if rms == 0.0:
        return samples
    louder = samples * np.float32(10 ** (target_dbfs / 20) / rms)
    knee = 0.7 * PEAK_LIMIT
    magnitude = np.abs(louder)
    room = PEAK_LIMIT - knee
    bent = knee + room * np.tanh((magnitude - knee) / room)
    return np.where(magnitude > knee, np.sign(louder) * bent, louder).astype(np.float32)


def trimmed(samples: Samples, sample_rate: int, keep_ms: int = 20) -> tuple[Samples, int]:
    """Silence at both ends cut down to `keep_ms`; also how many samples were cut at the start."""
    loud = np.flatnonzero(np.abs(samples) > 0.003)
    if not len(loud):
        return samples, 0
    keep = sample_rate * keep_ms // 1000
    start, end = max(0, int(loud[0]) - keep), min(len(samples), int(loud[-1]) + keep)
    return samples[start:end], start


def faded(samples: Samples, sample_rate: int, fade_ms: int = FADE_MS) -> Samples:
    """A short raised-cosine fade at both ends, so that nothing clicks."""
    length = min(sample_rate * fade_ms // 1000, len(samples) // 2)
    if length == 0:
        return samples
    ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, length))).astype(np.float32)
    shaped = samples.copy()
    shaped[:length] *= ramp
    shaped[-length:] *= ramp[::-1]
    return shaped


def silence(duration_ms: float, sample_rate: int) -> Samples:
    return np.zeros(round(sample_rate * duration_ms / 1000), dtype=np.float32)


def resampled(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """Band-limited resampling (windowed sinc, 32 taps); the length follows the rate to the sample."""
    if from_rate == to_rate or not len(samples):
        return samples
    count = round(len(samples) * to_rate / from_rate)
    cutoff = min(1.0, to_rate / from_rate) * 0.95
    half = int(np.ceil(16 / cutoff))
    position = np.arange(count) * (from_rate / to_rate)
    base = np.floor(position).astype(np.int64)
    padded = np.concatenate([np.zeros(half, np.float32), samples, np.zeros(half + 1, np.float32)])
    result = np.zeros(count, dtype=np.float64)
    for tap in range(-half + 1, half + 1):
        distance = position - (base + tap)
        window = 0.5 + 0.5 * np.cos(np.pi * np.clip(distance / half, -1, 1))
        result += padded[np.minimum(base + tap + half, len(padded) - 1)] * cutoff * np.sinc(cutoff * distance) * window
    return result.astype(np.float32)


def wav_bytes(pcm16: bytes, sample_rate: int) -> bytes:
    """A RIFF WAVE file: PCM16 mono."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm16)
    return buffer.getvalue()
