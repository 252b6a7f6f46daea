"""Build time: draws every sprite of a presenter and packs them into one atlas with its presenter.json.

Needs the development packages resvg_py and Pillow; production only reads what this wrote. The same sources and the
same package versions give the same bytes.
"""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import resvg_py
from PIL import Image

from .drawing import face, scene
from .drawing.eyes import draw_brows, draw_eyes
from .drawing.mouth import SHAPES, blend
from .drawing.source import Source, fingerprint, read_source
from .format import FORMAT
from .packing import Cut, box_around, pack, trim
from .visemes import mouth_states

SCALE = 1.08  # pixels per scene unit: the close-up of 900 units fills 972 pixels
OPENNESS = (0.0, 0.25, 0.5, 0.75, 1.0)
GAZE_X = (-7.0, -3.5, 0.0, 3.5, 7.0)
GAZE_Y = (-3.5, 0.0, 3.5)
BROW_STEPS = 4
WEBP = {"format": "WEBP", "quality": 90, "alpha_quality": 100, "method": 6, "exact": True}

# Where the moving parts can reach, scene units: x, y, width, height.
MOUTH_BOX = (390.0, 530.0, 220.0, 160.0)
EYES_BOX = (370.0, 370.0, 260.0, 90.0)
BROWS_BOX = (360.0, 330.0, 280.0, 75.0)
WHOLE = (0.0, 0.0, float(scene.WIDTH), float(scene.HEIGHT))


class Sheet:
    """The sprites drawn so far; a picture that is (nearly) there already is not stored twice."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.cuts: list[Cut] = []

    def add(self, body: str, box: tuple[float, float, float, float], *, among: list[int] | None = None) -> int:
        """Draw `body` inside `box` (scene units) and return its sprite number; `among`: sprites it may share."""
        cut = trim(*_draw(self.source, body, box))
        for number in among or ():
            if _looks_the_same(self.cuts[number], cut):
                return number
        self.cuts.append(cut)
        if among is not None:
            among.append(len(self.cuts) - 1)
        return len(self.cuts) - 1


def _draw(source: Source, body: str, box: tuple[float, float, float, float]) -> tuple[np.ndarray, int, int]:
    left, top = int(box[0] * SCALE), int(box[1] * SCALE)
    width, height = int(np.ceil(box[2] * SCALE)), int(np.ceil(box[3] * SCALE))
    # The view box is taken from whole pixels, so that every sprite sits on the same pixel grid.
    view = (left / SCALE, top / SCALE, width / SCALE, height / SCALE)
    png = resvg_py.svg_to_bytes(svg_string=scene.document(source, body, view, width, height), skip_system_fonts=True)
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGBA")), left, top


def _looks_the_same(a: Cut, b: Cut) -> bool:
    offsets = (a.x - b.x, a.y - b.y, *(m - n for m, n in zip(a.pixels.shape, b.pixels.shape, strict=True)))
    if max(map(abs, offsets)) > 1:
        return False
    x0, y0 = min(a.x, b.x), min(a.y, b.y)
    height = max(a.y + a.pixels.shape[0], b.y + b.pixels.shape[0]) - y0
    width = max(a.x + a.pixels.shape[1], b.x + b.pixels.shape[1]) - x0
    planes = []
    for cut in (a, b):
        plane = np.zeros((height, width, 4), np.float32)
        h, w = cut.pixels.shape[:2]
        part = cut.pixels.astype(np.float32)
        part[..., :3] *= part[..., 3:] / 255
        plane[cut.y - y0 : cut.y - y0 + h, cut.x - x0 : cut.x - x0 + w] = part
        planes.append(plane)
    return float(np.abs(planes[0] - planes[1]).mean()) < 1.6


def _mouths(sheet: Sheet, source: Source) -> dict[str, list[int]]:
    deepest = source.table["face"]["drop"]
    states, shared = {}, []
    for key, a, b, weight in mouth_states():
        shape = blend(SHAPES[a], SHAPES[b], weight)
        level = round(scene.jaw_drop(source, shape) / deepest * (face.JAW_LEVELS - 1))
        states[key] = [sheet.add(scene.draw_mouth_of(source, shape), MOUTH_BOX, among=shared), level]
    return states


def _eyes(sheet: Sheet, source: Source) -> dict[str, int]:
    states = {}
    for squint in (0, 1):
        drawn: dict[tuple[float, ...], int] = {}
        for o, openness in enumerate(OPENNESS):
            for gx, gaze_x in enumerate(GAZE_X):
                for gy, gaze_y in enumerate(GAZE_Y):
                    # Half-shut eyes pass in two frames of a blink: nobody sees where they look.
                    look = (gaze_x, gaze_y) if openness > 0.5 else (0.0, 0.0)
                    body = draw_eyes(source.table, openness, squint, *look)
                    states[f"{o}.{squint}.{gx}.{gy}"] = drawn.setdefault((o, *look), len(sheet.cuts))
                    if drawn[o, *look] == len(sheet.cuts):
                        sheet.add(body, EYES_BOX)
    return states


def _brows(sheet: Sheet, source: Source) -> dict[str, int]:
    top = BROW_STEPS - 1
    return {
        f"{raised}.{soft}": sheet.add(draw_brows(source.table, raised / top, soft / top), BROWS_BOX)
        for raised in range(BROW_STEPS)
        for soft in range(BROW_STEPS)
    }


def build_presenter(name: str, folder: Path) -> dict[str, Any]:
    """Write atlas.webp and presenter.json of presenter `name` into `folder`; returns the JSON's data.

    Raises FileNotFoundError or ValueError when its art is missing or incomplete.
    """
    source = read_source(name)
    sheet = Sheet(source)
    layers = {layer: sheet.add(source.layers[layer], WHOLE) for layer in ("hair_back", "body", "clothes")}
    layers["head"] = sheet.add(scene.draw_still_head(source), WHOLE)
    layers["nose"] = sheet.add(source.layers["nose"], WHOLE)
    layers["hair_front"] = sheet.add(source.layers["hair_front"], WHOLE)
    deepest = source.table["face"]["drop"]
    jaw = [
        sheet.add(scene.draw_jaw(source, deepest * level / (face.JAW_LEVELS - 1)), scene.JAW_BOX)
        for level in range(face.JAW_LEVELS)
    ]
    mouth, eyes, brows = _mouths(sheet, source), _eyes(sheet, source), _brows(sheet, source)
    behind = {layers["hair_back"], layers["body"], layers["clothes"]}
    pixels, places = pack(sheet.cuts)
    atlas = Image.fromarray(pixels)
    folder.mkdir(parents=True, exist_ok=True)
    atlas.save(folder / "atlas.webp", **WEBP)
    px = lambda units: round(units * SCALE, 2)  # noqa: E731
    data = {
        "format": FORMAT,
        "name": name,
        "fingerprint": fingerprint(name),
        "scale": SCALE,
        "scene": [round(scene.WIDTH * SCALE), round(scene.HEIGHT * SCALE)],
        "atlas": {"file": "atlas.webp", "width": atlas.width, "height": atlas.height},
        "portrait": "portrait.webp",
        "clothes": source.table["clothes"],
        "frame": {
            "center_x": px(500), "eye_y": px(source.table["eyes"]["y"]), "eye_line": 0.42,
            "min_width": px(620), "min_height": px(900), "max_height": px(1500),
        },
        "pivot": [px(500), px(720)],
        "head": box_around(place for number, place in enumerate(places) if number not in behind),
        "sprites": places,
        "layers": layers,
        "jaw": jaw,
        "mouth": mouth,
        "eyes": {"openness": OPENNESS, "gaze_x": GAZE_X, "gaze_y": GAZE_Y, "states": eyes},
        "brows": {"steps": BROW_STEPS, "states": brows},
    }
    (folder / "presenter.json").write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
    return data
