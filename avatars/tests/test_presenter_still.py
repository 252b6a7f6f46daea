"""Pictures put together from the atlas, as a person would see them."""

import pytest

from avatars.presenter.format import PRESENTERS, load_presenter

Image = pytest.importorskip("PIL.Image", reason="pictures are drawn in development only")
ImageChops = pytest.importorskip("PIL.ImageChops")

from avatars.presenter.still import PORTRAIT, draw_figure, draw_portrait  # noqa: E402  needs Pillow

every_presenter = pytest.mark.parametrize("name", PRESENTERS)


def figure(name: str, **state: str) -> "Image.Image":
    presenter = load_presenter(name)
    with Image.open(presenter.atlas_path) as atlas:
        return draw_figure(presenter, atlas.convert("RGBA"), **state)


def changed(a: "Image.Image", b: "Image.Image", scale: float) -> tuple[float, ...]:
    """Box (left, top, right, bottom), scene units, of what differs between two pictures."""
    box = ImageChops.difference(a.convert("RGB"), b.convert("RGB")).getbbox()
    assert box is not None
    return tuple(edge / scale for edge in box)


@every_presenter
def test_the_background_is_not_baked_in(name: str) -> None:
    picture = figure(name)
    assert picture.getpixel((0, 0))[3] == 0
    assert picture.getpixel((picture.width // 2, picture.height - 1))[3] == 255


@every_presenter
def test_an_open_mouth_moves_the_lower_face_and_nothing_else(name: str) -> None:
    left, top, right, bottom = changed(figure(name), figure(name, mouth="A"), load_presenter(name).scale)
    assert top > 480 and bottom < 790
    assert left > 320 and right < 680


@every_presenter
def test_a_blink_moves_the_eyes_and_nothing_else(name: str) -> None:
    _, top, _, bottom = changed(figure(name), figure(name, eyes="0.0.2.1"), load_presenter(name).scale)
    assert top > 360 and bottom < 470


@every_presenter
def test_the_clothes_take_a_colour_and_the_face_does_not(name: str) -> None:
    _, top, _, _ = changed(figure(name), figure(name, clothes="#7a2e3a"), load_presenter(name).scale)
    assert top > 730


@every_presenter
def test_an_open_mouth_is_dark_inside_and_a_closed_one_is_not(name: str) -> None:
    presenter = load_presenter(name)
    at = (round(500 * presenter.scale), round(600 * presenter.scale))
    assert sum(figure(name, mouth="A").getpixel(at)[:3]) < 330
    assert sum(figure(name, mouth="MBP").getpixel(at)[:3]) > 400


@every_presenter
def test_the_portrait_is_a_square_on_any_background(name: str) -> None:
    presenter = load_presenter(name)
    plain = draw_portrait(presenter, background="#204060")
    assert plain.size == (PORTRAIT, PORTRAIT)
    assert plain.getpixel((0, 0)) == (0x20, 0x40, 0x60)
    assert draw_portrait(presenter, background="evening", size=64).size == (64, 64)


def test_a_state_that_is_not_in_the_atlas_is_refused() -> None:
    with pytest.raises(KeyError):
        figure("aliya", mouth="smirk")
