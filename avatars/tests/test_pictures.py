"""Pictures from outside: judged by content, encoded anew, served to whoever holds the id (threats 8, 61, 62)."""

import io

import pytest
from django.test import AsyncClient
from PIL import Image

from avatars.models import AvatarSettings, BackgroundPicture
from avatars.services import pictures
from avatars.services.pictures import BadPicture, keep_background, read_picture
from avatars.services.presenters import art_for_renderer, presenter_for_page
from avatars.tests.photo_helpers import sent

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def wall(width: int = 800, height: int = 600, color: str = "#336699") -> Image.Image:
    return Image.new("RGB", (width, height), color)


def animated() -> bytes:
    return sent(wall(), "WEBP", save_all=True, append_images=[wall(color="red")], duration=100)


def gif() -> bytes:
    return sent(wall(), "GIF")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0", b"GIF89a", SVG, b"<!doctype html><script>alert(1)</script>", b"\xff\xd8\xff" + SVG, gif(), animated(),
        sent(wall())[:-2000], b"\x89PNG\r\n\x1a\n" + b"\0" * 100, sent(wall(40, 40)), sent(wall(5000, 400)),
    ],
    ids=["empty", "nul", "header", "svg", "html", "svg as jpeg", "gif", "animated", "cut", "half png", "tiny", "huge"],
)  # fmt: skip
def test_it_refuses_what_is_no_still_picture_of_a_usual_size(content: bytes) -> None:
    with pytest.raises(BadPicture):
        read_picture(content, least=200, largest=1920)


def test_it_refuses_more_than_five_megabytes_before_reading_it() -> None:
    with pytest.raises(BadPicture, match="5 MB"):
        read_picture(sent(wall()) + b"\0" * pictures.MAX_BYTES, least=200, largest=1920)


def test_a_bomb_is_refused_by_its_header() -> None:
    bomb = sent(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < pictures.MAX_BYTES
    with pytest.raises(BadPicture):
        read_picture(bomb, least=200, largest=1920)


def test_the_cameras_orientation_is_applied_and_its_data_left_behind() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Bob"
    kept = read_picture(sent(wall(800, 600), exif=exif), least=200, largest=1920)
    assert kept.size == (600, 800)
    assert b"Camera of Bob" not in pictures.encoded(kept)


def test_large_pictures_are_made_smaller_and_transparency_becomes_white() -> None:
    kept = read_picture(sent(Image.new("RGBA", (3000, 2000), (0, 0, 0, 0)), "PNG"), least=200, largest=1920)
    assert kept.size == (1920, 1280) and kept.getpixel((5, 5)) == (255, 255, 255)


def test_the_same_picture_twice_is_one_row() -> None:
    content = sent(wall())
    assert keep_background(content, by=None) == keep_background(content, by=None)
    assert BackgroundPicture.objects.count() == 1


def test_a_profile_shows_its_picture_on_the_page_and_in_clips() -> None:
    picture = keep_background(sent(wall()), by=None)
    snapshot = AvatarSettings(name="A", background=picture.name, clothes="#112233").snapshot()
    shown, drawn = presenter_for_page(snapshot), art_for_renderer(snapshot)
    assert shown["background"] == f"/pictures/{picture.public_id}.webp" and shown["clothes"] == "#112233"
    assert drawn.picture is not None and drawn.picture.is_file() and drawn.clothes == "#112233"


@pytest.mark.parametrize(
    "background", ["picture:gone", "picture:", "../../etc/passwd", "/static/x.png", "http://a/b.png", "nobody"]
)
def test_a_background_that_is_not_there_falls_back_to_the_usual_one(background: str) -> None:
    snapshot = {"presenter": "timur", "background": background}
    assert presenter_for_page(snapshot)["background"].endswith("presenters/backgrounds/office.webp")
    drawn = art_for_renderer(snapshot)
    assert (drawn.presenter, drawn.background, drawn.picture) == ("timur", "office", None)


@pytest.mark.django_db(transaction=True)
async def test_the_picture_is_served_as_what_it_is_and_may_be_kept(async_client: AsyncClient) -> None:
    picture = await BackgroundPicture.objects.acreate(file="", sha256="x" * 64, width=1, height=1)
    assert (await async_client.get(f"/pictures/{picture.public_id}.webp")).status_code == 404  # its file is gone
    from asgiref.sync import sync_to_async

    stored = await sync_to_async(keep_background)(sent(wall()), by=None)
    answer = await async_client.get(f"/pictures/{stored.public_id}.webp")
    body = b"".join([part async for part in answer.streaming_content])  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/webp" and answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(body)).format == "WEBP"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guess", ["1", "x", "a" * 300, "%00", "..%2f..%2fx", "ы"])
async def test_a_guess_finds_nothing(async_client: AsyncClient, guess: str) -> None:
    assert (await async_client.get(f"/pictures/{guess}.webp")).status_code == 404
