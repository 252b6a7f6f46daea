"""How a mouth shape bends the lower half of a photographed face (leaf, no Django; local_engine recipe, design §3).

For every pixel of the picture to be, a warp says which pixel of the portrait it shows. What stands between the parted
lips is in no portrait: `photo_mouth` paints it. The portrait itself is the presenter's mouth at rest.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .drawing.mouth import SHAPES, WIDEST_OPEN, MouthShape
from .photo_scene import PhotoScene

JAW_LEVELS = 13
# In units (about the distance between the eyes).
GAPE = 0.36  # between the lips for each 1 of `open`
UPPER_SHARE = 0.2  # of that gap, what the upper lip gives
CHIN_FALL = 0.15  # at the widest mouth
NECK = 0.55  # below the chin nothing moves any more
CHEEK = (0.5, 1.2)  # to the side, the jaw's pull fades between these
SMILE_LIFT = 0.085
WIDER, NARROWER = 0.16, 0.23  # of the mouth's width, at wide +1 and −1
REACH = 2.0  # half widths of the mouth within which its width changes
BELOW = 0.3  # under the lower lip the width is the jaw's again: its contour stays a jaw's
PRESS = 0.3
_REST = SHAPES["sil"]


class Region(NamedTuple):
    """A rectangle of scene pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Warp:
    """float32 [height, width] each: where to look in the scene, and the parted lips' edges in each column."""

    map_x: np.ndarray
    map_y: np.ndarray
    along: np.ndarray  # −1 … 1 from corner to corner of the mouth
    upper: np.ndarray  # y of the upper lip's lower edge
    lower: np.ndarray  # y of the lower lip's upper edge


def smooth(x: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, an S between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def jaw_level(shape: MouthShape) -> int:
    """Which of JAW_LEVELS positions of the jaw goes with a shape."""
    return round(min(1.0, shape.open / WIDEST_OPEN) * (JAW_LEVELS - 1))


def shape_of_jaw(level: int) -> MouthShape:
    """A plain mouth with the jaw at this level."""
    return MouthShape(open=WIDEST_OPEN * level / (JAW_LEVELS - 1), wide=_REST.wide, smile=_REST.smile, upper_teeth=0.85)


class Lips:
    """The geometry of one face's mouth in its scene."""

    def __init__(self, scene: PhotoScene) -> None:
        points, self.unit = scene.points, scene.unit
        (left_x, left_y), (right_x, right_y) = points.mouth_left, points.mouth_right
        self.middle, self.half = (left_x + right_x) / 2, (right_x - left_x) / 2
        self.level, self.slope = points.lips[1], (right_y - left_y) / 2
        self.bow = (left_y + right_y) / 2 - points.lips[1]
        self.nose, self.chin = min(scene.nose_base, self.level - 0.12 * self.unit), points.chin[1]
        self.neck = self.chin + NECK * self.unit
        self.floor = self.level + 0.62 * (self.chin - self.level) + 0.24 * self.unit
        self.scene_height, self.scene_width = scene.pixels.shape[:2]

    @property
    def mouth_region(self) -> Region:
        """Where a mouth's sprite lies: from the nose to above the chin."""
        return self._region(self.middle, (REACH + 0.05) * self.half, self.nose, self.floor)

    @property
    def jaw_region(self) -> Region:
        """Everything the mouth and the jaw can move."""
        return self._region(self.middle, CHEEK[1] * self.unit, self.nose, self.neck)

    def _region(self, middle: float, half: float, top: float, bottom: float) -> Region:
        x0, y0 = max(0, int(middle - half)), max(0, int(top))
        x1, y1 = min(self.scene_width, int(middle + half) + 1), min(self.scene_height, int(bottom) + 1)
        return Region(x0, y0, x1 - x0, y1 - y0)

    def warp(self, shape: MouthShape, region: Region) -> Warp:
        """The warp of `shape` for the pixels of `region`."""
        unit, half = self.unit, self.half
        x = np.arange(region.x, region.x + region.width, dtype=np.float32)[None, :]
        y = np.arange(region.y, region.y + region.height, dtype=np.float32)[:, None]
        smile = shape.smile - _REST.smile
        smile *= 1.0 if smile > 0 else 0.5
        fall = CHIN_FALL * unit * jaw_level(shape) / (JAW_LEVELS - 1)

        # 1. The mouth grows wider or narrower about its middle.
        here = (x - self.middle) / half
        open_lip = self.level + (1 - UPPER_SHARE) * GAPE * unit * shape.open
        map_x = x + (x - self.middle) * (1 / self._width(shape) - 1) * self._near(here, y, open_lip)
        along = (map_x - self.middle) / half

        # 2. In each column the lips' line is parted, and a smile lifts its corners.
        at = np.clip(along, -1.3, 1.3)
        line = self.level + self.slope * at + self.bow * at * at
        side = 1 - smooth((np.abs(x - self.middle) / unit - CHEEK[0]) / (CHEEK[1] - CHEEK[0]))
        lift = smile * SMILE_LIFT * unit * np.abs(at) ** 1.6 * (1 - smooth((np.abs(along) - 1) / 0.9))
        seam = line + 0.25 * fall * side - lift
        gap = self._gap(shape, along)
        upper, lower = seam - UPPER_SHARE * gap, seam + (1 - UPPER_SHARE) * gap

        # 3. Above, the lip moves against the nose; below, lip and chin fall and the neck gives way.
        chin_here = self.chin + fall * side
        lip_up = self.nose + (y - self.nose) * (line - self.nose) / np.maximum(upper - self.nose, 1)
        lip_down = line + (y - lower) * (self.chin - line) / np.maximum(chin_here - lower, 1)
        throat = self.chin + (y - chin_here) * (self.neck - self.chin) / np.maximum(self.neck - chin_here, 1)
        map_y = np.where(y <= upper, lip_up, np.where(y < lower, line, np.where(y < chin_here, lip_down, throat)))
        map_y = np.where((y < self.nose) | (y > self.neck), y, map_y)
        if shape.press:
            from_line = map_y - line
            map_y = map_y + from_line * PRESS * shape.press * np.exp(-((from_line / (0.16 * unit)) ** 2)) * (np.abs(along) < 1.2)
        # remap with float64 maps gives garbage without a word (design §9's OpenCV traps).
        broad = np.broadcast_to
        shape_of_region = (region.height, region.width)
        return Warp(
            *(np.ascontiguousarray(broad(each, shape_of_region), np.float32) for each in (map_x, map_y, along, upper, lower))
        )

    def _width(self, shape: MouthShape) -> float:
        wide = shape.wide - _REST.wide
        return 1 + wide * (WIDER if wide > 0 else NARROWER) + 0.08 * max(0.0, shape.smile - _REST.smile)

    def _near(self, here: np.ndarray, y: np.ndarray, open_lip: float) -> np.ndarray:
        """1 on the lips, 0 at the nose, above the chin and well beside the mouth; `open_lip`: y of the lower lip."""
        beside = 1 - smooth((np.abs(here) - 1) / (REACH - 1))
        up = smooth((y - self.nose) / max(1.0, self.level - self.nose))
        down = 1 - smooth((y - open_lip) / max(1.0, min(BELOW * self.unit, self.floor - open_lip)))
        return beside * up * down

    def _gap(self, shape: MouthShape, along: np.ndarray) -> np.ndarray:
        """Between the lips, pixels: zero at the corners, a bowl between; rounder for rounded mouths."""
        if shape.open < 0.03:
            return np.zeros_like(along)
        rounded = max(0.0, -shape.wide)
        most = GAPE * self.unit * shape.open * (1 - 0.12 * rounded)
        inside = np.clip(1 - np.abs(along) ** (2.4 - 0.4 * rounded), 0, 1)
        return most * inside ** (0.75 - 0.2 * rounded)
