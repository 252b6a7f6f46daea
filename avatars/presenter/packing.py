"""Sprites on one sheet: trimmed cuts, dense and deterministic places (leaf: numpy only)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

ATLAS_WIDTH = 2048
GAP = 2  # pixels between sprites, so that filtering never reads a neighbour


@dataclass
class Cut:
    """A drawn sprite, trimmed, with its place in the scene (pixels)."""

    pixels: np.ndarray  # uint8 [height, width, 4], straight alpha
    x: int
    y: int


def trim(pixels: np.ndarray, left: int, top: int) -> Cut:
    """What can be seen of `pixels` whose corner stands at (left, top); a picture with nothing to see keeps one pixel."""
    seen = pixels[..., 3] > 0
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return Cut(pixels[:1, :1], left, top)
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return Cut(pixels[y0:y1, x0:x1], left + int(x0), top + int(y0))


def pack(cuts: Sequence[Cut]) -> tuple[np.ndarray, list[list[int]]]:
    """The sheet, uint8 [height, ATLAS_WIDTH, 4], and for each cut [atlas_x, atlas_y, width, height, x, y].

    Highest first, each where the skyline is lowest: simple, deterministic and dense. Raises ValueError for a cut that is
    wider than the sheet.
    """
    places: list[list[int]] = [[] for _ in cuts]
    skyline = np.zeros(ATLAS_WIDTH, np.int32)
    for number in sorted(range(len(cuts)), key=lambda n: (-cuts[n].pixels.shape[0], -cuts[n].pixels.shape[1], n)):
        height, width = cuts[number].pixels.shape[:2]
        floors = np.lib.stride_tricks.sliding_window_view(skyline, width).max(axis=1)
        x = int(floors.argmin())
        y = int(floors[x])
        skyline[x : x + width + GAP] = y + height + GAP
        places[number] = [x, y, width, height, cuts[number].x, cuts[number].y]
    sheet = np.zeros((int(skyline.max()) - GAP, ATLAS_WIDTH, 4), np.uint8)
    for cut, (x, y, width, height, *_place) in zip(cuts, places, strict=True):
        sheet[y : y + height, x : x + width] = cut.pixels
    return sheet, places


def box_around(places: Iterable[Sequence[int]], margin: int = 8) -> list[int]:
    """[x, y, width, height] of the scene that holds all these places and a margin."""
    boxes = [(p[4], p[5], p[4] + p[2], p[5] + p[3]) for p in places]
    x0, y0 = min(b[0] for b in boxes) - margin, min(b[1] for b in boxes) - margin
    return [x0, y0, max(b[2] for b in boxes) + margin - x0, max(b[3] for b in boxes) + margin - y0]
