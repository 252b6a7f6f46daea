"""Bars for a server-drawn SVG: where each stands, in the picture's own units. Leaf module."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 600, 140, 0.25  # GAP: part of a bar's place that stays empty


@dataclass(frozen=True)
class Piece:
    """One coloured piece of a bar; `name` is its class in the style sheet."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bar:
    label: str
    title: str
    x: float  # the middle
    pieces: tuple[Piece, ...]
    labelled: bool


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    most: float
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        return self.most <= 0


def stacked(rows: Sequence[tuple[str, str, Sequence[tuple[str, float]]]], *, label_every: int = 1) -> Chart:
    """Bars from the left; each row is (label, title, [(name, value), …]), the first value at the bottom. Values are ≥ 0."""
    most = max((sum(value for _name, value in parts) for _label, _title, parts in rows), default=0.0)
    place = WIDTH / max(len(rows), 1)
    bars = []
    for number, (label, title, parts) in enumerate(rows):
        x, y, pieces = number * place + place * GAP / 2, HEIGHT, []
        for name, value in parts:
            height = HEIGHT * value / most if most else 0.0
            y -= height
            if height:
                pieces.append(Piece(name, round(x, 1), round(y, 1), round(place * (1 - GAP), 1), round(height, 1)))
        # Counted from the right: the newest is always named.
        labelled = (len(rows) - 1 - number) % label_every == 0
        bars.append(Bar(label, title, round(number * place + place / 2, 1), tuple(pieces), labelled))
    return Chart(tuple(bars), most)
