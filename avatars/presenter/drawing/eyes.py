"""Eyes with lids and gaze, and eyebrows."""

from typing import Any

from .svg import around, clip, curve, ellipse, path, spot, stroke


def draw_eyes(table: dict[str, Any], openness: float, squint: float, gaze_x: float, gaze_y: float) -> str:
    """Both eyes. `openness` and `squint` (a smile raises the lower lid) are 0..1, gaze is scene units."""
    return "".join(_Eye(table["eyes"], side, openness, squint).draw(gaze_x, gaze_y) for side in (-1, 1))


class _Eye:
    """One eye; `side` is -1 on the left of the picture. Outer corner o, inner corner i, lid curves by two handles each."""

    def __init__(self, look: dict[str, Any], side: int, openness: float, squint: float) -> None:
        self.look, self.side, self.openness = look, side, openness
        self.name = "el" if side < 0 else "er"
        self.cx, self.cy, self.w = 500 + side * look["x"], look["y"], look["half_width"]
        cx, cy, w = self.cx, self.cy, self.w
        low = look["lower"] * (1 - 0.42 * squint)
        # The upper lid comes all the way down to the lower one; the lower one hardly moves.
        self.high = low + (-look["upper"] * 1.02 - low) * openness
        self.outer = (cx + side * w, cy - look["tilt"] * openness + 2 * (1 - openness))
        self.inner = (cx - side * w, cy + look["tilt"] * (1 - 0.3 * squint))
        self.upper = (cx + side * w * 0.62, cy + self.high * 1.22, cx - side * w * 0.44, cy + self.high * 1.34)
        self.lower = (cx - side * w * 0.5, cy + low * 1.25, cx + side * w * 0.6, cy + low * 1.4)

    def draw(self, gaze_x: float, gaze_y: float) -> str:
        look, cx, cy, w, side = self.look, self.cx, self.cy, self.w, self.side
        shade, crease_y = look["shade"], cy - look["upper"] * 1.5 - 3
        # The crease stays where it is when the lid comes down, which is what makes a blink look like skin.
        crease = curve(
            "M{} {}C{} {} {} {} {} {}", cx + side * (w + 1), cy - 11,
            *(cx + side * w * 0.55, crease_y, cx - side * w * 0.4, crease_y - 1, cx - side * w * 0.86, cy - 7),
        )
        parts = [
            spot(f"{self.name}s", shade, look["shade_opacity"]),
            ellipse(cx, cy - 10, w + 13, 25, fill=f"url(#{self.name}s)"),
            stroke(crease, shade, 2.8, look["crease_opacity"] * (0.35 + 0.65 * self.openness)),
        ]
        if self.openness > 0.08:
            parts.append(self._ball(cx + gaze_x, cy - 1 + gaze_y))
            x1, y1, x2, y2 = self.lower
            rim = curve("M{} {}C{} {} {} {} {} {}", *self.inner, x1, y1 + 1, x2, y2 + 1, *self.outer)
            parts.append(stroke(rim, shade, 2, 0.55))
        parts.append(self._lashes())
        return "".join(parts)

    def _ball(self, x: float, y: float) -> str:
        """White, iris, pupil and lights, cut to the opening between the lids."""
        name, r, (light, mid, dark) = self.name, self.look["iris"], self.look["iris_colors"]
        opening = curve(
            "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
            *self.outer, *self.upper, *self.inner, *self.lower, *self.outer,
        )
        ball = (
            path(opening, fill=f"url(#{name}w)")
            + ellipse(x, y, r, r, fill=f"url(#{name}i)")
            + ellipse(x, y, r - 0.8, r - 0.8, fill="none", stroke=dark, stroke_width=1.8, opacity=0.8)
            + ellipse(x, y, r * 0.45, r * 0.45, fill="#100805")
            + ellipse(x + 5, y - 6, 4.4, 4.4, fill="#fff")
            + ellipse(x - 6, y + 6, 2, 2, fill="#fff", opacity=0.5)
            # The lid throws a shadow on the ball.
            + ellipse(self.cx, self.cy + self.high - 1, self.w + 4, 9, fill="#4a2c22", opacity=0.3)
        )
        return (
            around(f"{name}w", self.cx, self.cy, self.w, (0.4, "#fefdfb"), (1, "#e3d6cf"))
            + around(f"{name}i", x, y + 5, r, (0, light), (0.66, mid), (1, dark))
            + clip(f"{name}c", path(opening), ball)
        )

    def _lashes(self) -> str:
        """A tapered line along the upper lid, thick outside and thin at the nose."""
        side, lash, wing = self.side, self.look["lash"], self.look["wing"]
        (ox, oy), (ix, iy), (x1, y1, x2, y2) = self.outer, self.inner, self.upper
        tip = (ox + side * (2 + wing * (0.3 + 0.7 * self.openness)), oy - wing * 0.6 * (self.openness * 1.4 - 0.4))
        line = curve(
            "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
            *(*tip, x1 + side * 2, y1 - lash * 0.75, x2, y2 - lash * 0.7, ix, iy - 0.5),
            *(x2, y2 + lash * 0.35, x1, y1 + lash * 0.55, ox, oy + 1.5),
        )
        return path(line, fill="#24130e")


def draw_brows(table: dict[str, Any], raised: float, soft: float) -> str:
    """Both eyebrows. `raised` lifts them; `soft` lifts the inner ends and relaxes the arch (kind, listening)."""
    look = table["brows"]
    thick = look["thick"]
    y = look["y"] - 9 * raised - 2 * soft
    y_in, y_out, arch = y - 5 * soft, y + 6 + 1.5 * soft, look["arch"] * (1 + 0.15 * raised - 0.2 * soft)
    shapes = []
    for side in (-1, 1):
        inner, span = 500 + side * look["inner"], side * (look["outer"] - look["inner"])
        start = (inner - span * 0.01, y_in - thick * 0.1)
        shapes.append(curve(
            "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z", *start,
            *(inner + span * 0.22, y_in - arch * 0.62 - thick * 0.3, inner + span * 0.6, y - arch * 1.1 - thick * 0.3),
            *(inner + span, y_out),
            *(inner + span * 0.7, y - arch * 0.8 + thick * 0.25, inner + span * 0.4, y_in - arch * 0.55 + thick * 0.75),
            *(inner + span * 0.08, y_in + thick * 0.62),
            *(inner - span * 0.02, y_in + thick * 0.66, inner - span * 0.05, y_in + thick * 0.15), *start,
        ))
    return path("".join(shapes), fill=look["color"], opacity=look["opacity"])
