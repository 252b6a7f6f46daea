"""Captions burned into the picture on request: groups of words that fit two lines, each drawn once."""

import math
import re
from bisect import bisect_right
from dataclasses import dataclass

from avatars.presenter.coarticulation import Timeline

from .layers import Layer
from .lettering import pill, printable, width_of

_LINES = 2
_AT_CLAUSE = 0.12  # what unevenness counts for where the first line ends with a clause
_STAY_MS = 700  # how long the last words stay when nothing follows
_SENTENCE_END = re.compile(r"[.!?…]+[\"'»”)]*\s*$")
_CLAUSE_END = re.compile(r"[,;:—–][\"'»”)]*\s*$")


@dataclass(frozen=True)
class Group:
    """Lines shown from `start_ms` to `end_ms` of the sound."""

    start_ms: float
    end_ms: float
    lines: tuple[str, ...]


def groups_of(timeline: Timeline, text: str, *, size: int, width: float) -> list[Group]:
    """The words of `text` in groups of at most two lines of `width` pixels.

    A sentence begins a new group, and a clause that ends on the second line ends it.
    """
    groups: list[Group] = []
    words = timeline["words"]
    lines: list[str] = []
    begun = 0.0
    for place, (start, end, first, _last) in enumerate(words):
        # Up to the next word, so that the marks between them are read too.
        until = words[place + 1][2] if place + 1 < len(words) else len(text)
        piece = printable(text[first:until])
        if not piece:
            continue
        piece = _cut(piece, size, width)
        if lines and width_of(f"{lines[-1]} {piece}", size) <= width:
            lines[-1] += f" {piece}"
        elif lines and len(lines) < _LINES:
            lines.append(piece)
        else:
            if lines:
                groups.append(Group(begun, start, _balanced(lines, size, width)))
            lines, begun = [piece], start
        done = _SENTENCE_END.search(piece) or (len(lines) == _LINES and _CLAUSE_END.search(piece))
        if done or place + 1 == len(words):
            following = words[place + 1][0] if place + 1 < len(words) else timeline["duration_ms"]
            groups.append(Group(begun, min(following, end + _STAY_MS), _balanced(lines, size, width)))
            lines = []
    return groups


def _balanced(lines: list[str], size: int, width: float) -> tuple[str, ...]:
    """Two lines of about one length, parted at a comma where one is near the middle: a word alone reads badly."""
    if len(lines) < _LINES:
        return tuple(lines)
    words = " ".join(lines).split(" ")

    def cost(place: int) -> float:
        upper, lower = (width_of(" ".join(part), size) for part in (words[:place], words[place:]))
        fits = max(upper, lower) <= width
        return (abs(upper - lower) * (_AT_CLAUSE if _CLAUSE_END.search(words[place - 1]) else 1.0)) if fits else math.inf

    place = min(range(1, len(words)), key=cost)
    return (" ".join(words[:place]), " ".join(words[place:])) if cost(place) < math.inf else tuple(lines)


def _cut(word: str, size: int, width: float) -> str:
    """A single word wider than the picture ends in an ellipsis."""
    if width_of(word, size) <= width:
        return word
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(word[:middle] + "…", size) <= width else (low, middle - 1)
    return word[:low] + "…"


class Captions:
    """The caption to lay over a frame at a moment."""

    def __init__(self, timeline: Timeline, text: str, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._size = max(15, round(min(width * 0.05, height * 0.048)))
        self._groups = groups_of(timeline, text, size=self._size, width=width * 0.86)
        self._starts = [group.start_ms for group in self._groups]
        self._drawn: tuple[Group, Layer] | None = None

    def at(self, now_ms: float) -> Layer | None:
        place = bisect_right(self._starts, now_ms) - 1
        if place < 0 or now_ms >= self._groups[place].end_ms:
            return None
        group = self._groups[place]
        if self._drawn is None or self._drawn[0] is not group:
            bottom = self._height - round(self._height * 0.05)
            self._drawn = (group, pill(group.lines, size=self._size, center=self._width // 2, bottom=bottom))
        return self._drawn[1]
