"""A portrait → presenter.json and atlas.webp in the format of the drawn presenters (leaf, no Django; design §3).

Browser and renderer draw the result with no case of their own. A photo has its own background and clothes, so the layer
`body` is the whole opaque picture; the head lies over it with soft edges and moves a third as far as a drawn one.
"""

import json
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from .drawing.mouth import SHAPES, MouthShape, blend
from .format import FORMAT
from .packing import Cut, box_around, pack, trim
from .photo import PhotoFace
from .photo_scene import MARGIN, WIDTH
from .photo_warp import JAW_LEVELS, Region, jaw_level, smooth
from .visemes import MOUTHS, mouth_states

OPENNESS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOTION = 0.35
PORTRAIT = 512
WEBP = {"format": "WEBP", "quality": 88, "alpha_quality": 95, "method": 3, "exact": True}
# Shapes nearer than this to one that is built share its sprite: open, wide, upper and lower teeth, tongue, press, bite, smile.
_SAME = np.array((0.045, 0.16, 0.35, 0.4, 0.35, 0.3, 0.25, 0.2))
Progress = Callable[[int], None]


def build_photo_presenter(face: PhotoFace, folder: Path, *, name: str, fingerprint: str, progress: Progress) -> None:
    """Write presenter.json, atlas.webp and portrait.webp into `folder`. `progress` gets per cent and may raise to stop."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet = _Sheet(face)
    layers = {"body": sheet.body(), "head": sheet.head()}
    nothing = sheet.add(np.zeros((1, 1, 4), np.uint8), WIDTH // 2, face.scene.pixels.shape[0] // 2)
    layers |= dict.fromkeys(("hair_back", "clothes", "nose", "hair_front"), nothing)
    progress(10)
    jaw = [sheet.soft(face.jaw(level), face.lips.jaw_region, 0.09) for level in range(JAW_LEVELS)]
    mouth = _mouths(sheet, lambda share: progress(15 + round(45 * share)))
    lids = [sheet.soft(face.eyes(openness), face.eyes_region, 0.07) for openness in OPENNESS]
    pixels, places = pack(sheet.cuts)
    progress(65)
    Image.fromarray(pixels).save(folder / "atlas.webp", **WEBP)
    progress(92)
    _portrait(face).save(folder / "portrait.webp", format="WEBP", quality=88)
    scene, shown = face.scene, round(face.scene.shown)
    data = {
        "format": FORMAT,
        "name": name,
        "fingerprint": fingerprint,
        "scale": 1.0,
        "scene": [WIDTH, scene.pixels.shape[0]],
        "atlas": {"file": "atlas.webp", "width": pixels.shape[1], "height": pixels.shape[0]},
        "portrait": "portrait.webp",
        "clothes": "#808080",
        "motion": MOTION,
        "frame": {
            "center_x": WIDTH / 2, "eye_y": round(MARGIN + scene.shown * scene.eye_line, 2),
            "eye_line": round(scene.eye_line, 4), "min_width": 1, "min_height": shown, "max_height": shown,
        },
        "pivot": [round(scene.points.chin[0], 2), round(scene.points.chin[1] + 0.4 * scene.unit, 2)],
        "head": box_around([places[number] for number in (layers["head"], *jaw)]),
        "sprites": places,
        "layers": layers,
        "jaw": jaw,
        "mouth": mouth,
        "eyes": {
            "openness": OPENNESS, "gaze_x": [0.0], "gaze_y": [0.0],
            "states": {f"{o}.{squint}.0.0": number for o, number in enumerate(lids) for squint in (0, 1)},
        },
        "brows": {"steps": 4, "states": {f"{raised}.{soft}": nothing for raised in range(4) for soft in range(4)}},
    }  # fmt: skip
    (folder / "presenter.json").write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
    progress(96)


class _Sheet:
    """The sprites cut so far."""

    def __init__(self, face: PhotoFace) -> None:
        self.face, self.cuts = face, list[Cut]()

    def add(self, pixels: np.ndarray, x: int, y: int) -> int:
        self.cuts.append(trim(pixels, x, y))
        return len(self.cuts) - 1

    def soft(self, picture: np.ndarray, region: Region, feather: float) -> int:
        """A part of the face whose edges fade over `feather` units into what lies below."""
        wide = feather * self.face.scene.unit
        x, y = np.arange(region.width, dtype=np.float32), np.arange(region.height, dtype=np.float32)
        across = smooth(np.minimum(x, region.width - 1 - x) / wide)
        down = smooth(np.minimum(y, region.height - 1 - y) / wide)
        return self.add(_with_alpha(picture, across[None, :] * down[:, None]), region.x, region.y)

    def body(self) -> int:
        """The whole picture; on a canvas wider than it the sides fade out."""
        pixels = self.face.scene.pixels
        x = np.arange(WIDTH, dtype=np.float32)
        fade = smooth(np.minimum(x, WIDTH - 1 - x) / 48)
        return self.add(_with_alpha(pixels, np.broadcast_to(fade, pixels.shape[:2])), 0, 0)

    def head(self) -> int:
        """The head with hair and chin, fading out all around."""
        scene = self.face.scene
        unit, middle = scene.unit, (scene.points.eyes[0] + scene.points.chin[0]) / 2
        top, bottom = scene.points.eyes[1] - 2.7 * unit, self.face.lips.neck + 0.35 * unit
        x = np.arange(WIDTH, dtype=np.float32)[None, :]
        y = np.arange(scene.pixels.shape[0], dtype=np.float32)[:, None]
        far = np.abs((x - middle) / (1.85 * unit)) ** 2.6 + np.abs((y - (top + bottom) / 2) / ((bottom - top) / 2)) ** 2.6
        return self.add(_with_alpha(scene.pixels, smooth((1 - far) / 0.5)), 0, 0)


def _mouths(sheet: _Sheet, progress: Callable[[float], None]) -> dict[str, list[int]]:
    face = sheet.face
    states: dict[str, list[int]] = {}
    built: list[tuple[np.ndarray, list[int]]] = []
    for key, a, b, weight in mouth_states():
        shape = blend(SHAPES[a], SHAPES[b], weight)
        numbers = np.array(astuple(shape))
        near = None
        if key not in MOUTHS:
            far = [float((np.abs(each - numbers) / _SAME).max()) for each, _state in built]
            near = built[int(np.argmin(far))][1] if min(far) < 1 else None
        states[key] = near or _mouth(sheet, face, shape)
        if near is None:
            built.append((numbers, states[key]))
        progress(len(states) / 256)
    return states


def _mouth(sheet: _Sheet, face: PhotoFace, shape: MouthShape) -> list[int]:
    region = face.lips.mouth_region
    return [sheet.soft(face.lower_face(shape, region), region, 0.07), jaw_level(shape)]


def _with_alpha(bgr: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Straight RGBA."""
    pixels = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGBA)
    pixels[..., 3] = np.clip(alpha * 255 + 0.5, 0, 255)
    return pixels


def _portrait(face: PhotoFace) -> Image.Image:
    """Head and shoulders, square."""
    scene = face.scene
    side = round(scene.shown)
    left = (WIDTH - side) // 2
    cut = scene.pixels[MARGIN : MARGIN + side, left : left + side]
    return Image.fromarray(cv2.cvtColor(cv2.resize(cut, (PORTRAIT, PORTRAIT), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB))
