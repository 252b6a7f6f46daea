"""Two readings of the same words laid over each other by their sound (design §3; docs/voices.md has the figures).

Dynamic time warping on 10 ms frames: each frame of the sound moves 0–3 frames on in the reading, one is free, the others
cost. A row of the table depends on the row before it only, so that it is one step of numpy.
"""

import numpy as np
from numpy.typing import NDArray

from avatars.speech.alignment import CannotAlign, Reading, Times
from avatars.speech.alignment_features import (
    CEPSTRA,
    HOP_MS,
    RATE,
    Frames,
    at_16k,
    cepstra_and_loudness,
    normalised,
    product,
    slopes,
    voiced,
)
from avatars.speech.sound import Samples

PENALTIES = (0.9, 0.0, 0.45, 0.9)
LOUDNESS_WEIGHT, SLOPE_WEIGHT = 3.0, 1.0
# Longer sounds are not compared: the table would grow with the square of the length.
LONGEST_S = 120.0
# How far from the straight line the path may run, as a share of the length, and at least so many frames.
BAND_SHARE, BAND_LEAST = 0.2, 120
# How alike the two must be: the correlation of their cepstra along the path, plus the share of free steps. Measured on four
# flite voices against espeak: the right words 1.09–1.30, other words of a like length 0.55–0.94.
LEAST_LIKENESS = 0.98


def knots(samples: Samples, sample_rate: int, reading: Reading) -> tuple[Times, Times, float]:
    """(times of the reading, times of the sound, likeness): where both say the same, in ms.

    Raises CannotAlign when the sound is silent, too long, or does not say these words.
    """
    if len(samples) / sample_rate > LONGEST_S or reading.duration_ms > LONGEST_S * 1000:
        raise CannotAlign("too long to compare")
    theirs, their_first = _features(at_16k(samples, sample_rate))
    ours, our_first = _features(at_16k(reading.samples, reading.sample_rate))
    stretch = (len(ours) - 1) / max(len(theirs) - 1, 1)
    if not 1 / 3 <= stretch <= 3:
        raise CannotAlign("the lengths do not fit together")
    # The reading at the sound's speed: the straight line is then the likeliest path.
    at = np.linspace(0, len(ours) - 1, len(theirs))
    ours = ours[np.rint(at).astype(np.int64)]
    path = _path(theirs, ours)
    likeness = _likeness(theirs, ours, path)
    if not likeness >= LEAST_LIKENESS:
        raise CannotAlign(f"the sound does not say these words (likeness {likeness:.2f})")
    reading_ms = (our_first + at[path]) * HOP_MS
    sound_ms = (their_first + np.arange(len(theirs))) * HOP_MS
    return reading_ms, sound_ms.astype(np.float64), likeness


def _features(samples: Samples) -> tuple[Frames, int]:
    """Feature rows of the stretch that is speech, and its first frame."""
    cepstra, loudness = cepstra_and_loudness(samples)
    loud = np.flatnonzero(voiced(loudness))
    if len(samples) < RATE // 5 or np.abs(samples).max() < 0.003 or len(loud) < 10:
        raise CannotAlign("there is no speech in this sound")
    first, last = int(loud[0]), int(loud[-1]) + 1
    cepstra, loudness = normalised(cepstra, loudness)[first:last], loudness[first:last]
    level = np.clip(loudness, -50.0, 0.0)[:, None] / 20.0
    # A cepstrum of silence is noise: it counts the less the quieter the frame is.
    cepstra = cepstra * np.clip((loudness[:, None] + 50.0) / 25.0, 0.0, 1.0)
    return np.hstack([cepstra, SLOPE_WEIGHT * slopes(cepstra), LOUDNESS_WEIGHT * level]).astype(np.float32), first


def _path(theirs: Frames, ours: Frames) -> NDArray[np.int64]:
    """For each frame of theirs, the frame of ours.

    The table is kept in band coordinates: place p of row r is column r - half + p, so that a step of k columns comes from
    place p + 1 - k of the row before.
    """
    count = len(theirs)
    half = min(max(BAND_LEAST, round(count * BAND_SHARE)), count)
    width = 2 * half + 1
    distance = np.full((count, count + 2 * half), 1e9, np.float32)
    distance[:, half : half + count] = _distances(theirs, ours)
    table = np.full((count, width + 4), 1e9, np.float32)  # two places more on either side: steps may look beyond the band
    table[0, half + 2] = distance[0, half]
    stay, _one, two, three = (np.float32(penalty) for penalty in PENALTIES)
    best, other = np.empty(width, np.float32), np.empty(width, np.float32)
    for row in range(1, count):
        before, now = table[row - 1], table[row, 2 : 2 + width]
        np.add(before[3 : 3 + width], stay, out=best)
        np.minimum(best, before[2 : 2 + width], out=best)
        np.add(before[1 : 1 + width], two, out=other)
        np.minimum(best, other, out=best)
        np.add(before[:width], three, out=other)
        np.minimum(best, other, out=best)
        np.add(best, distance[row, row : row + width], out=now)
    path = np.empty(count, np.int64)
    path[-1] = column = count - 1
    for row in range(count - 1, 0, -1):
        place = column - row + half + 2
        back = [float(table[row - 1, place + 1 - step]) + PENALTIES[step] for step in range(4)]
        column -= back.index(min(back))
        path[row - 1] = column
    return np.maximum.accumulate(np.clip(path, 0, count - 1))


def _likeness(theirs: Frames, ours: Frames, path: NDArray[np.int64]) -> float:
    """−1 … 2."""
    one, other = theirs[:, :CEPSTRA].ravel(), ours[path][:, :CEPSTRA].ravel()
    return float(np.corrcoef(one, other)[0, 1] + (np.diff(path) == 1).mean())


def _distances(theirs: Frames, ours: Frames) -> Frames:
    both = product(theirs, np.ascontiguousarray(ours.T))
    squares = (theirs**2).sum(axis=1)[:, None] + (ours**2).sum(axis=1)[None, :] - 2.0 * both
    return np.sqrt(np.maximum(squares, 0.0))
