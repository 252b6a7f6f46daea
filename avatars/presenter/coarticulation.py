"""From a timeline to the mouth at any moment: Gaussian dominance between neighbouring visemes (design §3).

A timeline v1 is `{"duration_ms": int, "visemes": [[ms, name], …], "words": [[start_ms, end_ms, from, to], …]}`;
a viseme holds from its ms to the next event. `frontend/src/presenter/mouth.js` is the same function in the
browser; a test compares the two.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import exp
from typing import NamedTuple, TypedDict

from .visemes import CONSTANTS, REST, VISEMES, mouth_key


class Timeline(TypedDict):
    """Timeline v1. Milliseconds into the sound; `from`/`to` are character offsets into the text."""

    duration_ms: int
    visemes: Sequence[Sequence[int | str]]
    words: Sequence[Sequence[int]]


class Mouth(NamedTuple):
    """A point between two mouths; `weight` [0, 0.5] is how far from `a` towards `b`."""

    a: str
    b: str
    weight: float

    @property
    def key(self) -> str:
        """The nearest prebuilt state."""
        return mouth_key(self.a, self.b, self.weight)


_CLASS = {name: kind for kind, names in CONSTANTS["classes"].items() for name in names}
_DOMINANCE = {name: CONSTANTS["dominance"][_CLASS[name]] for name in VISEMES}
_CLOSED = Mouth(REST, REST, 0.0)


def mouth_at(timeline: Timeline, t_ms: float) -> Mouth:
    """The mouth `t_ms` into the sound; at rest before the first event and after the end. Unknown names count as rest.

    1. Look a little ahead: lips move before they are heard.
    2. Inside the hold of a closure (m, b, p, f, v) it is closed, whatever is around it. The hold is as long as a
       frame at 25 fps, so every closure falls on some frame.
    3. Otherwise each viseme nearby pulls by its class and distance; the two strongest are mixed.
    """
    events, end = timeline["visemes"], timeline["duration_ms"]
    t = t_ms + CONSTANTS["look_ahead_ms"]
    if not events or t < events[0][0] or t_ms >= end:
        return _CLOSED
    here = bisect_right(events, t, key=lambda event: event[0]) - 1
    pulls: dict[str, float] = {}
    nearest, held = CONSTANTS["closure_hold_ms"] / 2, None
    for direction in (-1, 1):
        place = here if direction < 0 else here + 1
        while 0 <= place < len(events):
            start = events[place][0]
            stop = events[place + 1][0] if place + 1 < len(events) else end
            if start - t > CONSTANTS["reach_ms"] or t - stop > CONSTANTS["reach_ms"]:
                break
            name = events[place][1] if events[place][1] in _DOMINANCE else REST
            away = abs(t - (start + stop) / 2)
            if _CLASS[name] == "closure" and away <= nearest:
                nearest, held = away, name
            pulls[name] = pulls.get(name, 0.0) + _DOMINANCE[name] * _bell(away, (stop - start) / 2)
            place += direction
    if held is not None:
        return Mouth(held, held, 0.0)
    return _strongest(pulls)


def _bell(away_ms: float, half_ms: float) -> float:
    """Gaussian shoulders around a plateau, so that a long vowel or pause keeps its full strength inside."""
    sigma = min(max(half_ms, CONSTANTS["sigma_min_ms"]), CONSTANTS["sigma_max_ms"])
    outside = max(0.0, away_ms - max(0.0, half_ms - sigma))
    return exp(-0.5 * (outside / sigma) ** 2)


def _strongest(pulls: dict[str, float]) -> Mouth:
    # Ties go to the earlier viseme of the list, in both languages alike.
    ranked = sorted(pulls.items(), key=lambda item: (-item[1], VISEMES.index(item[0])))
    (a, pull_a), *rest = ranked
    if not rest or pull_a + rest[0][1] <= 0:
        return Mouth(a, a, 0.0)
    b, pull_b = rest[0]
    return Mouth(a, b, pull_b / (pull_a + pull_b))
