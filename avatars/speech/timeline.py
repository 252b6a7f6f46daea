"""Timeline v1: what the presenter's mouth does and which words are being said, by the clock of the sound (design §3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from avatars.speech.mapped import MappedText
from avatars.speech.visemes import PAUSES, shapes

# A shorter gap is part of speaking: the mouth does not close in it.
SHORTEST_PAUSE_MS = 60


class Timeline(TypedDict):
    """`visemes`: [start ms, name], the last one "sil". `words`: [start ms, end ms, from, to], characters of the original text."""

    duration_ms: int
    visemes: list[list[int | str]]
    words: list[list[int]]


@dataclass(frozen=True)
class Phoneme:
    start_ms: float
    mnemonic: str


@dataclass(frozen=True)
class WordStart:
    """A word begins at `start_ms`; it is `words[start:start + length]` of the spoken text."""

    start_ms: float
    start: int
    length: int


@dataclass(frozen=True)
class SpokenStretch:
    """What the engine told about one stretch: its sound lasts from `start_ms` to `end_ms` of the whole."""

    language: str
    words: MappedText
    phonemes: Sequence[Phoneme]
    word_starts: Sequence[WordStart]
    start_ms: float
    end_ms: float


def build(stretches: Iterable[SpokenStretch], duration_ms: float) -> Timeline:
    """The timeline of a whole sound made of stretches; times inside stretches already count from the start of the whole."""
    visemes: list[list[int | str]] = [[0, "sil"]]
    words: list[list[int]] = []
    for stretch in stretches:
        _add_visemes(visemes, stretch)
        _add_words(words, stretch)
    end = max(0, round(duration_ms))
    _append(visemes, end, "sil")
    visemes = [event for event in visemes if int(event[0]) <= end]
    return {
        "duration_ms": end,
        "visemes": visemes,
        "words": [[s, min(e, end), a, b] for s, e, a, b in words if s < end],
    }


def _append(visemes: list[list[int | str]], at_ms: float, name: str) -> None:
    start = max(round(at_ms), int(visemes[-1][0]) if visemes else 0)
    if visemes and visemes[-1][1] == name:
        return
    if visemes and visemes[-1][0] == start:
        # Two shapes at one instant: the closing of the lips is the one the eye would miss.
        if visemes[-1][1] == "MBP":
            return
        visemes.pop()
        if visemes and visemes[-1][1] == name:
            return
    visemes.append([start, name])


def _add_visemes(visemes: list[list[int | str]], stretch: SpokenStretch) -> None:
    language = stretch.language
    phonemes = stretch.phonemes
    for index, phoneme in enumerate(phonemes):
        if phoneme.mnemonic.startswith("("):
            # "(en)" … "(ru)": Latin words inside a Russian text are said by the English rules.
            language = phoneme.mnemonic.strip("()")[:2] or stretch.language
            continue
        moves = shapes(phoneme.mnemonic, language)
        if not moves:
            continue
        following = _next_sound(phonemes, index)
        end = following.start_ms if following else stretch.end_ms
        if moves[0][1] == "sil" and end - phoneme.start_ms < SHORTEST_PAUSE_MS:
            continue
        at = phoneme.start_ms
        for share, name in moves:
            _append(visemes, at, name)
            at += share * max(end - phoneme.start_ms, 0)
    _append(visemes, stretch.end_ms, "sil")


def _next_sound(phonemes: Sequence[Phoneme], index: int) -> Phoneme | None:
    """The next event that has shapes of its own; several pause marks in a row are one pause."""
    pausing = phonemes[index].mnemonic in PAUSES
    for phoneme in phonemes[index + 1 : index + 12]:
        if shapes(phoneme.mnemonic) and not (pausing and phoneme.mnemonic in PAUSES):
            return phoneme
    return None


def _add_words(words: list[list[int]], stretch: SpokenStretch) -> None:
    pauses = [phoneme.start_ms for phoneme in stretch.phonemes if phoneme.mnemonic in PAUSES]
    starts = [word for word in stretch.word_starts if word.length > 0]
    for index, word in enumerate(starts):
        source = stretch.words.source_range(word.start, word.start + word.length)
        if source is None or source[0] == source[1]:
            # The mark put between two sentences stands nowhere in the original.
            continue
        following = starts[index + 1].start_ms if index + 1 < len(starts) else stretch.end_ms
        pause = next((at for at in pauses if at > word.start_ms), stretch.end_ms)
        start, end = round(word.start_ms), round(min(following, pause))
        if words and words[-1][2] <= source[0] and source[1] <= words[-1][3]:
            # One written word, said as several: "24", "API".
            words[-1][1] = max(words[-1][1], end)
        elif end > start and (not words or source[0] >= words[-1][2]):
            words.append([max(start, words[-1][1] if words else 0), end, *source])
