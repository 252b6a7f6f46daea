"""Pictures from outside: judged by what they hold, encoded anew, kept under names nobody can guess (threats 8, 61, 62)."""

import hashlib
import io
import warnings
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from avatars.models import BackgroundPicture, new_speech_id

MAX_BYTES = 5 * 1024 * 1024
MAX_SIDE = 4096  # pixels
MAX_PIXELS = MAX_SIDE * MAX_SIDE
# Only these decoders run; what a name or a browser says about the type is not asked.
FORMATS = ("JPEG", "PNG", "WEBP")
BACKGROUND_SIDE = 1920  # a larger background shows nothing more behind a presenter
PORTRAIT_SIDE = 2400
LEAST_BACKGROUND, LEAST_PORTRAIT = 320, 200


class BadPicture(ValueError):
    """The upload is no picture we take. The text is for the person who sent it."""


def read_picture(content: bytes, *, least: int, largest: int) -> Image.Image:
    """The picture upright, RGB, at most `largest` pixels a side; transparency becomes white. Raises BadPicture.

    1. Size in bytes, then type by content, then size in pixels: all before a pixel is decoded.
    2. One still picture: animations are refused.
    3. The camera's orientation is applied; all metadata stays behind.
    """
    if len(content) > MAX_BYTES:
        raise BadPicture(_("The picture is larger than 5 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if max(picture.size) > MAX_SIDE or picture.width * picture.height > MAX_PIXELS:
                raise BadPicture(_("The picture is larger than 4096 pixels on one side."))
            if getattr(picture, "n_frames", 1) > 1:
                raise BadPicture(_("The picture moves. Please choose a still one."))
            if min(picture.size) < least:
                raise BadPicture(
                    _("The picture is too small: it needs at least %(least)d pixels on each side.") % {"least": least}
                )
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except BadPicture:
        raise
    # Whatever a broken file makes a decoder say: it is not a picture for us.
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(_("This is not a JPEG, PNG or WebP picture that can be read.")) from error
    flat = _flat(upright)
    flat.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return flat


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        white.alpha_composite(seen)
        return white.convert("RGB")
    return picture.convert("RGB")


def encoded(picture: Image.Image, *, quality: int = 90) -> bytes:
    """Our own WebP of it, without metadata."""
    file = io.BytesIO()
    picture.save(file, format="WEBP", quality=quality, method=4)
    return file.getvalue()


def keep_background(content: bytes, *, by: AbstractBaseUser | None) -> BackgroundPicture:
    """The stored background of an upload; the same picture twice is one row. Raises BadPicture."""
    picture = read_picture(content, least=LEAST_BACKGROUND, largest=BACKGROUND_SIDE)
    webp = encoded(picture)
    sha256 = hashlib.sha256(webp).hexdigest()
    found = BackgroundPicture.objects.filter(sha256=sha256).first()
    if found:
        return found
    name = default_storage.save(f"backgrounds/{new_speech_id()}.webp", ContentFile(webp))
    try:
        with transaction.atomic():
            return BackgroundPicture.objects.create(
                file=name, sha256=sha256, width=picture.width, height=picture.height, uploaded_by=by
            )
    except IntegrityError:  # somebody sent the same picture at the same moment
        default_storage.delete(name)
        return BackgroundPicture.objects.get(sha256=sha256)


def local_copy(file: FieldFile) -> Path:
    """A path the renderer can read: the file itself, or our copy of what lies on another storage.

    Raises FileNotFoundError, OSError. Names of media are never used twice, so a copy never grows old.
    """
    name = file.name or ""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        path = Path(settings.VAR_DIR) / "cache" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{new_speech_id()}.part")
            with default_storage.open(name) as source:
                part.write_bytes(source.read())
            part.replace(path)
    if not path.is_file():
        raise FileNotFoundError(name)
    return path
