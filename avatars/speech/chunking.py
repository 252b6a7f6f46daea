"""Cutting a text into chunks of about so many words, at the ends of sentences and clauses (compat_api.md section 3).

Nothing is dropped, repeated or changed: `"".join(split_chunks(…))` is the text. A word, a number written in groups, a tag or
an abbreviation with what it belongs to is never cut.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from avatars.speech.sentences import split_sentences
from avatars.speech.text import NothingToSay, prepare

# A run of letters longer than this is no word: it is cut, or one chunk would be minutes long.
LONGEST_WORD = 400
LONGEST_CHUNK = 1_500  # characters
# White space inside a tag separates no words.
_TOKEN = re.compile(r"(?:</?[A-Za-z!?][^<>]{0,200}>|\S)+")
_CLAUSE_END = re.compile(r"[,;:—–…][\"'»”’)\]]*$")
_DASH = re.compile(r"[—–-]+$")
# What an end costs, in shares of the wished size: a clause is worth an eighth of it, a cut between words nearly all.
_SENTENCE, _CLAUSE, _WORDS = 0.0, 0.25, 1.0
_SMALL_REST = 0.4
_REACH = 1.6


@dataclass(frozen=True)
class _End:
    """A place after a word where a chunk may end: offset of the next word, and its cost."""

    offset: int
    words: int
    cost: float


def split_chunks(text: str, language: str, size: int) -> list[str]:
    """The chunks of `text`, each about `size` words (1–100) and each with something that can be spoken.

    Raises NothingToSay when nothing in the text can be spoken, TextTooLong when a chunk spells out too long.
    """
    ends = _ends(text, language)
    pieces, start, words = [], 0, 0
    while words < len(ends):
        # The first one is what somebody waits for: a little shorter.
        end = _best(ends, start, words, size if words else max(min(size, 8), size * 2 // 3))
        pieces.append(text[start : end.offset])
        start, words = end.offset, end.words
    return _speakable(pieces, language)


def _ends(text: str, language: str) -> list[_End]:
    """An end for every word, in order; `words` counts from the beginning of the text."""
    spans = []
    for match in _TOKEN.finditer(text):
        cuts = [*range(match.start(), match.end(), LONGEST_WORD), match.end()]
        spans += list(zip(cuts, cuts[1:], strict=False))
    stops, at = [], 0
    for sentence in split_sentences(text, language):
        at += len(sentence)
        stops.append(at)
    ends = []
    for number, (_start, stop) in enumerate(spans):
        following = spans[number + 1] if number + 1 < len(spans) else (len(text), len(text))
        place = bisect_left(stops, stop)
        finished = place < len(stops) and stops[place] <= following[0]
        cost = _SENTENCE if finished else _cost(text[spans[number][0] : stop], text[following[0] : following[1]])
        ends.append(_End(following[0], number + 1, cost))
    return ends


def _cost(word: str, following: str) -> float:
    if _CLAUSE_END.search(word):
        return _CLAUSE
    if _DASH.match(following):
        return _WORDS * 2  # a line does not begin with a dash
    bound = (
        (word[-1:].isdigit() and following[:1].isdigit())  # 10 000
        or word.endswith(".")  # «г. Алматы», "Dr. Smith": sentences end elsewhere
        or (word[-1:].isdigit() and not following[:1].isupper())  # 5 кг
        or word in ("№", "§", "$", "€")
    )
    return _WORDS * 4 if bound else _WORDS


def _best(ends: list[_End], start: int, words: int, size: int) -> _End:
    """The cheapest end for a chunk that begins behind word number `words`."""
    most = max(int(size * _REACH), size + 2)
    best, cheapest = ends[words], float("inf")
    for end in ends[words : words + most]:
        if end.offset - start > LONGEST_CHUNK and end is not ends[words]:
            break
        rest = len(ends) - end.words
        cost = abs(end.words - words - size) / size + end.cost + (_SMALL_REST if 0 < rest < size * 0.3 else 0)
        if cost < cheapest:
            best, cheapest = end, cost
    return best


def _speakable(pieces: list[str], language: str) -> list[str]:
    """Pieces of emoji, links or symbols only go to their neighbour."""
    result: list[str] = []
    waiting = ""
    for piece in pieces:
        try:
            prepare(waiting + piece, language)
        except NothingToSay:
            if result:
                result[-1] += waiting + piece
                waiting = ""
            else:
                waiting += piece
            continue
        result.append(waiting + piece)
        waiting = ""
    if not result:
        raise NothingToSay("the text holds nothing that can be spoken")
    return result
