"""What a frame of speech sounds like, as numbers that are alike for different voices: cepstra, their slopes, loudness."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from avatars.speech.sound import Samples

RATE = 16_000  # samples a second
HOP_MS = 10
_HOP, _WINDOW, _FFT = RATE * HOP_MS // 1000, 400, 512
_BANDS, CEPSTRA = 26, 12
# OpenBLAS keeps products of fewer multiplications to one thread (GEMM_MULTITHREAD_THRESHOLD: 4 × 65,536).
_PRODUCT = 250_000
# A frame is voiced when it is at most so far below the loudest.
VOICED_DB = 35.0
# Lengths whose Fourier transform is quick.
_SMOOTH = sorted(2**a * 3**b * 5**c for a in range(1, 22) for b in range(3) for c in range(2) if 2**a * 3**b * 5**c < 3_000_000)

Frames = NDArray[np.float32]


@lru_cache(maxsize=1)
def _tables() -> tuple[Frames, Frames, Frames]:
    """Window, mel bands (257 × bands), cosine transform (bands × cepstra, without the zeroth)."""
    mel = np.linspace(_mel(80.0), _mel(7_600.0), _BANDS + 2)
    edges = (700.0 * (10 ** (mel / 2595.0) - 1.0)) / (RATE / _FFT)
    bins = np.arange(_FFT // 2 + 1)[:, None]
    rise = (bins - edges[None, :-2]) / (edges[None, 1:-1] - edges[None, :-2])
    fall = (edges[None, 2:] - bins) / (edges[None, 2:] - edges[None, 1:-1])
    bands = np.maximum(0.0, np.minimum(rise, fall))
    angle = np.pi / _BANDS * (np.arange(_BANDS) + 0.5)
    cosine = np.cos(angle[:, None] * np.arange(1, CEPSTRA + 1)[None, :]) * np.sqrt(2.0 / _BANDS)
    return np.hanning(_WINDOW).astype(np.float32), bands.astype(np.float32), cosine.astype(np.float32)


def _mel(hertz: float) -> float:
    return 2595.0 * float(np.log10(1.0 + hertz / 700.0))


def at_16k(samples: Samples, sample_rate: int) -> Samples:
    """The sound at 16 kHz by cutting or filling its spectrum: quick, and exact enough to be compared (not to be heard)."""
    if sample_rate == RATE or not len(samples):
        return samples
    shared = math.gcd(sample_rate, RATE)
    into, out_of = sample_rate // shared, RATE // shared
    blocks = -(-len(samples) // into)
    blocks = next(size for size in _SMOOTH if size >= blocks) if blocks <= _SMOOTH[-1] else blocks
    spectrum = np.fft.rfft(samples, blocks * into)
    sound = np.fft.irfft(spectrum[: blocks * out_of // 2 + 1], blocks * out_of) * (out_of / into)
    return sound[: round(len(samples) * RATE / sample_rate)].astype(np.float32)


def cepstra_and_loudness(samples: Samples) -> tuple[Frames, Frames]:
    """(frames × 12 cepstra, loudness of each in dB below the loudest) of 16 kHz sound; frame i has its middle at i × 10 ms."""
    window, bands, cosine = _tables()
    count = max(1, len(samples) // _HOP)
    padded = np.zeros(count * _HOP + _WINDOW, np.float32)
    kept = samples[: count * _HOP + _WINDOW // 2]
    padded[_WINDOW // 2 : _WINDOW // 2 + len(kept)] = kept
    padded[1:] -= 0.95 * padded[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: count * _HOP : _HOP] * window
    power = np.abs(np.fft.rfft(frames, _FFT, axis=1)).astype(np.float32) ** 2
    energy = 10.0 * np.log10(power.sum(axis=1) + 1e-7)
    logs = np.log(product(power, bands) + 1e-6)
    return product(logs, cosine), energy - energy.max()


def product(left: Frames, right: Frames) -> Frames:
    """`left @ right`, a few rows at a time: so small that BLAS does it in this thread. Its helpers would wait for each other on
    a busy machine longer than the whole comparison takes (measured: 66 ms instead of 17)."""
    rows = max(1, _PRODUCT // max(right.size, 1))
    result = np.empty((len(left), right.shape[1]), np.float32)
    for start in range(0, len(left), rows):
        np.matmul(left[start : start + rows], right, out=result[start : start + rows])
    return result


def voiced(loudness: Frames) -> NDArray[np.bool_]:
    return loudness > -VOICED_DB


def normalised(cepstra: Frames, loudness: Frames) -> Frames:
    """Mean 0 and spread 1 over the voiced frames: what differs between two voices and two rooms is mostly that."""
    chosen = voiced(loudness)
    base = cepstra[chosen] if chosen.sum() >= 10 else cepstra
    return (cepstra - base.mean(axis=0)) / (base.std(axis=0) + 1e-3)


def slopes(values: Frames, reach: int = 2) -> Frames:
    """How each value changes around its frame."""
    padded = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    total = np.zeros_like(values)
    for step in range(1, reach + 1):
        total += step * (padded[reach + step : len(padded) - reach + step] - padded[reach - step : len(padded) - reach - step])
    return total / (2 * sum(step * step for step in range(1, reach + 1)))
