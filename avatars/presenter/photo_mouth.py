"""Paints what a portrait with a shut mouth does not show: the inside of the mouth, teeth and tongue (leaf, no Django)."""

import numpy as np

from .drawing.mouth import MouthShape
from .photo_warp import Region, Warp, smooth

# Blue, green, red in full light; the portrait's own light dims them.
DEEP, THROAT = np.array((18, 14, 40), np.float32), np.array((44, 40, 98), np.float32)
TOOTH, TONGUE = np.array((222, 232, 240), np.float32), np.array((104, 100, 190), np.float32)
TEETH_BOTTOM_DIM = 0.9


def paint_inside(skin: np.ndarray, warp: Warp, shape: MouthShape, region: Region, *, unit: float, light: float) -> np.ndarray:
    """`skin` (uint8 BGR of `region`, already warped) with the inside painted between the lips. `light` [0, 1.1]."""
    y = np.arange(region.y, region.y + region.height, dtype=np.float32)[:, None]
    gap = warp.lower - warp.upper
    if gap.max() < 1:
        return skin
    deep = (y - warp.upper) / np.maximum(gap, 1e-3)  # 0 at the upper lip, 1 at the lower
    inside = np.clip(y - warp.upper + 0.5, 0, 1) * np.clip(warp.lower - y + 0.5, 0, 1) * np.clip(gap / 1.5, 0, 1)
    edge = np.clip(1 - np.abs(warp.along), 0, 1)

    picture = DEEP + (THROAT - DEEP) * np.clip(deep, 0, 1)[..., None]
    picture = _over(picture, TONGUE * 0.85, _tongue(shape, warp, deep, unit))
    teeth = _upper_teeth(shape, warp, y, gap, unit)
    if teeth is not None:
        # Under the lip and towards the corners teeth stand in shade; the gaps between them are just seen.
        shade = (0.62 + 0.38 * smooth((y - warp.upper) / (0.05 * unit))) * (0.5 + 0.5 * smooth(edge / 0.55))
        shade = shade * (1 - 0.07 * (np.abs(np.sin(warp.along * np.pi * 4.2)) < 0.13))
        picture = _over(picture, TOOTH * shade[..., None], teeth)
    if shape.lower_teeth > 0.05 and shape.open > 0.03:
        height = 0.045 * unit * shape.lower_teeth
        row = np.clip((y - (warp.lower - np.minimum(height, 0.3 * gap))) / 1.5 + 0.5, 0, 1) * (np.abs(warp.along) < 0.75)
        picture = _over(picture, TOOTH * TEETH_BOTTOM_DIM * (0.55 + 0.45 * smooth(edge / 0.6))[..., None], row)

    # The lips' own edges turn inward and lose light.
    near = np.minimum(np.abs(y - warp.upper), np.abs(y - warp.lower))
    rim = 1 - 0.22 * np.exp(-near / (0.018 * unit)) * np.clip(gap / (0.05 * unit), 0, 1) * (np.abs(warp.along) < 1)
    painted = skin * rim[..., None] * (1 - inside[..., None]) + picture * light * inside[..., None]
    return np.clip(painted + 0.5, 0, 255).astype(np.uint8)


def _over(below: np.ndarray, color: np.ndarray, share: np.ndarray) -> np.ndarray:
    return below + (color - below) * share[..., None]


def _tongue(shape: MouthShape, warp: Warp, deep: np.ndarray, unit: float) -> np.ndarray:
    """How much of each pixel is tongue: it lies at the bottom, and rises to the teeth for l, t, d, n."""
    top = 1.02 - 0.3 * min(1.0, shape.tongue * 2) - 0.5 * max(0.0, shape.tongue - 0.4)
    bulge = top + 0.5 * np.abs(warp.along / 0.62) ** 2.2
    return 0.85 * smooth((deep - bulge) / 0.16 + 0.5) * min(1.0, shape.tongue * 4)


def _upper_teeth(shape: MouthShape, warp: Warp, y: np.ndarray, gap: np.ndarray, unit: float) -> np.ndarray | None:
    shown = max(shape.upper_teeth, shape.bite)
    if shown < 0.05:
        return None
    height = (0.03 + 0.085 * shown) * unit * min(1.0, 0.35 + shape.open * 2.4) * (1 - 0.3 * warp.along**2)
    height = np.minimum(height, gap * (0.95 if shape.bite > 0.3 else 0.7))
    return np.clip((warp.upper + height - y) / 1.6 + 0.5, 0, 1) * (np.abs(warp.along) < 0.97)
