"""The committed sprites: what presenter.json promises, and that it was built from the sources beside it."""

import json
import re

import pytest
from django.core.management import CommandError, call_command

from avatars.presenter import format as presenter_format
from avatars.presenter.drawing.mouth import SHAPES, blend
from avatars.presenter.drawing.scene import draw_scene, jaw_drop
from avatars.presenter.drawing.source import fingerprint, read_source
from avatars.presenter.format import BACKGROUNDS, PRESENTERS, STATIC, UnknownPresenter, load_presenter, parse_presenter
from avatars.presenter.visemes import MOUTHS, mouth_states

every_presenter = pytest.mark.parametrize("name", PRESENTERS)


@every_presenter
def test_the_committed_sprites_were_built_from_the_sources(name: str) -> None:
    assert load_presenter(name).fingerprint == fingerprint(name), "run manage.py build_presenters"


@every_presenter
def test_every_mouth_state_has_a_sprite_and_a_jaw(name: str) -> None:
    presenter = load_presenter(name)
    assert set(presenter.mouth) == {key for key, *_ in mouth_states()}
    for sprite, level in presenter.mouth.values():
        assert 0 <= sprite < len(presenter.sprites)
        assert 0 <= level < len(presenter.jaw)


@every_presenter
def test_every_state_of_eyes_and_brows_has_a_sprite(name: str) -> None:
    presenter = load_presenter(name)
    looks = len(presenter.gaze_x) * len(presenter.gaze_y)
    assert len(presenter.eyes) == len(presenter.eye_openness) * 2 * looks
    assert len(presenter.brows) == 16
    assert all(0 <= sprite < len(presenter.sprites) for sprite in (*presenter.eyes.values(), *presenter.brows.values()))


@every_presenter
def test_sprites_lie_inside_the_atlas_and_do_not_overlap(name: str) -> None:
    size = json.loads((STATIC / name / "presenter.json").read_text())["atlas"]
    taken = bytearray(size["width"] * size["height"])
    for sprite in load_presenter(name).sprites:
        left, top, right, bottom = sprite.atlas_box
        assert right <= size["width"] and bottom <= size["height"]
        for row in range(top, bottom):
            line = slice(row * size["width"] + left, row * size["width"] + right)
            assert not any(taken[line])
            taken[line] = b"\x01" * (right - left)


@every_presenter
def test_a_presenter_stays_light_and_small_enough_for_a_phones_graphics(name: str) -> None:
    folder = STATIC / name
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_600_000
    assert json.loads((folder / "presenter.json").read_text())["atlas"]["height"] <= 4096
    assert (folder / "portrait.webp").read_bytes()[8:12] == b"WEBP"


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_every_background_is_there(background: str) -> None:
    assert (STATIC / "backgrounds" / f"{background}.webp").read_bytes()[8:12] == b"WEBP"


@pytest.mark.parametrize("name", ["", "Aliya", "nobody", "../aliya", "aliya/", "aliya\0"])
def test_it_refuses_a_presenter_it_does_not_have(name: str) -> None:
    with pytest.raises(UnknownPresenter):
        load_presenter(name)


def test_it_refuses_a_file_of_another_format() -> None:
    data = json.loads((STATIC / "aliya" / "presenter.json").read_text())
    with pytest.raises(ValueError, match="build it again"):
        parse_presenter({**data, "format": presenter_format.FORMAT + 1}, STATIC / "aliya")


@every_presenter
def test_the_jaw_falls_as_far_as_the_mouth_opens(name: str) -> None:
    source = read_source(name)
    drops = [jaw_drop(source, SHAPES[viseme]) for viseme in ("MBP", "I", "AH", "A")]
    assert drops == sorted(drops)
    assert drops[0] == 0 and drops[-1] == source.table["face"]["drop"]


def test_a_blend_starts_and_ends_at_its_mouths() -> None:
    assert blend(SHAPES["A"], SHAPES["U"], 0.0) == SHAPES["A"]
    assert blend(SHAPES["A"], SHAPES["U"], 1.0).wide == pytest.approx(SHAPES["U"].wide)


@every_presenter
@pytest.mark.parametrize("viseme", MOUTHS)
def test_the_drawing_of_every_mouth_is_sound(name: str, viseme: str) -> None:
    drawing = draw_scene(read_source(name), SHAPES[viseme])
    assert not re.search(r"nan|inf\b|None|\{\}", drawing)
    used, defined = set(re.findall(r"url\(#(\w+)\)", drawing)), set(re.findall(r'id="(\w+)"', drawing))
    assert used <= defined | set(re.findall(r'id="(\w+)"', read_source(name).defs))


def test_the_build_command_refuses_a_presenter_it_does_not_have() -> None:
    with pytest.raises(CommandError):
        call_command("build_presenters", "nobody")
