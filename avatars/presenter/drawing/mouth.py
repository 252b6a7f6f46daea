"""Mouth shapes: a handful of numbers for each viseme, and the shapes between two of them."""

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class MouthShape:
    """One mouth. All numbers are 0..1 except `wide`."""

    open: float = 0.0
    wide: float = 0.0  # -1 rounded and pushed forward .. +1 spread
    upper_teeth: float = 0.0
    lower_teeth: float = 0.0
    tongue: float = 0.0  # 0 low .. 1 at the upper teeth
    press: float = 0.0
    bite: float = 0.0  # upper teeth on the lower lip
    smile: float = 0.0


WIDEST_OPEN = 0.78
SHAPES: dict[str, MouthShape] = {
    "sil": MouthShape(wide=0.15, smile=0.36),
    "MBP": MouthShape(press=0.75, smile=0.08),
    "A": MouthShape(open=WIDEST_OPEN, wide=0.05, upper_teeth=0.9, tongue=0.22),
    "AH": MouthShape(open=0.5, upper_teeth=0.85, tongue=0.22),
    "E": MouthShape(open=0.4, wide=0.5, upper_teeth=1.0, tongue=0.35, smile=0.12),
    "I": MouthShape(open=0.23, wide=0.85, upper_teeth=1.0, lower_teeth=0.35, tongue=0.4, smile=0.22),
    "O": MouthShape(open=0.5, wide=-0.7, tongue=0.12),
    "U": MouthShape(open=0.22, wide=-1.0),
    "UE": MouthShape(open=0.2, wide=-0.82, upper_teeth=0.4),
    "FV": MouthShape(open=0.1, wide=0.12, bite=1.0),
    "SZ": MouthShape(open=0.13, wide=0.45, upper_teeth=1.0, lower_teeth=0.8, smile=0.1),
    "SH": MouthShape(open=0.22, wide=-0.6, upper_teeth=1.0, lower_teeth=0.7),
    "L": MouthShape(open=0.32, wide=0.18, upper_teeth=0.9, tongue=0.95),
    "TDN": MouthShape(open=0.2, wide=0.22, upper_teeth=0.95, tongue=0.7),
    "KG": MouthShape(open=0.3, wide=0.08, upper_teeth=0.85, tongue=0.1),
    "smile": MouthShape(open=0.2, wide=0.35, upper_teeth=1.0, smile=1.0),
}


def blend(a: MouthShape, b: MouthShape, weight: float) -> MouthShape:
    """The shape `weight` [0, 1] of the way from a to b."""
    return MouthShape(*(x + (y - x) * weight for x, y in zip(astuple(a), astuple(b), strict=True)))
