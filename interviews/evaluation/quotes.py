"""Finding a quote in the answers: the words themselves, in their order, without a gap, in one turn (design §5).

Compared are words after NFC and case folding; punctuation, spaces, quotation marks, stress marks, invisible characters and
ё/е make no difference, everything else does. A quote joined from two places ("… and …") is not found: it was never said so.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from interviews.evaluation.evidence import Answer

_WORD = re.compile(r"\w+")
_STRESS = "\u0301"
FEWEST_WORDS = 3  # a shorter quote shows nothing, unless it is the whole answer


@dataclass(frozen=True)
class Found:
    """A verified quote: `text` is the transcript's own wording, [start, end) its characters in the turn's text.

    `at_ms` is where to play the recording from, None for typed words.
    """

    turn: int
    text: str
    start: int
    end: int
    at_ms: int | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class _Words:
    plain: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def locate(quote: str, answers: Iterable[Answer]) -> Found | None:
    """The first place where the words of `quote` stand in an answer; None when they stand nowhere, or are too few."""
    wanted = words(quote)
    if not wanted:
        return None
    for answer in answers:
        said = _words(answer.text)
        if len(wanted) < FEWEST_WORDS and len(wanted) != len(said.plain):
            continue
        for place in range(len(said.plain) - len(wanted) + 1):
            if said.plain[place : place + len(wanted)] == wanted:
                start, end = said.spans[place][0], said.spans[place + len(wanted) - 1][1]
                return Found(answer.turn, answer.text[start:end], start, end, _moment(answer, start), answer.confidence)
    return None


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return _words(text).plain


def _words(text: str) -> _Words:
    plain, spans = [], []
    # Marks and invisible characters stand inside words: each letter keeps its own place.
    letters, places = [], []
    for place, letter in enumerate(text):
        if letter != _STRESS and unicodedata.category(letter) != "Cf":
            letters.append(letter)
            places.append(place)
    clean = "".join(letters)
    for match in _WORD.finditer(clean):
        word = unicodedata.normalize("NFC", match.group()).casefold().replace("ё", "е").strip("_")
        if word:
            plain.append(word)
            spans.append((places[match.start()], places[match.end() - 1] + 1))
    return _Words(tuple(plain), tuple(spans))


def _moment(answer: Answer, start: int) -> int | None:
    """Where the word at this character begins; by its own time where known, else by its share of the answer's text."""
    if answer.typed or answer.start_ms is None:
        return None
    index = len(answer.text[:start].split())
    if index < len(answer.word_starts_ms):
        return answer.word_starts_ms[index]
    if answer.end_ms is None or not answer.text:
        return answer.start_ms
    return answer.start_ms + (answer.end_ms - answer.start_ms) * start // len(answer.text)
