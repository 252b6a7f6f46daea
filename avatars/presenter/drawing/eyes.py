"""Eyes with lids and gaze, and eyebrows."""

from typing import Any


def draw_eyes(table: dict[str, Any], openness: float, squint: float, gaze_x: float, gaze_y: float) -> str:
    """Both eyes. `openness` and `squint` (a smile raises the lower lid) are 0..1, gaze is scene units."""
    return "".join(_eye(table["eyes"], side, openness, squint, gaze_x, gaze_y) for side in (-1, 1))


def _eye(look: dict[str, Any], side: int, openness: float, squint: float, gaze_x: float, gaze_y: float) -> str:
    cx, cy, w = 500 + side * look["x"], look["y"], look["half_width"]
    low = look["lower"] * (0.62 + 0.38 * openness) * (1 - 0.5 * squint)
    high = low + (-look["upper"] * 1.02 - low) * openness
    ox, oy = cx + side * w, cy - look["tilt"] * openness + 2 * (1 - openness)
    ix, iy = cx - side * w, cy + look["tilt"]
    upper = (cx + side * w * 0.62, cy + high * 1.22, cx - side * w * 0.44, cy + high * 1.34)
    lower = (cx - side * w * 0.5, cy + low * 1.25, cx + side * w * 0.6, cy + low * 1.4)
    up = f"M{ox:.1f} {oy:.1f}C{upper[0]:.1f} {upper[1]:.1f} {upper[2]:.1f} {upper[3]:.1f} {ix:.1f} {iy:.1f}"
    shape = f"{up}C{lower[0]:.1f} {lower[1]:.1f} {lower[2]:.1f} {lower[3]:.1f} {ox:.1f} {oy:.1f}Z"
    lash, wing, name = look["lash"], look["wing"], "el" if side < 0 else "er"
    parts = [
        f'<radialGradient id="{name}s"><stop offset="0" stop-color="{look["shade"]}" stop-opacity="{look["shade_opacity"]}"/><stop offset="1" stop-color="{look["shade"]}" stop-opacity="0"/></radialGradient>',
        f'<ellipse cx="{cx}" cy="{cy - 10}" rx="{w + 13}" ry="25" fill="url(#{name}s)"/>',
        # The crease stays where it is when the lid comes down, which is what makes a blink look like skin.
        f'<path d="M{cx + side * (w + 1):.1f} {cy - 11}C{cx + side * w * 0.55:.1f} {cy - look["upper"] * 1.5 - 3:.1f} {cx - side * w * 0.4:.1f} {cy - look["upper"] * 1.55 - 3:.1f} {cx - side * w * 0.86:.1f} {cy - 7}" '
        f'fill="none" stroke="{look["shade"]}" stroke-width="2.8" stroke-linecap="round" opacity="{look["crease_opacity"] * (0.35 + 0.65 * openness):.2f}"/>',
    ]
    if openness > 0.08:
        parts.append(_ball(look, name, shape, cx + gaze_x, cy - 1 + gaze_y, cy + high, cx, w))
        parts.append(f'<path d="M{ix:.1f} {iy:.1f}C{lower[0]:.1f} {lower[1] + 1:.1f} {lower[2]:.1f} {lower[3] + 1:.1f} {ox:.1f} {oy:.1f}" fill="none" stroke="{look["shade"]}" stroke-width="2" opacity=".55"/>')
    parts.append(_lash_line(ox, oy, ix, iy, upper, side, lash, wing, openness))
    return "".join(parts)


def _ball(look: dict[str, Any], name: str, shape: str, x: float, y: float, lid_y: float, cx: float, w: float) -> str:
    a, b, c = look["iris_colors"]
    r = look["iris"]
    return (
        f'<clipPath id="{name}c"><path d="{shape}"/></clipPath>'
        f'<radialGradient id="{name}w" gradientUnits="userSpaceOnUse" cx="{cx}" cy="{look["y"]}" r="{w}"><stop offset=".4" stop-color="#fefdfb"/><stop offset="1" stop-color="#e3d6cf"/></radialGradient>'
        f'<radialGradient id="{name}i" gradientUnits="userSpaceOnUse" cx="{x:.1f}" cy="{y + 5:.1f}" r="{r}"><stop offset="0" stop-color="{a}"/><stop offset=".66" stop-color="{b}"/><stop offset="1" stop-color="{c}"/></radialGradient>'
        f'<path d="{shape}" fill="url(#{name}w)"/><g clip-path="url(#{name}c)">'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="url(#{name}i)"/><circle cx="{x:.1f}" cy="{y:.1f}" r="{r - 0.8:.1f}" fill="none" stroke="{c}" stroke-width="1.8" opacity=".8"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r * 0.45:.1f}" fill="#100805"/>'
        f'<circle cx="{x + 5:.1f}" cy="{y - 6:.1f}" r="4.4" fill="#fff"/><circle cx="{x - 6:.1f}" cy="{y + 6:.1f}" r="2" fill="#fff" opacity=".5"/>'
        f'<ellipse cx="{cx}" cy="{lid_y - 1:.1f}" rx="{w + 4}" ry="9" fill="#4a2c22" opacity=".30"/></g>'
    )


def _lash_line(ox: float, oy: float, ix: float, iy: float, upper: tuple[float, ...], side: int, lash: float, wing: float, openness: float) -> str:
    """A tapered line along the upper lid, thick outside and thin at the nose."""
    lift = wing * 0.6 * (openness * 1.4 - 0.4)
    tip_x, tip_y = ox + side * (3 + wing), oy - lift
    return (
        f'<path d="M{tip_x:.1f} {tip_y:.1f}C{upper[0] + side * 2:.1f} {upper[1] - lash * 0.75:.1f} {upper[2]:.1f} {upper[3] - lash * 0.7:.1f} {ix:.1f} {iy - 0.5:.1f}'
        f'C{upper[2]:.1f} {upper[3] + lash * 0.35:.1f} {upper[0]:.1f} {upper[1] + lash * 0.55:.1f} {ox:.1f} {oy + 1.5:.1f}Z" fill="#24130e"/>'
    )


def draw_brows(table: dict[str, Any], raised: float, soft: float) -> str:
    """Both eyebrows. `raised` lifts them; `soft` lifts the inner ends and relaxes the arch (kind, listening)."""
    look = table["brows"]
    parts = []
    for side in (-1, 1):
        inner, outer, thick = 500 + side * look["inner"], 500 + side * look["outer"], look["thick"]
        y = look["y"] - 9 * raised - 2 * soft
        y_in, y_out, arch = y - 5 * soft, y + 6 + 1.5 * soft, look["arch"] * (1 + 0.15 * raised - 0.2 * soft)
        span = outer - inner
        parts.append(
            f"M{inner - span * 0.01:.1f} {y_in - thick * 0.1:.1f}C{inner + span * 0.22:.1f} {y_in - arch * 0.62 - thick * 0.3:.1f} {inner + span * 0.6:.1f} {y - arch * 1.1 - thick * 0.3:.1f} {outer:.1f} {y_out:.1f}"
            f"C{inner + span * 0.7:.1f} {y - arch * 0.8 + thick * 0.25:.1f} {inner + span * 0.4:.1f} {y_in - arch * 0.55 + thick * 0.75:.1f} {inner + span * 0.08:.1f} {y_in + thick * 0.62:.1f}"
            f"C{inner - span * 0.02:.1f} {y_in + thick * 0.66:.1f} {inner - span * 0.05:.1f} {y_in + thick * 0.15:.1f} {inner - span * 0.01:.1f} {y_in - thick * 0.1:.1f}Z"
        )
    return f'<path d="{"".join(parts)}" fill="{look["color"]}" opacity="{look["opacity"]}"/>'
