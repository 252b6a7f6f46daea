"""presenter.json: what the build writes and the browser and the server read (design §3).

All numbers are atlas pixels unless said otherwise; `scale` is pixels per scene unit. A sprite is drawn at its
place `(x, y)` in the scene without scaling, so a frame put together in scene pixels has no seams.

    format        1
    name          "aliya"
    fingerprint   of the sources it was built from; also the cache key of the pictures
    scale         pixels per scene unit
    scene         [width, height] of the whole figure; its background is transparent
    atlas         {file, width, height}; WebP beside this file
    portrait      file of the still picture, 512 × 512
    clothes       default colour "#rrggbb" that the grey `clothes` layer is multiplied by
    frame         {eye_y, center_x, min_width, min_height, max_height, eye_line}: how a canvas crops the scene;
                  `eye_line` is the fraction of the canvas height at which the eyes stand
    pivot         [x, y] the head turns about
    head          [x, y, width, height] that holds every part of the head in front of the body
    sprites       [[atlas_x, atlas_y, width, height, x, y], …]
    layers        {hair_back, body, clothes, head, nose, hair_front: sprite}
    jaw           [sprite, …] from shut to fully open
    mouth         {state key of `visemes.mouth_key`: [sprite, jaw level]}; near-equal states share a sprite
    eyes          {openness: [0 shut … 1], gaze_x, gaze_y: [offsets in scene units],
                   states: {"openness.squint.gaze_x.gaze_y" as indices (squint 0 or 1): sprite}}
    brows         {steps: 4, states: {"raised.soft" each 0 … 3: sprite}}
    motion        share of turn, tilt and breath this figure takes; 1 when absent, less for one made of a photo

One frame, bottom first: background, `hair_back` (moves with the head), `body`, tinted `clothes`, then the head:
`head`, `jaw[level]`, `nose`, mouth, eyes, brows, `hair_front`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FORMAT = 1
FILES: tuple[str, ...] = ("presenter.json", "atlas.webp", "portrait.webp")  # of one presenter, in its folder
PRESENTERS: tuple[str, ...] = ("aliya", "timur")
BACKGROUNDS: tuple[str, ...] = ("office", "plain", "evening")
STATIC = Path(__file__).resolve().parents[2] / "static" / "presenters"


class UnknownPresenter(LookupError):
    """There is no presenter of this name; the message names it."""


@dataclass(frozen=True)
class Sprite:
    """A rectangle of the atlas and the place of its top left corner in the scene, pixels."""

    atlas_x: int
    atlas_y: int
    width: int
    height: int
    x: int
    y: int

    @property
    def atlas_box(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in the atlas."""
        return self.atlas_x, self.atlas_y, self.atlas_x + self.width, self.atlas_y + self.height


@dataclass(frozen=True)
class Frame:
    """How a picture of any shape is cut out of the scene. Pixels; `eye_line` is a fraction of the height."""

    center_x: float
    eye_y: float
    eye_line: float
    min_width: float
    min_height: float
    max_height: float


@dataclass(frozen=True)
class Presenter:
    """One presenter, ready to be drawn. Indices point into `sprites`."""

    name: str
    fingerprint: str
    scale: float
    scene: tuple[int, int]
    folder: Path
    atlas_path: Path
    portrait_path: Path
    clothes: str
    frame: Frame
    pivot: tuple[float, float]
    head: tuple[int, int, int, int]
    sprites: tuple[Sprite, ...]
    layers: dict[str, int]
    jaw: tuple[int, ...]
    mouth: dict[str, tuple[int, int]]
    eye_openness: tuple[float, ...]
    gaze_x: tuple[float, ...]
    gaze_y: tuple[float, ...]
    eyes: dict[str, int]
    brows: dict[str, int]
    motion: float = 1.0


@cache
def load_presenter(name: str) -> Presenter:
    """The presenter `name` of PRESENTERS. Raises UnknownPresenter, also for anything that looks like a path."""
    if name not in PRESENTERS:
        raise UnknownPresenter(f"There is no presenter {name!r}")
    return read_presenter(STATIC / name)


def read_presenter(folder: Path) -> Presenter:
    """The presenter built in `folder`. Raises FileNotFoundError when it is not there, and as `parse_presenter`."""
    return parse_presenter(json.loads((folder / "presenter.json").read_text(encoding="utf-8")), folder)


def parse_presenter(data: dict[str, Any], folder: Path) -> Presenter:
    """Typed values of a presenter.json. Raises ValueError for another format number, KeyError for a missing field."""
    if data["format"] != FORMAT:
        raise ValueError(f"presenter.json has format {data['format']}, this code reads {FORMAT}: build it again")
    return Presenter(
        name=data["name"],
        fingerprint=data["fingerprint"],
        scale=data["scale"],
        scene=(data["scene"][0], data["scene"][1]),
        folder=folder,
        atlas_path=folder / data["atlas"]["file"],
        portrait_path=folder / data["portrait"],
        clothes=data["clothes"],
        frame=Frame(**data["frame"]),
        pivot=(data["pivot"][0], data["pivot"][1]),
        head=tuple(data["head"]),
        sprites=tuple(Sprite(*numbers) for numbers in data["sprites"]),
        layers=data["layers"],
        jaw=tuple(data["jaw"]),
        mouth={key: (sprite, level) for key, (sprite, level) in data["mouth"].items()},
        eye_openness=tuple(data["eyes"]["openness"]),
        gaze_x=tuple(data["eyes"]["gaze_x"]),
        gaze_y=tuple(data["eyes"]["gaze_y"]),
        eyes=data["eyes"]["states"],
        brows=data["brows"]["states"],
        motion=float(data.get("motion", 1.0)),
    )
