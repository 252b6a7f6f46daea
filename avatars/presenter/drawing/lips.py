"""Where the lips of a mouth shape run: the parametric geometry, scene units."""

from typing import Any

from .mouth import MouthShape
from .svg import curve

SEAM = 0.03  # below this opening the lips touch


class Lips:
    """Lip curves for one shape. `look` is the parameter table's "mouth" object."""

    def __init__(self, shape: MouthShape, look: dict[str, Any]) -> None:
        s = shape
        self.cx, self.cy = cx, cy = look["x"], look["y"]
        self.round = r = max(0.0, -s.wide)
        spread = max(0.0, s.wide)
        self.parted = s.open > SEAM or s.bite > 0.1
        self.half = look["half_width"] + 14 * spread - 20 * r - 3 * s.open + 11 * s.smile
        self.upper = look["upper"] * (1 + 0.3 * r - 0.12 * spread - 0.6 * s.press - 0.18 * s.smile)
        self.lower = look["lower"] * (1 + 0.2 * r - 0.1 * spread - 0.5 * s.press - 0.1 * s.smile)
        rise = (8 * s.open + 10 * r * s.open + 2.5 * r) if self.parted else 2 * r * s.open
        self.drop = max(58 * s.open * (1 - 0.22 * r) + (3 * r if self.parted else 0), 8 * s.bite)
        self.top = cy - rise  # the middle of the upper lip's lower edge
        self.bottom = cy + self.drop - 10 * s.bite  # the middle of the lower lip's upper edge
        self.corner = cy - 2 - 2 * spread - look["rise"] * s.smile + self.drop * (0.42 * r + 0.10 * (1 - r))
        self.edge = 5 + 3 * r
        self.left, self.right = cx - self.half, cx + self.half
        self.sag = 3.5 * s.smile  # a smile hangs between its corners
        self.low = self.bottom + self.lower * 1.22 + self.drop * 0.1  # lower edge of the lower lip
        # How far out the curves reach before they turn to the corner: round mouths and open ones are bowls, not wedges.
        self.reach = 0.60 + 0.32 * r
        self.bowl = 0.26 * s.open * (1 - r)
        self.inner_top = self.top - rise * 0.25 * (1 - r) - (self.corner - self.top) * 0.35 * r + self.sag
        self.inner_low = self.bottom + self.drop * 0.15 + (self.bottom - self.corner) * 0.30 * r + self.sag

    def upper_lip(self) -> str:
        """Outer edge with the bow from the left corner to the right, and back along the inner edge."""
        cx, half, r, sag, edge = self.cx, self.half, self.round, self.sag, self.edge
        shoulder, peak = self.top - self.upper * (0.72 + 0.2 * r) + sag * 0.4, self.top - self.upper + sag
        crest, bow, out = self.top - self.upper * 1.15 + sag, 9 - 2 * r, half * (self.reach + 0.02)
        return curve(
            "M{} {}C{} {} {} {} {} {}Q{} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
            *(self.left - edge, self.corner, cx - out, shoulder, cx - half * 0.34, crest, cx - bow, peak),
            *(cx, peak + 5 - 2 * r, cx + bow, peak),
            *(cx + half * 0.34, crest, cx + out, shoulder, self.right + edge, self.corner),
            *(cx + half * self.reach, self.inner_top + 1, cx - half * self.reach, self.inner_top + 1),
            *(self.left - edge, self.corner),
        )

    def lower_lip(self) -> str:
        cx, half, r, sag, edge = self.cx, self.half, self.round, self.sag, self.edge
        inner = half * (self.reach + 0.06 + self.bowl)
        far, near = half * (0.74 + 0.3 * r + self.bowl), half * (0.34 + 0.2 * r + self.bowl * 0.6)
        side, belly = self.low - self.lower * 0.07 + sag * 0.3, self.low + self.lower * 0.06 + self.drop * 0.02 + sag
        return curve(
            "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
            *(self.left - edge + 1, self.corner, cx - inner, self.inner_low + 2, cx + inner, self.inner_low + 2),
            *(self.right + edge - 1, self.corner, cx + far, side, cx + near, belly, cx, self.low + sag),
            *(cx - near, belly, cx - far, side, self.left - edge + 1, self.corner),
        )

    def opening(self) -> str:
        """The inside of the mouth, a little under both lips."""
        cx, half = self.cx, self.half
        low = half * (self.reach + 0.06 + self.bowl)
        return curve(
            "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
            *(self.left - self.edge + 1.5, self.corner, cx - half * self.reach, self.inner_top - 3),
            *(cx + half * self.reach, self.inner_top - 3, self.right + self.edge - 1.5, self.corner),
            *(cx + low, self.inner_low + 6, cx - low, self.inner_low + 6, self.left - self.edge + 1.5, self.corner),
        )

    def seam(self) -> str:
        """The line between closed lips."""
        cx, half, y = self.cx, self.half, self.cy + self.sag
        return curve(
            "M{} {}C{} {} {} {} {} {}C{} {} {} {} {} {}",
            *(self.left - self.edge, self.corner, cx - half * 0.55, y + 3, cx - 12, y - 1, cx, y + 1.5),
            *(cx + 12, y - 1, cx + half * 0.55, y + 3, self.right + self.edge, self.corner),
        )
