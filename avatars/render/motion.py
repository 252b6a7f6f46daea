"""Small movements with a seed: the server's twin of `frontend/src/presenter/{random,motion,blink}.js`.

Times are milliseconds of a clock that only goes forward.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

Random = Callable[[], float]

# Milliseconds of one blink: lids fall faster than they rise.
FALL, SHUT, RISE = 70.0, 40.0, 120.0
BLINK = FALL + SHUT + RISE
_DOUBLE_CHANCE, _DOUBLE_GAP = 0.14, 130.0


def seeded_random(seed: int) -> Random:
    """mulberry32: the same numbers in [0, 1) as in the browser for the same seed."""
    state = seed & 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61) & 0xFFFFFFFF)) & 0xFFFFFFFF
        return ((mixed ^ (mixed >> 14)) & 0xFFFFFFFF) / 4294967296

    return draw


def between(random: Random, low: float, high: float) -> float:
    return low + (high - low) * random()


class Follow:
    """A value that follows its target smoothly (critically damped spring) whatever the frame rate."""

    def __init__(self, half_life_ms: float, value: float = 0.0) -> None:
        self._omega = 1.68 / half_life_ms
        self.value = value
        self._speed = 0.0

    def step(self, target: float, dt_ms: float) -> float:
        gap = self.value - target
        push = (self._speed + self._omega * gap) * dt_ms
        decay = math.exp(-self._omega * dt_ms)
        self._speed = (self._speed - self._omega * push) * decay
        self.value = target + (gap + push) * decay
        return self.value


class Drift:
    """Slow wandering in [-1, 1]: three sines whose periods do not meet."""

    def __init__(self, random: Random, period_ms: float) -> None:
        self._waves = [
            (period_ms * share * between(random, 0.9, 1.1), random() * math.tau) for share in (1.0, 0.57, 0.31)
        ]

    def at(self, now: float) -> float:
        a, b, c = (math.sin(now / period * math.tau + phase) for period, phase in self._waves)
        return (a * 4 + b * 2 + c) / 7


class Nods:
    """Dips of the head and their returns; several may overlap."""

    def __init__(self) -> None:
        self._running: list[tuple[float, float, float]] = []

    def start(self, now: float, depth: float = 1.0, length_ms: float = 620.0) -> None:
        self._running = [*self._running, (now, depth, length_ms)][-4:]

    def at(self, now: float) -> float:
        """0 at rest, 1 a full nod, slightly below 0 on the way back."""
        self._running = [nod for nod in self._running if now < nod[0] + nod[2]]
        return sum(depth * _dip((now - start) / length) for start, depth, length in self._running)


def _dip(x: float) -> float:
    if x <= 0 or x >= 1:
        return 0.0
    return math.sin(math.pi * x) ** 2 * (1.15 - 0.55 * x) * (1 if x < 0.75 else 1 - (x - 0.75) * 0.8)


@dataclass(frozen=True)
class GazeStyle:
    """How the eyes stray: milliseconds at home and away, the chance of a glance, where it may go ([-1, 1] each)."""

    hold: tuple[float, float]
    away: tuple[float, float]
    chance: float
    spots: tuple[tuple[float, float], ...]


class Gaze:
    """Where the eyes look: mostly at the viewer, with small quick glances."""

    def __init__(self, random: Random, style: GazeStyle) -> None:
        self._random, self._style = random, style
        self._until: float | None = None
        self._point = (0.0, 0.0)

    def at(self, now: float) -> tuple[float, float]:
        if self._until is not None and now < self._until:
            return self._point
        style, home = self._style, self._point == (0.0, 0.0)
        if self._until is not None and home and self._random() < style.chance:
            self._point = style.spots[int(self._random() * len(style.spots))]
            self._until = now + between(self._random, *style.away)
        else:
            self._point = (0.0, 0.0)
            self._until = now + between(self._random, *style.hold)
        return self._point


class Blinks:
    """When the eyes are shut: natural, irregular intervals, now and then a double blink."""

    def __init__(self, random: Random, pause_ms: tuple[float, float] = (2200.0, 6200.0)) -> None:
        self._random, self._pause_ms = random, pause_ms
        self._start: float | None = None
        self._doubled = False

    def openness(self, now: float) -> float:
        """How far the lids are open [0, 1]."""
        if self._start is None:
            self._start = now + self._pause() * 0.5
        if now >= self._start + BLINK:
            double = not self._doubled and self._random() < _DOUBLE_CHANCE
            self._doubled = double
            self._start = now + (_DOUBLE_GAP if double else self._pause())
        return _lids(now - self._start)

    def soon(self, now: float, within_ms: float = 250.0) -> None:
        """Blink soon: a new sentence often brings one."""
        if self._start is None or self._start > now + within_ms:
            self._start = now + self._random() * within_ms

    def _pause(self) -> float:
        return between(self._random, *self._pause_ms)


def _lids(since: float) -> float:
    if since <= 0 or since >= BLINK:
        return 1.0
    if since < FALL:
        return 1 - _ease(since / FALL)
    return 0.0 if since < FALL + SHUT else _ease((since - FALL - SHUT) / RISE)


def _ease(x: float) -> float:
    return x * x * (3 - 2 * x)
