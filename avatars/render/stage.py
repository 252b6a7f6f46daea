"""Draws poses of one presenter into frames: the server's twin of `frontend/src/presenter/{stage,view}.js`.

`Art` is what all jobs of a look share: the decoded atlas, sprites scaled once for this size, body and background.
`Stage` is one job's own: the head being put together. What does not move between two frames is not painted again:

1. the figure (background, hair behind the head, body, head): when head or body moved by a third of a pixel since;
2. else the face only, where it changed: the lower face when just the mouth moved, with brows, eyes and nose otherwise.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from avatars.presenter.format import BACKGROUNDS, Presenter, load_presenter, read_presenter
from avatars.presenter.still import background_path

from .acting import Pose
from .layers import Box, Layer, Pixels, blend, covering, premultiplied, rest_of, scaled, tinted

# How far the features slide over the face when the head turns, and the head over the body: scene pixels at a full turn.
FEATURES_X, FEATURES_Y = 7.0, 6.0
HEAD_X, HEAD_Y = 5.0, 7.0
BREATH = 3.0
HAIR_SHARE = 0.6
STEP = 4  # places a pixel at which moving parts are prepared
MAX_SPRITE_BYTES = 48 * 1024 * 1024
STEADY_PX = 0.35  # output pixels: a smaller movement is not seen, and painting is saved
PLAIN = "#cfdce6"


@dataclass(frozen=True)
class Look:
    """What a clip looks like. `background`: a name of BACKGROUNDS or "#rrggbb"; `picture`: a local file that goes before it;
    `clothes`: "#rrggbb" or "" for the presenter's own colour; `folder`: where a presenter lies that is not one of PRESENTERS.
    Odd sizes are refused by the encoder."""

    presenter: str = "aliya"
    width: int = 480
    height: int = 480
    background: str = "office"
    clothes: str = ""
    picture: Path | None = None
    folder: Path | None = None


class View(NamedTuple):
    """Scene point at the top left corner of the frame, and output pixels a scene pixel."""

    x: float
    y: float
    scale: float


def view_of(presenter: Presenter, width: int, height: int) -> View:
    """The part of the scene a frame of this size shows; the figure always fills it."""
    frame = presenter.frame
    shown = min(frame.max_height, max(frame.min_height, frame.min_width * height / width))
    scale = height / shown
    return View(frame.center_x - width / scale / 2, frame.eye_y - shown * frame.eye_line, scale)


def parse_color(color: str, otherwise: str = PLAIN) -> tuple[int, int, int]:
    """(blue, green, red) of "#rrggbb"; anything else counts as `otherwise`."""
    try:
        value = int(color[1:], 16) if color[:1] == "#" and len(color) == 7 else int(otherwise[1:], 16)
    except ValueError:
        value = int(otherwise[1:], 16)
    return value & 255, value >> 8 & 255, value >> 16


@lru_cache(maxsize=2)
def _read_atlas(path: Path, fingerprint: str) -> Pixels:
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape[2:] != (4,):
        raise FileNotFoundError(f"{path.parent.name}/{path.name} cannot be read: build the presenters")
    return pixels


def _read_picture(path: Path) -> Pixels | None:
    try:
        return cv2.imread(str(path), cv2.IMREAD_COLOR)
    except cv2.error:
        return None


class Art:
    """Shared by all jobs of one look. Everything is made at first use and kept; safe to use from several threads."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.presenter = presenter = read_presenter(look.folder) if look.folder else load_presenter(look.presenter)
        self.view = view_of(presenter, look.width, look.height)
        self._atlas = _read_atlas(presenter.atlas_path, presenter.fingerprint)
        self._sprites: dict[tuple[int, int, int], Layer] = {}
        self._sprite_bytes = 0
        self.canvas = Box(0, 0, look.width, look.height)
        self.backdrop = self._paint_backdrop()
        layers = presenter.layers
        self.hair_back = self.sprite(layers["hair_back"])
        self.hair_front = self.sprite(layers["hair_front"])
        # The body only breathes, up and down by quarters of a pixel: each is prepared, no frame waits for a warp.
        self.bodies = [self._lifted(self._paint_body(), quarter / STEP) for quarter in range(STEP)]
        head_x, head_y, head_width, head_height = presenter.head
        left, top = self.to_output(head_x, head_y)
        self.head_box = Box(
            math.floor(left) - 2, math.floor(top) - 2,
            math.ceil(head_width * self.view.scale) + 6, math.ceil(head_height * self.view.scale) + 6,
        )  # fmt: skip
        # The bare head with each position of the jaw; the features and the hair come over it.
        self.faces = [self._paint_face(level) for level in range(len(presenter.jaw))]
        reach = math.ceil(max(FEATURES_X, FEATURES_Y) * self.view.scale) + 2
        lips = {sprite for sprite, _level in presenter.mouth.values()}
        self.lower_face = self._around([*presenter.jaw, *lips], reach)
        self.whole_face = self.lower_face.join(
            self._around([layers["nose"], *presenter.eyes.values(), *presenter.brows.values()], reach)
        ).meet(self.head_box)
        self.pivot = self.to_output(*presenter.pivot)

    def to_output(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.view.x) * self.view.scale, (y - self.view.y) * self.view.scale

    def sprite(self, number: int, quarter_x: int = 0, quarter_y: int = 0) -> Layer:
        """Sprite `number` at its place, moved by whole quarters of an output pixel."""
        whole_x, phase_x = divmod(quarter_x, STEP)
        whole_y, phase_y = divmod(quarter_y, STEP)
        layer = self._sprites.get((number, phase_x, phase_y))
        if layer is None:
            sprite = self.presenter.sprites[number]
            left, top, right, bottom = sprite.atlas_box
            x, y = self.to_output(sprite.x, sprite.y)
            part = premultiplied(self._atlas[top:bottom, left:right])
            layer = scaled(part, x + phase_x / STEP, y + phase_y / STEP, self.view.scale)
            if self._sprite_bytes > MAX_SPRITE_BYTES:
                self._sprites.clear()
                self._sprite_bytes = 0
            self._sprites[number, phase_x, phase_y] = layer
            self._sprite_bytes += layer.nbytes
        return layer.moved_by(whole_x, whole_y) if whole_x or whole_y else layer

    def _around(self, sprites: list[int], reach: int) -> Box:
        boxes = []
        for number in sprites:
            sprite = self.presenter.sprites[number]
            x, y = self.to_output(sprite.x, sprite.y)
            size = (math.ceil(sprite.width * self.view.scale) + 2, math.ceil(sprite.height * self.view.scale) + 2)
            boxes.append(Box(math.floor(x) - 1, math.floor(y) - 1, *size))
        box = boxes[0]
        for other in boxes[1:]:
            box = box.join(other)
        return box.grown(reach).meet(self.head_box)

    def _paint_backdrop(self) -> Pixels:
        look = self.look
        picture = _read_picture(look.picture) if look.picture else None
        if picture is None and look.background in BACKGROUNDS:
            picture = _read_picture(background_path(look.background))
        if picture is not None:
            return covering(picture, look.width, look.height)
        return np.full((look.height, look.width, 4), (*parse_color(look.background), 255), np.uint8)

    def _paint_body(self) -> Layer:
        """Body and tinted clothes on one layer, as far as the frame shows them."""
        layers, color = self.presenter.layers, parse_color(self.look.clothes, self.presenter.clothes)
        body, clothes = self.sprite(layers["body"]), self.sprite(layers["clothes"])
        box = body.box.join(clothes.box).meet(self.canvas.grown(math.ceil(BREATH * self.view.scale) + 2))
        pixels = np.zeros((box.height, box.width, 4), np.uint8)
        body.over(pixels, box)
        Layer(clothes.box, tinted(clothes.pixels, color), clothes.behind).over(pixels, box)
        return Layer(box, pixels, rest_of(pixels))

    @staticmethod
    def _lifted(layer: Layer, pixels: float) -> Layer:
        """`layer` moved up by a part of a pixel."""
        box = Box(layer.box.x, layer.box.y - 1, layer.box.width, layer.box.height + 1)
        matrix = np.array([[1, 0, 0], [0, 1, pixels - 1]], np.float32)
        moved = cv2.warpAffine(layer.pixels, matrix, (box.width, box.height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return Layer(box, moved, rest_of(moved))

    def _paint_face(self, level: int) -> Pixels:
        pixels = np.zeros((self.head_box.height, self.head_box.width, 4), np.uint8)
        self.sprite(self.presenter.layers["head"]).over(pixels, self.head_box)
        self.sprite(self.presenter.jaw[level]).over(pixels, self.head_box)
        return pixels


class Stage:
    """One job: poses in, frames out. Not for two threads at once."""

    def __init__(self, art: Art) -> None:
        self._art = art
        self._head = art.faces[0].copy()
        self._face_shown: tuple[object, ...] = ()
        self._mouth_shown = ""
        art.hair_front.over(self._head, art.head_box)
        self._still = art.backdrop.copy()
        self._still_shown: tuple[int, ...] = ()
        self._whole = art.backdrop.copy()  # the frame as it was painted last
        self._held: Pose | None = None  # where head and body were then

    def draw(self, pose: Pose, frame: Pixels) -> None:
        """Paint `pose` into `frame`, uint8 [height, width, 4] BGRA, over whatever is in it."""
        pose = _calmed(pose, self._art.presenter.motion)
        moved = self._held is None or self._has_moved(pose, self._held)
        if moved:
            self._held = pose
        held = self._held or pose
        pose = pose._replace(turn_x=held.turn_x, turn_y=held.turn_y, tilt=held.tilt, breath=held.breath)
        changed = self._paint_face(pose)
        art, scale = self._art, self._art.view.scale
        dx, dy = pose.turn_x * HEAD_X * scale, (pose.turn_y * HEAD_Y - BREATH * 0.8 * pose.breath) * scale
        if moved:
            self._paint_still(pose)
            np.copyto(self._whole, self._still)
            self._turned(self._head, art.head_box, self._whole, dx, dy, pose.tilt)
        elif changed:
            self._turned(self._head, art.head_box, self._whole, dx, dy, pose.tilt, only=changed)
        np.copyto(frame, self._whole)

    def _has_moved(self, pose: Pose, held: Pose) -> bool:
        art, scale = self._art, self._art.view.scale
        return (
            max(abs(pose.turn_x - held.turn_x) * FEATURES_X, abs(pose.turn_y - held.turn_y) * HEAD_Y) * scale > STEADY_PX
            or abs(pose.breath - held.breath) * BREATH * scale > STEADY_PX
            or math.radians(abs(pose.tilt - held.tilt)) * art.head_box.height > STEADY_PX
        )

    def _paint_still(self, pose: Pose) -> None:
        art, scale = self._art, self._art.view.scale
        breath = round(BREATH * pose.breath * scale * STEP)
        hair_x = round(pose.turn_x * HEAD_X * HAIR_SHARE * scale * STEP)
        hair_y = round((pose.turn_y * HEAD_Y * HAIR_SHARE - BREATH * 0.8 * pose.breath) * scale * STEP)
        tilt = round(pose.tilt * 10)
        if (breath, hair_x, hair_y, tilt) == self._still_shown:
            return
        self._still_shown = (breath, hair_x, hair_y, tilt)
        np.copyto(self._still, art.backdrop)
        self._turned(art.hair_back.pixels, art.hair_back.box, self._still, hair_x / STEP, hair_y / STEP, tilt / 10)
        whole, quarter = divmod(breath, STEP)
        art.bodies[quarter].moved_by(0, -whole).over(self._still, art.canvas)

    def _paint_face(self, pose: Pose) -> Box | None:
        """Put the face on the head; where it changed, None when nowhere."""
        art, presenter = self._art, self._art.presenter
        dx = round(pose.turn_x * FEATURES_X * art.view.scale * STEP)
        dy = round(pose.turn_y * FEATURES_Y * art.view.scale * STEP)
        eyes, brows = presenter.eyes[_eyes_key(presenter, pose)], presenter.brows[_brows_key(pose)]
        upper = (eyes, brows, dx, dy)
        if upper == self._face_shown and pose.mouth == self._mouth_shown:
            return None
        box = art.lower_face if upper == self._face_shown else art.whole_face
        self._face_shown, self._mouth_shown = upper, pose.mouth
        mouth, level = presenter.mouth.get(pose.mouth) or presenter.mouth["sil"]
        target = box.of(self._head, art.head_box)
        np.copyto(target, box.of(art.faces[level], art.head_box))
        for number in (presenter.layers["nose"], mouth, eyes, brows):
            art.sprite(number, dx, dy).over(target, box)
        art.hair_front.over(target, box)
        return box

    def _turned(
        self, pixels: Pixels, box: Box, frame: Pixels, dx: float, dy: float, tilt: float, only: Box | None = None
    ) -> None:
        """Lay `pixels` of `box` over the frame, moved by (dx, dy) pixels and tilted by degrees about the pivot.

        `only`: the part of the box that changed; what lies under it is painted anew first.
        """
        art = self._art
        cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
        px, py = art.pivot
        # How far the tilt carries the farthest corner.
        arm = max(abs(box.x - px), abs(box.x + box.width - px)) + max(abs(box.y - py), abs(box.y + box.height - py))
        reach = math.ceil(max(abs(dx), abs(dy)) + arm * abs(sin)) + 1
        target = (only or box).grown(reach).meet(art.canvas)
        if target.empty:
            return
        if only:
            np.copyto(target.of(frame), target.of(self._still))
        # From output pixels back to pixels of the box: turn about the pivot the other way, then move.
        ox, oy = target.x - px - dx, target.y - py - dy
        matrix = np.array(
            [[cos, sin, cos * ox + sin * oy + px - box.x], [-sin, cos, -sin * ox + cos * oy + py - box.y]], np.float32
        )
        moved = cv2.warpAffine(
            pixels, matrix, (target.width, target.height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0),
        )  # fmt: skip
        blend(target.of(frame), moved, rest_of(moved))


def _calmed(pose: Pose, share: float) -> Pose:
    """The pose of a figure that takes only a share of the movements."""
    if share == 1:
        return pose
    return pose._replace(
        turn_x=pose.turn_x * share, turn_y=pose.turn_y * share, tilt=pose.tilt * share, breath=pose.breath * share
    )


def _eyes_key(presenter: Presenter, pose: Pose) -> str:
    openness = min(range(len(presenter.eye_openness)), key=lambda place: abs(presenter.eye_openness[place] - pose.openness))
    middle_x, middle_y = (len(presenter.gaze_x) - 1) / 2, (len(presenter.gaze_y) - 1) / 2
    x = math.floor(middle_x + min(1, max(-1, pose.gaze_x)) * middle_x + 0.5)
    y = math.floor(middle_y + min(1, max(-1, pose.gaze_y)) * middle_y + 0.5)
    return f"{openness}.{1 if pose.squint > 0.5 else 0}.{x}.{y}"


def _brows_key(pose: Pose) -> str:
    raised, soft = (math.floor(min(1, max(0, value)) * 3 + 0.5) for value in (pose.raised, pose.soft))
    return f"{raised}.{soft}"
