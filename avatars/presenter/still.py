"""Still pictures of a presenter put together from its atlas with Pillow: the poster, and what tests look at.

The order of the layers and the tint are those of `format`; the browser's `stage.js` does the same.
"""

from pathlib import Path

from PIL import Image, ImageChops

from .format import STATIC, Presenter

PORTRAIT = 512  # pixels
PORTRAIT_WIDTH = 820.0  # scene units that the portrait shows
HEAD_ROOM = 60.0  # scene units above the hair, which begins at about y = 126


def tint(grey: Image.Image, color: str) -> Image.Image:
    """The grey clothes multiplied by "#rrggbb"; alpha is kept."""
    tinted = ImageChops.multiply(grey.convert("RGB"), Image.new("RGB", grey.size, color))
    tinted.putalpha(grey.getchannel("A"))
    return tinted


def draw_figure(
    presenter: Presenter, atlas: Image.Image, *, mouth: str = "sil", eyes: str = "4.0.2.1", brows: str = "0.1",
    clothes: str | None = None,
) -> Image.Image:
    """The whole figure on a transparent scene, RGBA. Raises KeyError for a state that is not in the atlas."""
    scene = Image.new("RGBA", presenter.scene)

    def put(number: int, color: str | None = None) -> None:
        sprite = presenter.sprites[number]
        part = atlas.crop(sprite.atlas_box)
        scene.alpha_composite(tint(part, color) if color else part, (sprite.x, sprite.y))

    lips, jaw = presenter.mouth[mouth]
    put(presenter.layers["hair_back"])
    put(presenter.layers["body"])
    put(presenter.layers["clothes"], clothes or presenter.clothes)
    put(presenter.layers["head"])
    put(presenter.jaw[jaw])
    for number in (presenter.layers["nose"], lips, presenter.eyes[eyes], presenter.brows[brows], presenter.layers["hair_front"]):
        put(number)
    return scene


def cover(picture: Image.Image, width: int, height: int) -> Image.Image:
    """`picture` scaled and cropped from its middle to fill width × height."""
    scale = max(width / picture.width, height / picture.height)
    left, top = (picture.width - width / scale) / 2, (picture.height - height / scale) / 2
    box = (left, top, left + width / scale, top + height / scale)
    return picture.convert("RGBA").resize((width, height), Image.Resampling.LANCZOS, box=box)


def draw_portrait(
    presenter: Presenter, *, background: str = "plain", clothes: str | None = None, size: int = PORTRAIT
) -> Image.Image:
    """Head and shoulders, smiling, size × size pixels, RGB. `background` is one of `format.BACKGROUNDS` or "#rrggbb".

    Raises FileNotFoundError when the built files are missing.
    """
    with Image.open(presenter.atlas_path) as atlas:
        figure = draw_figure(presenter, atlas.convert("RGBA"), mouth="smile", eyes="4.1.2.1", brows="0.1", clothes=clothes)
    side = PORTRAIT_WIDTH * presenter.scale
    left, top = figure.width / 2 - side / 2, (126 - HEAD_ROOM) * presenter.scale
    cut = figure.resize((size, size), Image.Resampling.LANCZOS, box=(left, top, left + side, top + side))
    if background.startswith("#"):
        canvas = Image.new("RGBA", (size, size), background)
    else:
        with Image.open(background_path(background)) as picture:
            canvas = cover(picture, size, size)
    canvas.alpha_composite(cut)
    return canvas.convert("RGB")


def background_path(name: str) -> Path:
    """File of a drawn background."""
    return STATIC / "backgrounds" / f"{name}.webp"
