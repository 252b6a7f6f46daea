"""A portrait laid out as a presenter's scene: upright, scaled, its surroundings carried on to the sides (leaf, no Django).

Lengths are scene pixels; `unit` is about the distance between the eyes and measures everything on the face.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from .photo_points import Point, Points

Picture = np.ndarray  # uint8 [height, width, 3] BGR

SHOWN = 972  # height of what a canvas shows, as with the drawn presenters' close-up
MARGIN = 8  # above and below it, for breath
WIDTH = 1944  # wide enough for a canvas of 2 : 1
UNITS_SHOWN = 6.9  # head and shoulders
LARGEST_UNIT = 210.0  # a tighter picture is not blown up further
EYE_LINE = 0.42


@dataclass(frozen=True)
class PhotoScene:
    """The picture in scene pixels with its points, upright."""

    pixels: Picture
    points: Points
    unit: float
    shown: float
    eye_line: float

    @property
    def nose_base(self) -> float:
        """y of the lower edge of the nose: nothing above it moves when the mouth does."""
        return self.points.eyes[1] + 0.66 * (self.points.lips[1] - self.points.eyes[1])


def lay_out(photo: Picture, points: Points) -> PhotoScene:
    """`photo` of any size with points in its pixels → the scene."""
    eye_x, eye_y = points.eyes
    size = (points.between_eyes + 0.92 * math.dist(points.eyes, points.lips)) / 2
    above, below = eye_y / size, (photo.shape[0] - eye_y) / size
    shown_units = min(UNITS_SHOWN, above + below)
    unit = min(SHOWN / shown_units, LARGEST_UNIT)
    shown = unit * shown_units
    eye_line = min(max(EYE_LINE, 1 - below / shown_units), above / shown_units)
    height = round(shown) + 2 * MARGIN
    matrix = _upright(points, unit / size, (WIDTH / 2, MARGIN + shown * eye_line))
    pixels = _with_surroundings(photo, matrix, unit / size, height)
    moved = Points(*(_moved(matrix, getattr(points, name)) for name in points.__dataclass_fields__))
    return PhotoScene(pixels, moved, unit, shown, eye_line)


def _upright(points: Points, scale: float, eyes_at: Point) -> np.ndarray:
    """Turns about the middle of the eyes until they are level, scales, and puts that middle at `eyes_at`."""
    matrix = cv2.getRotationMatrix2D(points.eyes, points.tilt, scale)
    matrix[:, 2] += np.subtract(eyes_at, points.eyes)
    return matrix


def _moved(matrix: np.ndarray, point: Point) -> Point:
    x, y = matrix @ np.array([*point, 1.0])
    return float(x), float(y)


def _with_surroundings(photo: Picture, matrix: np.ndarray, scale: float, height: int) -> Picture:
    """The photo in place; where it ends, its own edge goes on softly, as in a room out of focus."""
    if scale < 1:  # shrunk by areas first: warping alone would leave jagged hair
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.vstack([np.diag([1 / scale, 1 / scale, 1])])
    size = (WIDTH, height)
    sharp = cv2.warpAffine(photo, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    small = cv2.GaussianBlur(photo, (0, 0), max(2.0, photo.shape[1] * 0.04))
    soft = cv2.warpAffine(small, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(soft, (0, 0), 32)
    inside = cv2.warpAffine(np.full(photo.shape[:2], 255, np.uint8), matrix, size, flags=cv2.INTER_NEAREST)
    if inside.min() == 255:
        return sharp
    feather = max(12.0, 0.09 * photo.shape[1])
    away = np.clip(cv2.distanceTransform(inside, cv2.DIST_L2, 3) / feather, 0, 1)[..., None]
    share = (away * away * (3 - 2 * away)).astype(np.float32)
    return (sharp * share + soft * (1 - share) + 0.5).astype(np.uint8)
