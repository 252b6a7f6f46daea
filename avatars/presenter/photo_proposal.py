"""Proposes the six points of a portrait by Haar cascades; a person drags them right (leaf, no Django).

OpenCV 4 ships the cascades, OpenCV 5 dropped them (design §9).
"""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from .photo_points import usual_points

LONGEST = 640  # pixels of the copy that is searched: large enough for a portrait's face, and quick


class Proposal(NamedTuple):
    """`points`: {name: [x, y]} in fractions; `faces`: how many were found (0: the usual places of a portrait)."""

    points: dict[str, list[float]]
    faces: int


def propose(picture: np.ndarray) -> Proposal:
    """Points for the largest face of a picture, uint8 [height, width, 3] BGR. Never raises for what it shows."""
    factor = LONGEST / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else picture
    grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
    height, width = grey.shape
    least = max(24, min(height, width) // 8)
    if min(height, width) < least:
        return Proposal(usual_points(), 0)
    faces = _cascade("haarcascade_frontalface_default.xml").detectMultiScale(grey, 1.1, 6, minSize=(least, least))
    if not len(faces):
        return Proposal(usual_points(), 0)
    x, y, w, h = (int(number) for number in max(faces, key=lambda face: face[2] * face[3]))
    points = usual_points((x / width, y / height, w / width, h / height))
    eyes = _eyes(grey[y : y + h * 6 // 10, x : x + w])
    if eyes:
        for name, (ex, ey) in zip(("left_eye", "right_eye"), eyes, strict=True):
            points[name] = [round(float(x + ex) / width, 4), round(float(y + ey) / height, 4)]
        points |= _below(points, width / height)
    return Proposal(points, len(faces))


def _below(points: dict[str, list[float]], aspect: float) -> dict[str, list[float]]:
    """Mouth and chin where they usually are below these two eyes, which tell the size of a face better than its box."""
    (left_x, left_y), (right_x, right_y) = points["left_eye"], points["right_eye"]
    middle_x, middle_y, apart = (left_x + right_x) / 2, (left_y + right_y) / 2, right_x - left_x

    def at(dx: float, dy: float) -> list[float]:
        spot = (middle_x + apart * dx, middle_y + apart * dy * aspect)
        return [round(min(1.0, max(0.0, number)), 4) for number in spot]

    return {"mouth_left": at(-0.4, 1.1), "mouth_right": at(0.4, 1.1), "lips": at(0, 1.12), "chin": at(0, 1.8)}


def _eyes(upper: np.ndarray) -> list[tuple[float, float]] | None:
    """Middles of the left and the right eye in the upper part of a face; None unless there is one on either side."""
    width = upper.shape[1]
    found = _cascade("haarcascade_eye.xml").detectMultiScale(upper, 1.08, 5, minSize=(max(8, width // 8), max(8, width // 8)))
    sides: list[tuple[float, float]] = []
    for from_x, to_x in ((0.1, 0.5), (0.5, 0.9)):
        boxes = [box for box in found if from_x < (box[0] + box[2] / 2) / width < to_x]
        if not boxes:
            return None
        x, y, w, h = max(boxes, key=lambda box: box[2])
        sides.append((x + w / 2, y + h / 2))
    (left_x, left_y), (right_x, right_y) = sides
    level = abs(left_y - right_y) < 0.2 * width and right_x - left_x > 0.2 * width
    return sides if level else None


def _cascade(name: str) -> cv2.CascadeClassifier:
    """Read anew each time: one classifier cannot serve two threads."""
    return cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / name))
