"""Portraits of our own drawn art (no real person), their points, and pictures as people send them."""

import io
import json
from functools import cache
from unittest.mock import patch

import numpy as np
from PIL import Image

from avatars.models import PhotoPresenter
from avatars.presenter import photo_atlas
from avatars.presenter.drawing.source import ART
from avatars.presenter.format import load_presenter
from avatars.presenter.photo import PhotoFace
from avatars.presenter.photo_points import read_points
from avatars.presenter.still import background_path, cover, draw_figure
from avatars.services import photo_presenters

CUT = (120, 60, 960, 1180)  # head and shoulders of the drawn scene, pixels


@cache
def portrait(name: str = "aliya") -> Image.Image:
    """The drawn presenter as a photographer would send it: lips closed, plain wall, 840 × 1120."""
    presenter = load_presenter(name)
    with Image.open(presenter.atlas_path) as atlas:
        figure = draw_figure(presenter, atlas.convert("RGBA"), mouth="MBP")
    with Image.open(background_path("plain")) as wall:
        picture = cover(wall, *figure.size)
    picture.alpha_composite(figure)
    return picture.convert("RGB").crop(CUT)


def points_of(name: str = "aliya") -> dict[str, list[float]]:
    """The right points of `portrait(name)`, fractions, from the numbers of its art."""
    table, scale = json.loads((ART / f"{name}.json").read_text(encoding="utf-8")), load_presenter(name).scale
    mouth, eyes = table["mouth"], table["eyes"]

    def at(x: float, y: float) -> list[float]:
        return [round((x * scale - CUT[0]) / (CUT[2] - CUT[0]), 5), round((y * scale - CUT[1]) / (CUT[3] - CUT[1]), 5)]

    return {
        "left_eye": at(500 - eyes["x"], eyes["y"]), "right_eye": at(500 + eyes["x"], eyes["y"]),
        "mouth_left": at(500 - mouth["half_width"], mouth["y"]), "mouth_right": at(500 + mouth["half_width"], mouth["y"]),
        "lips": at(500, mouth["y"] + 1), "chin": at(500, table["face"]["chin"][1]),
    }  # fmt: skip


def bgr(picture: Image.Image) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[..., ::-1])


@cache
def face(name: str = "aliya") -> PhotoFace:
    picture = portrait(name)
    return PhotoFace(bgr(picture), read_points(points_of(name), *picture.size))


def sent(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The bytes of a file of this kind."""
    file = io.BytesIO()
    picture.save(file, format=kind, **options)
    return file.getvalue()


def make_photo_presenter(**values: object) -> PhotoPresenter:
    """A draft with the drawn portrait and the right points; `built=True` builds its sprites."""
    built = values.pop("built", False)
    presenter = PhotoPresenter(**{"display_name": "Dana", **values})
    photo_presenters.take_portrait(presenter, sent(portrait(), quality=95))
    presenter.points = points_of()
    presenter.save()
    photo_presenters.order_build(presenter)
    if built:
        with patch.dict(photo_atlas.WEBP, method=0):  # a quick encoding will do: the pictures are the same
            photo_presenters.build(presenter.pk)
    presenter.refresh_from_db()
    return presenter
