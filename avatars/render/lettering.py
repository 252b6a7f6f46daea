"""Words in the picture, drawn with the bundled DejaVu Sans Bold (it has the Cyrillic and the Kazakh letters)."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .layers import Layer, premultiplied

_FONT = Path(__file__).with_name("fonts") / "DejaVuSans-Bold.ttf"
_INK, _GROUND = (255, 255, 255, 255), (15, 20, 30, 176)
LINE_HEIGHT = 1.32  # of the font size


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont:
    # Basic layout: whether libraqm is on a machine must not change the picture.
    return ImageFont.truetype(str(_FONT), size, layout_engine=ImageFont.Layout.BASIC)


def printable(text: str) -> str:
    """One line without what has no glyph of its own: control and format characters, unassigned ones, surrogates."""
    seen = "".join(" " if unicodedata.category(c)[0] == "Z" or c in "\n\r\t" else c for c in text)
    return " ".join("".join(c for c in seen if unicodedata.category(c)[0] != "C").split())


def width_of(text: str, size: int) -> float:
    return font(size).getlength(text)


def pill(
    lines: Sequence[str], *, size: int, right: int | None = None, top: int | None = None, center: int = 0, bottom: int = 0
) -> Layer:
    """White letters on a dark rounded ground; placed by its right and top, or by its centre and bottom. Pixels."""
    pad_x, pad_y = round(size * 0.5), round(size * 0.26)
    line = round(size * LINE_HEIGHT)
    width = round(max(width_of(text, size) for text in lines)) + 2 * pad_x
    height = line * len(lines) + 2 * pad_y
    # Drawn on its own colour, so that the soft edges of the letters are not mixed with black.
    picture = Image.new("RGBA", (width, height), (*_GROUND[:3], 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=round(size * 0.45), fill=_GROUND)
    for place, text in enumerate(lines):
        middle = pad_y + line * place + line / 2
        draw.text((width / 2, middle), text, font=font(size), fill=_INK, anchor="mm")
    pixels = premultiplied(np.ascontiguousarray(np.asarray(picture)[..., [2, 1, 0, 3]]))
    x = right - width if right is not None else center - width // 2
    y = top if top is not None else bottom - height
    return Layer.of(x, y, pixels)
