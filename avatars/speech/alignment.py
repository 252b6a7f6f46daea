"""What sound of another engine and a reading of the same words by espeak have in common (design §3).

A reading knows the time of every phoneme and word. Aligning means to find when the other sound says them: by the engine's
own times (`alignment_marks`), by comparing the two sounds (`alignment_dtw`), or, without trustworthy words, by listening
to the other sound alone (`alignment_sound`). The first two give knots, the timeline follows from the warped reading.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from avatars.speech.sound import Samples
from avatars.speech.text import SpokenPart
from avatars.speech.timeline import Phoneme, SpokenStretch, WordStart

Times = NDArray[np.float64]


class CannotAlign(Exception):
    """This method found no trustworthy times; the next one is to be tried."""


@dataclass(frozen=True)
class Reading:
    """Words as espeak says them: float32 in [-1, 1] at `sample_rate`, and every phoneme's place on this sound's clock."""

    samples: Samples
    sample_rate: int
    stretches: Sequence[SpokenStretch]

    @property
    def duration_ms(self) -> float:
        return len(self.samples) * 1000 / self.sample_rate


@dataclass(frozen=True)
class Script:
    """The words as they are given to an engine: the prepared parts with one space between them.

    `offsets[i]` is where `parts[i]` begins in `text`.
    """

    parts: tuple[SpokenPart, ...]
    text: str
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, parts: Iterable[SpokenPart]) -> "Script":
        parts = tuple(parts)
        offsets, length = [], 0
        for part in parts:
            offsets.append(length)
            length += len(part.text) + 1
        return cls(parts, " ".join(part.text for part in parts), tuple(offsets))


def warped(stretches: Sequence[SpokenStretch], reading_ms: Times, sound_ms: Times) -> list[SpokenStretch]:
    """The reading's stretches on the clock of the other sound. The knots rise; beyond them the clocks run at one speed."""

    def at(ms: float) -> float:
        if ms <= reading_ms[0]:
            return float(max(sound_ms[0] - (reading_ms[0] - ms), 0.0))
        if ms >= reading_ms[-1]:
            return float(sound_ms[-1] + (ms - reading_ms[-1]))
        return float(np.interp(ms, reading_ms, sound_ms))

    return [
        replace(
            stretch,
            phonemes=[Phoneme(at(phoneme.start_ms), phoneme.mnemonic) for phoneme in stretch.phonemes],
            word_starts=[WordStart(at(word.start_ms), word.start, word.length) for word in stretch.word_starts],
            start_ms=at(stretch.start_ms),
            end_ms=at(stretch.end_ms),
        )
        for stretch in stretches
    ]


def rising(reading_ms: Iterable[float], sound_ms: Iterable[float]) -> tuple[Times, Times]:
    """Knots in order, without two at one place. Raises CannotAlign when fewer than two are left."""
    kept: list[tuple[float, float]] = []
    for a, b in sorted(zip(reading_ms, sound_ms, strict=True)):
        if not kept or (a > kept[-1][0] + 1.0 and b > kept[-1][1] + 1.0):
            kept.append((a, b))
    if len(kept) < 2:
        raise CannotAlign("too few knots")
    return np.array([a for a, _b in kept]), np.array([b for _a, b in kept])
