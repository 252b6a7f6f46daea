"""The six points of a portrait: where they usually are, and whether they can belong to a face (leaf, no Django)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Point = tuple[float, float]  # fractions of the picture: 0 left and top, 1 right and bottom

# Left and right are those of the picture, as HR see it. In the order in which the keyboard reaches them.
NAMES: tuple[str, ...] = ("left_eye", "right_eye", "mouth_left", "mouth_right", "lips", "chin")
ENGINE = 1  # raise it when the sprites of the same portrait and points come out different
MIN_EYES_PX = 36.0  # a face with eyes closer together has too few pixels for a mouth
MAX_TILT_DEG = 25.0


class WrongPoints(ValueError):
    """These points cannot be a face. `reason` is one of REASONS, `point` the name it is about or ""."""

    REASONS = ("missing", "outside", "crossed", "tilted", "small")

    def __init__(self, reason: str, point: str = "") -> None:
        super().__init__(f"{reason} {point}".strip())
        self.reason, self.point = reason, point


@dataclass(frozen=True)
class Points:
    """Six points in pixels of a picture. `lips` is the middle of the line between the closed lips."""

    left_eye: Point
    right_eye: Point
    mouth_left: Point
    mouth_right: Point
    lips: Point
    chin: Point

    @property
    def eyes(self) -> Point:
        """The middle between the eyes."""
        return (self.left_eye[0] + self.right_eye[0]) / 2, (self.left_eye[1] + self.right_eye[1]) / 2

    @property
    def between_eyes(self) -> float:
        return math.dist(self.left_eye, self.right_eye)

    @property
    def tilt(self) -> float:
        """Degrees by which the line of the eyes falls to the right."""
        return math.degrees(math.atan2(self.right_eye[1] - self.left_eye[1], self.right_eye[0] - self.left_eye[0]))


def read_points(data: object, width: int, height: int) -> Points:
    """Points in pixels from `{name: [x, y]}` in fractions of a picture of width × height pixels. Raises WrongPoints."""
    if not isinstance(data, Mapping):
        raise WrongPoints("missing")
    found: dict[str, Point] = {}
    for name in NAMES:
        try:
            x, y = (float(number) for number in data[name])
        except (KeyError, TypeError, ValueError) as error:
            raise WrongPoints("missing", name) from error
        if not (0 <= x <= 1 and 0 <= y <= 1):  # also refuses NaN
            raise WrongPoints("outside", name)
        found[name] = (x * width, y * height)
    points = Points(**found)
    _check(points)
    return points


def _check(points: Points) -> None:
    if points.right_eye[0] <= points.left_eye[0]:
        raise WrongPoints("crossed", "right_eye")
    if points.between_eyes < MIN_EYES_PX:
        raise WrongPoints("small")
    if abs(points.tilt) > MAX_TILT_DEG:
        raise WrongPoints("tilted")
    # With the head upright: eyes above mouth above chin, mouth between its corners, everything of a face's proportions.
    d = points.between_eyes
    level = {name: _upright(points, getattr(points, name)) for name in NAMES}
    left, right, lips, chin = (level[name] for name in ("mouth_left", "mouth_right", "lips", "chin"))
    if right[0] - left[0] < 0.2 * d or right[0] - left[0] > 2.2 * d:
        raise WrongPoints("crossed", "mouth_right")
    if not left[0] + 0.05 * d < lips[0] < right[0] - 0.05 * d:
        raise WrongPoints("crossed", "lips")
    for name, corner in (("mouth_left", left), ("mouth_right", right)):
        if corner[1] < 0.35 * d or abs(corner[1] - lips[1]) > 0.35 * d:
            raise WrongPoints("crossed", name)
    if not 0.4 * d < lips[1] < 2.5 * d:
        raise WrongPoints("crossed", "lips")
    if not 0.2 * d < chin[1] - max(lips[1], left[1], right[1]) < 2 * d:
        raise WrongPoints("crossed", "chin")


def _upright(points: Points, point: Point) -> Point:
    """`point` seen from the middle between the eyes, with the eyes level."""
    turn = -math.radians(points.tilt)
    x, y = point[0] - points.eyes[0], point[1] - points.eyes[1]
    return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)


def usual_points(face: tuple[float, float, float, float] | None = None) -> dict[str, list[float]]:
    """Where the points usually are in a face's box (x, y, width, height in fractions); without one, in a portrait."""
    x, y, width, height = face or (0.3, 0.18, 0.4, 0.46)
    at = {
        "left_eye": (0.31, 0.40), "right_eye": (0.69, 0.40), "mouth_left": (0.35, 0.765), "mouth_right": (0.65, 0.765),
        "lips": (0.5, 0.775), "chin": (0.5, 1.02),
    }  # fmt: skip
    return {
        name: [round(min(1.0, max(0.0, x + width * dx)), 4), round(min(1.0, max(0.0, y + height * dy)), 4)]
        for name, (dx, dy) in at.items()
    }
