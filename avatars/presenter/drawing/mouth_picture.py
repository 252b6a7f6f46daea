"""The SVG of a mouth: lips, teeth, tongue and the shading around them, without the skin itself."""

from typing import Any

from .lips import Lips
from .mouth import MouthShape
from .svg import blurred, clip, curve, down, ellipse, path, spot, stroke

TOOTH, LOWER_TOOTH, TONGUE, TONGUE_LIGHT = "#fcf8f3", "#eee6dd", "#c86663", "#e08c86"
FOLD_FROM = 0.45  # a fainter smile has no creases


def draw_mouth(shape: MouthShape, look: dict[str, Any], shadow: str) -> str:
    """`look` is the table's "mouth" object; `shadow` is the skin's shadow colour."""
    lips = Lips(shape, look)
    upper, lower = look["upper_lip"], look["lower_lip"]
    parts = [
        down("lu", lips.top - lips.upper, lips.top + 3, (0, upper[0]), (1, upper[1])),
        down("ll", lips.bottom, lips.low, (0, lower[0]), (0.5, lower[1]), (1, lower[2])),
        _shading(shape, lips, shadow),
    ]
    if lips.parted:
        inside = path(lips.opening(), fill="url(#cv)") + _tongue(shape, lips) + _teeth(shape, lips)
        parts.append(down("cv", lips.top - 4, lips.bottom + 14, (0, "#2a0d0f"), (1, "#662628")))
        parts.append(clip("mi", path(lips.opening()), inside))
    parts.append(path(lips.lower_lip(), fill="url(#ll)"))
    if shape.bite > 0.1:
        parts.append(_bite(shape.bite, lips))
    parts.append(path(lips.upper_lip(), fill="url(#lu)"))
    shine_y = lips.bottom + lips.lower * 0.72 + lips.drop * 0.1 + lips.sag
    parts.append(ellipse(lips.cx, shine_y, lips.half * 0.36, 2.2 + lips.lower * 0.08, fill="#fff", opacity=look["gloss"]))
    if not lips.parted:
        parts.append(stroke(lips.seam(), look["line"], 3.2, 0.9))
    return "".join(parts)


def _shading(shape: MouthShape, lips: Lips, shadow: str) -> str:
    """Under the lower lip, at the corners, and the creases of a smile."""
    corners = min(1.0, 0.85 * (1 - min(1.0, 1.8 * shape.open)) + 0.3 * shape.smile)
    parts = [spot("ms", shadow, 0.42), ellipse(lips.cx, lips.low + 8 + lips.sag, lips.half * 0.66, 10, fill="url(#ms)")]
    folds = []
    for side in (-1, 1):
        x = lips.cx + side * (lips.half + lips.edge + 2)
        parts.append(ellipse(x, lips.corner + 1, 12, 11, fill="url(#ms)", opacity=f"{corners:.2f}"))
        x += side * 6
        line = (x - side * 16, -34, x - side * 4, -24, x + side * 5, -12, x + side * 3, 2)
        points = (value + lips.corner if place % 2 else value for place, value in enumerate(line))
        depth = (shape.smile - FOLD_FROM) / (1 - FOLD_FROM)
        folds.append(stroke(curve("M{} {}C{} {} {} {} {} {}", *points), shadow, 5, 0.36 * depth))
    if shape.smile > FOLD_FROM:
        parts.append(blurred("fl", 2, "".join(folds)))
    return "".join(parts)


def _tongue(shape: MouthShape, lips: Lips) -> str:
    if shape.tongue <= 0.04:
        return ""
    y = lips.bottom + 10 - 14 * shape.tongue
    body = ellipse(lips.cx, y, lips.half * 0.6, 9 + 15 * max(shape.open, 0.2), fill=TONGUE)
    light = ellipse(lips.cx, y - 1 - 4 * shape.open, lips.half * 0.44, 3 + 4 * shape.open, fill=TONGUE_LIGHT, opacity=0.38)
    return body + light


def _teeth(shape: MouthShape, lips: Lips) -> str:
    cx, half, parts = lips.cx, lips.half, []
    if shape.upper_teeth > 0.05:
        top = lips.top + lips.sag
        height = (6 + 11 * shape.upper_teeth) * min(1.0, 0.35 + shape.open * 3)
        edge = top - 2 + height * 0.62
        row = (cx - half * 0.9, top - 20, cx + half * 0.9, top - 20, cx + half * 0.8, edge)
        bend = (cx, top - 2 + height * 1.3, cx - half * 0.8, edge)
        parts.append(path(curve("M{} {}L{} {}L{} {}Q{} {} {} {}Z", *row, *bend), fill=TOOTH))
        # Shade under the lip: teeth are never white right up to it.
        shade = (cx - half, top - 20, cx + half, top - 20, cx + half, top - 1, cx, top + 1 + 4 * shape.open, cx - half, top - 1)
        parts.append(path(curve("M{} {}L{} {}L{} {}Q{} {} {} {}Z", *shade), fill="#5a2a24", opacity=0.16))
        for place in (-0.42, -0.21, 0.0, 0.21, 0.42):
            x, end = cx + half * place, top - 2 + height * (0.98 - abs(place) * 0.5)
            parts.append(path(curve("M{} {}L{} {}", x, top - 4, x, end), stroke="#d9cdc2", stroke_width=1.3, opacity=0.5))
    if shape.lower_teeth > 0.05:
        y = lips.bottom
        row = (cx - half * 0.66, y + 20, cx + half * 0.66, y + 20, cx + half * 0.6, y + 1)
        bend = (cx, y - 8 * shape.lower_teeth + 4, cx - half * 0.6, y + 1)
        parts.append(path(curve("M{} {}L{} {}L{} {}Q{} {} {} {}Z", *row, *bend), fill=LOWER_TOOTH))
    return "".join(parts)


def _bite(bite: float, lips: Lips) -> str:
    """The edge of the upper teeth resting on the lower lip (f, v)."""
    cx, cy, half = lips.cx, lips.cy, lips.half
    upper = (cx - half * 0.6, cy - 7, cx, cy - 10, cx + half * 0.6, cy - 7)
    lower = (cx + half * 0.54, cy - 3 + 6 * bite, cx, cy - 2 + 9 * bite, cx - half * 0.54, cy - 3 + 6 * bite)
    return path(curve("M{} {}Q{} {} {} {}L{} {}Q{} {} {} {}Z", *upper, *lower), fill=TOOTH)
