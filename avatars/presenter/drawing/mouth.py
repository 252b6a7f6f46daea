"""The parametric mouth: a handful of numbers to the SVG of lips, teeth, tongue and their shading."""

from dataclasses import astuple, dataclass
from typing import Any

SEAM = 0.03  # below this opening the lips touch


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


SHAPES: dict[str, MouthShape] = {
    "sil": MouthShape(wide=0.15, smile=0.3),
    "MBP": MouthShape(press=0.75, smile=0.08),
    "A": MouthShape(open=0.78, wide=0.05, upper_teeth=0.9, tongue=0.22),
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
    "smile": MouthShape(open=0.14, wide=0.35, upper_teeth=1.0, smile=1.0),
}


def blend(a: MouthShape, b: MouthShape, weight: float) -> MouthShape:
    """The shape `weight` [0, 1] of the way from a to b."""
    return MouthShape(*(x + (y - x) * weight for x, y in zip(astuple(a), astuple(b), strict=True)))


def _path(template: str, *numbers: float) -> str:
    return template.format(*(f"{number:.1f}" for number in numbers))


def draw_mouth(shape: MouthShape, look: dict[str, Any], shadow: str) -> str:
    """SVG of the mouth and of the skin shading around it, without the skin itself.

    `look` is the table's "mouth" object; `shadow` is the skin's shadow colour.
    """
    s = shape
    cx, cy = look["x"], look["y"]
    round_, spread = max(0.0, -s.wide), max(0.0, s.wide)
    parted = s.open > SEAM or s.bite > 0.1
    half = look["half_width"] + 14 * spread - 20 * round_ - 3 * s.open + 11 * s.smile
    upper = look["upper"] * (1 + 0.3 * round_ - 0.12 * spread - 0.6 * s.press - 0.18 * s.smile)
    lower = look["lower"] * (1 + 0.2 * round_ - 0.1 * spread - 0.5 * s.press - 0.1 * s.smile)
    rise = (8 * s.open + 10 * round_ * s.open + 2.5 * round_) if parted else 2 * round_ * s.open
    drop = 58 * s.open * (1 - 0.22 * round_) + (3 * round_ if parted else 0)
    if s.bite:
        drop = max(drop, 8 * s.bite)
    lower_y = cy + drop - 10 * s.bite
    corner_y = cy - 2 - 2 * spread - 12 * s.smile + 0.42 * drop * round_
    corner_y += 0.10 * drop * (1 - round_)
    k = 0.60 + 0.32 * round_
    # An open mouth is a bowl, not a wedge: the lower curves reach further out as it opens.
    bowl = 0.34 * s.open * (1 - round_)
    left, right, top = cx - half, cx + half, cy - rise
    edge = 5 + 3 * round_
    inner_y = top - rise * 0.25 * (1 - round_) - (corner_y - top) * 0.35 * round_
    inner_low = lower_y + drop * 0.15 + (lower_y - corner_y) * 0.30 * round_
    # Full lips sag a little at the middle when closed and smiling, which keeps the line a soft curve.
    sag = 3.5 * s.smile
    tint_u, tint_l = look["upper_lip"], look["lower_lip"]
    low = lower_y + lower * 1.22 + drop * 0.1

    upper_lip = _path(
        "M{} {}C{} {} {} {} {} {}Q{} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
        left - edge, corner_y,
        cx - half * (k + 0.02), top - upper * (0.72 + 0.2 * round_) + sag * 0.4, cx - half * 0.34, top - upper * 1.15 + sag,
        cx - 9 + 2 * round_, top - upper + sag,
        cx, top - upper + 5 - 2 * round_ + sag, cx + 9 - 2 * round_, top - upper + sag,
        cx + half * 0.34, top - upper * 1.15 + sag, cx + half * (k + 0.02), top - upper * (0.72 + 0.2 * round_) + sag * 0.4,
        right + edge, corner_y,
        cx + half * k, inner_y + 1 + sag, cx - half * k, inner_y + 1 + sag, left - edge, corner_y,
    )
    lower_lip = _path(
        "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
        left - edge + 1, corner_y,
        cx - half * (k + 0.06 + bowl), inner_low + 2 + sag, cx + half * (k + 0.06 + bowl), inner_low + 2 + sag, right + edge - 1, corner_y,
        cx + half * (0.74 + 0.3 * round_ + bowl), low - lower * 0.07 + sag * 0.3, cx + half * (0.34 + 0.2 * round_ + bowl * 0.6), low + lower * 0.06 + drop * 0.02 + sag,
        cx, low + sag,
        cx - half * (0.34 + 0.2 * round_ + bowl * 0.6), low + lower * 0.06 + drop * 0.02 + sag, cx - half * (0.74 + 0.3 * round_ + bowl), low - lower * 0.07 + sag * 0.3,
        left - edge + 1, corner_y,
    )
    inner = _path(
        "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
        left - 2, corner_y, cx - half * k, inner_y - 3 + sag, cx + half * k, inner_y - 3 + sag, right + 2, corner_y,
        cx + half * (k + 0.06 + bowl), inner_low + 6 + sag, cx - half * (k + 0.06 + bowl), inner_low + 6 + sag, left - 2, corner_y,
    )
    parts = [
        f'<linearGradient id="lu" gradientUnits="userSpaceOnUse" x1="0" y1="{top - upper:.1f}" x2="0" y2="{top + 3:.1f}">'
        f'<stop offset="0" stop-color="{tint_u[0]}"/><stop offset="1" stop-color="{tint_u[1]}"/></linearGradient>',
        f'<linearGradient id="ll" gradientUnits="userSpaceOnUse" x1="0" y1="{lower_y:.1f}" x2="0" y2="{low:.1f}">'
        f'<stop offset="0" stop-color="{tint_l[0]}"/><stop offset=".5" stop-color="{tint_l[1]}"/><stop offset="1" stop-color="{tint_l[2]}"/></linearGradient>',
        f'<linearGradient id="cv" gradientUnits="userSpaceOnUse" x1="0" y1="{top - 4:.1f}" x2="0" y2="{lower_y + 14:.1f}">'
        '<stop offset="0" stop-color="#2a0d0f"/><stop offset="1" stop-color="#662628"/></linearGradient>',
        f'<radialGradient id="ms"><stop offset="0" stop-color="{shadow}" stop-opacity=".42"/><stop offset="1" stop-color="{shadow}" stop-opacity="0"/></radialGradient>',
        _path('<ellipse cx="{}" cy="{}" rx="{}" ry="{}" fill="url(#ms)"/>', cx, low + 8 + sag, half * 0.66, 10),
    ]
    for side in (-1, 1):
        parts.append(_path('<ellipse cx="{}" cy="{}" rx="{}" ry="{}" fill="url(#ms)"/>', cx + side * (half + edge + 3), corner_y + 1, 12, 11))
    if s.smile > 0.3:
        parts.append(_folds(cx, cy, half + edge, corner_y, s.smile, shadow))
    if parted:
        parts.append(f'<clipPath id="mi"><path d="{inner}"/></clipPath><path d="{inner}" fill="url(#cv)"/><g clip-path="url(#mi)">')
        parts.append(_inside(s, cx, top + sag, lower_y, half))
        parts.append("</g>")
    parts.append(f'<path d="{lower_lip}" fill="url(#ll)"/>')
    if s.bite > 0.1:
        parts.append(_bite(s.bite, cx, cy, half))
    parts.append(f'<path d="{upper_lip}" fill="url(#lu)"/>')
    parts.append(_path('<ellipse cx="{}" cy="{}" rx="{}" ry="{}" fill="#fff" opacity="' + f'{look["gloss"]}"/>', cx, lower_y + lower * 0.72 + drop * 0.1 + sag, half * 0.36, 2.2 + lower * 0.08))
    if not parted:
        parts.append(_path(
            '<path d="M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}" fill="none" stroke="' + look["line"] + '" stroke-width="3.2" stroke-linecap="round" opacity=".9"/>',
            left - edge, corner_y, cx - half * 0.55, cy + 3 + sag, cx - 12, cy - 1 + sag, cx, cy + 1.5 + sag,
            cx + 12, cy - 1 + sag, cx + half * 0.55, cy + 3 + sag, right + edge, corner_y,
        ))
    return "".join(parts)


def _inside(s: MouthShape, cx: float, top: float, lower_y: float, half: float) -> str:
    """Tongue and teeth, clipped by the caller to the opening."""
    parts = []
    if s.tongue > 0.04:
        raise_ = 4 + 14 * s.tongue
        y = lower_y + 14 - raise_
        parts.append(_path('<ellipse cx="{}" cy="{}" rx="{}" ry="{}" fill="#c86663"/>', cx, y, half * 0.6, 9 + 15 * max(s.open, 0.2)))
        parts.append(_path('<ellipse cx="{}" cy="{}" rx="{}" ry="{}" fill="#e08c86" opacity=".5"/>', cx, y - 3 - 6 * s.open, half * 0.34, 3 + 5 * s.open))
    if s.upper_teeth > 0.05:
        height = (6 + 11 * s.upper_teeth) * min(1.0, 0.35 + s.open * 3)
        parts.append(_path(
            '<path d="M{} {}L{} {}L{} {}Q{} {} {} {}Z" fill="#fcf8f3"/>',
            cx - half * 0.9, top - 20, cx + half * 0.9, top - 20, cx + half * 0.8, top - 2 + height * 0.62,
            cx, top - 2 + height * 1.3, cx - half * 0.8, top - 2 + height * 0.62,
        ))
        # Shade under the lip: teeth are never pure white up to the edge.
        parts.append(_path('<path d="M{} {}L{} {}L{} {}Q{} {} {} {}Z" fill="#5a2a24" opacity=".2"/>', cx - half, top - 20, cx + half, top - 20, cx + half, top + 1, cx, top + 4, cx - half, top + 1))
        for place in (-0.42, -0.21, 0.0, 0.21, 0.42):
            parts.append(_path('<path d="M{} {}L{} {}" stroke="#d9cdc2" stroke-width="1.3" opacity=".5"/>', cx + half * place, top - 4, cx + half * place, top - 2 + height * (0.98 - abs(place) * 0.5)))
    if s.lower_teeth > 0.05:
        parts.append(_path(
            '<path d="M{} {}L{} {}L{} {}Q{} {} {} {}Z" fill="#eee6dd"/>',
            cx - half * 0.66, lower_y + 20, cx + half * 0.66, lower_y + 20, cx + half * 0.6, lower_y + 1,
            cx, lower_y - 8 * s.lower_teeth + 4, cx - half * 0.6, lower_y + 1,
        ))
    return "".join(parts)


def _bite(bite: float, cx: float, cy: float, half: float) -> str:
    """The edge of the upper teeth resting on the lower lip (f, v)."""
    return _path(
        '<path d="M{} {}Q{} {} {} {}L{} {}Q{} {} {} {}Z" fill="#fcf8f3"/>',
        cx - half * 0.6, cy - 7, cx, cy - 10, cx + half * 0.6, cy - 7,
        cx + half * 0.54, cy - 3 + 6 * bite, cx, cy - 2 + 9 * bite, cx - half * 0.54, cy - 3 + 6 * bite,
    )


def _folds(cx: float, cy: float, reach: float, corner_y: float, smile: float, shadow: str) -> str:
    """Soft creases at the corners of a smiling mouth."""
    lines = []
    for side in (-1, 1):
        x = cx + side * (reach + 13)
        lines.append(_path('<path d="M{} {}C{} {} {} {} {} {}"/>', x - side * 6, corner_y - 22, x + side * 3, corner_y - 12, x + side * 4, corner_y + 2, x - side * 2, corner_y + 13))
    return f'<g fill="none" stroke="{shadow}" stroke-width="3.4" stroke-linecap="round" opacity="{0.34 * smile:.2f}">{"".join(lines)}</g>'
