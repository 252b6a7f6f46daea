"""Light noise suppression before recognition, where the browser gave none: a spectral gate. Pure, numpy only.

Each frequency is weakened towards FLOOR as far as it does not stand out of its own quiet: what is there in the quietest tenth
of the sound is the room. Nothing is cut to zero: recognisers take artefacts worse than noise. Only a copy is changed.
"""

import numpy as np

SIZE, HOP = 512, 128  # samples; 32 ms, a quarter of it apart
FLOOR = 0.2  # of a frequency that is only noise (−14 dB)
QUIET_SHARE = 0.1
OVER = 2.0  # a frequency is speech where it is so many times its noise
LEAST_S = 1.0  # shorter sounds do not tell what the room is like
RATE = 16_000


def without_noise(pcm16: bytes) -> bytes:
    """PCM16-LE, 16 kHz, the same length."""
    samples = np.frombuffer(pcm16, "<i2").astype(np.float32)
    if len(samples) < LEAST_S * RATE:
        return pcm16
    window = np.hanning(SIZE + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (SIZE, SIZE + (-len(samples)) % HOP))
    count = (len(padded) - SIZE) // HOP + 1
    pieces = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[:: HOP][:count]
    spectra = np.fft.rfft(pieces * window, axis=1)
    power = np.abs(spectra) ** 2
    inside = power[SIZE // HOP : -(SIZE // HOP)]  # not the silence that was put around it
    room = np.quantile(inside, QUIET_SHARE, axis=0) / -np.log(1 - QUIET_SHARE)  # noise power is exponential around its mean
    gain = np.clip(1 - OVER * room / np.maximum(power, 1e-9), FLOOR, 1.0)
    gain[1:-1] = (gain[:-2] + gain[1:-1] + gain[2:]) / 3  # no lone tones
    cleaned = np.fft.irfft(spectra * gain, SIZE, axis=1) * window
    out, weight = np.zeros(len(padded)), np.zeros(len(padded))
    for index in range(count):
        out[index * HOP : index * HOP + SIZE] += cleaned[index]
        weight[index * HOP : index * HOP + SIZE] += window**2
    sound = (out / np.maximum(weight, 1e-3))[SIZE : SIZE + len(samples)]
    return np.clip(np.rint(sound), -32768, 32767).astype("<i2").tobytes()
