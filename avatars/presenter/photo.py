"""A presenter made of a portrait: the face in any mouth and any blink, drawn from the picture itself (leaf, no Django).

`PhotoFace` is the one compositor: `photo_atlas` cuts the sprites from it that browser and renderer then draw like those of
any other presenter. Nothing is inferred from a face and nothing is recognised: six points set by a person say where it is.
"""

import cv2
import numpy as np

from .coarticulation import Mouth
from .drawing.mouth import SHAPES, MouthShape, blend
from .photo_mouth import paint_inside
from .photo_points import Points
from .photo_scene import Picture, lay_out
from .photo_warp import Lips, Region, shape_of_jaw, smooth

# In units, about a point in the middle of the eye.
_LID, _LASHES, _FOLD, _EYE_HALF = 0.11, 0.085, 0.25, 0.34
_SHUT = 0.86  # of the eye's height that a full blink covers


class PhotoFace:
    """`photo`: uint8 [height, width, 3] BGR with its points in pixels (see `photo_points.read_points`)."""

    def __init__(self, photo: Picture, points: Points) -> None:
        self.scene = lay_out(photo, points)
        self.lips = Lips(self.scene)
        self.light = self._light()

    def frame(self, mouth: Mouth, *, openness: float = 1.0) -> Picture:
        """The whole scene, uint8 BGR, with this mouth and the eyes open so far [0, 1]."""
        picture = self.scene.pixels.copy()
        if openness < 1:
            self._put(picture, self.eyes_region, self.eyes(openness))
        region = self.lips.jaw_region
        self._put(picture, region, self.lower_face(shape_of(mouth), region))
        return picture

    def lower_face(self, shape: MouthShape, region: Region | None = None) -> Picture:
        """The part of the face a mouth moves, BGR of `region` (the whole jaw without it)."""
        region = region or self.lips.jaw_region
        warp = self.lips.warp(shape, region)
        skin = cv2.remap(self.scene.pixels, warp.map_x, warp.map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return paint_inside(skin, warp, shape, region, unit=self.scene.unit, light=self.light)

    def jaw(self, level: int) -> Picture:
        """The lower face with the jaw at one of `photo_warp.JAW_LEVELS`, BGR of `lips.jaw_region`."""
        return self.lower_face(shape_of_jaw(level))

    @property
    def eyes_region(self) -> Region:
        """Both eyes with their lids."""
        unit, points = self.scene.unit, self.scene.points
        x0, x1 = int(points.left_eye[0] - 0.45 * unit), int(points.right_eye[0] + 0.45 * unit)
        y0 = int(min(points.left_eye[1], points.right_eye[1]) - (_FOLD + 0.04) * unit)
        y1 = int(max(points.left_eye[1], points.right_eye[1]) + (_LASHES + 0.06) * unit)
        return Region(x0, y0, x1 - x0, y1 - y0)

    def eyes(self, openness: float) -> Picture:
        """Both eyes, BGR of `eyes_region`: the upper lid comes down over the eye, the skin above it follows."""
        region, unit = self.eyes_region, self.scene.unit
        x = np.arange(region.x, region.x + region.width, dtype=np.float32)[None, :]
        y = np.arange(region.y, region.y + region.height, dtype=np.float32)[:, None]
        map_y = np.broadcast_to(y, (region.height, region.width)).copy()
        for eye_x, eye_y in (self.scene.points.left_eye, self.scene.points.right_eye):
            fold, lid, lashes = eye_y - _FOLD * unit, eye_y - _LID * unit, eye_y + _LASHES * unit
            across = 1 - smooth((np.abs(x - eye_x) / (_EYE_HALF * unit) - 0.35) / 0.65)
            fallen = lid + (1 - openness) * _SHUT * (lashes - lid) * across
            skin = fold + (y - fold) * (lid - fold) / np.maximum(fallen - fold, 1)
            ball = lashes - (lashes - y) * (lashes - lid) / np.maximum(lashes - fallen, 1)
            moved = np.where(y < fallen, skin, ball)
            here = (np.abs(x - eye_x) < _EYE_HALF * unit) & (y > fold) & (y < lashes)
            map_y = np.where(here, moved, map_y)
        map_x = np.broadcast_to(x, map_y.shape)
        maps = (np.ascontiguousarray(each, np.float32) for each in (map_x, map_y))
        return cv2.remap(self.scene.pixels, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def _light(self) -> float:
        """How light the picture is about the mouth: the inside of the mouth is lit by the same lamp."""
        region = self.lips.mouth_region
        part = self.scene.pixels[region.y : region.y + region.height, region.x : region.x + region.width]
        return float(np.clip(np.percentile(part.max(axis=2), 80) / 225, 0.35, 1.05))

    @staticmethod
    def _put(picture: Picture, region: Region, part: Picture) -> None:
        picture[region.y : region.y + region.height, region.x : region.x + region.width] = part


def shape_of(mouth: Mouth) -> MouthShape:
    return blend(SHAPES[mouth.a], SHAPES[mouth.b], mouth.weight)
