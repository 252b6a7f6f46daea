"""A presenter made of a portrait, seen in its pixels."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatars.presenter.coarticulation import Mouth
from avatars.presenter.format import read_presenter
from avatars.presenter.photo import PhotoFace
from avatars.presenter.photo_atlas import build_photo_presenter
from avatars.presenter.photo_points import NAMES, WrongPoints, read_points, usual_points
from avatars.presenter.photo_proposal import propose
from avatars.presenter.visemes import VISEMES, mouth_states
from avatars.render.acting import Pose
from avatars.render.stage import Art, Look, Stage
from avatars.tests.photo_helpers import bgr, face, points_of, portrait


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photo")
    build_photo_presenter(face(), folder, name="photo-x", fingerprint="0123", progress=lambda _percent: None)
    return folder


def gap(mouth: str) -> int:
    """Rows between the lips, in the middle of the mouth, that show neither lip nor skin."""
    drawn = face()
    column = drawn.frame(Mouth(mouth, mouth, 0.0))[:, round(drawn.scene.points.lips[0])].astype(int)
    top, bottom = round(drawn.lips.nose), round(drawn.lips.chin)
    part = column[top:bottom]
    return int(((part.max(axis=1) < 130) | (part.min(axis=1) > 190) & (part.max(axis=1) - part.min(axis=1) < 40)).sum())


# --- The mouth ---


def test_the_mouth_opens_on_a_and_is_shut_on_m() -> None:
    assert gap("A") > 20
    assert gap("MBP") <= 2


def test_wide_vowels_open_more_than_hissing() -> None:
    assert gap("A") > gap("AH") > gap("SZ") >= gap("MBP")


def test_at_rest_the_face_is_the_portrait_itself() -> None:
    drawn = face()
    apart = np.abs(drawn.frame(Mouth("sil", "sil", 0.0)).astype(int) - drawn.scene.pixels)
    assert apart.max() <= 2


@pytest.mark.parametrize("viseme", VISEMES)
def test_no_mouth_moves_anything_above_the_nose_or_beside_the_face(viseme: str) -> None:
    drawn = face()
    moved = np.abs(drawn.frame(Mouth(viseme, viseme, 0.0)).astype(int) - drawn.scene.pixels).max(axis=2) > 6
    rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
    if rows.size:
        assert rows[0] >= drawn.lips.nose - 1 and rows[-1] <= drawn.lips.neck + 1
        assert abs(columns[0] - drawn.lips.middle) < 1.25 * drawn.scene.unit


def test_a_blink_covers_the_eyes_and_nothing_else() -> None:
    drawn, region = face(), face().eyes_region
    moved = np.abs(drawn.frame(Mouth("sil", "sil", 0.0), openness=0.0).astype(int) - drawn.scene.pixels).max(axis=2) > 6
    rows = np.flatnonzero(moved.any(axis=1))
    assert region.y <= rows[0] and rows[-1] <= region.y + region.height
    assert moved.sum() > 500


def test_a_tilted_head_is_put_upright() -> None:
    turned = portrait().rotate(-8, resample=Image.Resampling.BICUBIC, fillcolor="white")
    centre, angle = (turned.width / 2, turned.height / 2), math.radians(8)

    def around(point: list[float]) -> list[float]:
        x, y = point[0] * turned.width - centre[0], point[1] * turned.height - centre[1]
        there = (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
        return [(there[0] + centre[0]) / turned.width, (there[1] + centre[1]) / turned.height]

    points = {name: around(point) for name, point in points_of().items()}
    drawn = PhotoFace(bgr(turned), read_points(points, *turned.size))
    assert drawn.scene.points.left_eye[1] == pytest.approx(drawn.scene.points.right_eye[1], abs=0.5)


# --- The sprites ---


def test_the_sprites_are_read_like_those_of_a_drawn_presenter(built: Path) -> None:
    presenter = read_presenter(built)
    assert set(presenter.mouth) == {key for key, *_rest in mouth_states()}
    assert all(
        0 <= sprite < len(presenter.sprites) and 0 <= level < len(presenter.jaw) for sprite, level in presenter.mouth.values()
    )
    with Image.open(presenter.atlas_path) as atlas:
        assert atlas.mode == "RGBA" and atlas.height <= 4096
        assert all(s.atlas_x + s.width <= atlas.width and s.atlas_y + s.height <= atlas.height for s in presenter.sprites)


def test_the_atlas_stays_light(built: Path) -> None:
    assert sum(path.stat().st_size for path in built.iterdir()) < 2_000_000


def test_the_renderer_draws_it_and_its_mouth_opens(built: Path) -> None:
    art = Art(Look(presenter="photo-x", width=480, height=480, folder=built))
    stage = Stage(art)

    def drawn(mouth: str) -> np.ndarray:
        frame = np.empty((480, 480, 4), np.uint8)
        stage.draw(Pose(mouth, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), frame)
        return frame[..., :3].astype(int)

    shut, wide = drawn("MBP"), drawn("A")
    assert shut.min(axis=2).mean() > 30  # no black clip
    apart = np.abs(shut - wide).max(axis=2) > 40
    rows = np.flatnonzero(apart.any(axis=1))
    assert apart.sum() > 300 and rows[0] > 480 * 0.4


# --- Points ---


def test_the_drawn_face_is_found_and_its_eyes_are_near() -> None:
    found = propose(bgr(portrait()))
    assert found.faces == 1
    for name in ("left_eye", "right_eye"):
        assert math.dist(found.points[name], points_of()[name]) < 0.03
    read_points(found.points, *portrait().size)


def test_of_two_faces_the_larger_gets_the_points() -> None:
    both = Image.new("RGB", (1500, 1120), "white")
    both.paste(portrait(), (0, 0))
    both.paste(portrait("timur").resize((420, 560)), (1000, 300))
    found = propose(bgr(both))
    assert found.faces >= 2
    assert found.points["right_eye"][0] * 1500 < 840


@pytest.mark.parametrize("size", [(640, 480), (200, 200), (30, 900), (8, 8)])
def test_without_a_face_the_points_stand_where_they_usually_are(size: tuple[int, int]) -> None:
    found = propose(bgr(Image.new("RGB", size, "#8090a0")))
    assert found.faces == 0 and found.points == usual_points()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chin": [0.5, 1.2]}, "outside"), ({"chin": [float("nan"), 0.5]}, "outside"), ({"lips": [-0.1, 0.5]}, "outside"),
        ({"left_eye": [0.6, 0.35], "right_eye": [0.4, 0.35]}, "crossed"), ({"chin": [0.5, 0.2]}, "crossed"),
        ({"mouth_left": [0.57, 0.5], "mouth_right": [0.43, 0.5]}, "crossed"), ({"lips": [0.9, 0.5]}, "crossed"),
        ({"right_eye": [0.5, 0.9]}, "tilted"), ({"left_eye": [0.49, 0.35], "right_eye": [0.51, 0.35]}, "small"),
        ({"chin": None}, "missing"), ({"chin": "x"}, "missing"), ({"chin": [1]}, "missing"), ({"chin": [0.5, "a"]}, "missing"),
    ],
    ids=str,
)  # fmt: skip
def test_points_that_cannot_be_a_face_are_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(WrongPoints) as refused:
        read_points({**points_of(), **change}, 840, 1120)
    assert refused.value.reason == reason


@pytest.mark.parametrize("data", [None, [], "points", {}, 7])
def test_what_is_no_set_of_points_is_refused(data: object) -> None:
    with pytest.raises(WrongPoints):
        read_points(data, 840, 1120)


def test_the_six_points_have_names() -> None:
    assert set(usual_points()) == set(NAMES) == set(points_of())
