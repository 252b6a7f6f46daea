"""Build time: everything under static/presenters/ from the art (see `management/commands/build_presenters.py`)."""

import io

import resvg_py
from PIL import Image

from .atlas import build_presenter
from .drawing.source import ART
from .format import BACKGROUNDS, STATIC, load_presenter
from .still import background_path, draw_portrait


def build_backgrounds() -> None:
    """The drawn backgrounds as WebP."""
    (STATIC / "backgrounds").mkdir(parents=True, exist_ok=True)
    for name in BACKGROUNDS:
        drawing = (ART / "backgrounds" / f"{name}.svg").read_text(encoding="utf-8")
        png = resvg_py.svg_to_bytes(svg_string=drawing, skip_system_fonts=True)
        Image.open(io.BytesIO(bytes(png))).convert("RGB").save(background_path(name), format="WEBP", quality=95, method=6)


def build(name: str) -> int:
    """Atlas, presenter.json and portrait of one presenter; returns the bytes written. Backgrounds must be there."""
    folder = STATIC / name
    build_presenter(name, folder)
    load_presenter.cache_clear()
    presenter = load_presenter(name)
    draw_portrait(presenter).save(presenter.portrait_path, format="WEBP", quality=90, method=6)
    return sum(path.stat().st_size for path in folder.iterdir())
