"""Which presenters there are, where their art lies, and what a page or the renderer needs of a profile (design §3).

A presenter is drawn (`presenter.format.PRESENTERS`) or made of a photo ("photo-" and its id); the art has one format.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from django.conf import settings as site
from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from avatars.models import BackgroundPicture, PhotoPresenter, new_speech_id
from avatars.models.photo_presenters import PHOTO_PREFIX
from avatars.presenter.format import BACKGROUNDS, FILES, PRESENTERS
from avatars.services.pictures import local_copy

log = logging.getLogger(__name__)
USUAL = PRESENTERS[0]
USUAL_BACKGROUND = BACKGROUNDS[0]
DRAWN_NAMES = {"aliya": _("Aliya"), "timur": _("Timur")}
DRAWN_GENDERS = {"aliya": "female", "timur": "male"}


class PresenterForPage(TypedDict):
    """What the browser's `Presenter` is made with; `portrait` is the poster's address."""

    name: str
    baseUrl: str
    portrait: str
    background: str
    clothes: str | None


@dataclass(frozen=True)
class Offer:
    """A presenter a profile may choose. `photo`: it keeps its own clothes and background."""

    name: str
    label: str
    base_url: str
    portrait: str
    photo: bool


@dataclass(frozen=True)
class Art:
    """For the renderer: `presenter` is one of PRESENTERS, or anything with `folder` set; `picture` goes before `background`."""

    presenter: str
    folder: Path | None
    background: str
    picture: Path | None
    clothes: str


def photo_named(name: str) -> PhotoPresenter | None:
    """The active photo presenter of this name; None for another name, a draft and a retired one."""
    if not name.startswith(PHOTO_PREFIX):
        return None
    return PhotoPresenter.objects.active().filter(public_id=name.removeprefix(PHOTO_PREFIX)).first()


def offers() -> list[Offer]:
    """The drawn presenters, then the active photo presenters."""
    drawn = [
        Offer(
            name,
            str(DRAWN_NAMES.get(name, name)),
            static(f"presenters/{name}/"),
            static(f"presenters/{name}/portrait.webp"),
            False,
        )
        for name in PRESENTERS
    ]
    photos = PhotoPresenter.objects.active()
    return drawn + [Offer(p.name, p.display_name, base_url(p), base_url(p) + "portrait.webp", True) for p in photos]


def base_url(presenter: PhotoPresenter) -> str:
    """Address of the folder of its last build; it changes with every build, so what lies under it may be kept."""
    if not presenter.art:
        return ""
    address = reverse("photo-presenter-file", args=[presenter.public_id, presenter.art_fingerprint[:16], "presenter.json"])
    return address.removesuffix("presenter.json")


def background_url(name: str) -> str:
    """What the browser draws behind: "#rrggbb", or the address of a picture; the usual one for what is not there."""
    if name.startswith("#"):
        return name
    if picture := BackgroundPicture.named(name):
        return reverse("background-picture", args=[picture.public_id])
    return static(f"presenters/backgrounds/{name if name in BACKGROUNDS else USUAL_BACKGROUND}.webp")


def presenter_for_page(settings: Mapping[str, object]) -> PresenterForPage:
    """A profile's snapshot as a page draws it. Old, broken and withdrawn values fall back to the usual ones."""
    wanted = str(settings.get("presenter") or "")
    background = background_url(str(settings.get("background") or USUAL_BACKGROUND))
    clothes = str(settings.get("clothes") or "") or None
    if photo := photo_named(wanted):
        address = base_url(photo)
        return {
            "name": wanted, "baseUrl": address, "portrait": address + "portrait.webp", "background": background, "clothes": None,
        }  # fmt: skip
    name = wanted if wanted in PRESENTERS else USUAL
    folder = f"presenters/{name}/"
    return {
        "name": name,
        "baseUrl": static(folder),
        "portrait": static(folder + "portrait.webp"),
        "background": background,
        "clothes": clothes,
    }


def art_for_renderer(settings: Mapping[str, object]) -> Art:
    """A profile's snapshot as the renderer draws it. Old, broken and withdrawn values fall back to the usual ones."""
    wanted = str(settings.get("presenter") or "")
    background = str(settings.get("background") or USUAL_BACKGROUND)
    picture, folder = None, None
    try:
        if stored := BackgroundPicture.named(background):
            picture = local_copy(stored.file)
        if photo := photo_named(wanted):
            folder = local_folder(photo)
    except OSError as error:
        log.warning("uploaded art cannot be read, the usual takes its place", extra={"fault": type(error).__name__})
    if background not in BACKGROUNDS and not background.startswith("#"):
        background = USUAL_BACKGROUND
    name = wanted if folder or wanted in PRESENTERS else USUAL
    return Art(name, folder, background, picture, str(settings.get("clothes") or ""))


def local_folder(presenter: PhotoPresenter) -> Path:
    """The folder of its art as a path. Raises FileNotFoundError, OSError."""
    try:
        folder = Path(default_storage.path(presenter.art))
    except NotImplementedError:
        folder = Path(site.VAR_DIR) / "cache" / presenter.art
        for name in FILES:
            _fetch(f"{presenter.art}/{name}", folder / name)
    if not (folder / "presenter.json").is_file():
        raise FileNotFoundError(presenter.art)
    return folder


def _fetch(name: str, path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{new_speech_id()}.part")
    with default_storage.open(name) as source:
        part.write_bytes(source.read())
    part.replace(path)


def version_of(name: str) -> str:
    """Who is really drawn for this name, and from which build: a clip of another version is not the same clip."""
    if photo := photo_named(name):
        return f"{name}@{photo.art_fingerprint[:16]}"
    return name if name in PRESENTERS else USUAL


def gender_of(name: str) -> str:
    """Either "female" or "male": which of a language's usual voices goes with this presenter."""
    if photo := photo_named(name):
        return photo.voice_gender
    return DRAWN_GENDERS.get(name, "female")
