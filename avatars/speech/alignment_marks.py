"""Knots from the times an engine tells for its words or letters (design §3: engine timestamps come first)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from avatars.speech.alignment import CannotAlign, Reading, Script, Times, rising
from avatars.speech.timeline import SpokenStretch
from avatars.speech.visemes import PAUSES, is_vowel

# The rest may be missing: an engine that names half of its words is not to be trusted with the other half.
LEAST_COVERED = 0.8
# How far behind the end of the sound a time may lie: rounding, and a tail the engine cut off.
SLACK_MS = 300.0
GAP_MS = 20.0
_VOWELS = frozenset("аеёиоуыэюяәіөұүaeiouy")


@dataclass(frozen=True)
class Mark:
    """`script.text[start:start + length]` sounds from `start_ms` to `end_ms`."""

    start_ms: float
    end_ms: float
    start: int
    length: int


class _Word(NamedTuple):
    """A word of the reading: its characters in the script, up to where the next word begins, and its time."""

    start: int
    end: int
    start_ms: float
    end_ms: float
    stretch: SpokenStretch


def knots(marks: Sequence[Mark], script: Script, reading: Reading, duration_ms: float) -> tuple[Times, Times]:
    """(times of the reading, times of the sound) in ms. `marks` are words or single letters, in order.

    Raises CannotAlign for times that run backwards, lie outside the sound, or cover too little of the text.
    """
    marks = _sane(marks, duration_ms)
    words = _words(script, reading)
    told = [(word, inside) for word in words if (inside := _inside(word, marks, script))]
    if not words or len(told) < LEAST_COVERED * len(words):
        raise CannotAlign(f"times for {len(told)} of {len(words)} words")
    pairs: list[tuple[float, float]] = []
    for index, (word, inside) in enumerate(told):
        following = told[index + 1][1][0].start_ms if index + 1 < len(told) else math.inf
        pairs.append((word.start_ms, inside[0].start_ms))
        pairs += _vowel_pairs(word, inside, script)
        # An engine that lets a word last until the next begins says nothing about the pause between them.
        if inside[-1].end_ms < following - GAP_MS:
            pairs.append((word.end_ms, inside[-1].end_ms))
    return rising((pair[0] for pair in pairs), (pair[1] for pair in pairs))


def _inside(word: "_Word", marks: Sequence[Mark], script: Script) -> list[Mark]:
    """The marks of this word that hold a letter or a digit."""
    return [
        mark
        for mark in marks
        if mark.start < word.end and mark.start + mark.length > word.start
        and any(letter.isalnum() for letter in script.text[mark.start : mark.start + mark.length])
    ]  # fmt: skip


def _sane(marks: Sequence[Mark], duration_ms: float) -> list[Mark]:
    if not marks:
        raise CannotAlign("the engine told no times")
    before = 0.0
    for mark in marks:
        if not (math.isfinite(mark.start_ms) and math.isfinite(mark.end_ms)):
            raise CannotAlign("a time is no number")
        if mark.start_ms < before - 1.0 or mark.end_ms < mark.start_ms - 1.0:
            raise CannotAlign("times run backwards")
        if mark.end_ms > duration_ms + SLACK_MS:
            raise CannotAlign("times lie behind the end of the sound")
        before = mark.start_ms
    if marks[-1].end_ms < 0.5 * duration_ms:
        raise CannotAlign("times cover half of the sound only")
    return list(marks)


def _words(script: Script, reading: Reading) -> list[_Word]:
    found: list[_Word] = []
    cursor = 0
    for stretch in reading.stretches:
        at = script.text.find(stretch.words.text, cursor)
        if at < 0:
            raise CannotAlign("the reading is of another text")
        cursor = at + len(stretch.words.text)
        starts = [word for word in stretch.word_starts if word.length > 0]
        for index, word in enumerate(starts):
            following = starts[index + 1] if index + 1 < len(starts) else None
            # espeak says "of the" as one word: it ends where the next one is written.
            end = at + following.start if following else cursor
            end_ms = following.start_ms if following else stretch.end_ms
            pauses = (p.start_ms for p in stretch.phonemes if p.mnemonic in PAUSES and word.start_ms < p.start_ms < end_ms)
            found.append(_Word(at + word.start, end, word.start_ms, next(pauses, end_ms), stretch))
    return found


def _vowel_pairs(word: _Word, marks: Sequence[Mark], script: Script) -> list[tuple[float, float]]:
    """Where letters have times and each vowel letter is one vowel sound, the vowels are knots too."""
    if any(mark.length != 1 for mark in marks):
        return []
    letters = [mark for mark in marks if script.text[mark.start].lower() in _VOWELS]
    sounds = [p for p in word.stretch.phonemes if word.start_ms <= p.start_ms < word.end_ms and is_vowel(p.mnemonic)]
    if len(letters) != len(sounds):
        return []
    return [(phoneme.start_ms, mark.start_ms) for phoneme, mark in zip(sounds, letters, strict=True)]
